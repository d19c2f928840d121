//! The key that secrets are encrypted with: 64 hexadecimal digits, from the configuration, from a
//! file that it names, or from one in the data directory, which is made when it is first needed.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use catalog::SecretKey;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::config::Config;

/// The file in the data directory.
const FILE: &str = "secret.key";

/// The key, made where there is none yet.
pub(crate) fn open(config: &Config) -> anyhow::Result<SecretKey> {
    if let Some(key) = &config.secret_key {
        return parse(key.expose_secret()).context(
            "'secret_key' is not 64 hexadecimal digits: make one by `openssl rand -hex 32`",
        );
    }
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
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, bits) in bits.iter_mut().enumerate() {
        *bits = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(SecretKey::new(bits))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::PermissionsExt;

    use secrecy::SecretString;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let root = tempfile::tempdir().unwrap();
        let config = Config { data_dir: root.path().to_owned(), ..Config::default() };
        open(&config).unwrap();
        let made = fs::read_to_string(root.path().join(FILE)).unwrap();
        assert!(parse(&made).is_some());
        open(&config).unwrap();
        assert_eq!(fs::read_to_string(root.path().join(FILE)).unwrap(), made);
        let mode = fs::metadata(root.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_is_configured_is_used_and_never_repeated() {
        let root = tempfile::tempdir().unwrap();
        let config = |key: &str| Config {
            data_dir: root.path().to_owned(),
            secret_key: Some(SecretString::from(key)),
            ..Config::default()
        };
        open(&config(&"ab".repeat(32))).unwrap();
        assert!(!root.path().join(FILE).exists());
        for key in ["", "hunter2", &"ä".repeat(32), &"zz".repeat(32)] {
            let error = format!("{:#}", open(&config(key)).unwrap_err());
            assert!(
                error.contains("openssl") && (key.is_empty() || !error.contains(key)),
                "{error}"
            );
        }
        let missing = root.path().join("missing");
        let config = Config { secret_key_file: Some(missing), ..Config::default() };
        assert!(open(&config).is_err(), "a file that is named is not made");
    }
}
