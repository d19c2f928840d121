//! Hints that something in the folder changed, from the operating system, or, on file systems that
//! are changed from elsewhere, by looking at every file now and then.
//!
//! What was missed is never relied upon: whoever begins to listen is told at once that something
//! may have changed, and so on after an overflow. What only touches files that are left out is no
//! change, lest a data directory inside of the folder keep its own ingestion going.

mod mount;

use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use corpus::ConnectorError;
use futures::stream::{self, BoxStream, StreamExt};
use notify::event::{EventKind, RemoveKind};
use notify::{Config, Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{Folder, Root, fault, name};

/// How often file systems that tell nothing are looked through.
const POLL: Duration = Duration::from_mins(1);

/// How often it is made sure that the folder is the one that is watched: a volume that was mounted
/// over it tells nothing.
const RECHECK: Duration = Duration::from_secs(30);

/// What the operating system told so far. The watcher's thread writes it and is never kept waiting;
/// what was not looked at yet is one hint.
#[derive(Debug, Default)]
struct Told {
    /// Why nothing more will come.
    failure: Option<String>,
}

/// A folder that is watched.
struct Watch {
    folder: Arc<Folder>,
    root: Root,
    told: watch::Receiver<Told>,
    recheck: Interval,
    /// Watches for as long as it is kept.
    _watcher: Box<dyn Watcher + Send>,
}

/// Hints for as long as the folder is there.
pub(super) fn changes(folder: Arc<Folder>) -> BoxStream<'static, Result<(), ConnectorError>> {
    let begun = async move {
        let opened = spawn_blocking(move || open(folder)).await;
        match opened.unwrap_or_else(|_panicked| Err(fault::of_walk())) {
            // What happened before is not known.
            Ok(watch) => stream::once(async { Ok(()) }).chain(hints(watch)).boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    };
    stream::once(begun).flatten().boxed()
}

fn open(folder: Arc<Folder>) -> Result<Watch, ConnectorError> {
    let root = folder.find()?;
    let (tell, told) = watch::channel(Told::default());
    let (events_of, real) = (Arc::clone(&folder), root.real.clone());
    let handler = move |event: notify::Result<Event>| match event {
        Ok(event) if removes(&event, &real) => {
            let reason = format!("the folder {} is gone", real.display());
            tell.send_modify(|told| told.failure = Some(reason));
        }
        Ok(event) if matters(&events_of, &real, &event) => tell.send_modify(|_| {}),
        Ok(_) => {}
        Err(error) => tell.send_modify(|told| told.failure = Some(fault::of_watching(&error))),
    };
    let unwatched = |error: notify::Error| ConnectorError::Unavailable {
        reason: format!("{}: {}", folder.root.display(), fault::of_watching(&error)),
    };
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher: Box<dyn Watcher + Send> = if mount::tells(&root.real) {
        Box::new(RecommendedWatcher::new(handler, config).map_err(unwatched)?)
    } else {
        let config = config.with_poll_interval(POLL);
        Box::new(PollWatcher::new(handler, config).map_err(unwatched)?)
    };
    watcher.watch(&root.real, RecursiveMode::Recursive).map_err(unwatched)?;
    let mut recheck = interval_at(Instant::now() + RECHECK, RECHECK);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Watch { folder, root, told, recheck, _watcher: watcher })
}

fn hints(watch: Watch) -> BoxStream<'static, Result<(), ConnectorError>> {
    let hints = stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        match watch.next().await {
            Ok(()) => Some((Ok(()), Some(watch))),
            Err(error) => Some((Err(error), None)),
        }
    });
    hints.boxed()
}

impl Watch {
    async fn next(&mut self) -> Result<(), ConnectorError> {
        loop {
            tokio::select! {
                told = self.told.changed() => {
                    if told.is_err() {
                        return Err(fault::of_walk());
                    }
                    return match &self.told.borrow_and_update().failure {
                        Some(reason) => {
                            Err(ConnectorError::Unavailable { reason: reason.clone() })
                        }
                        None => Ok(()),
                    };
                }
                _ = self.recheck.tick() => {
                    let folder = Arc::clone(&self.folder);
                    let found = spawn_blocking(move || folder.find()).await;
                    match found.unwrap_or_else(|_panicked| Err(fault::of_walk())) {
                        Ok(root) if root == self.root => {}
                        Ok(_) => return Err(fault::of_exchange(&self.folder.root)),
                        // It was there: whatever it is, it may pass.
                        Err(error) => {
                            return Err(ConnectorError::Unavailable { reason: error.to_string() });
                        }
                    }
                }
            }
        }
    }
}

/// Whether the folder itself went away.
fn removes(event: &Event, root: &Path) -> bool {
    matches!(event.kind, EventKind::Remove(RemoveKind::Folder | RemoveKind::Any))
        && event.paths.iter().any(|path| path == root)
}

/// Whether an event is about something that may be ingested, or none knows what it is about.
fn matters(folder: &Folder, root: &Path, event: &Event) -> bool {
    if event.need_rescan() || event.paths.is_empty() {
        return true;
    }
    let meant = |path: &Path| {
        let Ok(relative) = path.strip_prefix(root) else { return false };
        let hidden = relative.components().any(|part| match part {
            Component::Normal(part) => name::is_hidden(part),
            _ => false,
        });
        let excluded = relative
            .ancestors()
            .any(|part| !part.as_os_str().is_empty() && folder.patterns.exclude(part));
        !excluded && (!hidden || folder.patterns.include_hidden())
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| meant(path))
}
