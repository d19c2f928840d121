//! The chunk index: [`corpus::VectorStore`] embedded in this process, and on a Qdrant server.
//!
//! Both keep the same points: one per chunk, with the document's dense vector, a BM25 vector of
//! the chunk's text, and a payload that filters and deletions find it by. What a point looks like
//! (`payload`), how a text becomes terms (`lexical`) and what a filter becomes (`condition`)
//! is written once; `embedded` and `remote` only carry it.

mod config;

mod condition;
mod lexical;
mod payload;

mod embedded;
mod remote;
mod store;

pub use config::{Backend, EdgeConfig, QdrantConfig, VectorsConfig};
pub use embedded::EdgeStore;
pub use remote::QdrantStore;
pub use store::{Vectors, open};
