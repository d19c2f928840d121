//! Paging by key: a cursor names the last item that was seen, so that items that are added or
//! removed in between neither repeat nor hide others.

use crate::catalog::Row;
use crate::columns::Columns;
use crate::error::{CatalogError, Result};

/// Which part of a listing is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The most items; 1 to 1000, others are brought into that range.
    pub limit: u32,
    /// [`Listing::next`] of the page before; none for the first page.
    pub after: Option<String>,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 100, after: None }
    }
}

/// A part of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The items, in the order in which they were created where no other was asked for.
    pub items: Vec<T>,
    /// What to ask the next page with; none where this was the last.
    pub next: Option<String>,
}

impl Page {
    /// How many items are wanted at most.
    pub(crate) fn limit(&self) -> usize {
        self.limit.clamp(1, 1000) as usize
    }

    /// How many rows to ask for: one more than is wanted tells whether there are more.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit.clamp(1, 1000)) + 1
    }

    /// The cursor without its `tag`, which names the listing that issued it.
    pub(crate) fn cursor(&self, tag: &str) -> Result<Option<&str>> {
        let Some(after) = &self.after else { return Ok(None) };
        let cursor = after.strip_prefix(tag).and_then(|rest| rest.strip_prefix('.'));
        cursor.map(Some).ok_or(CatalogError::BadCursor)
    }

    /// The number of the last item that was seen; 0, which is no item's, on the first page.
    pub(crate) fn sequence(&self, tag: &str) -> Result<i64> {
        self.cursor(tag)?.map_or(Ok(0), parse_sequence)
    }
}

impl<T> Listing<T> {
    /// Makes a page of rows that were asked for by [`Page::rows`] and ordered by `sequence`.
    pub(crate) fn of(
        page: &Page,
        tag: &str,
        mut rows: Vec<Row>,
        item: impl Fn(&Row) -> Result<T>,
    ) -> Result<Self> {
        let more = rows.len() > page.limit();
        rows.truncate(page.limit());
        let next = match rows.last() {
            Some(last) if more => Some(format!("{tag}.{:x}", last.integer("sequence")?)),
            _ => None,
        };
        Ok(Self { items: rows.iter().map(item).collect::<Result<_>>()?, next })
    }
}

/// The number in a cursor.
pub(crate) fn parse_sequence(text: &str) -> Result<i64> {
    match i64::from_str_radix(text, 16) {
        Ok(sequence) if sequence > 0 => Ok(sequence),
        _ => Err(CatalogError::BadCursor),
    }
}
