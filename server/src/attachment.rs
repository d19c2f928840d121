//! How a command reaches the service: at the server that holds the data directory, or, where none
//! does, in this process, for as long as the command runs. Either way over HTTP.

use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::client::Client;
use crate::config::Listen;
use crate::context::Context;
use crate::data_dir::{self, DataDirError, Notice};
use crate::service::Running;

/// How long another process may take to start or to let go.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often it is looked whether it has.
const INTERVAL: Duration = Duration::from_millis(100);

/// A command's connection to the service.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Talks to the service.
    pub(crate) client: Client,
    running: Option<Running>,
    listen: Listen,
}

/// The user asked to stop.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub(crate) struct Interrupted;

impl Attachment {
    /// Reaches the service; in this process it listens on `listen`.
    pub(crate) async fn attach(context: &Context, listen: Listen) -> anyhow::Result<Self> {
        let folder = &context.config.data_dir;
        let patience = Instant::now() + PATIENCE;
        let mut last = None;
        loop {
            match data_dir::hold(folder) {
                Ok(held) => {
                    let running = Running::start(context, listen, held).await?;
                    let client = Client::new(running.address())?;
                    return Ok(Self { client, running: Some(running), listen });
                }
                Err(DataDirError::InUse { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(notice) = data_dir::notice(folder) {
                let client = Client::new(notice.address)?;
                match client.ready().await {
                    Ok(()) => return Ok(Self { client, running: None, listen }),
                    Err(error) => last = Some((notice, error)),
                }
            }
            if Instant::now() > patience {
                return Err(unreachable_holder(context, last));
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Reaches the service again after it went away; takes its place where nobody else does.
    pub(crate) async fn reattach(&mut self, context: &Context) -> anyhow::Result<()> {
        anyhow::ensure!(self.running.is_none(), "the service in this process does not answer");
        *self = Self::attach(context, self.listen).await?;
        Ok(())
    }

    /// The service, if it runs in this process.
    pub(crate) fn running(&mut self) -> Option<&mut Running> {
        self.running.as_mut()
    }

    /// Lets go; a service in this process ends, and with it what it does: jobs pause.
    pub(crate) async fn detach(self) -> anyhow::Result<()> {
        match self.running {
            Some(running) => running.finish().await,
            None => Ok(()),
        }
    }
}

/// Does something with the service, and lets go of it whatever comes of that.
pub(crate) async fn attached<T>(
    context: &Context,
    listen: Listen,
    work: impl AsyncFnOnce(&mut Attachment) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let mut attachment = tokio::select! {
        attachment = Attachment::attach(context, listen) => attachment?,
        () = context.stop.soft.cancelled() => return Err(Interrupted.into()),
    };
    let result = tokio::select! {
        result = work(&mut attachment) => result,
        () = context.stop.soft.cancelled() => Err(Interrupted.into()),
    };
    let detached = attachment.detach().await;
    result.and_then(|value| detached.map(|()| value))
}

fn unreachable_holder(
    context: &Context,
    last: Option<(Notice, crate::client::ClientError)>,
) -> anyhow::Error {
    let folder = context.config.data_dir.display();
    match last {
        Some((Notice { pid, .. }, error)) => anyhow!(error).context(format!(
            "process {pid} holds the data directory {folder} but is not ready: see its log, stop \
             it, or give another --data-dir"
        )),
        None => anyhow!(
            "another process holds the data directory {folder} and does not say where it listens: \
             wait until it has started, stop it, or give another --data-dir"
        ),
    }
}

/// Takes the data directory for a command that can only work if no other process has it.
pub(crate) fn hold_alone(context: &Context) -> anyhow::Result<data_dir::Held> {
    let folder = &context.config.data_dir;
    data_dir::hold(folder).map_err(|error| match (error, data_dir::notice(folder)) {
        (DataDirError::InUse { folder }, Some(Notice { address, pid, .. })) => anyhow!(
            "process {pid} serves the data directory {} at http://{address}: use that one, stop \
             it, or give another --data-dir",
            folder.display()
        ),
        (error, _) => anyhow!(error),
    })
}
