//! One crawl, as a stream of events.
//!
//! It goes through phases: what is left of a crawl that was cut off is picked up; the frontier is
//! visited until it is empty, hosts side by side; then what was there before and was not met again
//! (orphans) is asked for directly. Only when all seeds were read is the crawl complete.
//!
//! Everything that is decided is decided here, in one task. Visits run beside it and end with it.

mod admission;
mod ending;
mod settlement;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use corpus::{ConnectorError, DocumentKey, SourceEvent, SourceState};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use url::Url;

use super::fetch::{Fetcher, Validators};
use super::filters::Filters;
use super::frontier::Frontier;
use super::memory::{self, Canonical, Changes, Record, Role, Run, Todo};
use super::scope::Scope;
use super::traps::Traps;
use super::visit::{Aim, Visit, visit};
pub(super) use settlement::{failure, known_of, upsert};

/// How long a crawl may be without a sign of life: less than ingestion waits for an event.
const HEARTBEAT: Duration = Duration::from_mins(1);

/// Entries of what is remembered that are read at once.
const ENTRIES: usize = 1_000;

/// What is to be crawled.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) seeds: Vec<Url>,
    pub(super) kind: corpus::WebScope,
    pub(super) filters: Filters,
    pub(super) max_pages: u64,
    /// Two plans with the same one lead to the same pages.
    pub(super) configuration: String,
    pub(super) fetcher: Arc<Fetcher>,
}

/// One crawl.
#[derive(Debug)]
pub(super) struct Crawl {
    plan: Arc<Plan>,
    state: Arc<dyn SourceState>,
    phase: Phase,
    run: Run,
    scope: Scope,
    traps: Traps,
    frontier: Frontier,
    /// What is known of the URLs that were met.
    fates: HashMap<String, Fate>,
    /// Documents that could not be ingested the last time: they are fetched whatever is remembered.
    unsettled: HashSet<String>,
    /// Pages that are visited again if their canonical URL turns out to be nothing.
    waiting: HashMap<String, Vec<(Todo, Record)>>,
    /// Hosts whose sitemaps are known.
    greeted: HashSet<String>,
    sitemaps: usize,
    visits: JoinSet<(Todo, Option<Record>, Visit)>,
    /// Events that are to be told next.
    outbox: VecDeque<Result<SourceEvent, ConnectorError>>,
    changes: Changes,
    todos: u64,
    settled: usize,
    documents: u64,
    /// Why seeds cannot be read.
    faults: Vec<ConnectorError>,
    /// When something was last told.
    told: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Beginning,
    Frontier,
    Orphans,
    Over,
}

/// What is known of a URL that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is to be visited, or being visited.
    Open,
    /// It is a document.
    Document,
    /// It is none.
    Nothing,
}

impl Crawl {
    pub(super) fn new(plan: Arc<Plan>, state: Arc<dyn SourceState>) -> Self {
        Self {
            scope: Scope::new(plan.kind, &plan.seeds),
            plan,
            state,
            phase: Phase::Beginning,
            run: Run::default(),
            traps: Traps::default(),
            frontier: Frontier::default(),
            fates: HashMap::new(),
            unsettled: HashSet::new(),
            waiting: HashMap::new(),
            greeted: HashSet::new(),
            sitemaps: 0,
            visits: JoinSet::new(),
            outbox: VecDeque::new(),
            changes: Changes::default(),
            todos: 0,
            settled: 0,
            documents: 0,
            faults: Vec::new(),
            told: Instant::now(),
        }
    }

    /// The next event, for a stream.
    pub(super) async fn next(mut self) -> Option<(Result<SourceEvent, ConnectorError>, Self)> {
        loop {
            if let Some(event) = self.outbox.pop_front() {
                self.told = Instant::now();
                return Some((event, self));
            }
            let step = match self.phase {
                Phase::Beginning => self.begin().await,
                Phase::Frontier => self.go_on(Phase::Orphans).await,
                Phase::Orphans => self.go_on(Phase::Over).await,
                Phase::Over => return None,
            };
            if let Err(error) = step {
                self.phase = Phase::Over;
                self.outbox.push_back(Err(error));
            }
        }
    }

