//! Drives the documents of one run: many in flight at once, each a task; their outcomes go
//! through one bounded queue to the recorder, which makes them durable in groups.
//!
//! Checkpoints and segments go through the same queue and wait there for what precedes them (`epochs.rs`); the
//! documents behind them go on meanwhile.
//!
//! Bounds: `documents_in_flight` documents, whose bytes the memory permits of [`Run`] bound in
//! all; [`CHECKPOINTS`] checkpoints and [`SEGMENTS`] segments; one group of outcomes in the queue, and one being recorded.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::{Outcome, OutcomeKind, Segment};
use corpus::{SourceMetadata, StateEntry};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::begin::{Beginner, begin};
use crate::document::{Fault, Run, Task};
use crate::epochs::Epochs;
use crate::grouped;
use crate::recorder::{GROUP, Recorder, sweep};
use crate::segments::{Seer, see};

/// How long an outcome waits for others before the group is recorded.
const GROUP_DELAY: Duration = Duration::from_millis(250);

/// Checkpoints that wait for what precedes them. When there are as many, the listing waits.
pub(crate) const CHECKPOINTS: usize = 16;

/// Segments that wait for their documents, likewise.
const SEGMENTS: usize = 64;

/// Documents on their way.
#[derive(Debug)]
pub(crate) struct Pipeline {
    run: Arc<Run>,
    documents: JoinSet<()>,
    room: Arc<Semaphore>,
    beginner: Beginner,
    seer: Seer,
    queue: mpsc::Sender<Message>,
    checkpoints: Arc<Semaphore>,
    segments: Arc<Semaphore>,
    /// Counts marks: the epoch that what comes next belongs to.
    epoch: u64,
    /// Documents of this epoch so far.
    in_epoch: u64,
    /// What begins revisions, and what records outcomes.
    services: JoinSet<()>,
    fault: Arc<FaultCell>,
}

/// What goes to the recorder.
#[derive(Debug)]
enum Message {
    /// Something to record, and its epoch.
    Outcome(u64, Box<Outcome>),
    /// The end of an epoch.
    Mark(Mark),
    /// To be answered when everything before it is recorded.
    Barrier(oneshot::Sender<()>),
}

/// The end of an epoch: what is durable only with all that precedes it.
#[derive(Debug)]
struct Mark {
    what: Remembered,
    /// Documents of the epoch.
    documents: u64,
    /// Held until it is durable.
    _room: OwnedSemaphorePermit,
}

/// What is remembered at the end of an epoch.
#[derive(Debug)]
enum Remembered {
    /// What the connector remembers.
    Checkpoint(Vec<StateEntry>),
    /// What the source told of the documents of the epoch.
    Segment(Segment),
}

/// The first fault of a run; it ends the run.
#[derive(Debug, Default)]
struct FaultCell {
    first: Mutex<Option<Fault>>,
    raised: CancellationToken,
}

impl FaultCell {
    fn raise(&self, fault: Fault) {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
        self.raised.cancel();
    }

    fn take(&self) -> Fault {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or(Fault::Ended)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.raised.is_cancelled() { Err(self.take()) } else { Ok(()) }
    }
}

