//! Serves the router on a socket, HTTP/1.1 and HTTP/2 without TLS alike: which of the two, the
//! client's first bytes tell. (The JavaScript SDK speaks HTTP/2 to the runtime services, always.)

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::rt::Executor;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::limits::Limits;
use crate::router::router;
use crate::state::ApiState;

/// The pause after a failure to accept, as when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until `shutdown` is cancelled; then waits for the requests in flight, but
/// no longer than the limits allow.
pub async fn serve(
    listener: TcpListener,
    state: ApiState,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let limits = state.limits;
    let service = TowerToHyperService::new(router(state));
    let streams = TaskTracker::new();
    let builder = builder(&limits, &streams);
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let (stream, slot) = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(ended) = connections.join_next() => {
                report(ended);
                continue;
            }
            accepted = accept(&listener, &slots) => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let connection = Connection { stream, builder: builder.clone(), service: service.clone() };
        let watcher = graceful.watcher();
        connections.spawn(async move {
            let _slot = slot;
            connection.serve(watcher, limits.head_time()).await;
        });
    }
    drop(listener);
    if timeout(limits.drain_time(), graceful.shutdown()).await.is_err() {
        tracing::warn!(open = connections.len(), "requests in flight were cut off");
    }
    connections.shutdown().await;
    streams.close();
    if timeout(limits.drain_time(), streams.wait()).await.is_err() {
        tracing::warn!(streams = streams.len(), "streams did not end with their connections");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, slot))
}

/// Runs the streams of HTTP/2 connections, and knows which of them still run.
#[derive(Debug, Clone)]
struct Streams(TaskTracker);

impl<F: Future<Output: Send + 'static> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        self.0.spawn(stream);
    }
}

/// A connection that was accepted.
struct Connection {
    stream: TcpStream,
    builder: auto::Builder<Streams>,
    service: TowerToHyperService<Router>,
}

impl Connection {
    /// Answers requests until either side ends it. Nobody may hold a connection without ever
    /// sending a request.
    async fn serve(self, watcher: Watcher, patience: Duration) {
        let begun = Arc::new(AtomicBool::new(false));
        let service = {
            let begun = Arc::clone(&begun);
            service_fn(move |request| {
                begun.store(true, Ordering::Relaxed);
                self.service.call(request)
            })
        };
        let connection = self.builder.serve_connection(TokioIo::new(self.stream), service);
        let mut connection = pin!(watcher.watch(connection));
        let ended = match timeout(patience, &mut connection).await {
            Ok(ended) => ended,
            Err(_) if begun.load(Ordering::Relaxed) => connection.await,
            Err(_) => return,
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection broke");
        }
    }
}

fn builder(limits: &Limits, streams: &TaskTracker) -> auto::Builder<Streams> {
    let mut builder = auto::Builder::new(Streams(streams.clone()));
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head_time());
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.head_time())
        .max_concurrent_streams(u32::try_from(limits.concurrent_requests).unwrap_or(u32::MAX))
        .adaptive_window(true);
    builder
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "the task of a connection failed");
    }
}
