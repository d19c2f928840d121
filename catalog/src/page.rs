//! Paging by key: a cursor names the last item that was seen, so that items that are added or
//! removed in between neither repeat nor hide others.

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
    /// The items, in the order in which they were created.
    pub items: Vec<T>,
    /// What to ask the next page with; none where this was the last.
    pub next: Option<String>,
}
