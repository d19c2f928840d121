//! What becomes of a URL that was visited.

use std::sync::Arc;

use corpus::{
    ChangeKey, ConnectorError, Content, Metadata, MetadataValue, SourceDocument, SourceEvent,
    SourceMetadata,
};
use reqwest::StatusCode;
use url::Url;

use super::admission::{Admission, key, location};
use super::{Crawl, Fate};
use crate::network::FetchError;
use crate::web::fetch::RobotsFault;
use crate::web::memory::{self, Canonical, Known, Record, Role, Todo};
use crate::web::page::Page;
use crate::web::refetch::Refetch;
use crate::web::scope::is_same_site;
use crate::web::sitemap::SitemapKind;
use crate::web::visit::{Found, Visit};

/// Crawls in a row in which a page with a bad status stays.
const GRACE: u32 = 1;

impl Crawl {
    pub(super) async fn settle(
        &mut self,
        url: &Url,
        todo: Todo,
        record: Record,
        visit: Visit,
    ) -> Result<(), ConnectorError> {
        if let Some(pending) = self.to_repeat(&todo, &record, &visit) {
            self.frontier.push(url, pending);
            return Ok(());
        }
        if matches!(todo.role, Role::Sitemap(_)) {
            self.settle_sitemap(url, todo, visit);
            return Ok(());
        }
        if !matches!(visit, Visit::RobotsFault(_) | Visit::Failed(_)) {
            self.greet(url, todo.role).await;
        }
        match visit {
            Visit::Page(found, page) => self.settle_page(url, todo, &record, *found, &page),
            Visit::File(found) => {
                let known = known_of(&found, None);
                self.settle_document(url, &todo, &record, *found, known);
            }
            Visit::Unchanged => self.settle_unchanged(url, &todo, record).await?,
            Visit::Sitemap(sitemap) if sitemap.kind != SitemapKind::None => {
                self.list(url, todo.role, &sitemap);
                self.leave_out(url, &todo, &record, None);
            }
            Visit::Sitemap(_) => {
                self.leave_out(url, &todo, &record, Some("XML is not read".to_owned()));
            }
            Visit::Textless { what } => {
                let reason = format!("there is no text in it that could be read: it is {what}");
                self.leave_out(url, &todo, &record, Some(reason));
            }
            Visit::Redirect(to) => self.settle_redirect(url, &todo, record, to),
            Visit::Disallowed => self.settle_disallowed(url, &todo, &record),
            Visit::Status(status) => self.settle_status(url, &todo, record, status),
            Visit::RobotsFault(fault) => self.settle_fault(url, &todo, record, &fault),
            Visit::Failed(error) => self.settle_failure(url, &todo, record, &error),
        }
        Ok(())
    }

    /// The visit once more, where another one may have another outcome. What was good and is now
    /// said not to be there is asked for twice too.
    fn to_repeat(&self, todo: &Todo, record: &Record, visit: &Visit) -> Option<Todo> {
        let attempts = self.plan.fetcher.limits.attempts;
        let is_passing = match visit {
            Visit::Failed(error) => error.is_transient(),
            Visit::Status(StatusCode::NOT_FOUND) => record.document.is_some() && todo.attempts == 0,
            Visit::Status(status) => {
                matches!(status.as_u16(), 408 | 425 | 429) || status.is_server_error()
            }
            _ => false,
        };
        let mut again = todo.clone();
        again.attempts += 1;
        (is_passing && again.attempts < attempts).then_some(again)
    }

    fn settle_sitemap(&mut self, url: &Url, todo: Todo, visit: Visit) {
        self.changes.forget(memory::todo(todo.number));
        match visit {
            Visit::Sitemap(sitemap) => self.list(url, todo.role, &sitemap),
            Visit::Redirect(to) => {
                if let Err(reason) = self.redirect(url, todo, to) {
                    tracing::warn!("the sitemap {url} cannot be read: {reason}");
                }
            }
            // Most hosts have none.
            Visit::Status(StatusCode::NOT_FOUND | StatusCode::GONE) => {}
            other => tracing::warn!("the sitemap {url} cannot be read: {other:?}"),
        }
    }

    fn settle_page(&mut self, url: &Url, todo: Todo, record: &Record, found: Found, page: &Page) {
        if let Some(to) = page.refresh.clone().filter(|to| to != url) {
            return self.settle_redirect(url, &todo, record.clone(), Some(to));
        }
        if todo.role == Role::File {
            let reason = "it was linked as a file outside of what is crawled, and is a page";
            return self.leave_out(url, &todo, record, Some(reason.to_owned()));
        }
        let links: Vec<&str> = page.links.iter().map(Url::as_str).collect();
        self.changes.put(memory::links(url.as_str()), &links);
        self.follow(&todo, &page.links);
        if let Some(canonical) = self.canonical(url, &todo, page) {
            match self.admit(&canonical, todo.depth, url.as_str()) {
                Admission::Met(Fate::Document) => {
                    return self.alias(&todo, record, canonical.as_str());
                }
                Admission::Met(Fate::Open) | Admission::New => {
                    // The visit stays on the list until the canonical URL is settled.
                    let waiting = self.waiting.entry(canonical.into()).or_default();
                    waiting.push((todo, record.clone()));
                    return;
                }
                Admission::Met(Fate::Nothing) | Admission::Refused => {}
            }
        }
        let known = known_of(&found, Some(page));
        self.settle_document(url, &todo, record, found, known);
    }

