//! Retrieval over a real catalog, with an index, an embedder and a generator that tests command.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod answer;
mod search;
mod support;
mod trouble;
