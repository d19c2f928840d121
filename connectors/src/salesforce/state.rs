//! What is remembered of Salesforce between runs, and under which names.
//!
//! * `meta`: for which configuration all the rest was found ([`crate::epoch`]).
//! * `scope/SCOPE`: how far the records of an object (and a language) were read.
//! * `record/SCOPE/ID`: a record that is known, with the reading that saw it.

use serde::{Deserialize, Serialize};

use super::soql::Place;

/// The form of the state. Another form is as no state.
pub(super) const SCHEMA: u32 = 1;

/// The records of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ScopeRow {
    pub(super) epoch: u64,
    /// Grows with each reading from the beginning; records of another generation are gone after it.
    pub(super) generation: u64,
    pub(super) reading: Reading,
    /// The last record that was read.
    pub(super) place: Option<Place>,
    /// The fields that were asked for, as a hash: with others, records read otherwise.
    pub(super) fields: String,
    /// From when on deletions are not known yet: seconds since 1970.
    pub(super) deletions_from: i64,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reading {
    /// All records.
    All,
    /// Those that changed.
    Changes,
}

pub(super) fn scope_key(scope: &str) -> String {
    format!("scope/{scope}")
}

pub(super) fn record_key(scope: &str, id: &str) -> String {
    format!("record/{scope}/{id}")
}
