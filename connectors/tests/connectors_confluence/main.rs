//! The Confluence connector against a Confluence on a real socket.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod access;
mod content;
mod contract;
mod listing;
mod login;
mod support;
mod sweep;
