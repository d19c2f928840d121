//! The whole router in process, over a catalog in a file, with fakes of the models, the index and
//! the connectors. Real clients against the real binary are in `tests/python`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admission;
mod answers;
mod control;
mod refusals;
mod sockets;
mod sources;
mod support;
