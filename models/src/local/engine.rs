//! The threads that run the network, and the two queues before them.
//!
//! Documents are embedded by several threads, each with one processor and small batches: nothing
//! is shared but the weights, and what lies between two layers stays in a processor's cache.
//! Questions have a thread of their own with all processors, so that they wait for no document; the
//! operating system divides the processors between the two.
//!
//! Both queues are bounded: `submit` waits for a place. A window whose caller has left is skipped.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use corpus::Purpose;
use rten::ThreadPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::LocalError;
use super::network::Network;
use super::plan;

/// Windows that may wait in a queue: enough to find some of one length, a megabyte at most.
const PLACES: usize = 512;

/// What a window waits for.
pub(super) type Reply = oneshot::Receiver<Result<Vec<f32>, String>>;

/// How the threads work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// Threads that embed documents, and processors for a question.
    pub(super) threads: usize,
    /// The most tokens in a batch, padding counted.
    pub(super) batch_tokens: usize,
}

/// The threads. They end with it.
#[derive(Debug)]
pub(super) struct Engine {
    documents: Arc<Queue>,
    questions: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Starts the threads.
    pub(super) fn start(network: &Arc<Network>, work: Work) -> Result<Self, LocalError> {
        let mut engine = Self {
            documents: Arc::new(Queue::new()),
            questions: Arc::new(Queue::new()),
            threads: Vec::new(),
        };
        for number in 0..work.threads {
            let queue = Arc::clone(&engine.documents);
            engine.spawn(&format!("embed-{number}"), network, queue, 1, work)?;
        }
        let queue = Arc::clone(&engine.questions);
        engine.spawn("embed-question", network, queue, work.threads, work)?;
        Ok(engine)
    }

    fn spawn(
        &mut self,
        name: &str,
        network: &Arc<Network>,
        queue: Arc<Queue>,
        processors: usize,
        work: Work,
    ) -> Result<(), LocalError> {
        let network = Arc::clone(network);
        let body = move || {
            let pool = Arc::new(ThreadPool::with_num_threads(processors));
            while let Some(batch) = queue.take(work.batch_tokens) {
                answer(&|windows| network.run(windows, &pool), batch);
            }
        };
        let builder = thread::Builder::new().name(name.to_owned());
        self.threads.push(builder.spawn(body).map_err(LocalError::NoThread)?);
        Ok(())
    }

    /// Queues a window, special tokens included; waits for a place in the queue.
    pub(super) async fn submit(&self, purpose: Purpose, ids: Vec<u32>) -> Reply {
        let queue = match purpose {
            Purpose::Document => &self.documents,
            Purpose::Query => &self.questions,
        };
        let (reply, answer) = oneshot::channel();
        // The semaphore is never closed; were it, the caller would find the reply dropped.
        if let Ok(place) = Arc::clone(&queue.places).acquire_owned().await {
            queue.put(Waiting { ids, reply, _place: place });
        }
        answer
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.documents.close();
        self.questions.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the embedding model panicked");
            }
        }
    }
}

/// A window that waits.
#[derive(Debug)]
struct Waiting {
    ids: Vec<u32>,
    reply: oneshot::Sender<Result<Vec<f32>, String>>,
    /// Given back when the window leaves the queue.
    _place: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    closed: bool,
}

impl Queue {
    fn new() -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, window: Waiting) {
        self.state().waiting.push_back(window);
        self.arrived.notify_one();
    }

    fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.waiting.clear();
        drop(state);
        self.arrived.notify_all();
    }

    /// Waits for windows and takes a batch of them; none when the queue is closed.
    fn take(&self, budget: usize) -> Option<Vec<Waiting>> {
        let mut state = self.state();
        loop {
            if state.closed {
                return None;
            }
            state.waiting.retain(|window| !window.reply.is_closed());
            if !state.waiting.is_empty() {
                return Some(state.take_batch(budget));
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State {
    fn take_batch(&mut self, budget: usize) -> Vec<Waiting> {
        let lengths: Vec<usize> = self.waiting.iter().map(|window| window.ids.len()).collect();
        let places = plan::next(&lengths, budget);
        let taken = places.into_iter().rev().filter_map(|at| self.waiting.remove(at));
        taken.collect()
    }
}

/// Makes a vector of each window, or says what went wrong.
type Run<'n> = dyn Fn(&[&[u32]]) -> Result<Vec<Vec<f32>>, String> + 'n;

/// Embeds a batch and answers each of its windows. A batch that fails is embedded one window at a
/// time: they are of different documents, of which one must not fail for another.
fn answer(run: &Run<'_>, batch: Vec<Waiting>) {
    let windows: Vec<&[u32]> = batch.iter().map(|window| window.ids.as_slice()).collect();
    let vectors = catch_unwind(AssertUnwindSafe(|| run(&windows)));
    match vectors.unwrap_or_else(|_| Err("the network panicked".to_owned())) {
        Ok(vectors) => {
            for (window, vector) in batch.into_iter().zip(vectors) {
                send(window, Ok(vector));
            }
        }
        Err(_) if batch.len() > 1 => {
            for window in batch {
                answer(run, vec![window]);
            }
        }
        Err(reason) => {
            tracing::error!("cannot embed a text: {reason}");
            for window in batch {
                send(window, Err(reason.clone()));
            }
        }
    }
}

/// Answers a window, if its caller is still there.
fn send(window: Waiting, vector: Result<Vec<f32>, String>) {
    drop(window.reply.send(vector));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

    use super::*;

    /// A network that one token breaks and another upsets.
    fn run(windows: &[&[u32]]) -> Result<Vec<Vec<f32>>, String> {
        let has = |token| windows.iter().any(|window| window.contains(&token));
        assert!(!has(13), "this token breaks it");
        if has(7) {
            return Err("not of numbers".to_owned());
        }
        #[expect(clippy::cast_precision_loss, reason = "windows are short")]
        let vector = |window: &&[u32]| vec![window.len() as f32];
        Ok(windows.iter().map(vector).collect())
    }

    #[test]
    fn a_window_fails_alone() {
        let places = Arc::new(Semaphore::new(4));
        let (batch, mut replies): (Vec<Waiting>, Vec<Reply>) = [&[1, 2][..], &[7], &[13], &[3]]
            .iter()
            .map(|ids| {
                let (reply, answer) = oneshot::channel();
                let place = Arc::clone(&places).try_acquire_owned().unwrap();
                (Waiting { ids: ids.to_vec(), reply, _place: place }, answer)
            })
            .unzip();
        answer(&run, batch);
        let answers: Vec<_> = replies.iter_mut().map(|reply| reply.try_recv().unwrap()).collect();
        let [first, upset, broken, last] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!((first, last), (&Ok(vec![2.0]), &Ok(vec![1.0])));
        assert!(upset.as_ref().is_err_and(|reason| reason == "not of numbers"), "{upset:?}");
        assert!(broken.as_ref().is_err_and(|reason| reason.contains("panicked")), "{broken:?}");
        assert_eq!(places.available_permits(), 4);
    }
}
