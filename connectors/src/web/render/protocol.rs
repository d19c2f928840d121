//! The DevTools protocol over two pipes: JSON with a zero byte behind each message.
//!
//! Pipes, because the port that Chromium would open instead serves everyone on the machine. A page
//! decides how much the browser has to say of it, so a message that is too long is passed over
//! unread, and so are events that nobody takes in time.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The longest message that is read. What is asked for comes in pieces that are shorter.
const LONGEST: usize = 4 << 20;

/// Commands that wait to be written.
const COMMANDS: usize = 64;

/// Events of a page that wait to be looked at.
const EVENTS: usize = 256;

/// How long an answer may take, unless whoever asks says otherwise.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The browser has ended.
    #[error("the browser has ended")]
    Gone,
    /// The browser does not answer.
    #[error("the browser does not answer {method}")]
    Silent {
        /// What was asked.
        method: &'static str,
    },
    /// The browser says no.
    #[error("the browser refuses {method}: {reason}")]
    Refused {
        /// What was asked.
        method: &'static str,
        /// What it says.
        reason: String,
    },
}

/// Something that happened to a page.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// A connection to a browser.
#[derive(Debug)]
pub(super) struct Connection {
    commands: mpsc::Sender<Vec<u8>>,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    next: AtomicU64,
    /// Calls that wait for their answers.
    calls: Mutex<HashMap<u64, oneshot::Sender<Result<Value, String>>>>,
    /// Pages whose events are listened to.
    listeners: Mutex<HashMap<String, mpsc::Sender<Event>>>,
    gone: CancellationToken,
}

/// What the browser says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: Option<u64>,
    method: Option<String>,
    session_id: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    message: String,
}

impl Connection {
    /// Speaks with a browser through its pipes.
    pub(super) fn new(
        to: impl AsyncWrite + Send + Unpin + 'static,
        from: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let shared = Arc::<Shared>::default();
        let (commands, waiting) = mpsc::channel(COMMANDS);
        let mut tasks = JoinSet::new();
        tasks.spawn(write(to, waiting));
        let reading = Arc::clone(&shared);
        tasks.spawn(async move {
            if let Err(error) = read(from, &reading).await {
                tracing::debug!(%error, "the browser's pipe broke");
            }
            reading.gone.cancel();
            // Whoever waits learns that there will be no answer.
            lock(&reading.calls).clear();
            lock(&reading.listeners).clear();
        });
        Self { commands, shared, _tasks: tasks }
    }

    /// Whether the browser has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.shared.gone.is_cancelled()
    }

    /// Has the browser do something, to a page where a session is given.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, Fault> {
        self.call_within(PATIENCE, session, method, params).await
    }

    /// As [`Self::call`], with an answer of a known shape.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<T, Fault> {
        self.ask_within(PATIENCE, session, method, params).await
    }

    /// As [`Self::ask`], with a patience of its own.
    pub(super) async fn ask_within<T: DeserializeOwned>(
        &self,
        patience: Duration,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<T, Fault> {
        let answer = self.call_within(patience, session, method, params).await?;
        let unexpected = |error: serde_json::Error| Fault::Refused {
            method,
            reason: format!("it answers otherwise than expected: {error}"),
        };
        serde_json::from_value(answer).map_err(unexpected)
    }

    /// As [`Self::call`], with a patience of its own.
    pub(super) async fn call_within(
        &self,
        patience: Duration,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, Fault> {
        let (waiting, answer) = self.register();
        let exchange = async {
            let command = command(waiting.id, session, method, &params);
            self.commands.send(command).await.map_err(|_closed| Fault::Gone)?;
            let answer = answer.await.map_err(|_closed| Fault::Gone)?;
            answer.map_err(|reason| Fault::Refused { method, reason })
        };
        timeout(patience, exchange).await.map_err(|_late| Fault::Silent { method })?
    }

    /// Has the browser do something, and waits for nothing. Tells whether it will learn of it.
    pub(super) fn post(&self, method: &'static str, params: &Value) -> bool {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.commands.try_send(command(id, None, method, params)).is_ok()
    }

    /// The events of a page from now on.
    pub(super) fn listen(&self, session: &str) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel(EVENTS);
        let mut listeners = lock(&self.shared.listeners);
        // The reader empties this after it says that the browser has ended.
        if !self.is_gone() {
            listeners.insert(session.to_owned(), sender);
        }
        receiver
    }

    /// Ends what [`Self::listen`] began.
    pub(super) fn forget(&self, session: &str) {
        lock(&self.shared.listeners).remove(session);
    }

    fn register(&self) -> (Waiting<'_>, oneshot::Receiver<Result<Value, String>>) {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        let mut calls = lock(&self.shared.calls);
        if !self.is_gone() {
            calls.insert(id, sender);
        }
        (Waiting { shared: &self.shared, id }, receiver)
    }
}

