//! One open index. Everything here blocks, and is called on threads that may.
//!
//! What is written is found at once. It survives the death of the process, and of the machine,
//! from the next [`Shard::flush`] on; the engine keeps a log but, in the version that is built in,
//! does not replay it.

mod optimise;
mod read;
mod write;

use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use corpus::{IndexSpec, KnowledgeBaseId, VectorStoreError};
use qdrant_edge::{EdgeShard, OperationResult, UpdateOperation};

use super::directory::{self, Root};
use super::engine;
use super::journal::Journal;
use crate::config::EdgeConfig;
use crate::lexical::Lexical;
use crate::payload::DENSE;

/// The engine's log.
const LOG: &str = "wal";
/// Where the engine builds segments that are not in use yet.
const SCRATCH: &str = "temp_segments";
/// Begins the name of a file of the log that is full; the number of its first entry follows.
const FULL_LOG_FILE: &str = "closed-";
/// Files of the log stay in memory and on disk until the index is closed; at so many bytes it is.
const LONGEST_LOG: u64 = 64 << 20;
/// How long a flush waits for an optimisation to exchange segments, which takes milliseconds.
const EXCHANGE: Duration = Duration::from_secs(10);

/// An open index.
#[derive(Debug)]
pub(crate) struct Shard {
    index: KnowledgeBaseId,
    directory: PathBuf,
    dimensions: u32,
    lexical: Arc<Lexical>,
    engine: EdgeShard,
    /// Whoever writes, or flushes, holds this: the engine panics when it is asked for both.
    writes: Mutex<Writes>,
    retired: AtomicBool,
}

#[derive(Debug, Default)]
struct Writes {
    /// There while the index is optimised.
    journal: Option<Journal>,
    /// Chunks that were written or deleted since it was last optimised.
    changed: u64,
}

impl Shard {
    /// Makes an empty index and leaves it closed.
    pub(crate) fn create(
        root: &Root,
        spec: IndexSpec,
        config: &EdgeConfig,
    ) -> Result<(), VectorStoreError> {
        let directory = root.unfinished(spec.index)?;
        let engine = EdgeShard::new(&directory, engine::config(spec.dimensions, config))
            .map_err(engine::failed)?;
        for operation in engine::payload_indexes()? {
            engine.update(operation).map_err(engine::failed)?;
        }
        close(engine, &directory)?;
        root.publish(spec.index)
    }

    /// Opens an index.
    pub(crate) fn open(
        root: &Root,
        index: KnowledgeBaseId,
        config: &EdgeConfig,
        lexical: Arc<Lexical>,
    ) -> Result<Self, VectorStoreError> {
        if !root.has(index) {
            return Err(VectorStoreError::NoIndex { index });
        }
        let started = Instant::now();
        let directory = root.index(index);
        trim_log(&directory)?;
        match fs::remove_dir_all(directory.join(SCRATCH)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(directory::failed(&directory)(error));
            }
            _ => {}
        }
        let engine = EdgeShard::load(&directory, None).map_err(engine::failed)?;
        let dimensions = engine.config().vectors.get(DENSE).map(|params| params.size);
        let dimensions = dimensions.and_then(|size| u32::try_from(size).ok()).ok_or_else(|| {
            VectorStoreError::Failed {
                reason: format!("{} is no index of this service", directory.display()),
            }
        })?;
        let shard = Self {
            index,
            directory,
            dimensions,
            lexical,
            engine,
            writes: Mutex::default(),
            retired: AtomicBool::new(false),
        };
        shard.recover()?;
        shard.configure(config)?;
        tracing::debug!(
            knowledge_base.id = %index,
            duration_ms = started.elapsed().as_millis(),
            "opened a chunk index"
        );
        Ok(shard)
    }

    /// Makes everything durable and closes the index.
    pub(crate) fn close(self) -> Result<(), VectorStoreError> {
        close(self.engine, &self.directory)
    }

    /// Whether it should be closed and opened again when nobody uses it.
    pub(crate) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }

    /// Returns when all that was written would survive a power loss.
    pub(crate) fn flush(&self) -> Result<(), VectorStoreError> {
        let writes = self.lock();
        if let Some(journal) = &writes.journal {
            journal.sync()?;
        }
        self.flush_engine()?;
        if full_log_files(&self.directory)?.iter().map(|file| file.bytes).sum::<u64>() > LONGEST_LOG
        {
            self.retire();
        }
        Ok(())
    }

    /// Has it closed and opened again when nobody uses it.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the index. After an error the engine takes no more changes until it is reopened.
    fn update(&self, operation: UpdateOperation) -> Result<(), VectorStoreError> {
        self.engine.update(operation).map_err(|error| {
            self.retire();
            engine::failed(error)
        })
    }

    /// Flushes the engine, which panics where an optimisation is exchanging segments just now, or
    /// where the disk fails. The caller holds the writes.
    fn flush_engine(&self) -> Result<(), VectorStoreError> {
        let deadline = Instant::now() + EXCHANGE;
        loop {
            let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.engine.flush())) else {
                return Ok(());
            };
            let reason = panic_message(panic.as_ref());
            if !reason.contains("lock acquired") || Instant::now() > deadline {
                self.retire();
                return Err(VectorStoreError::Failed { reason });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Puts the settings in force that can change, and the payload indexes that a crash took.
    fn configure(&self, config: &EdgeConfig) -> Result<(), VectorStoreError> {
        let graph = engine::graph(config);
        let optimizers = engine::optimizers(self.dimensions as usize, config);
        let changed: OperationResult<()> = (|| {
            if self.engine.config().hnsw_config != graph {
                self.engine.set_hnsw_config(graph)?;
            }
            if self.engine.config().optimizers != optimizers {
                self.engine.set_optimizers_config(optimizers)?;
            }
            Ok(())
        })();
        changed.map_err(engine::failed)?;
        engine::payload_indexes()?.into_iter().try_for_each(|operation| self.update(operation))
    }
}

/// Drops the engine, which flushes, and panics where that fails.
fn close(engine: EdgeShard, directory: &Path) -> Result<(), VectorStoreError> {
    catch_unwind(AssertUnwindSafe(|| drop(engine))).map_err(|panic| VectorStoreError::Failed {
        reason: format!("{}: {}", directory.display(), panic_message(panic.as_ref())),
    })
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the engine panicked".to_owned())
}

/// A file of the engine's log that takes no more entries.
struct LogFile {
    path: PathBuf,
    first_entry: u64,
    bytes: u64,
}

fn full_log_files(directory: &Path) -> Result<Vec<LogFile>, VectorStoreError> {
    let log = directory.join(LOG);
    let list = || -> std::io::Result<Vec<LogFile>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&log)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(FULL_LOG_FILE));
            if let Some(first_entry) = number.and_then(|number| number.parse().ok()) {
                let bytes = entry.metadata()?.len();
                files.push(LogFile { path: entry.path(), first_entry, bytes });
            }
        }
        files.sort_by_key(|file| file.first_entry);
        Ok(files)
    };
    list().map_err(directory::failed(&log))
}

/// Deletes what the engine has logged and never reads, before it is opened. The last full file
/// stays: new entries are numbered from its end, and a number used twice would be ignored.
fn trim_log(directory: &Path) -> Result<(), VectorStoreError> {
    let mut files = full_log_files(directory)?;
    files.pop();
    for file in files {
        fs::remove_file(&file.path).map_err(directory::failed(&file.path))?;
    }
    Ok(())
}
