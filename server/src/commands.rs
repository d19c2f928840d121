//! The commands, a file each, and what some of them share.

pub(crate) mod ask;
pub(crate) mod check;
pub(crate) mod chunk;
pub(crate) mod ingest;
pub(crate) mod parse;
pub(crate) mod quickstart;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod sync;

mod accounts;
mod cost;
mod data_source;
mod job;
mod knowledge_base;

/// How a command ended that did not fail to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what was asked.
    Done,
    /// It found that something is wrong, and has said so.
    Bad,
}
