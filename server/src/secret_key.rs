//! The key that secrets are encrypted with: a file of 64 hexadecimal digits, made in the data
//! directory where the configuration names no other.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use catalog::SecretKey;
use uuid::Uuid;

use crate::config::Config;

/// The file in the data directory.
const FILE: &str = "secret.key";

/// The key, made where there is none yet.
pub(crate) fn open(config: &Config) -> anyhow::Result<SecretKey> {
    let path = config.secret_key_file.clone().unwrap_or_else(|| config.data_dir.join(FILE));
    match fs::read_to_string(&path) {
        Ok(text) => parse(&text).with_context(|| malformed(&path)),
        Err(error) if error.kind() == ErrorKind::NotFound && config.secret_key_file.is_none() => {
            make(&path)
        }
        Err(error) => Err(error).with_context(|| {
            format!("the key of the secrets cannot be read from {}", path.display())
        }),
    }
}

fn make(path: &PathBuf) -> anyhow::Result<SecretKey> {
    let text = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let written = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.with_context(|| {
        format!("the key of the secrets cannot be written to {}", path.display())
    })?;
    parse(&text).with_context(|| malformed(path))
}

fn malformed(path: &Path) -> String {
    format!("{} does not hold 64 hexadecimal digits, the key of the secrets", path.display())
}

fn parse(text: &str) -> Option<SecretKey> {
    let text = text.trim();
    let mut bits = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, bits) in bits.iter_mut().enumerate() {
        *bits = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(SecretKey::new(bits))
}
