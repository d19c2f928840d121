//! Small models of other families than the default one's, with random weights, against what
//! sentence-transformers makes of them; and the same networks out of an ONNX file.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use corpus::{Embedder, Purpose};
use fixtures::embedder_contract;
use models::{LocalConfig, LocalModel, Precision};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    texts: Vec<String>,
    documents: Vec<Vec<f32>>,
    queries: Vec<Vec<f32>>,
}

fn folder(family: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/embedding/tiny").join(family)
}

fn open(folder: &Path, cache: &Path, precision: Precision) -> LocalModel {
    let config = LocalConfig { precision, threads: Some(2), ..LocalConfig::default() };
    LocalModel::open(folder, cache, &config).unwrap()
}

/// Numbers may differ by rounding, and by the precision's own error.
async fn check_vectors(model: &LocalModel, reference: &Reference, tolerance: f32) {
    for (purpose, expected) in
        [(Purpose::Document, &reference.documents), (Purpose::Query, &reference.queries)]
    {
        let embeddings = model.embed(&reference.texts, purpose).await.unwrap();
        for ((text, embedding), expected) in reference.texts.iter().zip(embeddings).zip(expected) {
            assert_eq!((embedding.windows, embedding.vector.len()), (1, expected.len()));
            for (x, y) in embedding.vector.iter().zip(expected) {
                let (vector, name) = (&embedding.vector, &model.model().name);
                assert!(
                    (x - y).abs() < tolerance,
                    "{name} {purpose:?} {text:?}: {vector:?}, not {expected:?}"
                );
            }
        }
    }
}

async fn check(family: &str, int8_tolerance: f32) {
    let folder = folder(family);
    let cache = tempfile::tempdir().unwrap();
    let reference = fs::read(folder.join("reference.json")).unwrap();
    let reference: Reference = serde_json::from_slice(&reference).unwrap();

    let model = open(&folder, cache.path(), Precision::Fp32);
    check_vectors(&model, &reference, 2e-5).await;
    embedder_contract::check(&model).await;
    drop(model);

    // The graph that was made once is used again, and is an ONNX file like any other.
    let made: Vec<PathBuf> = fs::read_dir(cache.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "onnx"))
        .collect();
    let [made] = made.as_slice() else { panic!("{made:?}") };
    let changed = fs::metadata(made).unwrap().modified().unwrap();
    drop(open(&folder, cache.path(), Precision::Fp32));
    assert_eq!(fs::metadata(made).unwrap().modified().unwrap(), changed);
    let exported = as_onnx(&folder, made);
    check_vectors(&open(exported.path(), cache.path(), Precision::Fp32), &reference, 2e-5).await;

    let model = open(&folder, cache.path(), Precision::Int8);
    assert_eq!(model.model().name, format!("{family}-int8"));
    check_vectors(&model, &reference, int8_tolerance).await;
}

/// The same folder with an ONNX file in the place of its weights.
fn as_onnx(folder: &Path, onnx: &Path) -> tempfile::TempDir {
    let exported = tempfile::tempdir().unwrap();
    copy(folder, exported.path());
    fs::remove_file(exported.path().join("model.safetensors")).unwrap();
    fs::create_dir(exported.path().join("onnx")).unwrap();
    fs::copy(onnx, exported.path().join("onnx/model.onnx")).unwrap();
    exported
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test]
async fn roberta_with_a_byte_level_tokenizer_prompts_and_the_first_token() {
    check("roberta", 0.05).await;
}

#[tokio::test]
async fn distilbert_with_half_precision_weights_and_two_poolings() {
    check("distilbert", 0.15).await;
}

#[tokio::test]
async fn xlm_roberta_with_unigrams_brain_floats_and_a_weighted_mean() {
    check("xlm-roberta", 0.15).await;
}

#[test]
fn a_folder_that_cannot_run_says_why() {
    let cache = tempfile::tempdir().unwrap();
    let refuse = |folder: &Path, precision, expect: &str| {
        let config = LocalConfig { precision, ..LocalConfig::default() };
        let error = LocalModel::open(folder, cache.path(), &config).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    let broken = tempfile::tempdir().unwrap();
    copy(&folder("distilbert"), broken.path());
    let weights = broken.path().join("model.safetensors");
    let whole = fs::read(&weights).unwrap();
    fs::write(&weights, &whole[..whole.len() / 2]).unwrap();
    refuse(broken.path(), Precision::Fp32, "model.safetensors' of the embedding model is damaged");
    fs::remove_file(&weights).unwrap();
    refuse(broken.path(), Precision::Fp32, "has neither model.safetensors nor model.onnx");
    fs::write(broken.path().join("model.onnx"), "no graph").unwrap();
    refuse(broken.path(), Precision::Int8, "which precision = \"int8\" needs");
    refuse(broken.path(), Precision::Fp32, "model.onnx' of the embedding model is damaged");
    let config = broken.path().join("config.json");
    let other = fs::read_to_string(&config).unwrap().replace("distilbert", "mpnet");
    fs::write(&config, other).unwrap();
    fs::write(&weights, &whole).unwrap();
    refuse(broken.path(), Precision::Fp32, "is of type 'mpnet'");
    fs::remove_file(broken.path().join("tokenizer.json")).unwrap();
    refuse(broken.path(), Precision::Fp32, "has no tokenizer.json");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0, "a failed attempt left a file");
}
