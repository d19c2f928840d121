//! Files that are made of a model once and kept beside it in the cache: an ONNX graph out of
//! safetensors weights.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::LocalError;
use super::config::Precision;
use super::encoder;
use super::folder::Folder;
use super::weights::Weights;
use crate::digest::short;
use crate::leftovers;

/// Changed when the same weights give another graph.
const FORMAT: u32 = 1;

/// Ends the name of a graph that is being written.
const PART: &str = ".part";

/// Writing a graph takes seconds, or minutes for the largest on the slowest disk.
const LONGEST_WRITING: Duration = Duration::from_hours(1);

/// The ONNX file of a folder: its own, or one made of its safetensors.
pub(super) fn onnx_file(
    folder: &Folder,
    cache: &Path,
    precision: Precision,
) -> Result<PathBuf, LocalError> {
    let weights = weights_file(folder)?;
    if weights.extension().is_some_and(|extension| extension == "safetensors") {
        derived(folder, &weights, cache, precision)
    } else if precision == Precision::Fp32 {
        Ok(weights)
    } else {
        let reason = "has no model.safetensors, which precision = \"int8\" needs";
        Err(LocalError::unsupported(&folder.root, reason))
    }
}

/// The file with a folder's weights.
pub(super) fn weights_file(folder: &Folder) -> Result<PathBuf, LocalError> {
    find(folder, &["model.safetensors"])
        .or_else(|| find(folder, &["model.onnx", "onnx/model.onnx"]))
        .ok_or_else(|| {
            let reason = "has neither model.safetensors nor model.onnx";
            LocalError::unsupported(&folder.root, reason)
        })
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
    leftovers::clear(cache, LONGEST_WRITING, |name| name.ends_with(PART));
    if path.is_file() {
        return Ok(path);
    }
    tracing::info!(path = %path.display(), "writing the graph of the embedding model");
    fs::create_dir_all(cache).map_err(LocalError::unwritable(cache))?;
    let part = path.with_extension(format!("{}{PART}", std::process::id()));
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
    let exact = precision == Precision::Fp32 || encoder::exact_dot_products();
    let (state, architecture) = (state(weights)?, &folder.architecture);
    Ok(short([format!("{FORMAT} {state} {exact} {architecture:?}").as_str()]))
}

/// What changes when a file does, as far as can be told without reading it.
pub(super) fn state(file: &Path) -> Result<String, LocalError> {
    let state = fs::metadata(file).map_err(LocalError::unreadable(file))?;
    let changed = state.modified().map_err(LocalError::unreadable(file))?;
    let changed = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    Ok(format!("{} {} {changed}", file.display(), state.len()))
}
