//! Reads documents where it does no harm: each in a process of its own kind, with bounds on memory
//! and time. A parser that hangs, overflows its stack or eats memory takes down that process and
//! that document, nothing else.
//!
//! Processes are started when they are needed, as many as there are processors, and read one
//! document after the other, so that a document costs two pipes' worth of copying and no start.
//! They hold one thread that parses: the time of a document bounds its CPU time as well.

mod child;
mod process;
mod recogniser;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use documents::{ExtractError, Extracted, Kind, Picture, RecognisedPage, Warning};
use futures::StreamExt;
use tokio::sync::Semaphore;

use crate::parsers::{Overrun, Parsers};
use process::Process;
use wire::{Header, Made, Received, Request, Task};

pub use child::{Drill, serve};
pub use recogniser::{RecogniseError, Recogniser};

/// Pages of one document whose characters are recognised at once, as far as there are processors;
/// so many pictures of it are in memory.
const PAGES: usize = 4;

/// How documents are read.
#[derive(Debug, Clone)]
pub enum Isolation {
    /// In processes of this program, which calls [`serve`] with the limits that it is given.
    Processes {
        /// The program: this one.
        program: PathBuf,
        /// What makes it call [`serve`]: [`Bounds`] follow as `--memory-mb=N`.
        arguments: Vec<String>,
    },
    /// On threads of this process: time is bounded, memory and stacks are not.
    Threads,
}

/// What one document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How long it may be parsed.
    pub time: Duration,
    /// How much memory its parser may hold, in MB (10⁶ bytes).
    pub memory_mb: u32,
}

/// Why a document was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The document is at fault.
    #[error(transparent)]
    Document(#[from] ExtractError),
    /// The parser took too long.
    #[error("the parser gave up after {seconds} s; the file may be damaged")]
    Timeout {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The parser wanted more memory than it may have.
    #[error(
        "the parser needs more than {megabytes} MB of memory for this file: split the file, or raise \
         ingest.parse_memory_mb"
    )]
    Memory {
        /// How much it may have.
        megabytes: u32,
    },
    /// The parser died.
    #[error("the parser {how} on this file; please report it with the file")]
    Died {
        /// How: `overflowed its stack`.
        how: String,
    },
    /// There are no processes to read documents in.
    #[error("no process to read documents in could be started: {reason}")]
    NoProcess {
        /// What the system said.
        reason: String,
    },
    /// Its pictures cannot be read.
    #[error("the characters of its pictures were not recognised: {0}")]
    Recognise(#[from] RecogniseError),
    /// Parsers on threads hang on other files.
    #[error("parsers hang on other files and hold the processors; restart the server")]
    Crowded,
}

/// Reads documents.
#[derive(Debug, Clone)]
pub struct Extractor {
    isolation: Arc<Isolation>,
    bounds: Bounds,
    room: Arc<Semaphore>,
    /// Processes that wait for a document: no more than there is room.
    idle: Arc<Mutex<Vec<Process>>>,
    threads: Parsers,
    recogniser: Option<Recogniser>,
}

