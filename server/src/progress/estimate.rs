//! How many documents a folder may have, counted beside everything else: it may be large, and on a
//! slow disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::task::JoinSet;

/// The deepest folder that is looked into.
const DEEPEST: usize = 32;

/// Counts for as long as it is kept.
#[derive(Debug)]
pub(super) struct Estimate {
    count: Arc<Count>,
    /// It ends itself soon after this is dropped.
    #[cfg_attr(not(test), expect(dead_code, reason = "held to own it"))]
    task: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Count {
    files: AtomicU64,
    stopped: AtomicBool,
}

impl Estimate {
    /// Begins to count the files of a folder, sidecars left out.
    pub(super) fn start(folder: &Path) -> Self {
        let count = Arc::new(Count::default());
        let mut task = JoinSet::new();
        let (folder, counting) = (folder.to_owned(), Arc::clone(&count));
        task.spawn_blocking(move || counting.walk(&folder, 0));
        Self { count, task }
    }

    /// Files that were found by now.
    pub(super) fn files(&self) -> u64 {
        self.count.files.load(Ordering::Relaxed)
    }
}

impl Drop for Estimate {
    fn drop(&mut self) {
        self.count.stopped.store(true, Ordering::Relaxed);
    }
}

impl Count {
    fn walk(&self, folder: &Path, depth: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => self.walk(&entry.path(), depth + 1),
                Ok(kind) if kind.is_file() => {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    if !name.ends_with(".metadata.json") && !name.starts_with('.') {
                        self.files.fetch_add(1, Ordering::Relaxed);
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn documents_are_counted_below_a_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        for name in ["one.md", "one.md.metadata.json", ".hidden", "a/two.md", "a/b/three.pdf"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        let mut estimate = Estimate::start(root.path());
        estimate.task.join_next().await.unwrap().unwrap();
        assert_eq!(estimate.files(), 3);
    }
}
