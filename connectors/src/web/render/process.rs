//! A browser's process: how it is started, and that nothing of it is left when it is over.
//!
//! The browser leads a process group of its own. Beside it waits a watchdog, a shell that reads
//! from a pipe whose other end is ours: when that closes, because the browser is not wanted any
//! more or because this process died, however, it kills the group and removes the profile.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Gives the browser its pipes, which it looks for behind the usual three.
const LAUNCH: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// The most bytes of the path of a profile: Chromium's socket lies in a folder in there, and no
/// socket's path has more than 107 (`unix(7)`).
const LONGEST_PROFILE: usize = 50;

/// Waits for the end of its input. Processes that are being killed may still write, so that the
/// profile goes at the second try.
const WATCHDOG: &str = r#"
read -r _
kill -s KILL -- "-$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$2" 2>/dev/null && break
  sleep 0.2
done
"#;

/// Where shells and browsers look for programs.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// How long the watchdog may take.
const BURIAL: Duration = Duration::from_secs(5);

/// Bytes of the browser's last words that are kept.
const REMARKS: usize = 4096;

/// What the browser is told, besides where its profile and its proxy are.
const FLAGS: [&str; 24] = [
    "--headless",
    "--remote-debugging-pipe",
    // No way out but the proxy, not even to this machine; no names are looked up beside it.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    // Nothing that no page asks for.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    // The crawler says what is fetched: http stays http.
    "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,\
     MediaRouter,Translate,AutofillServerCommunication,Prerender2",
    // A page's scripts have so many megabytes.
    "--js-flags=--max-old-space-size=512",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--mute-audio",
    // Tall, so that what is made when it comes into view is made.
    "--window-size=1280,4000",
];

/// A browser's process; dropped, it is killed with all that it started.
#[derive(Debug)]
pub(super) struct Process {
    browser: Child,
    watchdog: Child,
    /// What the watchdog reads from.
    lifeline: ChildStdin,
    remarks: Arc<Mutex<Vec<u8>>>,
    _listening: JoinSet<()>,
}

/// The pipes to a browser.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) to: ChildStdin,
    pub(super) from: ChildStdout,
}

impl Process {
    /// Starts a browser that has no way out but a proxy.
    pub(super) fn start(
        executable: &Path,
        proxy: &str,
        has_sandbox: bool,
    ) -> io::Result<(Self, Pipes)> {
        let profile = TempDir::with_prefix("outcrop-browser-")?;
        if profile.path().as_os_str().len() > LONGEST_PROFILE {
            let folder = profile.path().display();
            return Err(io::Error::other(format!(
                "its socket does not fit into the path of a temporary folder, as {folder}: set \
                 TMPDIR to one with a shorter path"
            )));
        }
        let mut command = shell(LAUNCH, profile.path());
        command.arg(executable).args(FLAGS).arg(format!("--proxy-server={proxy}"));
        command.arg(flag("--user-data-dir=", profile.path()));
        if !has_sandbox {
            command.arg("--no-sandbox");
        }
        command.arg("about:blank").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut browser = command.spawn()?;
        let ended = || io::Error::other("it ended at once");
        let group = browser.id().ok_or_else(ended)?;
        let mut command = shell(WATCHDOG, Path::new("/"));
        command.arg("outcrop-watchdog").arg(group.to_string()).arg(profile.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut watchdog = command.spawn()?;
        // From here on the profile is the watchdog's to remove.
        let _profile: PathBuf = profile.keep();
        let piped = || io::Error::other("a pipe is missing");
        let lifeline = watchdog.stdin.take().ok_or_else(piped)?;
        let to = browser.stdin.take().ok_or_else(piped)?;
        let from = browser.stdout.take().ok_or_else(piped)?;
        let stderr = browser.stderr.take().ok_or_else(piped)?;
        let remarks = Arc::default();
        let mut listening = JoinSet::new();
        listening.spawn(listen(stderr, Arc::clone(&remarks)));
        let process = Self { browser, watchdog, lifeline, remarks, _listening: listening };
        Ok((process, Pipes { to, from }))
    }

    /// The last words of the browser.
    pub(super) fn remarks(&self) -> String {
        let remarks = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&remarks).into_owned()
    }

    /// Ends it, and returns when nothing is left of it.
    pub(super) async fn end(mut self) {
        let burial = async {
            self.lifeline.shutdown().await?;
            drop(self.lifeline);
            self.watchdog.wait().await?;
            self.browser.wait().await
        };
        if !matches!(timeout(BURIAL, burial).await, Ok(Ok(_))) {
            tracing::warn!("a browser could not be ended in good order");
        }
    }
}

/// A shell in a process group of its own, which knows nothing of our environment: there may be
/// secrets in it.
fn shell(script: &str, home: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).process_group(0).env_clear();
    command.env("PATH", PATH).env("HOME", home).env("TMPDIR", home).current_dir(home);
    command
}

fn flag(name: &str, path: &Path) -> std::ffi::OsString {
    let mut flag = std::ffi::OsString::from(name);
    flag.push(path);
    flag
}

/// Keeps the end of what the browser says.
async fn listen(mut stderr: ChildStderr, remarks: Arc<Mutex<Vec<u8>>>) {
    let mut piece = vec![0; REMARKS];
    while let Ok(count @ 1..) = stderr.read(&mut piece).await {
        let mut kept = remarks.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(piece.get(..count).unwrap_or_default());
        let old = kept.len().saturating_sub(REMARKS);
        kept.drain(..old);
    }
}
