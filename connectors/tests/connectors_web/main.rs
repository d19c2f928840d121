//! The web crawler against sites on real sockets: its manners, what it finds, what it remembers,
//! and what it survives.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod addresses;
mod changes;
mod configuration;
mod contract;
mod hostile;
mod many;
mod pages;
mod redirects;
mod rendering;
mod resumption;
mod robots;
mod sitemaps;
mod support;
