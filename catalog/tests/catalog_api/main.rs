//! The catalog through its public API.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod support;

mod documents;
mod files;
mod garbage;
mod jobs;
mod likeness;
mod record;
mod redescribed;
mod resources;
mod schedules;
mod secrets;
mod sessions;
mod state;
mod statistics;
mod submissions;
mod volume;