impl Extractor {
    /// One that reads as many documents at once as there are processors.
    pub fn new(isolation: Isolation, bounds: Bounds) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            isolation: Arc::new(isolation),
            bounds,
            room: Arc::new(Semaphore::new(processors)),
            idle: Arc::default(),
            threads: Parsers::new(processors),
            recogniser: None,
        }
    }

    /// One that also reads pictures, and pages that hold nothing else.
    #[must_use]
    pub fn with_recogniser(self, recogniser: Option<Recogniser>) -> Self {
        Self { recogniser, ..self }
    }

    /// Reads a document; waits while as many as there is room for are being read.
    pub async fn extract(
        &self,
        bytes: &[u8],
        name: &str,
        media_type: Option<&str>,
    ) -> Result<Extracted, ReadError> {
        let read = match self.make(&Request { name, media_type, task: Task::Extract, bytes }).await
        {
            Ok(Made::Text(extracted)) => Ok(*extracted),
            Ok(_) => Err(ReadError::mistaken()),
            Err(error) => Err(error),
        };
        match &self.recogniser {
            Some(recogniser) => self.recognise(recogniser, bytes, read).await,
            None => read,
        }
    }

    /// Adds the text of pictures to what was read.
    async fn recognise(
        &self,
        recogniser: &Recogniser,
        bytes: &[u8],
        read: Result<Extracted, ReadError>,
    ) -> Result<Extracted, ReadError> {
        let mut extracted = match read {
            Ok(extracted) => extracted,
            Err(ReadError::Document(ExtractError::NoText { kind, .. }))
                if matches!(kind, Kind::Pdf | Kind::Image) =>
            {
                Extracted::new(String::new(), kind)
            }
            Err(error) => return Err(error),
        };
        let mut recognised = Vec::new();
        let mut failure = None;
        match extracted.kind {
            Kind::Image => match recogniser.picture(bytes).await {
                Ok(page) => recognised.push(page),
                Err(error) => failure = Some(ReadError::from(error)),
            },
            Kind::Pdf => {
                let scans = match std::mem::take(&mut extracted.scans) {
                    none if none.is_empty() && extracted.text.is_empty() => {
                        (1..=self.page_count(bytes).await?).collect()
                    }
                    scans => scans,
                };
                let pages = futures::stream::iter(scans).map(|number| async move {
                    (number, self.recognise_page(recogniser, bytes, number).await)
                });
                let mut pages = pages.buffered(PAGES);
                while let Some((number, page)) = pages.next().await {
                    match page {
                        Ok(page) => recognised.push(page),
                        Err(error) => {
                            let message = format!("page {number} was not recognised: {error}");
                            extracted.warnings.push(Warning::loss(message));
                            failure = Some(error);
                        }
                    }
                }
            }
            _ => return Ok(extracted),
        }
        extracted.add_recognised(recognised);
        if extracted.text.trim().is_empty() {
            if let Some(error) = failure {
                return Err(error);
            }
            let reason = "no characters were recognised in its pictures".to_owned();
            return Err(ExtractError::NoText { kind: extracted.kind, reason }.into());
        }
        Ok(extracted)
    }

    async fn recognise_page(
        &self,
        recogniser: &Recogniser,
        bytes: &[u8],
        number: u32,
    ) -> Result<RecognisedPage, ReadError> {
        let picture = self.picture(bytes, number, Recogniser::DPI).await?;
        Ok(recogniser.page(number, &picture).await?)
    }

    /// How many pages a PDF has that can be drawn.
    pub async fn page_count(&self, bytes: &[u8]) -> Result<u32, ReadError> {
        let request = Request { name: "", media_type: None, task: Task::CountPages, bytes };
        match self.make(&request).await? {
            Made::PageCount(count) => Ok(count),
            _ => Err(ReadError::mistaken()),
        }
    }

    /// A page of a PDF, from 1, as a picture of so many dots per inch.
    pub async fn picture(&self, bytes: &[u8], page: u32, dpi: u16) -> Result<Picture, ReadError> {
        let request = Request { name: "", media_type: None, task: Task::Draw { page, dpi }, bytes };
        match self.make(&request).await? {
            Made::Picture(picture) => Ok(picture),
            _ => Err(ReadError::mistaken()),
        }
    }

    async fn make(&self, request: &Request<'_>) -> Result<Made, ReadError> {
        match &*self.isolation {
            Isolation::Threads => {
                let header = Header {
                    name: request.name.to_owned(),
                    media_type: request.media_type.map(str::to_owned),
                    task: request.task,
                };
                let received = Received { header, bytes: request.bytes.to_vec() };
                let made = self.threads.run(self.bounds.time, move || child::make(&received)).await;
                made.map_err(ReadError::from).and_then(|made| made.map_err(ReadError::from))
            }
            Isolation::Processes { program, arguments } => {
                // The semaphore is never closed.
                let _room = self.room.acquire().await;
                self.in_process(program, arguments, request).await
            }
        }
    }

    async fn in_process(
        &self,
        program: &Path,
        arguments: &[String],
        request: &Request<'_>,
    ) -> Result<Made, ReadError> {
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let is_fresh = waiting.is_none();
        let mut process = match waiting {
            Some(process) => process,
            None => Process::start(program, arguments, self.bounds)?,
        };
        let read = match process.read(request, self.bounds).await {
            // What becomes of a document follows from it alone: not from what its process read
            // before, nor from one that had left for want of work just when it was asked.
            Err(ended) if !is_fresh && ended.is_worth_another() => {
                process = Process::start(program, arguments, self.bounds)?;
                process.read(request, self.bounds).await
            }
            read => read,
        };
        match read {
            Ok(answer) => {
                if answer.goes_on {
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                }
                answer.result.map_err(ReadError::from)
            }
            Err(process::Ended::Failed(error)) => Err(error),
            Err(process::Ended::Left) => Err(ReadError::Died { how: "ended".to_owned() }),
        }
    }
}

impl ReadError {
    /// A process answered something else than it was asked.
    fn mistaken() -> Self {
        Self::Died { how: "answered something else".to_owned() }
    }
}

impl From<Overrun> for ReadError {
    fn from(overrun: Overrun) -> Self {
        match overrun {
            Overrun::Timeout { seconds } => Self::Timeout { seconds },
            Overrun::Panicked => Self::Died { how: "failed".to_owned() },
            Overrun::Crowded => Self::Crowded,
        }
    }
}
