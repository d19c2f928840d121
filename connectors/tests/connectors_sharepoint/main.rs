//! SharePoint, against Microsoft's hosts as a fake on a real socket.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod access;
mod changes;
mod content;
mod contract;
mod faults;
mod kills;
mod pages;
mod support;
