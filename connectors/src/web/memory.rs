//! What a crawl remembers: of each URL, of what is still to be visited, and of itself.
//!
//! Names: `run` is the crawl, `page:URL` what became of a URL, `links:URL` where a page leads,
//! `todo:NUMBER` a visit that is to be made.

use corpus::StateEntry;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::fetch::Validators;
use std::collections::BTreeMap;

/// The name of what is remembered of the crawl itself.
pub(super) const RUN: &str = "run";

/// How names begin under which the fates of URLs are remembered.
pub(super) const PAGES: &str = "page:";

/// How names begin under which visits are remembered that are to be made.
pub(super) const TODOS: &str = "todo:";

/// A crawl.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Run {
    /// Its number; each is one more than the one before.
    pub(super) number: u64,
    /// When it was last going on, in seconds since 1970.
    pub(super) moment: u64,
    /// What its configuration was.
    pub(super) configuration: String,
    /// Where seeds have moved to.
    pub(super) adopted: Vec<String>,
    /// Whether it came to its end.
    pub(super) ended: bool,
}

/// What became of a URL.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Record {
    /// The crawl that visited it last.
    pub(super) run: u64,
    /// What is known of it as a document; none where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<Known>,
    /// In how many crawls in a row it had a bad status.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) failures: u32,
}

/// What is known of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) fingerprint: String,
    #[serde(default)]
    pub(super) validators: Validators,
    /// Whether pages were rendered when it was found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) rendering: bool,
    pub(super) media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
}

/// A visit that is to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Todo {
    /// Its number.
    pub(super) number: u64,
    pub(super) url: String,
    pub(super) role: Role,
    /// Links between a seed and it.
    pub(super) depth: u32,
    /// The URLs that led here by redirects.
    pub(super) chain: Vec<String>,
    /// The page that links to it.
    pub(super) parent: Option<String>,
    /// Visits that were made already, in vain.
    pub(super) attempts: u32,
    /// Whether the canonical URL that the page names counts.
    pub(super) canonical: Canonical,
}

/// Why something is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Role {
    /// The data source names it.
    Seed,
    /// A page in the scope links to it, and it is in the scope.
    Page,
    /// A page in the scope links to it, and it is a file elsewhere.
    File,
    /// It was there in an earlier crawl, and nothing links to it now.
    Orphan,
    /// It lists pages; so deep within other lists.
    Sitemap(u8),
}

/// Whether the canonical URL that a page names counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Canonical {
    /// It does.
    Heeded,
    /// It does not: nothing is there.
    Ignored,
}

/// Changes of what is remembered that are not yet told.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeMap<String, Option<Vec<u8>>>);

impl Changes {
    pub(super) fn put(&mut self, name: String, value: &impl Serialize) {
        // Plain structures of texts and numbers always have a form in JSON.
        if let Ok(value) = serde_json::to_vec(value) {
            self.0.insert(name, Some(value));
        }
    }

    pub(super) fn forget(&mut self, name: String) {
        self.0.insert(name, None);
    }

    /// Whether there is a change of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All changes, which are then told.
    pub(super) fn take(&mut self) -> Vec<StateEntry> {
        let changes = std::mem::take(&mut self.0);
        changes.into_iter().map(|(key, value)| StateEntry { key, value }).collect()
    }
}

pub(super) fn page(url: &str) -> String {
    format!("{PAGES}{url}")
}

pub(super) fn links(url: &str) -> String {
    format!("links:{url}")
}

pub(super) fn todo(number: u64) -> String {
    format!("{TODOS}{number:012}")
}

/// What was remembered; none where it has no meaning (any more), which is as if it were not there.
pub(super) fn read<T: DeserializeOwned>(value: &[u8]) -> Option<T> {
    serde_json::from_slice(value).ok()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