    /// Picks up a crawl that was cut off, or begins one.
    async fn begin(&mut self) -> Result<(), ConnectorError> {
        self.load_unsettled().await?;
        let last = self.state.load(memory::RUN).await.map_err(ConnectorError::State)?;
        let last: Run = last.and_then(|value| memory::read(&value)).unwrap_or_default();
        let age = seconds().saturating_sub(last.moment);
        let goes_on = last.number > 0
            && !last.ended
            && last.configuration == self.plan.configuration
            && age <= self.plan.fetcher.limits.resume.as_secs();
        if goes_on {
            self.run = last;
            self.resume().await?;
        } else {
            self.forget_todos().await?;
            self.run = Run {
                number: last.number + 1,
                configuration: self.plan.configuration.clone(),
                ..Run::default()
            };
        }
        for seed in self.plan.seeds.clone() {
            if !self.fates.contains_key(seed.as_str()) {
                self.enqueue(&seed, Role::Seed, 0, None);
            }
        }
        self.checkpoint();
        self.phase = Phase::Frontier;
        Ok(())
    }

    async fn load_unsettled(&mut self) -> Result<(), ConnectorError> {
        let mut after: Option<DocumentKey> = None;
        loop {
            let keys = self.state.unsettled(after.as_ref(), ENTRIES).await;
            let keys = keys.map_err(ConnectorError::State)?;
            let Some(last) = keys.last() else { return Ok(()) };
            after = Some(last.clone());
            self.unsettled.extend(keys.iter().map(|key| key.as_str().to_owned()));
        }
    }

