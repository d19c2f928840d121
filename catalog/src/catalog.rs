//! The handle to the catalog: one connection that writes, a few that read.
//!
//! `SQLite` has one writer at a time; a pool of one makes the others wait their turn in order. WAL
//! lets the readers go on meanwhile, and `synchronous = FULL` makes a commit survive a power loss.
//! What only `SQLite` has is in this file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use corpus::Clock;
use sqlx::SqlitePool;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::error::{CatalogError, Result};

/// The database that the statements run on.
pub(crate) type Database = sqlx::Sqlite;
/// A connection to it.
pub(crate) type Connection = sqlx::SqliteConnection;
/// A transaction on it; rolled back when dropped.
pub(crate) type Transaction = sqlx::Transaction<'static, Database>;
/// A row of a result.
pub(crate) type Row = SqliteRow;

/// How long a statement waits for a lock that another process holds (a backup, say).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reading connections; queries beyond them wait.
const READERS: u32 = 4;

/// The longest wait in [`Catalog::work`].
const WORK_INTERVAL: Duration = Duration::from_secs(5);

/// To how many bytes the write-ahead log is cut after a large transaction.
const LOG_BYTES: &str = "67108864";

/// The catalog; cheap to clone, all clones are one.
#[derive(Clone, Debug)]
pub struct Catalog {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    work: Notify,
}

impl Catalog {
    /// Opens the file, making and migrating it where that is needed.
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("journal_size_limit", LOG_BYTES);
        let opening = |error| CatalogError::opening(path, error);
        let writer =
            pool(1).connect_with(options.clone()).await.map_err(|error| opening(error.into()))?;
        sqlx::migrate!().run(&writer).await.map_err(opening)?;
        let readers = pool(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(|error| opening(error.into()))?;
        let work = Notify::new();
        Ok(Self { inner: Arc::new(Inner { writer, readers, clock, work }) })
    }

    /// Closes the file when the statements under way are done, and folds its write-ahead log into
    /// it. Every call on any clone fails from then on.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// A cheap question that only a catalog in good order answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT value FROM counters").fetch_one(self.reader()).await?;
        Ok(())
    }

    /// Returns when work may have arrived since it last returned, and every few seconds without,
    /// so that leases that ran out are noticed.
    pub async fn work(&self) {
        // Running out of time is as good a reason to look as being told.
        drop(tokio::time::timeout(WORK_INTERVAL, self.inner.work.notified()).await);
    }

    /// Tells the worker that there is something to do.
    pub(crate) fn notify(&self) {
        self.inner.work.notify_one();
    }

    /// Begins a transaction that writes. It takes the lock at once, so that what it reads first
    /// still holds when it writes.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        Ok(self.inner.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) async fn snapshot(&self) -> Result<Transaction> {
        Ok(self.inner.readers.begin().await?)
    }

    /// For single statements that read.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.inner.readers
    }

    /// The present moment, to the precision that is kept.
    pub(crate) fn now(&self) -> OffsetDateTime {
        let now = self.inner.clock.now().to_offset(time::UtcOffset::UTC);
        now.truncate_to_microsecond()
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    // A local file neither goes away nor grows stale: no test before use, no end of life.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
