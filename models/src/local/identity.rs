//! What two model folders share if they hold the same model, wherever they lie: a short hash of all
//! that decides the vectors of passages.
//!
//! That is the weights, the tokenizer, what the configuration files say of the network, the pooling
//! and the prompt before a passage. It is not the folder's name, nor how much of a text the model
//! sees at once, nor the prompt before a question: another one finds other passages, but among
//! vectors that are the same.
//!
//! The whole of the weights is hashed, since models of one family may differ anywhere. That takes
//! seconds for a gigabyte; the hash is kept in the cache, by the file's path, length and time.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::LocalError;
use super::config::Precision;
use super::derived;
use super::folder::Folder;
use super::tokens;
use crate::digest::{hex, short};

/// The hash of a model.
pub(super) fn identity(
    folder: &Folder,
    cache: &Path,
    precision: Precision,
) -> Result<String, LocalError> {
    let weights = weights_hash(&derived::weights_file(folder)?, cache)?;
    let tokenizer = file_hash(&tokens::file(folder)?)?;
    let network = format!("{:?}", folder.architecture);
    let pooling = format!("{:?}", folder.pooling);
    Ok(short([
        precision.name(),
        &weights,
        &tokenizer,
        if folder.lowercase { "lower case" } else { "" },
        &network,
        &pooling,
        folder.prompts.document.trim_end(),
    ]))
}

/// The hash of the weights, made now if it is not in the cache.
fn weights_hash(weights: &Path, cache: &Path) -> Result<String, LocalError> {
    let kept = cache.join(format!("{}.sha256", short([derived::state(weights)?.as_str()])));
    if let Ok(hash) = fs::read_to_string(&kept)
        && hash.len() == 64
    {
        return Ok(hash);
    }
    let hash = file_hash(weights)?;
    // Where it cannot be kept it is made again.
    if let Err(error) = fs::create_dir_all(cache).and_then(|()| fs::write(&kept, &hash)) {
        tracing::debug!(path = %kept.display(), %error, "the hash of the weights cannot be kept");
    }
    Ok(hash)
}

fn file_hash(path: &Path) -> Result<String, LocalError> {
    let hash = || -> io::Result<String> {
        let mut digest = Sha256::new();
        io::copy(&mut File::open(path)?, &mut digest)?;
        Ok(hex(&digest.finalize()))
    };
    hash().map_err(LocalError::unreadable(path))
}
