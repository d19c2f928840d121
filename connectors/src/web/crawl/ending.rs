//! The end of a crawl: orphans, pages whose canonical URL is nothing, and whether it was whole.

use corpus::{ConnectorError, SourceEvent};
use url::Url;

use super::{Crawl, Fate, Phase};
use crate::web::memory::{self, Canonical, Record, Role};

impl Crawl {
    /// Has pages visited again whose canonical URL nobody settled: they name each other in a
    /// circle. False where there are none.
    pub(super) fn revisit_waiting(&mut self) -> bool {
        let waiting: Vec<String> = self.waiting.keys().cloned().collect();
        for canonical in &waiting {
            self.revisit_for(canonical);
        }
        !waiting.is_empty()
    }

    /// Has pages visited again that wait for a canonical URL which is nothing.
    pub(super) fn revisit_for(&mut self, canonical: &str) {
        for (mut todo, _) in self.waiting.remove(canonical).unwrap_or_default() {
            let Ok(url) = Url::parse(&todo.url) else { continue };
            self.changes.forget(memory::todo(todo.number));
            todo.canonical = Canonical::Ignored;
            todo.attempts = 0;
            self.enqueue_todo(&url, todo);
        }
    }

    /// Has documents asked for that were there in an earlier crawl and were not met in this one.
    /// What else is remembered of earlier crawls is forgotten.
    pub(super) async fn find_orphans(&mut self) -> Result<(), ConnectorError> {
        let mut after: Option<String> = None;
        loop {
            let entries = self.remembered(memory::PAGES, after.as_deref()).await?;
            let Some((last, _)) = entries.last() else { return Ok(()) };
            after = Some(last.clone());
            for (name, value) in entries {
                if self.changes.has(&name) {
                    continue;
                }
                let text = name.get(memory::PAGES.len()..).unwrap_or_default();
                let record = memory::read::<Record>(&value).unwrap_or_default();
                let is_met = record.run == self.run.number || self.fates.contains_key(text);
                let url = Url::parse(text).ok().filter(|_| record.document.is_some());
                match url.filter(|url| self.role(url).is_some()) {
                    _ if is_met => {}
                    Some(url) => self.enqueue(&url, Role::Orphan, 0, None),
                    None => self.forget(text),
                }
            }
        }
    }

    /// Forgets a URL.
    pub(super) fn forget(&mut self, url: &str) {
        self.changes.forget(memory::page(url));
        self.changes.forget(memory::links(url));
    }

    /// Ends the crawl: whole, or with why it is not.
    pub(super) fn end(&mut self) -> Result<(), ConnectorError> {
        self.run.ended = true;
        self.checkpoint();
        self.phase = Phase::Over;
        match fault(&mut self.faults) {
            Some(fault) => self.outbox.push_back(Err(fault)),
            None => self.outbox.push_back(Ok(SourceEvent::Complete)),
        }
        Ok(())
    }

    /// Ends the crawl where there is more than may be read.
    pub(super) fn end_full(&mut self) {
        let most = self.plan.max_pages;
        self.visits.abort_all();
        self.run.ended = true;
        self.checkpoint();
        self.phase = Phase::Over;
        let reason = format!(
            "there are more than {most} pages, the limit of this data source (maxPages); the pages \
             found so far were ingested and nothing was removed: raise the limit, or narrow the \
             scope by filters"
        );
        self.outbox.push_back(Err(ConnectorError::Misconfigured { reason }));
    }

    /// What became of a URL in this crawl is certain.
    pub(super) fn conclude(&mut self, url: &str, fate: Fate) {
        self.fates.insert(url.to_owned(), fate);
        if !self.waiting.contains_key(url) {
            return;
        }
        if fate == Fate::Nothing {
            self.revisit_for(url);
            return;
        }
        for (todo, record) in self.waiting.remove(url).unwrap_or_default() {
            self.alias(&todo, &record, url);
        }
    }
}

/// One error for all.
fn fault(faults: &mut Vec<ConnectorError>) -> Option<ConnectorError> {
    if faults.len() <= 1 {
        return faults.pop();
    }
    let reason = faults.iter().map(ConnectorError::to_string).collect::<Vec<_>>().join("; ");
    let is_transient = faults.iter().any(ConnectorError::is_transient);
    Some(if is_transient {
        ConnectorError::Unavailable { reason }
    } else {
        ConnectorError::Misconfigured { reason }
    })
}
