//! One visit: the rules of the host, the fetch, and a look at what came. Nothing is remembered
//! here and nothing decided.

use std::io::BufReader;
use std::sync::Arc;
use std::time::SystemTime;

use reqwest::StatusCode;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use url::Url;

use super::charset;
use super::directives::Directives;
use super::fetch::{Answer, Fetcher, Received, RobotsFault, Validators, media_type};
use super::location;
use super::page::{self, Page, hex};
use super::render::{RenderError, Rendered};
use super::sitemap::{self, Sitemap, SitemapKind};
use crate::network::{FetchError, Stored, gunzip};

/// Bytes by which a body is known.
const HEAD: usize = 1024;

/// What a visit came to.
#[derive(Debug)]
pub(super) enum Visit {
    /// A web page.
    Page(Box<Found>, Box<Page>),
    /// Another file with text.
    File(Box<Found>),
    /// A list of pages.
    Sitemap(Sitemap),
    /// It is as it was.
    Unchanged,
    /// It is elsewhere.
    Redirect(Option<Url>),
    /// There is nothing to read.
    Status(StatusCode),
    /// `robots.txt` forbids it.
    Disallowed,
    /// `robots.txt` cannot be had.
    RobotsFault(RobotsFault),
    /// It has no text that could be read.
    Textless {
        /// What it is.
        what: String,
    },
    /// It could not be fetched.
    Failed(FetchError),
    /// It was fetched, and could not be rendered.
    Unrendered(RenderError),
}

/// Bytes to be ingested.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) body: Stored,
    pub(super) media_type: Option<String>,
    pub(super) validators: Validators,
    /// Changes with what is to be ingested.
    pub(super) fingerprint: String,
    /// The host asks that it is not found by questions.
    pub(super) no_index: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Something to ingest.
    Document,
    /// A list of pages.
    Sitemap,
}

/// Visits a URL.
pub(super) async fn visit(fetcher: &Arc<Fetcher>, url: &Url, seen: &Validators, aim: Aim) -> Visit {
    match fetcher.robots(url).await {
        Err(fault) => return Visit::RobotsFault(fault),
        Ok(rules) if !rules.allow_url(url) => return Visit::Disallowed,
        Ok(_) => {}
    }
    match fetcher.get(url, seen).await {
        Err(error) => Visit::Failed(error),
        Ok(Answer::NotModified) => Visit::Unchanged,
        Ok(Answer::Redirect { to }) => Visit::Redirect(to),
        Ok(Answer::Status(status)) => Visit::Status(status),
        Ok(Answer::Textless { media_type }) => Visit::Textless { what: media_type },
        Ok(Answer::Body(received)) => {
            let (fetcher, url) = (Arc::clone(fetcher), url.clone());
            let look = examine(move || match aim {
                Aim::Document => document(&fetcher, &url, received),
                Aim::Sitemap => Ok(Look::Done(Visit::Sitemap(listing(&fetcher, received.body)?))),
            });
            match look.await {
                Ok(Look::Done(visit)) => visit,
                Ok(Look::Source(source)) => rendered(*source).await,
                Err(error) => Visit::Failed(error),
            }
        }
    }
}

/// What a look at a body came to.
enum Look {
    Done(Visit),
    /// A page that is to be rendered.
    Source(Box<Source>),
}

/// A page as it was served.
struct Source {
    fetcher: Arc<Fetcher>,
    url: Url,
    html: String,
    said: Said,
}

/// What was said of a page besides the page.
struct Said {
    directives: Directives,
    canonical: Option<String>,
    validators: Validators,
}

/// Looks at something, which takes time.
async fn examine<T: Send + 'static>(
    look: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, FetchError> {
    let cut_off = |_| FetchError::Broken { reason: "it could not be examined".to_owned() };
    spawn_blocking(look).await.map_err(cut_off).flatten()
}

/// Has a page rendered, where the data source wants it. What the host says of the page it serves
/// says nothing of what scripts make of it: nobody asks next time whether that has changed.
async fn rendered(source: Source) -> Visit {
    let Source { fetcher, url, html, said } = source;
    let rendered = match &fetcher.rendering {
        Some(session) => session.render(&fetcher, &url, &html).await,
        None => Ok(Rendered::Html(html)),
    };
    match rendered {
        Ok(Rendered::Moved(to)) => Visit::Redirect(to),
        Ok(Rendered::Html(html)) => {
            let said = Said { validators: Validators::default(), ..said };
            let look = examine(move || {
                let page = page_of(&fetcher, &url, &html, &said);
                kept(html, page, said)
            });
            look.await.unwrap_or_else(Visit::Failed)
        }
        Err(error) => Visit::Unrendered(error),
    }
}

/// What a body is, by its type and its first bytes.
enum Kind {
    Page,
    Listing,
    File(Option<String>),
    Textless(String),
}

