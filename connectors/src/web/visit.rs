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
use super::fetch::{Answer, Fetcher, Received, RobotsFault, Validators, media_type};
use super::location;
use super::page::{self, Page, hex};
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
            let look = spawn_blocking(move || match aim {
                Aim::Document => document(&fetcher, &url, received),
                Aim::Sitemap => listing(&fetcher, received.body),
            });
            let cut_off = |_| FetchError::Broken { reason: "it could not be examined".to_owned() };
            look.await.map_err(cut_off).flatten().unwrap_or_else(Visit::Failed)
        }
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
        let is_vague =
            told.is_empty() || told.contains("octet-stream") || told.starts_with("text/");
        return Kind::File((!is_vague).then_some(told));
    }
    let is_utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let is_binary = !is_utf16 && head.iter().filter(|byte| **byte == 0).count() * 50 > head.len();
    match told.as_str() {
        "text/html" | "application/xhtml+xml" if is_binary => {
            Kind::Textless("binary data".to_owned())
        }
        "text/html" | "application/xhtml+xml" => Kind::Page,
        "application/xml" | "text/xml" if is_page => Kind::Page,
        "application/xml" | "text/xml" => Kind::Listing,
        "" | "application/octet-stream" | "binary/octet-stream" if is_page => Kind::Page,
        "" | "application/octet-stream" | "binary/octet-stream" => {
            if is_binary && !location::names_file(url) {
                Kind::Textless("binary data".to_owned())
            } else {
                Kind::File(None)
            }
        }
        "application/pdf" if is_page => Kind::Page,
        "application/zip" | "application/gzip" | "application/x-gzip" => Kind::Textless(told),
        _ => Kind::File(content_type.map(str::to_owned)),
    }
}

fn document(fetcher: &Fetcher, url: &Url, received: Received) -> Result<Visit, FetchError> {
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
    let mut header = super::directives::Directives::default();
    for tag in &received.robots_tags {
        header.add_header(tag, &fetcher.agent.product, now);
    }
    match kind(url, received.content_type.as_deref(), &head) {
        Kind::Textless(what) => Ok(Visit::Textless { what }),
        Kind::Listing => {
            let Visit::Sitemap(sitemap) = listing(fetcher, received.body)? else {
                return Ok(Visit::Textless { what: "XML".to_owned() });
            };
            Ok(match sitemap.kind {
                SitemapKind::None => Visit::Textless { what: "XML".to_owned() },
                _ => Visit::Sitemap(sitemap),
            })
        }
        Kind::File(media_type) => {
            let fingerprint = digest(&received.body)?;
            Ok(Visit::File(Box::new(Found {
                body: received.body,
                media_type,
                validators: received.validators,
                fingerprint,
                no_index: header.no_index,
            })))
        }
        Kind::Page => {
            let limit = fetcher.limits.page_bytes;
            if received.body.length() > limit {
                return Err(FetchError::TooLarge { limit });
            }
            let html = charset::decode(&received.body.bytes()?, received.content_type.as_deref());
            let mut page = page::read(&html, url, &fetcher.agent.product, now);
            if header.no_follow {
                page.links.clear();
            }
            if let (None, Some(canonical)) = (&page.canonical, &received.canonical) {
                page.canonical = location::resolve(url, canonical);
            }
            Ok(Visit::Page(
                Box::new(Found {
                    body: Stored::keep(html.into_bytes())?,
                    media_type: Some("text/html; charset=utf-8".to_owned()),
                    validators: received.validators,
                    fingerprint: page.fingerprint.clone(),
                    no_index: header.no_index || page.directives.no_index,
                }),
                Box::new(page),
            ))
        }
    }
}

fn listing(fetcher: &Fetcher, body: Stored) -> Result<Visit, FetchError> {
    let limits = fetcher.body_limits(fetcher.limits.sitemap_bytes);
    let plain = gunzip(body, limits)?;
    let reader = BufReader::new(plain.reader());
    Ok(Visit::Sitemap(sitemap::read(reader, fetcher.limits.sitemap_urls)))
}

fn digest(body: &Stored) -> Result<String, FetchError> {
    let mut hash = Sha256::new();
    std::io::copy(&mut body.reader(), &mut hash)
        .map_err(|error| FetchError::Broken { reason: error.to_string() })?;
    Ok(hex(&hash.finalize()))
}
