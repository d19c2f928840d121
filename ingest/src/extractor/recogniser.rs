//! Character recognition by Tesseract, a program of the system: off unless languages are named.

mod tsv;

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use documents::{Picture, RecognisedPage};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The program.
const PROGRAM: &str = "tesseract";

/// How long it may take to say what it knows.
const ASKED: Duration = Duration::from_secs(10);

/// The most bytes of its answer for a page.
const LONGEST_ANSWER: usize = 32 << 20;

/// Recognises characters in pictures.
#[derive(Debug, Clone)]
pub struct Recogniser {
    /// As Tesseract names them: `eng+deu`.
    languages: String,
    limit: Duration,
    room: Arc<Semaphore>,
}

/// Why characters cannot be recognised.
#[derive(Debug, thiserror::Error)]
pub enum RecogniseError {
    /// The program is not there.
    #[error(
        "ingest.ocr is set, and the program tesseract cannot be started ({reason}): install it \
         (Debian: tesseract-ocr, macOS: brew install tesseract), or remove ingest.ocr"
    )]
    Missing {
        /// What the system said.
        reason: String,
    },
    /// It does not know a language.
    #[error(
        "tesseract does not know the language \"{language}\" of ingest.ocr: install it (Debian: \
         tesseract-ocr-{language}); it knows {known}"
    )]
    Language {
        /// What was asked for.
        language: String,
        /// What it knows.
        known: String,
    },
    /// It failed on a picture.
    #[error("tesseract failed: {reason}")]
    Failed {
        /// What it said.
        reason: String,
    },
    /// It took too long.
    #[error("tesseract gave up after {seconds} s")]
    Timeout {
        /// How long it was waited for.
        seconds: u64,
    },
}

impl Recogniser {
    /// Dots per inch at which pages are drawn for it: what its makers recommend.
    pub(super) const DPI: u16 = 300;

    /// One for these languages (`eng+deu`), which takes at most so long for a picture. Asks the
    /// program whether it knows them.
    pub async fn open(languages: &str, limit: Duration) -> Result<Self, RecogniseError> {
        let asked = Command::new(PROGRAM).arg("--list-langs").kill_on_drop(true).output();
        let missing = |reason: String| RecogniseError::Missing { reason };
        let output = match timeout(ASKED, asked).await {
            Ok(output) => output.map_err(|error| missing(error.to_string()))?,
            Err(_) => return Err(missing("it does not answer".to_owned())),
        };
        let known = String::from_utf8_lossy(&output.stdout);
        let known: Vec<&str> = known.lines().skip(1).map(str::trim).collect();
        for language in languages.split('+') {
            if !known.contains(&language) {
                let (language, known) = (language.to_owned(), known.join(", "));
                return Err(RecogniseError::Language { language, known });
            }
        }
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let room = Arc::new(Semaphore::new(processors));
        Ok(Self { languages: languages.to_owned(), limit, room })
    }

    /// Recognises the characters of a page.
    pub(super) async fn page(
        &self,
        number: u32,
        picture: &Picture,
    ) -> Result<RecognisedPage, RecogniseError> {
        let tsv = self.run(&picture.png).await?;
        Ok(RecognisedPage {
            number: Some(number),
            paragraphs: tsv::paragraphs(&tsv, number, picture.scale),
        })
    }

    /// Recognises the characters of a picture in any of the usual formats.
    pub(super) async fn picture(&self, bytes: &[u8]) -> Result<RecognisedPage, RecogniseError> {
        let tsv = self.run(bytes).await?;
        Ok(RecognisedPage { number: None, paragraphs: tsv::paragraphs(&tsv, 1, 1.0) })
    }

    async fn run(&self, picture: &[u8]) -> Result<String, RecogniseError> {
        // The semaphore is never closed.
        let _room = self.room.acquire().await;
        let failed = |reason: String| RecogniseError::Failed { reason };
        let mut child = Command::new(PROGRAM)
            .args(["stdin", "stdout", "-l", &self.languages, "--psm", "3", "tsv"])
            // As many run at once as there are processors.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| RecogniseError::Missing { reason: error.to_string() })?;
        let input = child.stdin.take();
        let exchange = async {
            let feed = async {
                if let Some(mut input) = input {
                    // One that closes its input early says why, and ends.
                    drop(input.write_all(picture).await);
                }
            };
            let ((), output) = tokio::join!(feed, child.wait_with_output());
            output
        };
        let output = match timeout(self.limit, exchange).await {
            Ok(output) => output.map_err(|error| failed(error.to_string()))?,
            Err(_) => return Err(RecogniseError::Timeout { seconds: self.limit.as_secs() }),
        };
        if !output.status.success() || output.stdout.len() > LONGEST_ANSWER {
            let words = String::from_utf8_lossy(&output.stderr);
            let last = words.lines().rfind(|line| !line.trim().is_empty());
            return Err(failed(last.unwrap_or("it does not say why").trim().to_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
