//! Runs a program that downloads, watches that something comes, and installs what came.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::source::Found;
use super::{Progress, Tried};
use crate::digest::hex;

/// The files that decide the model's vectors, and their SHA-256.
const CHECKSUMS: &[(&str, &str)] = &[
    ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
];

/// How often the download is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// How a download is watched.
pub(super) struct Watch<'a> {
    /// The folder that it may write to.
    pub(super) work: &'a Path,
    /// It is ended when nothing has come for so long.
    pub(super) patience: Duration,
    /// It is ended after so long in any case.
    pub(super) limit: Duration,
    /// Told of what comes.
    pub(super) report: &'a dyn Fn(&Progress),
}

/// Runs a program to its end. The outer error: it could not be started; the inner one: what it
/// said, or that it was ended.
pub(super) fn run(
    mut command: Command,
    source: &'static str,
    watch: &Watch<'_>,
) -> io::Result<Result<(), String>> {
    let said = watch.work.join("said");
    let scratch = watch.work.join("scratch");
    fs::create_dir_all(&scratch)?;
    command.env("TMPDIR", &scratch).env("TEMP", &scratch).env("TMP", &scratch);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&said)?);
    let mut child = command.spawn()?;
    (watch.report)(&Progress::Asking { source });
    let ended = wait(&mut child, watch);
    if !matches!(ended, Ok(Ok(_))) {
        // It may have ended by itself just now; either way it is gone after this.
        drop(child.kill());
        drop(child.wait());
    }
    Ok(match ended? {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(last_words(&said).unwrap_or_else(|| status.to_string())),
        Err(reason) => Err(reason),
    })
}

/// Waits for the end; why not, if it takes too long.
fn wait(child: &mut Child, watch: &Watch<'_>) -> io::Result<Result<ExitStatus, String>> {
    let start = Instant::now();
    let (mut bytes, mut came) = (0, start);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ok(status));
        }
        let now = bytes_under(watch.work);
        if now != bytes {
            (bytes, came) = (now, Instant::now());
            (watch.report)(&Progress::Received { bytes });
        }
        if came.elapsed() > watch.patience {
            let seconds = watch.patience.as_secs();
            return Ok(Err(format!("nothing came for {seconds} seconds")));
        }
        if start.elapsed() > watch.limit {
            let minutes = watch.limit.as_secs() / 60;
            return Ok(Err(format!("it was not done after {minutes} minutes")));
        }
        thread::sleep(GLANCE);
    }
}

/// Bytes of the files in a folder, as far as they can be seen: they come and go.
fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(state) if state.is_dir() => bytes_under(&entry.path()),
        Ok(state) => state.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// The end of what a program said: its last two lines, as pip and the hub's clients put the reason
/// there.
fn last_words(said: &Path) -> Option<String> {
    let said = String::from_utf8_lossy(&fs::read(said).ok()?).into_owned();
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(2)..].join(" ");
    let short: String = last.chars().take(400).collect();
    (!short.is_empty()).then_some(short)
}

/// Checks what came and moves it to its place, whole.
pub(super) fn install(found: &Found, place: &Path) -> Result<(), Tried> {
    let failed = |reason: String| Tried { source: found.source, reason };
    check(&found.folder).map_err(failed)?;
    sync(&found.folder).map_err(|error| failed(format!("cannot be kept: {error}")))?;
    match fs::rename(&found.folder, place) {
        Ok(()) => Ok(()),
        // Another process was faster.
        Err(_) if super::holds_model(place) => Ok(()),
        Err(error) => Err(failed(format!("cannot be kept in {}: {error}", place.display()))),
    }
}

fn check(folder: &Path) -> Result<(), String> {
    for (file, expected) in CHECKSUMS {
        let actual = checksum(&folder.join(file))
            .map_err(|error| format!("sent no readable {file} ({error})"))?;
        if actual != *expected {
            return Err(format!("sent another {file} than the model's (SHA-256 {actual})"));
        }
    }
    Ok(())
}

fn checksum(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut File::open(path)?, &mut digest)?;
    Ok(hex(&digest.finalize()))
}

/// Waits until the files are on the disk: their folder's new name must not outlive them.
fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync(&path)? } else { File::open(&path)?.sync_all()? }
    }
    Ok(())
}
