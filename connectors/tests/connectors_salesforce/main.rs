//! Salesforce, against an org as a fake on a real socket.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod changes;
mod contract;
mod faults;
mod kills;
mod kinds;
mod support;
