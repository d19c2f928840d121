//! The configuration: defaults, then a TOML file, then the environment, then flags, each layer
//! over the one before; then typed. Composed of the sections that each crate defines.
//!
//! Invariant: every setting that was given is known, or the configuration is refused with the
//! nearest key that is. Nothing else in the project reads the environment.

mod error;
mod keys;
mod layers;
mod listen;
mod tree;
mod typed;

use std::path::{Path, PathBuf};
use std::time::Duration;

use connectors::ConnectorsConfig;
use ingest::IngestConfig;
use models::ModelsConfig;
use secrecy::SecretString;
use serde::Deserialize;
use vectors::VectorsConfig;

pub(crate) use error::ConfigError;
pub(crate) use layers::{Environment, Flags};
pub(crate) use listen::Listen;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// Where the server listens.
    pub(crate) listen: Listen,
    /// What is logged: `info`, or a filter as `warn,ingest=debug`. None: by the command.
    pub(crate) log: Option<String>,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
    /// How long work in progress may take to end when the server stops, in seconds.
    pub(crate) shutdown_seconds: u64,
    /// The AWS region that ARNs carry.
    pub(crate) region: String,
    /// The AWS account that ARNs carry.
    pub(crate) account: String,
    /// The bounds of the HTTP server.
    pub(crate) api: api::Limits,
    /// The key that secrets are encrypted with: 64 hexadecimal digits.
    pub(crate) secret_key: Option<SecretString>,
    /// A file with that key. Neither of them: a file in the data directory, made when it is first
    /// needed.
    pub(crate) secret_key_file: Option<PathBuf>,
    /// How sources are reached.
    pub(crate) connectors: ConnectorsConfig,
    /// What bounds ingestion.
    pub(crate) ingest: IngestConfig,
    /// Which model serves which id.
    pub(crate) models: ModelsConfig,
    /// Where the chunk index is kept.
    pub(crate) vectors: VectorsConfig,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// A JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        let identity = api::Identity::default();
        Self {
            data_dir: PathBuf::new(),
            listen: Listen::default(),
            log: None,
            log_format: LogFormat::default(),
            shutdown_seconds: 20,
            region: identity.region.to_string(),
            account: identity.account.to_string(),
            api: api::Limits::default(),
            secret_key: None,
            secret_key_file: None,
            connectors: ConnectorsConfig::default(),
            ingest: IngestConfig::default(),
            models: ModelsConfig::default(),
            vectors: VectorsConfig::default(),
        }
    }
}

/// A configuration with what is known about it.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The configuration.
    pub(crate) config: Config,
    /// The file that was read, if any.
    pub(crate) file: Option<PathBuf>,
    /// Whether somebody chose the address to listen on.
    pub(crate) listen_chosen: bool,
}

impl Config {
    /// Reads all layers.
    pub(crate) fn load(environment: &Environment, flags: &Flags) -> Result<Loaded, ConfigError> {
        let layers::Layered { tree, file, data_dir } = layers::layered(environment, flags)?;
        let listen_chosen = tree.origin_of_key("listen").is_some();
        let mut config: Self = typed::typed(tree.clone())
            .map_err(|fault| ConfigError::of(fault, &tree, &keys::keys_of::<Self>()))?;
        if config.data_dir.as_os_str().is_empty() {
            config.data_dir = data_dir.ok_or(ConfigError::NoDataDirectory)?;
        }
        config.data_dir = std::path::absolute(&config.data_dir).map_err(|source| {
            ConfigError::DataDirectory { path: config.data_dir.clone(), source }
        })?;
        config.validate()?;
        Ok(Loaded { config, file, listen_chosen })
    }

    fn validate(&self) -> Result<(), ConfigError> {
        if self.account.len() != 12 || !self.account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ConfigError::Account { account: self.account.clone() });
        }
        if self.secret_key.is_some() && self.secret_key_file.is_some() {
            return Err(ConfigError::TwoSecretKeys);
        }
        Ok(())
    }

    /// A path in the data directory.
    pub(crate) fn within(&self, name: impl AsRef<Path>) -> PathBuf {
        self.data_dir.join(name)
    }

    /// How long work in progress may take to end when the server stops.
    pub(crate) fn shutdown_time(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }

    /// The identity that ARNs carry.
    pub(crate) fn identity(&self) -> api::Identity {
        api::Identity { region: self.region.as_str().into(), account: self.account.as_str().into() }
    }
}

#[cfg(test)]
mod tests;
