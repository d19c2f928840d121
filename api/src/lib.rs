//! HTTP: Amazon Bedrock's knowledge base operations as its SDKs call them.
//!
//! [`serve`] or [`router`] offer the operations of `bedrock-agent` and `bedrock-agent-runtime`
//! that are built, on one endpoint; the rest of Bedrock's four services answers
//! `UnknownOperationException`. A request goes through `dispatch.rs`, which routes, bounds and
//! checks it; then one file per operation holds its request, its response and its handler.
//! Handlers start no work of their own: ingestion and removal are rows that the worker finds.

mod limits;
mod state;

mod router;
mod serve;

mod arn;
mod body;
mod constraints;
mod dispatch;
mod error;
mod handlers;
mod members;
mod operations;
mod origin;
mod paging;
mod path;
mod validate;

mod data_sources;
mod documents;
mod ingestion_jobs;
mod knowledge_bases;
mod retrieval;
mod tags;

mod check;
mod estimate;
mod health;
mod secrets;
mod status;

pub use check::{SourceCheck, check_sources};
pub use data_sources::chunking::chunking_strategy;
pub use limits::Limits;
pub use router::router;
pub use serve::serve;
pub use state::{ApiState, Identity};
