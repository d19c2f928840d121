//! Why the catalog did not do it, by what the caller can do about it.

use std::path::PathBuf;

/// Why the catalog did not do it.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// What was asked for is not there.
    #[error("{what} '{id}' does not exist")]
    NotFound {
        /// Its kind, as `knowledge base`.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// It contradicts what is there: a name that is taken, a job that runs already.
    #[error("{reason}")]
    Conflict {
        /// What is in the way, and the remedy.
        reason: String,
    },
    /// A page was asked for by a cursor that this listing did not issue.
    #[error("the paging token is not one of this listing: begin again without a token")]
    BadCursor,
    /// The file is damaged, or not a catalog.
    #[error(
        "the catalog {} is damaged or is no catalog ({reason}): restore it from a backup, or move \
         it away and ingest the sources anew",
        path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was seen.
        reason: String,
    },
    /// The file was written by a newer version.
    #[error(
        "the catalog {} was written by a newer version (it has migration {version}): use that \
         version, or restore the backup from before the upgrade",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The migration that is not known here.
        version: i64,
    },
    /// The database does not answer, or refused.
    #[error("the catalog's database failed")]
    Unavailable(#[source] sqlx::Error),
}

impl CatalogError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        todo!()
    }
}

/// The result of asking the catalog.
pub(crate) type Result<T> = std::result::Result<T, CatalogError>;
