//! A process that reads documents, seen from the one that asks it to.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::wire::{self, Answer, Request};
use super::{Bounds, ReadError};

/// How long a process that died may take to be gone, with its last words.
const LAST_GRACE: Duration = Duration::from_secs(5);

/// The most bytes of last words that are looked at.
const LAST_WORDS: u64 = 4096;

/// A running process; killed when it is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

/// Why a process gave no answer.
#[derive(Debug)]
pub(super) enum Ended {
    /// It ended in good order.
    Left,
    /// It failed.
    Failed(ReadError),
}

impl Ended {
    /// Whether another process may do better.
    pub(super) fn is_worth_another(&self) -> bool {
        !matches!(self, Self::Failed(ReadError::Timeout { .. }))
    }
}

impl Process {
    /// Starts one.
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        bounds: Bounds,
    ) -> Result<Self, ReadError> {
        let failed = |reason: String| ReadError::NoProcess { reason };
        let mut child = Command::new(program)
            .args(arguments)
            .arg(format!("--memory-mb={}", bounds.memory_mb))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("{}: {error}", program.display())))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output }),
            _ => Err(failed("it has no pipes".to_owned())),
        }
    }

    /// Has it read a document.
    pub(super) async fn read(
        &mut self,
        request: &Request<'_>,
        bounds: Bounds,
    ) -> Result<Answer, Ended> {
        let exchange = async {
            wire::send(&mut self.input, request).await?;
            wire::receive(&mut self.output).await
        };
        match timeout(bounds.time, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(self.ended(bounds).await),
            Err(_) => {
                // Dropping it would kill it as well; this waits until it is gone.
                drop(timeout(LAST_GRACE, self.child.kill()).await);
                Err(Ended::Failed(ReadError::Timeout { seconds: bounds.time.as_secs() }))
            }
        }
    }

    /// How it ended, by its status and its last words.
    async fn ended(&mut self, bounds: Bounds) -> Ended {
        let mut words = Vec::new();
        let ending = async {
            if let Some(errors) = self.child.stderr.take() {
                // What cannot be read says nothing; the status still does.
                drop(errors.take(LAST_WORDS).read_to_end(&mut words).await);
            }
            self.child.wait().await
        };
        let status = timeout(LAST_GRACE, ending).await;
        let words = String::from_utf8_lossy(&words);
        let failed = match status {
            Ok(Ok(status)) if status.success() => return Ended::Left,
            _ if words.contains("memory allocation of") => {
                ReadError::Memory { megabytes: bounds.memory_mb }
            }
            _ if words.contains("overflowed its stack") => {
                ReadError::Died { how: "overflowed its stack".to_owned() }
            }
            Ok(Ok(status)) => ReadError::Died { how: format!("died ({status})") },
            Ok(Err(_)) | Err(_) => ReadError::Died { how: "closed its pipes".to_owned() },
        };
        Ended::Failed(failed)
    }
}
