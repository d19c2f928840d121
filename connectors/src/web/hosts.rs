//! Politeness: one request at a time to a host, and pauses between them.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OnceCell, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::fetch::RobotsFault;
use super::robots::Robots;

/// How much slower a host is asked that says that it is asked too fast, at most.
const SLOWEST: u32 = 16;

/// The hosts that are known so far, by scheme, name and port, as `robots.txt` is.
#[derive(Debug)]
pub(super) struct Hosts {
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    interval: Duration,
}

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    gate: Arc<AsyncMutex<Gate>>,
    pub(super) robots: OnceCell<Result<Arc<Robots>, RobotsFault>>,
    /// Whether its rules did not come as soon as they were needed.
    pub(super) is_slow: AtomicBool,
}

/// When a host may be asked next.
#[derive(Debug)]
struct Gate {
    next: Instant,
    interval: Duration,
    slowness: u32,
}

/// The right to ask a host; nobody else has it until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(OwnedMutexGuard<Gate>);

impl Hosts {
    /// Hosts that are asked at most once in `interval`.
    pub(super) fn new(interval: Duration) -> Self {
        Self { hosts: Mutex::default(), interval }
    }

    /// The host of a URL.
    pub(super) fn of(&self, url: &Url) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.entry(name(url)).or_insert_with(|| {
            let gate = Gate { next: Instant::now(), interval: self.interval, slowness: 1 };
            let gate = Arc::new(AsyncMutex::new(gate));
            Arc::new(Host { gate, robots: OnceCell::new(), is_slow: AtomicBool::new(false) })
        });
        Arc::clone(host)
    }
}

/// What distinguishes hosts: scheme, name and port.
pub(super) fn name(url: &Url) -> String {
    url[..url::Position::BeforePath].to_owned()
}

impl Host {
    /// Waits until the host may be asked.
    pub(super) async fn turn(&self) -> Turn {
        let mut gate = Arc::clone(&self.gate).lock_owned().await;
        sleep_until(gate.next).await;
        gate.begin(Instant::now());
        Turn(gate)
    }

    /// Keeps at least this pause between requests.
    pub(super) async fn keep_pause(&self, pause: Duration) {
        let mut gate = self.gate.lock().await;
        gate.interval = gate.interval.max(pause);
    }
}

impl Turn {
    /// Leaves the host alone for a while, and is slower from now on: it said that it is overloaded.
    pub(super) fn back_off(&mut self, pause: Duration) {
        self.0.slowness = (self.0.slowness * 2).min(SLOWEST);
        self.pause(pause);
    }

    /// Leaves the host alone for a while.
    pub(super) fn pause(&mut self, pause: Duration) {
        self.0.next = self.0.next.max(Instant::now() + pause);
    }
}

impl Gate {
    /// A request begins.
    fn begin(&mut self, now: Instant) {
        self.next = now + self.interval * self.slowness;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_at_its_rate() {
        let start = Instant::now();
        let mut gate = Gate { next: start, interval: Duration::from_secs(1), slowness: 1 };
        let mut begun = Vec::new();
        // Whoever waits for the gate begins as soon as it opens.
        while begun.len() < 200 {
            let now = gate.next;
            begun.push(now);
            gate.begin(now);
        }
        for (at, minute) in begun.iter().enumerate() {
            let within = begun.iter().filter(|one| {
                **one >= *minute && one.duration_since(*minute) < Duration::from_mins(1)
            });
            assert!(within.count() <= 60, "from request {at} on");
        }
    }

    #[test]
    fn hosts_are_apart() {
        let hosts = Hosts::new(Duration::ZERO);
        let host = |url: &str| Url::parse(url).ok().map(|url| Arc::as_ptr(&hosts.of(&url)));
        assert_eq!(host("https://a.example/x"), host("https://a.example/y?z"));
        assert_ne!(host("https://a.example/"), host("http://a.example/"));
        assert_ne!(host("https://a.example/"), host("https://a.example:8443/"));
    }
}
