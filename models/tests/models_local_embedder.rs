//! The default embedding model, as it is fetched: its vectors beside sentence-transformers' own
//! (fixtures/embedding says how they were made), long texts, and the order of work.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking, and say how near the vectors are"
)]

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use corpus::{Embedder, Embedding, Purpose};
use fixtures::embedder_contract;
use futures::future::join_all;
use models::fetch::{Sources, default_model};
use models::{LocalConfig, LocalModel, Precision};
use serde::Deserialize;

/// A folder of the model: the one that the variable names, else fetched once into the target
/// directory, as a user's would be.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "a developer's setting of the tests alone")]
    let folder = std::env::var_os("OUTCROP_TEST_MODEL_DIR").map(PathBuf::from);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let sources = Sources { folder, ..Sources::new(target.join("models")) };
    default_model(&sources, &|progress| eprintln!("{progress}")).unwrap()
});

static FP32: LazyLock<LocalModel> = LazyLock::new(|| open(Precision::Fp32));

fn open(precision: Precision) -> LocalModel {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("derived");
    let config = LocalConfig { precision, ..LocalConfig::default() };
    LocalModel::open(&FOLDER, &cache, &config).unwrap()
}

/// The texts, and what sentence-transformers makes of them.
struct Reference {
    texts: Vec<String>,
    /// Tokens of each text.
    tokens: Vec<usize>,
    /// Tokens that the model sees at once.
    window: usize,
    /// Of each text, cut off after the window.
    first_windows: Vec<Vec<f32>>,
    /// Of each text, all windows averaged.
    whole: Vec<Vec<f32>>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Lengths {
        window: usize,
        tokens: Vec<usize>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/embedding");
    let texts = std::fs::read_to_string(folder.join("texts.jsonl")).unwrap();
    let texts: Vec<String> =
        texts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lengths = std::fs::read(folder.join("reference.json")).unwrap();
    let Lengths { window, tokens } = serde_json::from_slice(&lengths).unwrap();
    let numbers = std::fs::read(folder.join("reference.f32")).unwrap();
    let numbers: Vec<f32> = numbers
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect();
    let mut rows = numbers.chunks_exact(384).map(<[f32]>::to_vec);
    let first_windows: Vec<_> = rows.by_ref().take(texts.len()).collect();
    let whole = tokens
        .iter()
        .zip(&first_windows)
        .map(|(tokens, first)| if *tokens > window { rows.next().unwrap() } else { first.clone() });
    Reference { whole: whole.collect(), texts, tokens, window, first_windows }
});

