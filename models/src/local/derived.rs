//! Files that are made of a model once and kept beside it in the cache: an ONNX graph out of
//! safetensors weights.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::LocalError;
use super::config::Precision;
use super::encoder;
use super::folder::Folder;
use super::weights::Weights;

/// Changed when the same weights give another graph.
const FORMAT: u32 = 1;

/// The ONNX file of a folder: its own, or one made of its safetensors.
pub(super) fn onnx_file(
    folder: &Folder,
    cache: &Path,
    precision: Precision,
) -> Result<PathBuf, LocalError> {
    let weights = find(folder, &["model.safetensors"]);
    let own = find(folder, &["model.onnx", "onnx/model.onnx"]);
    match (weights, own) {
        (Some(weights), _) => derived(folder, &weights, cache, precision),
        (None, Some(own)) if precision == Precision::Fp32 => Ok(own),
        (None, Some(_)) => {
            let reason = "has no model.safetensors, which precision = \"int8\" needs";
            Err(LocalError::unsupported(&folder.root, reason))
        }
        (None, None) => {
            let reason = "has neither model.safetensors nor model.onnx";
            Err(LocalError::unsupported(&folder.root, reason))
        }
    }
}

fn find(folder: &Folder, names: &[&str]) -> Option<PathBuf> {
    let places = [&folder.network, &folder.root];
    let paths = places.into_iter().flat_map(|place| names.iter().map(|name| place.join(name)));
    paths.into_iter().find(|path| path.is_file())
}

/// The graph made of `weights`, made now if it is not there.
fn derived(
    folder: &Folder,
    weights: &Path,
    cache: &Path,
    precision: Precision,
) -> Result<PathBuf, LocalError> {
    let key = key(folder, weights, precision)?;
    let path = cache.join(format!("{}-{}-{key}.onnx", folder.name, precision.name()));
    if path.is_file() {
        return Ok(path);
    }
    tracing::info!(path = %path.display(), "writing the graph of the embedding model");
    fs::create_dir_all(cache).map_err(LocalError::unwritable(cache))?;
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = write(folder, weights, precision, &part);
    if let Err(error) = written {
        // What is left of a failed attempt is of no use; the failure is what matters.
        drop(fs::remove_file(&part));
        return Err(error);
    }
    fs::rename(&part, &path).map_err(LocalError::unwritable(&path))?;
    Ok(path)
}

fn write(
    folder: &Folder,
    weights: &Path,
    precision: Precision,
    part: &Path,
) -> Result<(), LocalError> {
    let weights = Weights::open(weights)?;
    let file = File::create(part).map_err(LocalError::unwritable(part))?;
    let file = encoder::write(file, folder, &weights, precision, part)?;
    file.sync_all().map_err(LocalError::unwritable(part))
}

/// Another file, another time or another architecture gives another key.
fn key(folder: &Folder, weights: &Path, precision: Precision) -> Result<String, LocalError> {
    let state = fs::metadata(weights).map_err(LocalError::unreadable(weights))?;
    let changed = state.modified().map_err(LocalError::unreadable(weights))?;
    let changed = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let exact = precision == Precision::Fp32 || encoder::exact_dot_products();
    let described = format!(
        "{FORMAT} {} {} {changed} {exact} {:?}",
        weights.display(),
        state.len(),
        folder.architecture,
    );
    let digest = Sha256::digest(described.as_bytes());
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}
