//! The service: everything wired together, from start to graceful end.
//!
//! Invariant: a service holds its data directory from before it opens anything in it until after
//! everything in it is closed.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use api::ApiState;
use catalog::{Catalog, SecretStore};
use connectors::Factory;
use corpus::{Clock, Connectors, Models};
use ingest::{TriggerPace, Triggers, Worker};
use retrieve::Retriever;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uuid::Uuid;
use vectors::Vectors;

use crate::config::{Config, Listen};
use crate::context::Context;
use crate::data_dir::Held;
use crate::model_files;
use crate::parsing;
use crate::secret_key;
use crate::signals::Stop;

/// The catalog's file in the data directory.
const CATALOG: &str = "catalog.sqlite";

/// How long what was told to stop at once may take to do so, a quarter of all the time at most.
const LAST_GRACE: Duration = Duration::from_secs(3);

/// The time of this machine.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// The parts that keep and find things.
#[derive(Debug, Clone)]
pub(crate) struct Stores {
    /// What exists.
    pub(crate) catalog: Catalog,
    /// The chunk index.
    pub(crate) vectors: Vectors,
}

impl Stores {
    /// Opens both.
    pub(crate) async fn open(context: &Context) -> anyhow::Result<Self> {
        let path = context.config.within(CATALOG);
        let catalog = Catalog::open(&path, Arc::new(SystemClock))
            .await
            .with_context(|| format!("the catalog {} cannot be opened", path.display()))?;
        let vectors = vectors::open(&context.config.vectors, &context.config.data_dir)
            .await
            .context("the chunk index cannot be opened")?;
        Ok(Self { catalog, vectors })
    }

    /// Closes both: what was written is durable then. Tells whether the index is closed, or a
    /// thread still has it open because the caller was not `patient` enough.
    pub(crate) async fn close(&self, patient: impl Fn() -> bool + Send + 'static) -> bool {
        let closed = self.vectors.close(patient).await;
        if tokio::time::timeout(LAST_GRACE, self.catalog.close()).await.is_err() {
            tracing::warn!("the catalog is still in use; its log is read at the next start");
        }
        closed
    }
}

/// The parts that reach sources.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// What sources are logged in to with.
    pub(crate) secrets: Arc<SecretStore>,
    /// From a data source to its connector.
    pub(crate) connectors: Arc<dyn Connectors>,
}

impl Sources {
    /// Prepares both. No source is reached yet.
    pub(crate) fn open(config: &Config, catalog: &Catalog) -> anyhow::Result<Self> {
        let secrets = catalog.secrets(secret_key::open(config)?);
        let connectors = Factory::new(&config.connectors, Arc::<SecretStore>::clone(&secrets))?;
        Ok(Self { secrets, connectors: Arc::new(connectors) })
    }
}

/// A service that runs in this process.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    tasks: JoinSet<anyhow::Result<()>>,
    /// Those that were not started.
    triggers: Option<Triggers>,
    /// Why a part of it ended, the first that did not end well.
    failure: Option<anyhow::Error>,
    stop: Stop,
    grace: Duration,
    stores: Stores,
    /// Given back last.
    held: Held,
}

