//! What every command has.

use std::path::PathBuf;

use crate::config::{Config, Listen};
use crate::signals::Stop;
use crate::terminal::Terminal;

/// What every command has.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The configuration.
    pub(crate) config: Config,
    /// The file that it came from, if any.
    pub(crate) file: Option<PathBuf>,
    /// Whether somebody chose the address to listen on.
    pub(crate) listen_chosen: bool,
    /// The flags that another command must repeat to work with the same data, each after a space.
    pub(crate) repeated_flags: String,
    /// Where results and progress go.
    pub(crate) terminal: Terminal,
    /// When to stop.
    pub(crate) stop: Stop,
}

impl Context {
    /// Where a service that only this command needs listens: nobody expects it anywhere, unless
    /// they said so.
    pub(crate) fn private_listen(&self) -> Listen {
        if self.listen_chosen { self.config.listen } else { Listen::ANY }
    }
}