impl Pipeline {
    /// Starts what serves the documents; they are pushed.
    pub(crate) fn start(run: Arc<Run>, recorder: Recorder) -> Self {
        let (queue, mut messages) = mpsc::channel(GROUP);
        let (beginner, beginnings) = grouped::queue();
        let (seer, sightings) = grouped::queue();
        let fault = Arc::new(FaultCell::default());
        let mut services = JoinSet::new();
        // A fault is raised before its queue closes, so that whoever finds it closed learns why.
        let mut serve = |service: BoxFuture<'static, Result<(), Fault>>| {
            let fault = Arc::clone(&fault);
            services.spawn(async move {
                if let Err(error) = service.await {
                    fault.raise(error);
                }
            });
        };
        serve({
            let run = Arc::clone(&run);
            Box::pin(beginnings.serve(async move |documents: &[_]| begin(&run, documents).await))
        });
        if let Some(job) = recorder.job {
            let run = Arc::clone(&run);
            serve(Box::pin(
                sightings.serve(async move |digests: &[_]| see(&run, job, digests).await),
            ));
        }
        serve(Box::pin(async move { record_all(&mut messages, recorder).await }));
        Self {
            room: Arc::new(Semaphore::new(run.config.documents_in_flight.get())),
            run,
            documents: JoinSet::new(),
            beginner,
            seer,
            queue,
            checkpoints: Arc::new(Semaphore::new(CHECKPOINTS)),
            segments: Arc::new(Semaphore::new(SEGMENTS)),
            epoch: 0,
            in_epoch: 0,
            services,
            fault,
        }
    }

    /// Sends a document on its way; waits until there is room for it.
    pub(crate) async fn push(&mut self, task: Task) -> Result<(), Fault> {
        while self.documents.try_join_next().is_some() {}
        let room = tokio::select! {
            () = self.fault.raised.cancelled() => return Err(self.fault.take()),
            room = Arc::clone(&self.room).acquire_owned() => room,
        };
        let (run, beginner) = (Arc::clone(&self.run), self.beginner.clone());
        let (queue, fault) = (self.queue.clone(), Arc::clone(&self.fault));
        let epoch = self.epoch;
        self.in_epoch += 1;
        self.documents.spawn(async move {
            let _room = room;
            match ingest(&run, task, &beginner).await {
                Ok(outcome) => {
                    // A closed queue means that the recorder failed, which is raised there.
                    drop(queue.send(Message::Outcome(epoch, Box::new(outcome))).await);
                }
                Err(error) => fault.raise(error),
            }
        });
        Ok(())
    }

    /// Takes an outcome that needed no work.
    pub(crate) async fn note(&mut self, outcome: Outcome) -> Result<(), Fault> {
        self.in_epoch += 1;
        self.send(Message::Outcome(self.epoch, Box::new(outcome))).await
    }

    /// Has the connector's memory saved as soon as everything before is recorded, and goes on.
    pub(crate) async fn checkpoint(&mut self, entries: Vec<StateEntry>) -> Result<(), Fault> {
        let room = Arc::clone(&self.checkpoints);
        self.mark(Remembered::Checkpoint(entries), room).await
    }

    /// Has a segment kept as soon as everything before is recorded, and goes on.
    pub(crate) async fn keep(&mut self, segment: Segment) -> Result<(), Fault> {
        let room = Arc::clone(&self.segments);
        self.mark(Remembered::Segment(segment), room).await
    }

    async fn mark(&mut self, what: Remembered, room: Arc<Semaphore>) -> Result<(), Fault> {
        let room = tokio::select! {
            () = self.fault.raised.cancelled() => return Err(self.fault.take()),
            room = room.acquire_owned() => room,
        };
        // The semaphores are never closed.
        let room = room.map_err(|_closed| Fault::Ended)?;
        let documents = std::mem::take(&mut self.in_epoch);
        self.epoch += 1;
        self.send(Message::Mark(Mark { what, documents, _room: room })).await
    }

    /// Asks for the segments that the job's data source has.
    pub(crate) fn seer(&self) -> Seer {
        self.seer.clone()
    }

    async fn send(&self, message: Message) -> Result<(), Fault> {
        match self.queue.send(message).await {
            Ok(()) => Ok(()),
            Err(_closed) => Err(self.fault.take()),
        }
    }

    /// Returns when every document that was pushed and every outcome that was noted is recorded.
    pub(crate) async fn drain(&mut self) -> Result<(), Fault> {
        while self.documents.join_next().await.is_some() {
            self.fault.check()?;
        }
        self.settle().await
    }

    /// Ends the run within `grace`: documents that are not done by then are given up, and what
    /// became of the others is recorded.
    pub(crate) async fn stop(&mut self, grace: Duration) -> Result<(), Fault> {
        let all = async { while self.documents.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::info!(documents = self.documents.len(), "documents in flight are given up");
        }
        self.documents.shutdown().await;
        self.settle().await
    }

    /// Gives up what is not done, and returns when nothing of it is being written any more and
    /// all that was begun and is not live is garbage.
    pub(crate) async fn end(mut self) -> Result<(), Fault> {
        self.documents.shutdown().await;
        self.services.shutdown().await;
        self.run.writes.close();
        self.run.writes.wait().await;
        let run = &self.run;
        run.ask(|| run.catalog.abandon(&run.owner)).await?;
        sweep(&run.catalog, &run.vectors, run.knowledge_base).await;
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Fault> {
        let (sender, receiver) = oneshot::channel();
        // Where the recorder is gone, so is the sender, and the receiver says so.
        drop(self.queue.send(Message::Barrier(sender)).await);
        let settled = receiver.await;
        self.fault.check()?;
        settled.map_err(|_gone| Fault::Ended)
    }
}

/// One document, contained: a fault in our own code fails the document, not the run.
async fn ingest(run: &Run, task: Task, beginner: &Beginner) -> Result<Outcome, Fault> {
    let failed = Outcome {
        key: task.document.key.clone(),
        location: task.document.location.clone(),
        submission: task.submission,
        sidecar: matches!(task.document.metadata, SourceMetadata::Sidecar(_)),
        access: None,
        what: OutcomeKind::Failed {
            reason: "an internal error; please report it with the file".to_owned(),
        },
    };
    AssertUnwindSafe(run.ingest(task, beginner)).catch_unwind().await.unwrap_or(Ok(failed))
}

async fn record_all(
    messages: &mut mpsc::Receiver<Message>,
    recorder: Recorder,
) -> Result<(), Fault> {
    let mut group = Vec::new();
    let mut in_group = Vec::new();
    let mut epochs = Epochs::default();
    while let Some(message) = messages.recv().await {
        let deadline = tokio::time::sleep(GROUP_DELAY);
        tokio::pin!(deadline);
        let mut next = Some(message);
        let mut barrier = None;
        while let Some(message) = next.take() {
            match message {
                Message::Outcome(epoch, outcome) => {
                    group.push(*outcome);
                    in_group.push(epoch);
                }
                Message::Mark(mark) => epochs.close(mark.documents, mark),
                Message::Barrier(sender) => barrier = Some(sender),
            }
            if barrier.is_some() || group.len() >= GROUP {
                break;
            }
            tokio::select! {
                biased;
                message = messages.recv() => next = message,
                () = &mut deadline => {}
            }
        }
        recorder.record(std::mem::take(&mut group)).await?;
        in_group.drain(..).for_each(|epoch| epochs.record(epoch));
        let due: Vec<Mark> = std::iter::from_fn(|| epochs.next_due()).collect();
        remember(&recorder, due).await?;
        if let Some(sender) = barrier
            && sender.send(()).is_err()
        {
            tracing::debug!("nobody waits for the group any more");
        }
    }
    Ok(())
}

/// Makes durable what is due, checkpoints in their order.
async fn remember(recorder: &Recorder, due: Vec<Mark>) -> Result<(), Fault> {
    let mut segments = Vec::new();
    // Each mark's room is held until all are durable.
    for mark in &due {
        match &mark.what {
            Remembered::Checkpoint(entries) => recorder.remember(entries).await?,
            Remembered::Segment(segment) => segments.push(segment.clone()),
        }
    }
    recorder.keep(&segments).await
}