    /// What was remembered under names that begin so.
    async fn remembered(
        &self,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<(String, Vec<u8>)>, ConnectorError> {
        self.state.scan(prefix, after, ENTRIES).await.map_err(ConnectorError::State)
    }

    async fn resume(&mut self) -> Result<(), ConnectorError> {
        for root in self.run.adopted.iter().filter_map(|url| Url::parse(url).ok()) {
            self.scope.adopt(root);
        }
        let mut after: Option<String> = None;
        loop {
            let entries = self.remembered(memory::PAGES, after.as_deref()).await?;
            let Some((last, _)) = entries.last() else { break };
            after = Some(last.clone());
            for (name, value) in entries {
                let url = name.get(memory::PAGES.len()..).unwrap_or_default();
                let record = memory::read::<Record>(&value).unwrap_or_default();
                if record.run != self.run.number || self.unsettled.contains(url) {
                    continue;
                }
                if record.document.is_some() {
                    self.documents += 1;
                    self.fates.insert(url.to_owned(), Fate::Document);
                    self.outbox.push_back(Ok(SourceEvent::Seen(DocumentKey::new(url))));
                } else {
                    self.fates.insert(url.to_owned(), Fate::Nothing);
                }
            }
        }
        let mut after: Option<String> = None;
        loop {
            let entries = self.remembered(memory::TODOS, after.as_deref()).await?;
            let Some((last, _)) = entries.last() else { break };
            after = Some(last.clone());
            for (_, value) in entries {
                let Some(todo) = memory::read::<Todo>(&value) else { continue };
                let Ok(url) = Url::parse(&todo.url) else { continue };
                self.todos = self.todos.max(todo.number);
                self.fates.insert(todo.url.clone(), Fate::Open);
                self.frontier.push(&url, todo);
            }
        }
        // What failed to be ingested is visited again, wherever it came from.
        for url in self.unsettled.clone() {
            if let Ok(url) = Url::parse(&url)
                && !self.fates.contains_key(url.as_str())
                && self.scope.contains(&url)
            {
                self.enqueue(&url, Role::Page, 1, None);
            }
        }
        Ok(())
    }

    async fn forget_todos(&mut self) -> Result<(), ConnectorError> {
        let mut after: Option<String> = None;
        loop {
            let entries = self.remembered(memory::TODOS, after.as_deref()).await?;
            let Some((last, _)) = entries.last() else { return Ok(()) };
            after = Some(last.clone());
            for (name, _) in entries {
                self.changes.forget(name);
            }
        }
    }

    /// Adds a visit that is certainly to be made.
    fn enqueue(&mut self, url: &Url, role: Role, depth: u32, parent: Option<&str>) {
        let todo = Todo {
            number: 0,
            url: url.as_str().to_owned(),
            role,
            depth,
            chain: Vec::new(),
            parent: parent.map(str::to_owned),
            attempts: 0,
            canonical: Canonical::Heeded,
        };
        self.enqueue_todo(url, todo);
    }

    fn enqueue_todo(&mut self, url: &Url, mut todo: Todo) {
        self.todos += 1;
        todo.number = self.todos;
        if !matches!(todo.role, Role::Sitemap(_)) {
            self.fates.insert(todo.url.clone(), Fate::Open);
        }
        self.changes.put(memory::todo(todo.number), &todo);
        self.frontier.push(url, todo);
    }

    /// Visits until something ends; when nothing is left, the next phase begins.
    async fn go_on(&mut self, next: Phase) -> Result<(), ConnectorError> {
        while self.visits.len() < self.plan.fetcher.limits.hosts
            && let Some(todo) = self.frontier.pop()
        {
            self.set_out(todo).await?;
        }
        if self.visits.is_empty() {
            if self.revisit_waiting() {
                return Ok(());
            }
            self.phase = next;
            return match next {
                Phase::Orphans if self.faults.is_empty() => self.find_orphans().await,
                Phase::Over => {
                    self.end();
                    Ok(())
                }
                _ => Ok(()),
            };
        }
        match timeout(HEARTBEAT, self.visits.join_next()).await {
            Ok(Some(Ok((todo, record, visit)))) => {
                if let Ok(url) = Url::parse(&todo.url) {
                    self.frontier.done(&url);
                    self.settle(&url, todo, record.unwrap_or_default(), visit).await?;
                }
                self.settled += 1;
                let is_quiet = self.outbox.is_empty() && self.told.elapsed() >= HEARTBEAT;
                if is_quiet || self.settled >= self.plan.fetcher.limits.checkpoint {
                    self.checkpoint();
                }
                Ok(())
            }
            Ok(Some(Err(panicked))) => Err(ConnectorError::Unavailable {
                reason: format!("a visit broke off: {panicked}"),
            }),
            Ok(None) => Ok(()),
            Err(_) => {
                self.checkpoint();
                Ok(())
            }
        }
    }

    async fn set_out(&mut self, todo: Todo) -> Result<(), ConnectorError> {
        let Ok(url) = Url::parse(&todo.url) else { return Ok(()) };
        let record = self.state.load(&memory::page(&todo.url)).await;
        let record: Option<Record> =
            record.map_err(ConnectorError::State)?.and_then(|value| memory::read(&value));
        let known = record.as_ref().and_then(|record| record.document.as_ref());
        let is_sure = todo.canonical == Canonical::Heeded && !self.unsettled.contains(&todo.url);
        let seen = match known {
            Some(known) if is_sure => known.validators.clone(),
            _ => Validators::default(),
        };
        let aim = match todo.role {
            Role::Sitemap(_) => Aim::Sitemap,
            _ => Aim::Document,
        };
        let fetcher = Arc::clone(&self.plan.fetcher);
        self.visits.spawn(async move {
            let visit = visit(&fetcher, &url, &seen, aim).await;
            (todo, record, visit)
        });
        Ok(())
    }

    /// Has everything so far remembered, as soon as it is done.
    fn checkpoint(&mut self) {
        self.settled = 0;
        self.run.moment = seconds();
        let run = self.run.clone();
        self.changes.put(memory::RUN.to_owned(), &run);
        let entries = self.changes.take();
        self.outbox.push_back(Ok(SourceEvent::Checkpoint(entries)));
    }
}

/// Seconds since 1970.
fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
