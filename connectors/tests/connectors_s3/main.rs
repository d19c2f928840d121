//! Buckets, read over real sockets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod faults;
mod listing;
mod queue;
mod reading;
mod requests;
mod sidecars;
mod support;
