//! What is remembered of SharePoint between runs, and under which names.
//!
//! * `meta`: for which configuration all the rest was found ([`crate::epoch`]).
//! * `site/SITE`: a site whose pages are known.
//! * `drive/DRIVE`: how far the changes of a library were read.
//! * `item/DRIVE/ITEM`: a file or folder with its parent; `child/DRIVE/PARENT/ITEM` leads the other
//!   way, for folders that are removed or moved with all that is in them.
//! * `page/SITE/PAGE`: a page that is known.

use corpus::Access;
use serde::{Deserialize, Serialize};

/// The form of the state. Another form is as no state.
pub(super) const SCHEMA: u32 = 1;

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SiteRow {
    /// As the configuration has it.
    pub(super) url: String,
}

/// A library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DriveRow {
    /// Its site, as the configuration has it.
    pub(super) site: String,
    pub(super) epoch: u64,
    /// Grows with each reading from the beginning; items of another generation are gone after it.
    pub(super) generation: u64,
    pub(super) cursor: Cursor,
}

/// How far the changes of a library were read. Links are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Cursor {
    /// All is being read, and goes on here.
    All(String),
    /// All was read; what was not in it is to be removed. Changes begin here.
    Sweep(String),
    /// Changes are being read, and go on here.
    Changes(String),
}

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ItemRow {
    pub(super) kind: Kind,
    pub(super) generation: u64,
    pub(super) parent: Option<String>,
    /// The name of a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Who may read a folder, where it does not inherit that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access: Option<Access>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    File,
    Folder,
}

impl ItemRow {
    /// Whether what is below a folder is where it was, under the same rights.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        (self.kind, &self.parent, &self.name, &self.access)
            == (other.kind, &other.parent, &other.name, &other.access)
    }
}

pub(super) fn site_key(site: &str) -> String {
    format!("site/{site}")
}

pub(super) fn drive_key(drive: &str) -> String {
    format!("drive/{drive}")
}

pub(super) fn item_key(drive: &str, item: &str) -> String {
    format!("item/{drive}/{item}")
}

pub(super) fn child_key(drive: &str, parent: &str, item: &str) -> String {
    format!("child/{drive}/{parent}/{item}")
}

pub(super) fn page_key(site: &str, page: &str) -> String {
    format!("page/{site}/{page}")
}
