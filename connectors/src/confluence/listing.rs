//! Listings that come in pages: by a cursor that the server gives (Cloud), or by an offset that we
//! count (Data Center, whose own count is wrong where it caps a page).
//!
//! A page that repeats the one before is an error, never a loop. A page on which the server fails
//! is asked for in ever smaller pieces; what a single entry breaks is left out and reported.

use std::marker::PhantomData;

use reqwest::Url;
use serde::de::DeserializeOwned;

use super::address::next_page;
use super::client::{BRIEF, Client, ONCE, PATIENT};
use super::fault::Fault;
use super::wire::{Batch, Listed};
use crate::network::Patience;

/// The most entries of a page, as Cloud has it.
const FULL: u64 = 250;

/// Smaller pages by a cursor are not asked for.
const LEAST: u64 = 5;

/// How the next page is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paging {
    Cursor,
    Offset,
}

/// A listing under way.
#[derive(Debug)]
pub(super) struct Listing<T> {
    /// The page that comes next; none at the end.
    url: Option<Url>,
    paging: Paging,
    start: u64,
    limit: u64,
    /// Entries from here on are asked for one by one, up to here.
    single_until: u64,
    first: Option<String>,
    /// The places of entries that break their page.
    pub(super) broken: Vec<u64>,
    entries: PhantomData<T>,
}

impl<T: DeserializeOwned + Listed> Listing<T> {
    /// A listing of Cloud's API.
    pub(super) fn by_cursor(url: Url) -> Self {
        Self::new(url, Paging::Cursor)
    }

    /// A listing of Data Center's API.
    pub(super) fn by_offset(url: Url) -> Self {
        Self::new(url, Paging::Offset)
    }

    fn new(url: Url, paging: Paging) -> Self {
        Self {
            url: Some(url),
            paging,
            start: 0,
            limit: FULL,
            single_until: 0,
            first: None,
            broken: Vec::new(),
            entries: PhantomData,
        }
    }

    /// All entries.
    pub(super) async fn all(mut self, client: &Client) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        while let Some(entries) = self.next(client).await? {
            all.extend(entries);
        }
        Ok(all)
    }

    /// The next page; none at the end.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<Vec<T>>, Fault> {
        loop {
            let Some(url) = self.url.clone().map(|url| self.page(url)) else { return Ok(None) };
            let is_least = self.limit <= if self.paging == Paging::Cursor { LEAST } else { 1 };
            // A smaller page is the better second try.
            let patience = match self.paging {
                _ if !is_least => ONCE,
                Paging::Cursor => PATIENT,
                Paging::Offset => BRIEF,
            };
            match ask(client, &url, patience).await {
                Ok(batch) => return self.take(&url, batch),
                Err(Fault::Server { .. }) if !is_least => self.halve(),
                Err(fault @ Fault::Server { .. }) if self.paging == Paging::Offset => {
                    self.step_over(fault)?;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    fn page(&self, mut url: Url) -> Url {
        set(&mut url, "limit", self.limit);
        if self.paging == Paging::Offset {
            set(&mut url, "start", self.start);
        }
        url
    }

    fn take(&mut self, url: &Url, batch: Batch<T>) -> Result<Option<Vec<T>>, Fault> {
        let first = batch.results.first().map(|entry| entry.id().to_owned());
        if first.as_ref().is_some_and(|first| !first.is_empty()) && first == self.first {
            return Err(Fault::Malformed { reason: "a listing repeats its page".to_owned() });
        }
        self.first = first;
        self.start += batch.results.len() as u64;
        if self.start >= self.single_until {
            self.limit = FULL;
        }
        // Cloud gives a next page behind an empty one now and then.
        let next = batch.links.next.filter(|_| !batch.results.is_empty());
        self.url = match (next, self.paging) {
            (None, _) => None,
            (Some(_), Paging::Offset) => Some(url.clone()),
            (Some(next), Paging::Cursor) => {
                let url = next_page(url, &next);
                let reason = "the place of the next page has no query".to_owned();
                Some(url.ok_or(Fault::Malformed { reason })?)
            }
        };
        Ok(Some(batch.results))
    }

    fn halve(&mut self) {
        let failed = self.start + self.limit;
        self.limit = match self.paging {
            Paging::Offset if self.limit <= LEAST => 1,
            Paging::Offset | Paging::Cursor => (self.limit / 2).max(LEAST),
        };
        self.single_until = failed;
    }

    /// Leaves out an entry that breaks its page. Two in a row are no accident: the server is ill.
    fn step_over(&mut self, fault: Fault) -> Result<(), Fault> {
        let is_row = self.start.checked_sub(1).is_some_and(|last| self.broken.contains(&last));
        if is_row {
            return Err(fault);
        }
        self.broken.push(self.start);
        self.start += 1;
        self.first = None;
        Ok(())
    }
}

/// Asks for a page; where requests come too fast, again for as long as it takes.
async fn ask<T: DeserializeOwned>(
    client: &Client,
    url: &Url,
    patience: Patience,
) -> Result<Batch<T>, Fault> {
    match client.get(url, patience).await {
        Err(Fault::Throttled | Fault::Server { status: 503 } | Fault::Fetch(_)) => {
            client.get(url, PATIENT).await
        }
        answer => answer,
    }
}

fn set(url: &mut Url, name: &str, value: u64) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| key != name)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, &value.to_string());
}