impl Running {
    /// Starts everything; when this returns, requests are answered.
    pub(crate) async fn start(
        context: &Context,
        listen: Listen,
        held: Held,
    ) -> anyhow::Result<Self> {
        let config = &context.config;
        let listener = bind(listen).await?;
        let address = listener.local_addr()?;
        let models: Arc<dyn Models> = model_files::open(context).await?;
        let stores = Stores::open(context).await?;
        let catalog = &stores.catalog;
        let vectors = stores.vectors.store();
        let Sources { secrets, connectors } = Sources::open(config, catalog)?;
        let triggers =
            Triggers::new(catalog.clone(), Arc::clone(&connectors), TriggerPace::default());
        let worker = Worker::new(
            catalog.clone(),
            Arc::clone(&vectors),
            Arc::clone(&models),
            Arc::clone(&connectors),
            config.ingest.clone(),
            parsing::extractor(&config.ingest).await?,
            Uuid::new_v4().to_string(),
        );
        let state = ApiState {
            catalog: catalog.clone(),
            retriever: Retriever::new(
                catalog.clone(),
                Arc::clone(&vectors),
                Arc::clone(&models),
                Arc::new(SystemClock),
            ),
            vectors,
            models,
            connectors,
            secrets,
            identity: config.identity(),
            limits: config.api,
        };
        let stop = context.stop.clone();
        let mut tasks = JoinSet::new();
        let (soft, hard) = (stop.soft.clone(), stop.hard.clone());
        tasks.spawn(async move {
            worker.run(soft, hard).await;
            Ok(())
        });
        let soft = stop.soft.clone();
        tasks.spawn(async move {
            api::serve(listener, state, soft).await.context("the HTTP server failed")
        });
        held.announce(address).context("server.json cannot be written in the data directory")?;
        tracing::info!(%address, data_dir = %config.data_dir.display(), "serving");
        let grace = config.shutdown_time();
        Ok(Self {
            address,
            tasks,
            triggers: Some(triggers),
            failure: None,
            stop,
            grace,
            stores,
            held,
        })
    }