    /// The canonical URL of a page where it is to be believed: on the same site, and not the home
    /// page for everything.
    fn canonical(&self, url: &Url, todo: &Todo, page: &Page) -> Option<Url> {
        let canonical = page.canonical.clone()?;
        let is_index = url.path().starts_with("/index.") || url.path() == "/";
        let is_home = canonical.path() == "/" && canonical.query().is_none();
        let is_waited_for =
            self.waiting.get(url.as_str()).is_some_and(|waiting| !waiting.is_empty());
        let is_believed = todo.canonical == Canonical::Heeded
            && canonical != *url
            && !is_waited_for
            && is_same_site(&canonical, url)
            && (!is_home || is_index);
        is_believed.then_some(canonical)
    }

    /// A page is another one too: only that one is a document.
    pub(super) fn alias(&mut self, todo: &Todo, record: &Record, canonical: &str) {
        let Ok(url) = Url::parse(&todo.url) else { return };
        let reason = format!("it is the same page as {canonical}, by its canonical URL");
        self.leave_out(&url, todo, record, Some(reason));
    }

    fn settle_document(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: &Record,
        found: Found,
        known: Known,
    ) {
        if found.no_index {
            let reason = "it asks not to be indexed (noindex)".to_owned();
            return self.leave_out(url, todo, record, Some(reason));
        }
        // A seed that the filters leave out is there for its links.
        if !self.plan.filters.include(url.as_str()) {
            return self.leave_out(url, todo, record, None);
        }
        let size = Some(found.body.length());
        self.tell(url, todo, known, size, Arc::new(found.body));
    }

    async fn settle_unchanged(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: Record,
    ) -> Result<(), ConnectorError> {
        let links = self.state.load(&memory::links(url.as_str())).await;
        let links = links.map_err(ConnectorError::State)?;
        let links: Vec<String> = links.and_then(|value| memory::read(&value)).unwrap_or_default();
        let links: Vec<Url> = links.iter().filter_map(|link| Url::parse(link).ok()).collect();
        self.follow(todo, &links);
        let Some(known) = record.document else {
            // Nobody asked whether it changed.
            self.fail(
                url,
                todo,
                Record::default(),
                "it answers 304 although nothing is known of it",
            );
            return Ok(());
        };
        let refetch = Refetch { fetcher: Arc::clone(&self.plan.fetcher), url: url.clone() };
        self.tell(url, todo, known, None, Arc::new(refetch));
        Ok(())
    }

    /// Tells of a document.
    fn tell(
        &mut self,
        url: &Url,
        todo: &Todo,
        known: Known,
        size: Option<u64>,
        content: Arc<dyn Content>,
    ) {
        if self.documents >= self.plan.max_pages {
            return self.end_full();
        }
        self.documents += 1;
        self.outbox.push_back(Ok(upsert(url, &known, size, content)));
        let record = Record { run: self.run.number, document: Some(known), failures: 0 };
        self.conclude_with(url, todo, &record, Fate::Document);
    }

    /// Leaves out what is there and is no document. What was one is removed, and next time the
    /// reason is told.
    fn leave_out(&mut self, url: &Url, todo: &Todo, record: &Record, reason: Option<String>) {
        match reason {
            _ if record.document.is_some() => {
                self.outbox.push_back(Ok(SourceEvent::Delete(key(url))));
            }
            Some(reason) => self.ignore(url, reason),
            None => {}
        }
        let record = Record { run: self.run.number, ..Record::default() };
        self.conclude_with(url, todo, &record, Fate::Nothing);
    }

    fn settle_redirect(&mut self, url: &Url, todo: &Todo, record: Record, to: Option<Url>) {
        let role = todo.role;
        match self.redirect(url, todo.clone(), to) {
            Ok(reason) => self.leave_out(url, todo, &record, reason),
            Err(reason) => {
                if role == Role::Seed {
                    let reason = format!("the seed {url}: {reason}");
                    self.faults.push(ConnectorError::Misconfigured { reason });
                }
                // What led here is what a reader of the reasons knows.
                let first = todo.chain.first().and_then(|first| Url::parse(first).ok());
                if let Some(first) = first {
                    let reason = reason.clone();
                    let (key, location) = (key(&first), location(&first));
                    self.outbox.push_back(Ok(SourceEvent::Failure { key, location, reason }));
                    self.conclude_with(
                        url,
                        todo,
                        &Record { run: self.run.number, ..record },
                        Fate::Nothing,
                    );
                } else {
                    self.fail(url, todo, record, &reason);
                }
            }
        }
    }