fn kind(url: &Url, content_type: Option<&str>, head: &[u8]) -> Kind {
    let told = media_type(content_type);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |with: &str| {
        text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    let is_page = begins("<!doctype html") || begins("<html") || begins("<head");
    if head.windows(5).any(|five| five == b"%PDF-") && !is_page {
        return Kind::File(Some("application/pdf".to_owned()));
    }
    let is_archive = head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0");
    if is_archive {
        let says_little =
            told.is_empty() || told.contains("octet-stream") || told.starts_with("text/");
        return Kind::File((!says_little).then_some(told));
    }
    let is_utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let zeros: usize = head.iter().map(|byte| usize::from(*byte == 0)).sum();
    let is_binary = !is_utf16 && zeros * 50 > head.len();
    let is_vague = matches!(told.as_str(), "" | "application/octet-stream" | "binary/octet-stream");
    let is_xml = matches!(told.as_str(), "application/xml" | "text/xml");
    let says_page = matches!(told.as_str(), "text/html" | "application/xhtml+xml");
    if is_binary && (says_page || (is_vague && !location::names_file(url))) {
        return Kind::Textless("binary data".to_owned());
    }
    if says_page || (is_page && (is_vague || is_xml || told == "application/pdf")) {
        return Kind::Page;
    }
    match told.as_str() {
        _ if is_xml => Kind::Listing,
        _ if is_vague => Kind::File(None),
        "application/zip" | "application/gzip" | "application/x-gzip" => Kind::Textless(told),
        _ => Kind::File(content_type.map(str::to_owned)),
    }
}

fn document(fetcher: &Arc<Fetcher>, url: &Url, received: Received) -> Result<Look, FetchError> {
    let mut head = vec![0; HEAD];
    let count = {
        use std::io::Read as _;
        let mut reader = received.body.reader().take(HEAD as u64);
        let mut filled = 0;
        while let Some(rest) = head.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest) {
                Ok(0) | Err(_) => break,
                Ok(count) => filled += count,
            }
        }
        filled
    };
    head.truncate(count);
    let now = SystemTime::now();
    let mut directives = Directives::default();
    for tag in &received.robots_tags {
        directives.add_header(tag, &fetcher.agent.product, now);
    }
    let visit = match kind(url, received.content_type.as_deref(), &head) {
        Kind::Textless(what) => Visit::Textless { what },
        Kind::Listing => {
            let sitemap = listing(fetcher, received.body)?;
            match sitemap.kind {
                SitemapKind::None => Visit::Textless { what: "XML".to_owned() },
                _ => Visit::Sitemap(sitemap),
            }
        }
        Kind::File(media_type) => {
            let fingerprint = digest(&received.body)?;
            Visit::File(Box::new(Found {
                body: received.body,
                media_type,
                validators: received.validators,
                fingerprint,
                no_index: directives.no_index,
            }))
        }
        Kind::Page => {
            let limit = fetcher.limits.page_bytes;
            if received.body.length() > limit {
                return Err(FetchError::TooLarge { limit });
            }
            let html = charset::decode(&received.body.bytes()?, received.content_type.as_deref());
            let (canonical, validators) = (received.canonical, received.validators);
            let said = Said { directives, canonical, validators };
            let page = page_of(fetcher, url, &html, &said);
            let is_final =
                directives.no_index || page.directives.no_index || page.refresh.is_some();
            if fetcher.rendering.is_some() && !is_final && has_scripts(&html) {
                let (fetcher, url) = (Arc::clone(fetcher), url.clone());
                return Ok(Look::Source(Box::new(Source { fetcher, url, html, said })));
            }
            kept(html, page, said)?
        }
    };
    Ok(Look::Done(visit))
}

/// Whether a page may be another one when it is rendered.
fn has_scripts(html: &str) -> bool {
    let has = |what: &str| {
        html.as_bytes().windows(what.len()).any(|part| part.eq_ignore_ascii_case(what.as_bytes()))
    };
    has("<script") || has("onload")
}

/// A page, with what its host says of it.
fn page_of(fetcher: &Fetcher, url: &Url, html: &str, said: &Said) -> Page {
    let mut page = page::read(html, url, &fetcher.agent.product, SystemTime::now());
    if said.directives.no_follow {
        page.links.clear();
    }
    if let (None, Some(canonical)) = (&page.canonical, &said.canonical) {
        page.canonical = location::resolve(url, canonical);
    }
    page
}

/// A page that is kept to be ingested.
fn kept(html: String, page: Page, said: Said) -> Result<Visit, FetchError> {
    let found = Found {
        body: Stored::keep(html.into_bytes())?,
        media_type: Some("text/html; charset=utf-8".to_owned()),
        validators: said.validators,
        fingerprint: page.fingerprint.clone(),
        no_index: said.directives.no_index || page.directives.no_index,
    };
    Ok(Visit::Page(Box::new(found), Box::new(page)))
}

fn listing(fetcher: &Fetcher, body: Stored) -> Result<Sitemap, FetchError> {
    let limits = fetcher.body_limits(fetcher.limits.sitemap_bytes);
    let plain = gunzip(body, limits)?;
    let reader = BufReader::new(plain.reader());
    Ok(sitemap::read(reader, fetcher.limits.sitemap_urls))
}

fn digest(body: &Stored) -> Result<String, FetchError> {
    let mut hash = Sha256::new();
    std::io::copy(&mut body.reader(), &mut hash)
        .map_err(|error| FetchError::Broken { reason: error.to_string() })?;
    Ok(hex(&hash.finalize()))
}