async fn embed(model: &LocalModel, texts: &[String]) -> Vec<Embedding> {
    let calls = texts.chunks(model.model().max_batch);
    let calls = calls.map(|texts| model.embed(texts, Purpose::Document));
    join_all(calls).await.into_iter().flat_map(Result::unwrap).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// The smallest and the mean cosine.
fn cosines(embeddings: &[Embedding], expected: &[Vec<f32>]) -> (f64, f64) {
    assert_eq!(embeddings.len(), expected.len());
    let pairs = embeddings.iter().zip(expected);
    let all: Vec<f64> = pairs.map(|(own, other)| cosine(&own.vector, other)).collect();
    let count = u32::try_from(all.len()).unwrap();
    (all.iter().copied().fold(1.0, f64::min), all.iter().sum::<f64>() / f64::from(count))
}

#[tokio::test(flavor = "multi_thread")]
async fn meets_the_contract() {
    embedder_contract::check(&*FP32).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_are_those_of_sentence_transformers() {
    let Reference { texts, tokens, window, first_windows, whole } = &*REFERENCE;
    assert_eq!((texts.len(), FP32.model().window as usize), (200, *window));

    let embeddings = embed(&FP32, texts).await;
    let (least, mean) = cosines(&embeddings, whole);
    eprintln!("whole texts: cosine at least {least:.7}, {mean:.7} in the mean");
    assert!(least >= 0.9999, "{least}");
    for (embedding, tokens) in embeddings.iter().zip(tokens) {
        let windows = tokens.div_ceil(*window).max(1);
        assert_eq!((embedding.tokens as usize, embedding.windows as usize), (*tokens, windows));
    }

    // sentence-transformers itself drops what does not fit the window.
    let cut_off: Vec<String> = texts
        .iter()
        .map(|text| match FP32.tokens(text).get(window - 1) {
            Some(last) => text[..last.end].to_owned(),
            None => text.clone(),
        })
        .collect();
    let (least, mean) = cosines(&embed(&FP32, &cut_off).await, first_windows);
    eprintln!("first windows: cosine at least {least:.7}, {mean:.7} in the mean");
    assert!(least >= 0.9999, "{least}");
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_bits_stay_near() {
    let model = open(Precision::Int8);
    assert_eq!(model.model().name.split_once("-int8").map(|(_, rest)| rest), Some(""));
    let (least, mean) = cosines(&embed(&model, &REFERENCE.texts).await, &REFERENCE.whole);
    eprintln!("int8: cosine at least {least:.4}, {mean:.4} in the mean");
    assert!(least > 0.95 && mean > 0.99, "{least} {mean}");
}

#[test]
fn tokens_are_counted_without_truncation() {
    for (text, tokens) in REFERENCE.texts.iter().zip(&REFERENCE.tokens) {
        assert_eq!(FP32.tokens(text).len(), *tokens, "{text:?}");
    }
    let text = "It rained.";
    let words: Vec<&str> = FP32.tokens(text).into_iter().map(|token| &text[token]).collect();
    assert_eq!(words, ["It", "rained", "."]);

    // Long enough to be tokenised by pieces: the same as its sentences one by one.
    let sentences: Vec<&String> = REFERENCE.texts.iter().take(24).cycle().take(2_000).collect();
    let long: String = sentences.iter().flat_map(|sentence| [sentence.as_str(), " "]).collect();
    let count: usize = sentences.iter().map(|sentence| FP32.tokens(sentence).len()).sum();
    let tokens = FP32.tokens(&long);
    assert!(long.len() > 100_000 && tokens.len() == count);
    assert!(tokens.windows(2).all(|pair| pair[0].end <= pair[1].start));
}

/// Some texts of a window each.
fn long_texts(count: usize) -> Vec<String> {
    let sentences = &REFERENCE.texts[..24];
    (0..count).map(|at| [&sentences[at % 24..], &sentences[..at % 24]].concat().join(" ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_overtake_documents() {
    let model = open(Precision::Fp32);
    let texts = long_texts(64);
    let question = ["How long is the notice period?".to_owned()];
    let mut documents = pin!(model.embed(&texts, Purpose::Document));
    let mut question_time = Duration::ZERO;
    // The first questions come while the documents are still being tokenised.
    for _ in 0..6 {
        let start = Instant::now();
        tokio::select! {
            biased;
            _ = documents.as_mut() => unreachable!("the documents went first"),
            answer = model.embed(&question, Purpose::Query) => drop(answer.unwrap()),
        }
        question_time = start.elapsed();
    }
    let start = Instant::now();
    assert_eq!(documents.await.unwrap().len(), 64);
    assert!(question_time < start.elapsed(), "{question_time:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_is_not_embedded() {
    let model = open(Precision::Fp32);
    let texts = long_texts(500);
    let calls = texts.chunks(64).map(|texts| model.embed(texts, Purpose::Document));
    // All of it takes some ten seconds of two processors.
    let given_up = tokio::time::timeout(Duration::from_millis(500), join_all(calls)).await;
    assert!(given_up.is_err(), "500 long texts were embedded at once");
    let start = Instant::now();
    model.embed(&texts[..1], Purpose::Document).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_long_text_blocks_no_other_work() {
    let text = [long_texts(24).join(" ").repeat(8)];
    let model = &*FP32;
    let (mut turns, start) = (0, Instant::now());
    let mut call = pin!(model.embed(&text, Purpose::Document));
    while futures::poll!(call.as_mut()).is_pending() {
        turns += 1;
        tokio::task::yield_now().await;
        if start.elapsed() > Duration::from_millis(200) {
            break;
        }
    }
    // With one thread, each turn is one that other work could have had.
    assert!(turns > 20, "{turns} turns in {:?}", start.elapsed());
}