    fn settle_disallowed(&mut self, url: &Url, todo: &Todo, record: &Record) {
        let product = &self.plan.fetcher.agent.product;
        let reason = format!("the host's robots.txt does not allow '{product}' to read it");
        if todo.role == Role::Seed {
            let reason =
                format!("the seed {url}: {reason}; ask the site's owner, or name another URL");
            self.faults.push(ConnectorError::Denied { reason });
        }
        self.leave_out(url, todo, record, Some(reason));
    }

    fn settle_status(&mut self, url: &Url, todo: &Todo, record: Record, status: StatusCode) {
        if todo.role == Role::Seed {
            self.faults.push(seed_fault(url, status));
        }
        let parent = todo.parent.as_ref().map(|parent| format!("; {parent} links to it"));
        let parent = parent.unwrap_or_default();
        let was_good = record.document.is_some();
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE if todo.role != Role::Seed => {
                let reason = format!("there is no such page ({status}){parent}");
                self.leave_out(url, todo, &record, (!was_good).then_some(reason));
            }
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let reason =
                    format!("it requires authentication, or is closed to crawlers ({status})");
                self.fail(url, todo, record, &reason);
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let reason =
                    format!("the host asks for fewer requests ({status}): lower rateLimit");
                self.fail(url, todo, record, &reason);
            }
            _ if was_good && record.failures >= GRACE && todo.role != Role::Seed => {
                self.leave_out(url, todo, &record, None);
            }
            _ => {
                let record = Record { failures: record.failures + 1, ..record };
                self.fail(url, todo, record, &format!("the host answers {status}{parent}"));
            }
        }
    }

    fn settle_fault(&mut self, url: &Url, todo: &Todo, record: Record, fault: &RobotsFault) {
        if todo.role == Role::Seed {
            let reason = format!("the seed {url}: {fault}");
            self.faults.push(match fault {
                RobotsFault::Blocked(_) => ConnectorError::Denied { reason },
                RobotsFault::Unreachable { .. } => ConnectorError::Unavailable { reason },
            });
        }
        self.fail(url, todo, record, &fault.to_string());
    }

    fn settle_failure(&mut self, url: &Url, todo: &Todo, record: Record, error: &FetchError) {
        if todo.role == Role::Seed {
            let reason = format!("the seed {url}: {error}");
            self.faults.push(match error {
                FetchError::Blocked(_) => ConnectorError::Denied { reason },
                error if error.is_transient() => ConnectorError::Unavailable { reason },
                _ => ConnectorError::Misconfigured { reason },
            });
        }
        self.fail(url, todo, record, &error.to_string());
    }

    /// Says that something cannot be read this time. What was there stays.
    fn fail(&mut self, url: &Url, todo: &Todo, record: Record, reason: &str) {
        self.outbox.push_back(Ok(failure(url, reason.to_owned())));
        let record = Record { run: self.run.number, ..record };
        self.conclude_with(url, todo, &record, Fate::Nothing);
    }

    fn conclude_with(&mut self, url: &Url, todo: &Todo, record: &Record, fate: Fate) {
        self.changes.forget(memory::todo(todo.number));
        self.changes.put(memory::page(url.as_str()), record);
        self.conclude(url.as_str(), fate);
    }
}

/// A document as it is told of.
pub(in crate::web) fn upsert(
    url: &Url,
    known: &Known,
    size: Option<u64>,
    content: Arc<dyn Content>,
) -> SourceEvent {
    SourceEvent::Upsert(SourceDocument {
        key: key(url),
        location: location(url),
        change_key: Some(ChangeKey::of_content(known.fingerprint.clone())),
        size,
        media_type: known.media_type.clone(),
        metadata: attributes(known),
        access: None,
        content,
    })
}

/// That something cannot be read this time.
pub(in crate::web) fn failure(url: &Url, reason: String) -> SourceEvent {
    SourceEvent::Failure { key: key(url), location: location(url), reason }
}

/// What is to be remembered of a document.
pub(in crate::web) fn known_of(found: &Found, page: Option<&Page>) -> Known {
    Known {
        fingerprint: found.fingerprint.clone(),
        validators: found.validators.clone(),
        media_type: found.media_type.clone(),
        title: page.and_then(|page| page.title.clone()),
        language: page.and_then(|page| page.language.clone()),
    }
}

/// The attributes of a page: its `title` and `language`, as it says them.
fn attributes(known: &Known) -> SourceMetadata {
    let pairs = [("title", &known.title), ("language", &known.language)];
    let metadata: Metadata = pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), MetadataValue::String(value.clone()?))))
        .collect();
    if metadata.is_empty() { SourceMetadata::None } else { SourceMetadata::Inline(metadata) }
}

fn seed_fault(url: &Url, status: StatusCode) -> ConnectorError {
    let reason = format!("the seed {url} answers {status}");
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ConnectorError::Denied {
            reason: format!("{reason}: it requires authentication, which is not supported"),
        },
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            ConnectorError::Unavailable { reason }
        }
        _ => ConnectorError::Misconfigured {
            reason: format!("{reason}: correct the data source's seed URL"),
        },
    }
}
