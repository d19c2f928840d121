//! The catalog: what exists, what is to be done, and which revision of a document is live.
//!
//! Relational state in one `SQLite` file. This is the only crate that knows SQL. Its invariants:
//!
//! * a call that returned is durable: it survives a power loss;
//! * what belongs together changes in one transaction ([`Catalog::record`] above all);
//! * a revision number is never used twice for one document, even if the document was removed
//!   in between;
//! * a document counts once in the statistics of a job, however often the job is resumed.
//!
//! The statements are portable to `PostgreSQL`; what is `SQLite`'s own is in `catalog.rs` and in the
//! column types of the migrations.

mod catalog;
mod columns;
mod error;
mod names;
mod page;

mod data_sources;
mod knowledge_bases;
mod tags;
mod tokens;

mod jobs;

mod documents;
mod garbage;
mod likeness;
mod record;
mod revisions;
mod segments;
mod submissions;
mod summary;
mod waiting;

mod secrets;
mod sessions;
mod state;

pub use catalog::Catalog;
pub use data_sources::{AvailableDataSource, DataSourceUpdate, NewDataSource};
pub use documents::{Gone, Losses};
pub use error::CatalogError;
pub use garbage::Garbage;
pub use jobs::{JobQuery, JobSort, JobSortKey, NewJob, Order};
pub use knowledge_bases::{KnowledgeBaseUpdate, NewKnowledgeBase};
pub use likeness::Likeness;
pub use page::{Listing, Page};
pub use record::{Batch, Outcome, OutcomeKind};
pub use secrets::{SecretKey, SecretStore};
pub use segments::{Segment, SegmentBuilder, SegmentDigest};
pub use sessions::{Session, Turn};
pub use submissions::{NewContent, NewDocument, NewMetadata, Submitted};
pub use summary::{DataSourceSummary, KnowledgeBaseSummary};
pub use waiting::{Waiting, WaitingContent, WaitingKind};
