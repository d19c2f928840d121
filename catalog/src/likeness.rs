//! Which documents of a data source are duplicates of which.
//!
//! A document that says nothing that a better one does not say is left out; the better one is its
//! *original*. Better is what says more, then what has the shorter key, then the lesser one: an
//! order that does not know what came first. So the whole of it follows from the texts alone: the
//! best document stands for itself; each next one does unless it is a duplicate of one that does.
//!
//! This holds after each transaction that records documents (`judge.rs`), but for what cannot be
//! made live at once: a document whose original went is *due* (`PENDING`, to be read again), and
//! stands for its own duplicates already. What is live gives way only to what is live.

mod counted;
mod judge;
mod near;
mod rows;

use std::cmp::Reverse;

use corpus::{ContentHash, DataSourceId, DocumentId, DocumentKey, SourceLocation};

use crate::catalog::Catalog;
use crate::columns::limit as rows_limit;
use crate::error::Result;

pub(crate) use counted::Counted;
pub(crate) use judge::{Change, judge};
use near::Standing;

/// The most bits in which the simhashes of duplicates differ: four quarters cannot hide four.
const DISTANCE: u32 = 3;

/// What of a document's text decides whether it is a duplicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// Hash of the text, white space aside.
    pub text: ContentHash,
    /// Number of its words.
    pub words: u64,
    /// Its simhash; none where only the same text makes a duplicate.
    pub simhash: Option<u64>,
    /// Hashes of its lines, ascending, each once.
    pub lines: Vec<u64>,
}

impl Likeness {
    /// Whether another document says all that this one says, and hardly more: it has the same text,
    /// or much the same words and each line of this one.
    pub fn is_within(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        let (Some(own), Some(others)) = (self.simhash, other.simhash) else { return false };
        (own ^ others).count_ones() <= DISTANCE
            && self.lines.iter().all(|line| other.lines.binary_search(line).is_ok())
    }
}

/// How good a document is to stand for others: the least is the best.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(Reverse<u64>, usize, DocumentKey);

impl Rank {
    fn new(words: u64, key: &DocumentKey) -> Self {
        Self(Reverse(words), key.as_str().chars().count(), key.clone())
    }
}

impl Catalog {
    /// Where the document is that stands for one with this text; none where it is no duplicate.
    pub async fn original(
        &self,
        data_source: DataSourceId,
        key: &DocumentKey,
        likeness: &Likeness,
    ) -> Result<Option<SourceLocation>> {
        let mut snapshot = self.snapshot().await?;
        let id = DocumentId::of(data_source, key);
        let rank = Rank::new(likeness.words, key);
        let near = near::near(&mut snapshot, data_source, id, likeness).await?;
        let better = near
            .into_iter()
            .filter(|other| other.rank() < rank && likeness.is_within(&other.likeness));
        Ok(better.min_by_key(Standing::rank).map(|original| original.location))
    }

    /// Documents whose original went, and that were not read again since; in the order of their
    /// keys.
    pub async fn due_again(
        &self,
        data_source: DataSourceId,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<DocumentKey>> {
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT key FROM documents WHERE data_source_id = $1 \
             AND status IN ('FAILED', 'PENDING', 'IN_PROGRESS') AND status = 'PENDING' \
             AND key > $2 AND live_revision IS NULL \
             AND EXISTS (SELECT 1 FROM likenesses \
             WHERE document_id = documents.id AND original IS NULL) \
             ORDER BY key LIMIT $3",
        )
        .bind(data_source.as_str())
        .bind(after.map_or("", DocumentKey::as_str))
        .bind(rows_limit(limit))
        .fetch_all(self.reader())
        .await?;
        Ok(keys.into_iter().map(DocumentKey::new).collect())
    }

    /// From now on the documents of a data source are compared. Where none ever was, all are to be
    /// read anew.
    pub async fn compare_documents(&self, data_source: DataSourceId) -> Result<()> {
        if self.are_compared(data_source).await? {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE documents SET change_key = NULL, content_hash = NULL \
             WHERE data_source_id = $1 AND live_revision IS NOT NULL",
        )
        .bind(data_source.as_str())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// From now on the documents of a data source are not compared. Those that were left out as
    /// duplicates are to be read again.
    pub async fn keep_duplicates(&self, data_source: DataSourceId) -> Result<()> {
        if !self.are_compared(data_source).await? {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        for statement in [
            "UPDATE documents SET status = 'PENDING', status_reason = NULL, \
             settled_status = NULL, settled_reason = NULL, change_key = NULL \
             WHERE data_source_id = $1 AND live_revision IS NULL AND id IN \
             (SELECT document_id FROM likenesses WHERE data_source_id = $1 AND original IS NOT NULL)",
            "DELETE FROM likenesses WHERE data_source_id = $1",
        ] {
            sqlx::query(statement).bind(data_source.as_str()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether anything is known of the texts of a data source.
    async fn are_compared(&self, data_source: DataSourceId) -> Result<bool> {
        let any = sqlx::query("SELECT 1 FROM likenesses WHERE data_source_id = $1 LIMIT 1")
            .bind(data_source.as_str())
            .fetch_optional(self.reader())
            .await?;
        Ok(any.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(text: &str, simhash: Option<u64>, lines: &[u64]) -> Likeness {
        let text = ContentHash::of(text.as_bytes());
        Likeness { text, words: 60, simhash, lines: lines.to_vec() }
    }

    #[test]
    fn a_duplicate_says_nothing_of_its_own() {
        let check = |own: &Likeness, other: &Likeness, expect: bool| {
            assert_eq!(own.is_within(other), expect, "{own:?} {other:?}");
        };
        let (less, more) =
            (likeness("a", Some(0), &[1, 3]), likeness("b", Some(0b111), &[1, 2, 3]));
        check(&less, &more, true);
        check(&more, &less, false);
        check(&less, &likeness("b", Some(0b1111), &[1, 2, 3]), false);
        check(&less, &likeness("b", Some(0), &[1, 2, 4]), false);
        check(&less, &likeness("b", None, &[1, 2, 3]), false);
        check(&likeness("a", None, &[]), &less, true);
    }

    #[test]
    fn the_best_says_most_and_has_the_shortest_key() {
        let rank = |words, key: &str| Rank::new(words, &DocumentKey::new(key));
        assert!(rank(61, "https://a.example/long") < rank(60, "https://a.example/"));
        assert!(rank(60, "https://a.example/z") < rank(60, "https://a.example/aa"));
        assert!(rank(60, "https://a.example/a") < rank(60, "https://a.example/b"));
    }
}
