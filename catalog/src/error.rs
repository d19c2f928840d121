//! Why the catalog did not do it, by what the caller can do about it.

use sqlx::migrate::MigrateError;

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
        "the catalog is damaged, or is no catalog ({reason}): restore it from a backup, or move \
         it away and ingest the sources anew"
    )]
    Corrupt {
        /// Where, and what was seen.
        reason: String,
    },
    /// The file was written by another version.
    #[error(
        "the catalog was written by another version ({reason}): use that version, or restore the \
         backup from before it was used"
    )]
    WrongVersion {
        /// Where, and what was seen.
        reason: String,
    },
    /// The file cannot be opened.
    #[error("the catalog {path} cannot be opened: check that the directory exists and is writable")]
    CannotOpen {
        /// The file.
        path: String,
        /// What was seen.
        #[source]
        source: sqlx::Error,
    },
    /// The database does not answer, or refused.
    #[error("the catalog's database failed")]
    Unavailable(#[source] sqlx::Error),
}

impl CatalogError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            Self::Unavailable(error) => matches!(
                primary_code(error),
                Some(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_IOERR | SQLITE_FULL)
            ),
            _ => false,
        }
    }

    /// For what is not there.
    pub(crate) fn not_found(what: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound { what, id: id.into() }
    }

    /// For what contradicts what is there.
    pub(crate) fn conflict(reason: impl Into<String>) -> Self {
        Self::Conflict { reason: reason.into() }
    }

    /// What went wrong while the file was opened.
    pub(crate) fn opening(path: &std::path::Path, error: MigrateError) -> Self {
        let path = path.display();
        let version = |reason: String| Self::WrongVersion { reason: format!("{path}: {reason}") };
        match error {
            MigrateError::VersionMissing(number) => {
                version(format!("it has migration {number}, which is not known here"))
            }
            MigrateError::VersionMismatch(number) => {
                version(format!("its migration {number} is not the one known here"))
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                match Self::from(error) {
                    Self::Corrupt { reason } => {
                        Self::Corrupt { reason: format!("{path}: {reason}") }
                    }
                    Self::Unavailable(source) => {
                        Self::CannotOpen { path: path.to_string(), source }
                    }
                    other => other,
                }
            }
            other => version(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        let damaged = matches!(primary_code(&error), Some(SQLITE_CORRUPT | SQLITE_NOTADB))
            || matches!(
                error,
                sqlx::Error::ColumnDecode { .. }
                    | sqlx::Error::Decode(_)
                    | sqlx::Error::ColumnNotFound(_)
            );
        if damaged { Self::Corrupt { reason: error.to_string() } } else { Self::Unavailable(error) }
    }
}

/// Says `reason` where a unique name is taken already.
pub(crate) fn taken(reason: impl Into<String>) -> impl FnOnce(sqlx::Error) -> CatalogError {
    move |error| match error.as_database_error() {
        Some(database) if database.is_unique_violation() => CatalogError::conflict(reason),
        _ => error.into(),
    }
}

/// The result of asking the catalog.
pub(crate) type Result<T> = std::result::Result<T, CatalogError>;

// SQLite's result codes; PostgreSQL's are five characters and never read as these.
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_IOERR: u32 = 10;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_NOTADB: u32 = 26;

/// `SQLite`'s result code without the details in its upper bytes.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