/// A call that waits; when it is given up, its answer is awaited no longer.
struct Waiting<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(&self.shared.calls).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn command(id: u64, session: Option<&str>, method: &str, params: &Value) -> Vec<u8> {
    let mut command = json!({"id": id, "method": method, "params": params});
    if let Some(session) = session {
        command["sessionId"] = session.into();
    }
    let mut bytes = command.to_string().into_bytes();
    bytes.push(0);
    bytes
}

async fn write(mut to: impl AsyncWrite + Unpin, mut waiting: mpsc::Receiver<Vec<u8>>) {
    while let Some(command) = waiting.recv().await {
        if to.write_all(&command).await.is_err() || to.flush().await.is_err() {
            // The reader sees the same end.
            return;
        }
    }
}

async fn read(from: impl AsyncRead + Unpin, shared: &Shared) -> io::Result<()> {
    let mut from = BufReader::new(from);
    let mut message = Vec::new();
    let mut is_too_long = false;
    loop {
        let piece = from.fill_buf().await?;
        if piece.is_empty() {
            return Ok(());
        }
        let end = piece.iter().position(|byte| *byte == 0);
        let part = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
        is_too_long |= message.len() + part.len() > LONGEST;
        if !is_too_long {
            message.extend_from_slice(part);
        }
        let count = part.len() + usize::from(end.is_some());
        from.consume(count);
        if end.is_some() {
            if is_too_long {
                tracing::debug!("a message of the browser is too long and passed over");
            } else if let Ok(message) = serde_json::from_slice(&message) {
                shared.deliver(message);
            }
            is_too_long = false;
            // A long one leaves no memory behind.
            message = Vec::new();
        }
    }
}

impl Shared {
    fn deliver(&self, message: Message) {
        if let Some(id) = message.id {
            let answer = match message.error {
                Some(refusal) => Err(refusal.message),
                None => Ok(message.result),
            };
            if let Some(waiting) = lock(&self.calls).remove(&id) {
                // Whoever gave up meanwhile needs no answer.
                drop(waiting.send(answer));
            }
        } else if let (Some(session), Some(method)) = (message.session_id, message.method) {
            let listeners = lock(&self.listeners);
            let event = Event { method, params: message.params };
            let taken = listeners.get(&session).map(|listener| listener.try_send(event));
            if matches!(taken, Some(Err(_))) {
                tracing::debug!("a page makes more of itself than is looked at");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use tokio::io::{AsyncReadExt, DuplexStream, duplex};

    use super::*;

    /// A connection, and what a browser has of it: what it reads and where it writes.
    fn connected() -> (Connection, DuplexStream, DuplexStream) {
        let (to, reads) = duplex(1 << 16);
        let (writes, from) = duplex(1 << 16);
        (Connection::new(to, from), reads, writes)
    }

    async fn next(reads: &mut DuplexStream) -> Value {
        let mut bytes = Vec::new();
        loop {
            match reads.read_u8().await.unwrap() {
                0 => return serde_json::from_slice(&bytes).unwrap(),
                byte => bytes.push(byte),
            }
        }
    }

    #[tokio::test]
    async fn answers_find_whoever_asked() {
        let (connection, mut reads, mut writes) = connected();
        let asking = connection.call(Some("S"), "A.b", json!({"c": 1}));
        let answering = async {
            let asked = next(&mut reads).await;
            assert_eq!(asked["method"], "A.b");
            assert_eq!((&asked["sessionId"], &asked["params"]["c"]), (&json!("S"), &json!(1)));
            let other = json!({"id": 77, "result": {}}).to_string();
            let answer = json!({"id": asked["id"], "result": {"d": 2}}).to_string();
            writes.write_all(format!("{other}\0nonsense\0{answer}\0").as_bytes()).await.unwrap();
        };
        let (answer, ()) = tokio::join!(asking, answering);
        assert_eq!(answer.unwrap(), json!({"d": 2}));
    }

    #[tokio::test]
    async fn what_is_too_long_is_passed_over() {
        let (connection, _reads, mut writes) = connected();
        let mut events = connection.listen("S");
        let event = |method: &str, text: &str| {
            let event = json!({"method": method, "sessionId": "S", "params": {"text": text}});
            format!("{event}\0").into_bytes()
        };
        writes.write_all(&event("Too.long", &"x".repeat(LONGEST))).await.unwrap();
        writes.write_all(&event("Next.one", "x")).await.unwrap();
        assert_eq!(events.recv().await.unwrap().method, "Next.one");
    }

    #[tokio::test]
    async fn a_browser_that_ends_leaves_nobody_waiting() {
        let (connection, mut reads, writes) = connected();
        let mut events = connection.listen("S");
        let asking = connection.call(None, "A.b", json!({}));
        let ending = async {
            next(&mut reads).await;
            drop(writes);
        };
        let (answer, ()) = tokio::join!(asking, ending);
        assert!(matches!(answer, Err(Fault::Gone)));
        assert!(events.recv().await.is_none() && connection.is_gone());
        assert!(matches!(connection.call(None, "A.b", json!({})).await, Err(Fault::Gone)));
        assert!(connection.listen("S").recv().await.is_none());
    }
}
