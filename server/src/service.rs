//! The service: everything wired together, from start to graceful end.
//!
//! Invariant: a service holds its data directory from before it opens anything in it until after
//! everything in it is closed.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use api::ApiState;
use catalog::Catalog;
use connectors::Factory;
use corpus::{Clock, Connectors, Models};
use ingest::Worker;
use retrieve::Retriever;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uuid::Uuid;
use vectors::Vectors;

use crate::config::Listen;
use crate::context::Context;
use crate::data_dir::Held;
use crate::model_files;
use crate::signals::Stop;

/// The catalog's file in the data directory.
const CATALOG: &str = "catalog.sqlite";

/// How long what was told to stop at once may take to do so.
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
}

/// A service that runs in this process.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    tasks: JoinSet<anyhow::Result<()>>,
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
        // Whoever held these leases held the data directory, and does so no longer.
        let released = catalog.release_leases().await?;
        if released > 0 {
            tracing::info!(jobs = released, "jobs of the process before are resumed");
        }
        let vectors = stores.vectors.store();
        let connectors: Arc<dyn Connectors> = Arc::new(Factory);
        let worker = Worker::new(
            catalog.clone(),
            Arc::clone(&vectors),
            Arc::clone(&models),
            Arc::clone(&connectors),
            config.ingest.clone(),
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
        Ok(Self { address, tasks, stop, grace, stores, held })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when it is to stop, or when a part of it has ended by itself.
    pub(crate) async fn until_stopped(&mut self) {
        tokio::select! {
            () = self.stop.soft.cancelled() => {}
            ended = self.tasks.join_next() => {
                if let Some(Err(error)) = ended.map(flatten) {
                    tracing::error!(error = format!("{error:#}"), "a part of the service failed");
                }
            }
        }
    }

    /// Ends everything in good order: requests are answered, running jobs pause.
    pub(crate) async fn finish(mut self) -> anyhow::Result<()> {
        self.stop.soft.cancel();
        let mut failures = Vec::new();
        let deadline = self.stop.deadline(self.grace);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                ended = self.tasks.join_next() => match ended {
                    Some(ended) => failures.extend(flatten(ended).err()),
                    None => break,
                },
                () = &mut deadline => {
                    self.stop.hard.cancel();
                    let rest = async { while self.tasks.join_next().await.is_some() {} };
                    if tokio::time::timeout(LAST_GRACE, rest).await.is_err() {
                        tracing::warn!("work in progress was cut off; it resumes at the next start");
                        self.tasks.shutdown().await;
                    }
                    break;
                }
            }
        }
        if let Err(error) = self.stores.catalog.release_leases().await {
            tracing::warn!(%error, "leases were not given back; they run out by themselves");
        }
        self.stores.vectors.close(self.grace).await;
        drop(self.held);
        failures.into_iter().next().map_or(Ok(()), Err)
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