    /// From now on, schedules and changes start jobs. Only for a service that goes on: one that is
    /// there for a single command does what that asks.
    pub(crate) fn start_triggers(&mut self) {
        if let Some(triggers) = self.triggers.take() {
            let soft = self.stop.soft.clone();
            self.tasks.spawn(async move {
                triggers.run(soft).await;
                Ok(())
            });
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when it is to stop, or when a part of it has ended by itself, which is a failure
    /// that [`Self::finish`] returns.
    pub(crate) async fn until_stopped(&mut self) {
        tokio::select! {
            biased;
            () = self.stop.soft.cancelled() => {}
            Some(ended) = self.tasks.join_next() => {
                let error = flatten(ended).err();
                let error = error.unwrap_or_else(|| anyhow!("a part of the service has ended"));
                tracing::error!(error = format!("{error:#}"), "a part of the service failed");
                self.failure.get_or_insert(error);
            }
        }
    }

    /// Ends everything in good order: requests are answered, running jobs pause, what was written
    /// is made durable, and the data directory is given back. Takes no longer than the shutdown
    /// time, and next to no time once it is to stop at once.
    pub(crate) async fn finish(mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        let last_grace = LAST_GRACE.min(self.grace / 4);
        let (cut, end) = (now + self.grace.saturating_sub(last_grace), now + self.grace);
        let Stop { soft, hard } = self.stop.clone();
        soft.cancel();
        tokio::select! {
            () = self.end_tasks() => {}
            () = tokio::time::sleep_until(cut.into()) => hard.cancel(),
            () = hard.cancelled() => {}
        }
        if tokio::time::timeout(last_grace, self.end_tasks()).await.is_err() {
            tracing::warn!("work in progress was cut off; it resumes at the next start");
            self.tasks.shutdown().await;
        }
        let closed = self.stores.close(move || !hard.is_cancelled() && Instant::now() < end).await;
        drop(self.stores);
        if closed {
            drop(self.held);
        } else {
            // A thread still has the index open. Whoever comes next shall not find half of the
            // data directory given back: all of it is, when this process ends.
            Box::leak(Box::new(self.held));
        }
        self.failure.map_or(Ok(()), Err)
    }

    /// Returns when no part runs any more.
    async fn end_tasks(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = flatten(ended) {
                self.failure.get_or_insert(error);
            }
        }
    }
}

fn flatten(ended: Result<anyhow::Result<()>, tokio::task::JoinError>) -> anyhow::Result<()> {
    ended.map_err(|error| anyhow!("a part of the service ended badly: {error}"))?
}

/// Takes the address to listen on.
pub(crate) async fn bind(listen: Listen) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen.address()).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "{listen} is in use by another program: stop that one, or give another --listen \
             (127.0.0.1:0 takes any free port)"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("listening on {listen} is not permitted: give a port above 1023 by --listen")
        }
        _ => {
            anyhow!(error).context(format!("{listen} cannot be listened on: give another --listen"))
        }
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

    use std::path::Path;

    use vectors::VectorsConfig;

    use super::*;
    use crate::data_dir::hold;

    /// Longer than any stop that is not waiting for something.
    const AT_ONCE: Duration = Duration::from_secs(20);

    /// A service without parts.
    async fn running(root: &Path, grace: Duration) -> Running {
        let held = hold(root).unwrap();
        let catalog = Catalog::open(&root.join(CATALOG), Arc::new(SystemClock)).await.unwrap();
        let vectors = vectors::open(&VectorsConfig::default(), root).await.unwrap();
        Running {
            address: ([127, 0, 0, 1], 0).into(),
            tasks: JoinSet::new(),
            triggers: None,
            failure: None,
            stop: Stop::default(),
            grace,
            stores: Stores { catalog, vectors },
            held,
        }
    }

    async fn failure_of(
        part: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) -> anyhow::Error {
        let root = tempfile::tempdir().unwrap();
        let mut running = running(root.path(), AT_ONCE * 3).await;
        running.tasks.spawn(part);
        let soft = running.stop.soft.clone();
        running.tasks.spawn(async move {
            soft.cancelled().await;
            Ok(())
        });
        running.until_stopped().await;
        running.finish().await.unwrap_err()
    }

    #[tokio::test]
    async fn a_part_that_dies_is_the_outcome() {
        let error = failure_of(async { Err(anyhow!("the disk is full")) }).await;
        assert_eq!(error.to_string(), "the disk is full");
        let error = failure_of(async { panic!("out of luck") }).await;
        assert!(error.to_string().contains("ended badly"), "{error}");
        let error = failure_of(async { Ok(()) }).await;
        assert!(error.to_string().contains("has ended"), "{error}");
    }

    #[tokio::test]
    async fn everything_is_closed_before_the_data_directory_is_given_back() {
        let root = tempfile::tempdir().unwrap();
        let mut running = running(root.path(), AT_ONCE * 3).await;
        let catalog = running.stores.catalog.clone();
        let soft = running.stop.soft.clone();
        running.tasks.spawn(async move {
            soft.cancelled().await;
            catalog.ping().await.context("the catalog was closed too early")
        });
        tokio::time::timeout(AT_ONCE, running.finish()).await.unwrap().unwrap();
        // SQLite takes its log away when the last connection is closed.
        assert!(!root.path().join(format!("{CATALOG}-wal")).exists());
        let held = hold(root.path()).unwrap();
        vectors::open(&VectorsConfig::default(), root.path()).await.unwrap();
        drop(held);
    }

    #[tokio::test]
    async fn a_second_signal_waits_for_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut running = running(root.path(), AT_ONCE * 30).await;
        let hard = running.stop.hard.clone();
        running.tasks.spawn(async move {
            hard.cancelled().await;
            Ok(())
        });
        running.tasks.spawn(std::future::pending());
        running.stop.hard.cancel();
        tokio::time::timeout(AT_ONCE, running.finish()).await.unwrap().unwrap();
        hold(root.path()).unwrap();
    }

    #[tokio::test]
    async fn what_does_not_end_is_cut_off_in_time() {
        let root = tempfile::tempdir().unwrap();
        let mut running = running(root.path(), Duration::from_secs(2)).await;
        running.tasks.spawn(std::future::pending());
        let start = Instant::now();
        tokio::time::timeout(AT_ONCE, running.finish()).await.unwrap().unwrap();
        assert!(start.elapsed() >= Duration::from_millis(1500), "{:?}", start.elapsed());
    }
}
