//! Which URLs are visited: what links, redirects, canonical URLs and sitemaps lead to.

use corpus::{DocumentKey, SourceEvent, SourceLocation};
use url::Url;

use super::{Crawl, Fate};
use crate::web::hosts;
use crate::web::location;
use crate::web::memory::{Canonical, Role, Todo};
use crate::web::sitemap::{Sitemap, SitemapKind};
use crate::web::traps::Suspicion;

/// How deep sitemaps may be within lists of sitemaps.
const NESTING: u8 = 2;

/// The most sitemaps of a crawl.
const SITEMAPS: usize = 1_000;

/// URLs that are met for each page that may be read, and some more, before no others are heeded:
/// what bounds memory.
const MET: usize = 8;
const MET_ANYWAY: usize = 50_000;

/// What is to be thought of a URL that something leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It was met before.
    Met(Fate),
    /// It will be visited.
    New,
    /// It is none of this data source's.
    Refused,
}

impl Crawl {
    /// Follows the links of a page.
    pub(super) fn follow(&mut self, from: &Todo, links: &[Url]) {
        // Nothing is known of where orphans and files elsewhere belong.
        if matches!(from.role, Role::Seed | Role::Page) {
            for link in links {
                self.admit(link, from.depth + 1, &from.url);
            }
        }
    }

    /// Has a URL visited, if it is one of this data source's.
    pub(super) fn admit(&mut self, url: &Url, depth: u32, parent: &str) -> Admission {
        if let Some(fate) = self.fates.get(url.as_str()) {
            return Admission::Met(*fate);
        }
        let Some(role) = self.role(url) else { return Admission::Refused };
        let limits = &self.plan.fetcher.limits;
        let most = usize::try_from(self.plan.max_pages).unwrap_or(usize::MAX);
        let most = most.saturating_mul(MET).saturating_add(MET_ANYWAY);
        if depth > limits.depth || self.fates.len() >= most {
            return Admission::Refused;
        }
        match self.traps.judge(url) {
            Suspicion::None => {}
            Suspicion::Trap => return Admission::Refused,
            Suspicion::Spent { budget } => {
                let reason = format!(
                    "more than {budget} URLs are like this one but for their numbers or queries; \
                     no more of them are read, as they may be without end. If they are wanted, \
                     name them in a sitemap or as seeds of data sources of their own"
                );
                self.ignore(url, reason);
                return Admission::Refused;
            }
        }
        self.enqueue(url, role, depth, Some(parent));
        Admission::New
    }

    /// As what a URL belongs to the data source; none where it does not.
    pub(super) fn role(&self, url: &Url) -> Option<Role> {
        let role = if self.scope.contains(url) {
            Role::Page
        } else if location::names_file(url) {
            Role::File
        } else {
            return None;
        };
        let is_wanted = !location::names_textless(url) && self.plan.filters.admit(&[url.as_str()]);
        is_wanted.then_some(role)
    }

    /// Goes where a page sends its readers. Tells what is worth knowing of it; fails where it is
    /// not in order.
    pub(super) fn redirect(
        &mut self,
        url: &Url,
        todo: Todo,
        to: Option<Url>,
    ) -> Result<Option<String>, String> {
        let Some(to) = to else {
            let reason = "it redirects to what is not fetched: neither http nor https, or too long";
            return Err(reason.to_owned());
        };
        let limits = &self.plan.fetcher.limits;
        let mut chain = todo.chain;
        chain.push(todo.url);
        if chain.iter().any(|passed| passed == to.as_str()) {
            return Err(format!("it redirects in a loop, back to {to}"));
        }
        if chain.len() > limits.hops {
            return Err(format!("it redirects more than {} times", limits.hops));
        }
        if !matches!(todo.role, Role::Sitemap(_)) && self.fates.contains_key(to.as_str()) {
            return Ok(None);
        }
        let mut role = todo.role;
        let mut told = None;
        match role {
            Role::Seed => told = self.adopt(url, &to),
            Role::Page | Role::Orphan => match self.role(&to) {
                Some(Role::File) => role = Role::File,
                Some(_) => {}
                None => {
                    let reason = "which is outside of what is crawled";
                    return Ok(Some(format!("it redirects to {to}, {reason}")));
                }
            },
            Role::File if self.plan.filters.excludes(to.as_str()) => return Ok(None),
            Role::File | Role::Sitemap(_) => {}
        }
        let next = Todo {
            number: 0,
            url: to.as_str().to_owned(),
            role,
            depth: todo.depth,
            chain,
            parent: todo.parent,
            attempts: 0,
            canonical: Canonical::Heeded,
        };
        self.enqueue_todo(&to, next);
        Ok(told)
    }

    /// Crawls where a seed has moved to; tells what to say of it.
    fn adopt(&mut self, seed: &Url, to: &Url) -> Option<String> {
        if self.scope.contains(to) {
            return None;
        }
        self.scope.adopt(to.clone());
        self.run.adopted.push(to.as_str().to_owned());
        tracing::warn!("the seed {seed} redirects to {to}, which is crawled instead");
        Some(format!(
            "this seed redirects to {to}: what is there was crawled instead; correct the data \
             source's seed URL"
        ))
    }

    /// Has the sitemaps of a page's host read, once.
    pub(super) async fn greet(&mut self, url: &Url, role: Role) {
        if !matches!(role, Role::Seed | Role::Page) || !self.greeted.insert(hosts::name(url)) {
            return;
        }
        let Ok(rules) = self.plan.fetcher.robots(url).await else { return };
        let mut sitemaps = rules.sitemaps().to_vec();
        if sitemaps.is_empty() {
            sitemaps.extend(url.join("/sitemap.xml"));
        }
        for sitemap in sitemaps {
            self.add_sitemap(sitemap, 0);
        }
    }

    /// Has what a sitemap lists visited.
    pub(super) fn list(&mut self, url: &Url, role: Role, sitemap: &Sitemap) {
        if let Some(fault) = &sitemap.fault {
            tracing::warn!("the sitemap {url} was not read whole: {fault}");
        }
        let nesting = match role {
            Role::Sitemap(nesting) => nesting,
            _ => 0,
        };
        for (kind, location) in &sitemap.locations {
            let Some(target) = location::resolve(url, location) else { continue };
            match kind {
                SitemapKind::Sitemaps if nesting < NESTING => self.add_sitemap(target, nesting + 1),
                SitemapKind::Pages => {
                    self.admit(&target, 1, url.as_str());
                }
                _ => {}
            }
        }
    }

    fn add_sitemap(&mut self, url: Url, nesting: u8) {
        let Some(url) = location::normalise(url) else { return };
        // A space is in no URL, so no page is mistaken for it.
        if self.sitemaps < SITEMAPS && self.greeted.insert(format!("sitemap {url}")) {
            self.sitemaps += 1;
            self.enqueue(&url, Role::Sitemap(nesting), 0, None);
        }
    }

    /// Says that a URL is not read on purpose.
    pub(super) fn ignore(&mut self, url: &Url, reason: String) {
        self.outbox.push_back(Ok(SourceEvent::Ignored {
            key: key(url),
            location: location(url),
            reason,
        }));
    }
}

/// The key of a URL's document.
pub(super) fn key(url: &Url) -> DocumentKey {
    DocumentKey::new(url.as_str())
}

/// Where a URL's document is found.
pub(super) fn location(url: &Url) -> SourceLocation {
    SourceLocation::Web { url: url.as_str().to_owned() }
}
