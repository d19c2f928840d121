//! The process that reads documents, seen from within.

use std::io::{Read, Write};
use std::os::unix::process::parent_id;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{process, thread};

use documents::{ExtractError, Hint, extract, page_count, picture};
use rlimit::Resource;

use super::wire::{self, Answer, Made, Received, Task};

/// The stack of the thread that parses.
const STACK: usize = 16 << 20;

/// Address space besides what a document may take: the program itself, stacks, and what the
/// allocator keeps in reserve.
const SLACK: u64 = 1 << 30;

/// A process that holds more than this share of its memory once a document is read ends, so that
/// memory is given back.
const KEPT_SHARE: u64 = 4;

/// A process reads so many documents at most.
const MOST_DOCUMENTS: u32 = 2_000;

/// How often a process looks whether it is still wanted.
const WATCH: Duration = Duration::from_secs(1);

/// A process that has waited for so many looks ends.
const MOST_IDLE: u32 = 30;

/// What a process does instead of reading a document, to show that it is contained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drill {
    /// It calls itself without end.
    Stack,
    /// It asks for two gigabytes, and writes to them.
    Memory,
    /// It never answers.
    Hang,
}

/// Reads documents from `input` and tells what is in them, until there are no more, the process
/// that asked has died, or nothing was asked for half a minute. Bounds this process's memory first.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    memory_mb: u32,
    drill: Option<Drill>,
) -> std::io::Result<()> {
    let memory = u64::from(memory_mb).saturating_mul(1_000_000);
    // Where the system knows no such limit, the bound on time is what is left.
    let bound = |resource: Resource, limit: u64| resource.set(limit, limit);
    let _unlimited = bound(Resource::DATA, memory).and(bound(Resource::AS, memory + SLACK));
    let _dumped = bound(Resource::CORE, 0);
    let progress = Arc::new(Progress::default());
    let served = {
        let progress = Arc::clone(&progress);
        let work = move || Child { input, output, memory, drill }.serve(&progress);
        thread::Builder::new().name("parser".to_owned()).stack_size(STACK).spawn(work)?
    };
    let parent = parent_id();
    let (mut seen, mut idle) = (progress.steps(), 0);
    while !served.is_finished() {
        thread::park_timeout(WATCH);
        let now = progress.steps();
        idle = if now == seen && !Progress::is_at_work(now) { idle + 1 } else { 0 };
        seen = now;
        if idle >= MOST_IDLE || parent_id() != parent {
            // The thread that parses cannot be ended otherwise.
            #[expect(clippy::exit, reason = "a parser that hangs ends with its process only")]
            process::exit(0);
        }
    }
    served.join().unwrap_or_else(|_| Err(std::io::Error::other("the parser's thread failed")))
}

struct Child<I, O> {
    input: I,
    output: O,
    memory: u64,
    drill: Option<Drill>,
}

impl<I: Read, O: Write> Child<I, O> {
    fn serve(mut self, progress: &Progress) -> std::io::Result<()> {
        for count in 1.. {
            let Some(received) = wire::take(&mut self.input)? else { break };
            progress.step();
            let result = self.read(&received);
            drop(received);
            let goes_on = count < MOST_DOCUMENTS && resident() < self.memory / KEPT_SHARE;
            wire::give(&mut self.output, &Answer { result, goes_on })?;
            progress.step();
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    fn read(&self, received: &Received) -> Result<Made, ExtractError> {
        match self.drill {
            Some(Drill::Stack) => {
                std::hint::black_box(descend(1));
            }
            Some(Drill::Memory) => {
                std::hint::black_box(vec![1_u8; 2 << 30]);
            }
            Some(Drill::Hang) => loop {
                thread::park();
            },
            None => {}
        }
        let made = catch_unwind(AssertUnwindSafe(|| make(received)));
        made.unwrap_or(Err(ExtractError::Defect))
    }
}

/// Does what is asked for.
pub(super) fn make(received: &Received) -> Result<Made, ExtractError> {
    let (header, bytes) = (&received.header, &received.bytes);
    match header.task {
        Task::Extract => {
            let hint = Hint { name: &header.name, media_type: header.media_type.as_deref() };
            Ok(Made::Text(Box::new(extract(bytes, hint)?)))
        }
        Task::CountPages => Ok(Made::PageCount(page_count(bytes)?)),
        Task::Draw { page, dpi } => Ok(Made::Picture(picture(bytes, page, dpi)?)),
    }
}

/// How often a process has begun and ended reading a document.
#[derive(Debug, Default)]
struct Progress(AtomicU64);

impl Progress {
    fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn steps(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn is_at_work(steps: u64) -> bool {
        steps % 2 == 1
    }
}

/// Calls itself until the stack ends.
fn descend(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    let below = if depth == 0 { 0 } else { descend(std::hint::black_box(depth + 1)) };
    below + frame.iter().sum::<u64>()
}

/// The bytes of memory that this process holds; 0 where the system does not tell.
fn resident() -> u64 {
    const PAGE: u64 = 4096;
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * PAGE
}
