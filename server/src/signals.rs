//! When to stop: softly at the first signal, hard at the second or when the time is up.

use std::io;

use tokio_util::sync::CancellationToken;

/// The two tokens that everything that runs looks at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// No new work is taken on; what is in progress ends.
    pub(crate) soft: CancellationToken,
    /// What is in progress is dropped.
    pub(crate) hard: CancellationToken,
}

/// Turns signals into tokens; runs until it is dropped.
pub(crate) async fn listen(stop: Stop) -> io::Result<()> {
    let mut signals = Signals::new()?;
    signals.next().await;
    tracing::info!("stopping; a second signal stops at once");
    stop.soft.cancel();
    signals.next().await;
    tracing::warn!("stopping at once");
    stop.hard.cancel();
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
