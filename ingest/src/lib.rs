//! Ingestion: bytes → text → chunks → vectors → index, and the jobs that drive it.
//!
//! The [`Worker`] takes up what the catalog says is to be done. A document goes a straight line
//! (`document.rs`); many are in flight at once (`pipeline.rs`), and what becomes of them is made
//! durable in groups (`recorder.rs`).
//!
//! Invariant: a chunk is returned by retrieval only once the transaction that makes its revision
//! live has followed the flush of the index. Interrupted at any moment, ingestion leaves rows in
//! the catalog that say what is left to do.

mod config;
mod lanes;
mod triggers;
mod worker;

mod direct;
mod duplicates;
mod gone;
mod job;
mod removal;

mod begin;
mod document;
mod epochs;
mod extractor;
mod grouped;
mod language_model;
mod likeness;
mod meaning;
mod parsers;
mod pipeline;
mod prepare;
mod read;
mod recorder;
mod records;
mod retry;
mod run_state;
mod segments;
mod situate;
mod transcribe;
mod write;

pub use config::IngestConfig;
pub use extractor::{
    Bounds, Drill, Extractor, Isolation, ReadError, RecogniseError, Recogniser, serve,
};
pub use likeness::likeness;
pub use meaning::distances;
pub use triggers::{TriggerPace, Triggers};
pub use worker::Worker;
