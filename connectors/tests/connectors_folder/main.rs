//! What is particular to folders: odd entries, odd names, sidecars, patterns, and what must never
//! look like a removal.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod entries;
mod faults;
mod sidecars;
mod support;
mod watching;
