//! Compares a listing with what is known a segment at a time: a run of documents of which the
//! source tells just what it told before is seen in one step ([`catalog::Segment`]). Where it does
//! not, the documents go their way one by one, and the segment is kept once they are settled.
//!
//! Where a segment ends is decided by the id of its last document, so that a document that comes or
//! goes changes its own segment and hardly another.

use catalog::{Segment, SegmentBuilder, SegmentDigest};
use corpus::{ConnectorError, DataSourceId, IngestionJobId, SourceDocument, SourceEvent};
use futures::future::BoxFuture;
use futures::stream::{FuturesOrdered, StreamExt};

use crate::document::{Fault, Run};
use crate::grouped::Asker;

/// The mean number of documents in a segment; a power of two.
const MEAN: u128 = 128;

/// The most documents of a segment.
const MOST: usize = 512;

/// Segments that wait for an answer. When there are as many, the listing waits.
const WAITING: usize = 32;

/// Asks whether there is a segment with a digest; where there is, it is seen.
pub(crate) type Seer = Asker<SegmentDigest, bool>;

/// Sees segments.
pub(crate) async fn see(
    run: &Run,
    job: IngestionJobId,
    digests: &[SegmentDigest],
) -> Result<Vec<bool>, Fault> {
    run.ask(|| run.catalog.see_segments(job, run.data_source, digests)).await
}

/// The segments of a listing under way.
#[derive(Debug)]
pub(crate) struct Segments {
    data_source: DataSourceId,
    seer: Seer,
    /// The segment that has not ended, and its documents.
    open: SegmentBuilder,
    documents: Vec<SourceDocument>,
    waiting: FuturesOrdered<BoxFuture<'static, Result<Option<Unseen>, Fault>>>,
}

/// A run of documents of which the source tells something new.
#[derive(Debug)]
pub(crate) struct Unseen {
    pub(crate) documents: Vec<SourceDocument>,
    pub(crate) segment: Segment,
}

impl Segments {
    pub(crate) fn new(data_source: DataSourceId, seer: Seer) -> Self {
        Self {
            data_source,
            seer,
            open: SegmentBuilder::default(),
            documents: Vec::new(),
            waiting: FuturesOrdered::new(),
        }
    }

    /// Takes the next document of the listing. Gives it back where the source does not tell
    /// whether it changed.
    fn take(&mut self, document: SourceDocument) -> Option<SourceDocument> {
        let Some(id) = self.open.add(self.data_source, &document) else { return Some(document) };
        self.documents.push(document);
        if id.as_u128().is_multiple_of(MEAN) || self.documents.len() == MOST {
            self.end();
        }
        None
    }

    /// Takes the documents among some events, and gives back the others.
    pub(crate) fn take_from(
        &mut self,
        events: Vec<Result<SourceEvent, ConnectorError>>,
    ) -> Vec<Result<SourceEvent, ConnectorError>> {
        let rest = events.into_iter().filter_map(|event| match event {
            Ok(SourceEvent::Upsert(document)) => {
                self.take(document).map(SourceEvent::Upsert).map(Ok)
            }
            event => Some(event),
        });
        rest.collect()
    }

    /// Ends the segment that has not ended, as at the end of the listing.
    pub(crate) fn end(&mut self) {
        if self.documents.is_empty() {
            return;
        }
        let documents = std::mem::take(&mut self.documents);
        let segment = std::mem::take(&mut self.open).build();
        let seer = self.seer.clone();
        self.waiting.push_back(Box::pin(async move {
            let seen = seer.ask(segment.digest()).await?;
            Ok((!seen).then_some(Unseen { documents, segment }))
        }));
    }

    /// Whether no more should be taken before an answer came.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
    }

    /// The next answer, in the order of the listing: what must be looked at one by one, if
    /// anything. None where nothing is waited for.
    pub(crate) async fn next(&mut self) -> Option<Result<Option<Unseen>, Fault>> {
        self.waiting.next().await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Arc;

    use async_trait::async_trait;
    use corpus::{
        Body, ChangeKey, Content, DocumentKey, ReadError, SourceLocation, SourceMetadata,
    };
    use proptest::prelude::*;

    use super::*;
    use crate::grouped::queue;

    #[derive(Debug)]
    struct Nothing;

    #[async_trait]
    impl Content for Nothing {
        async fn open(&self) -> Result<Body, ReadError> {
            Err(ReadError::Vanished)
        }
    }

    fn document(number: u16) -> SourceDocument {
        SourceDocument {
            key: DocumentKey::new(format!("{number:05}")),
            location: SourceLocation::S3 { uri: format!("s3://bucket/{number:05}") },
            change_key: Some(ChangeKey::of_content("1")),
            size: None,
            media_type: None,
            metadata: SourceMetadata::None,
            access: None,
            content: Arc::new(Nothing),
        }
    }

    /// The digests of a listing's segments, with how many documents each has.
    async fn segments(numbers: impl Iterator<Item = u16>) -> Vec<(SegmentDigest, usize)> {
        let (seer, asked) = queue();
        let nothing = asked.serve(async |digests: &[SegmentDigest]| Ok(vec![false; digests.len()]));
        let listing = async move {
            let mut segments = Segments::new(DataSourceId::from_random(1), seer);
            numbers.for_each(|number| assert!(segments.take(document(number)).is_none()));
            segments.end();
            let mut found = Vec::new();
            while let Some(unseen) = segments.next().await {
                let unseen = unseen.unwrap().unwrap();
                found.push((unseen.segment.digest(), unseen.documents.len()));
            }
            found
        };
        let (found, served) = tokio::join!(listing, nothing);
        served.unwrap();
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// A document that comes or goes leaves most of the other segments as they are.
        #[test]
        fn a_change_is_local(gone in 0..3_000_u16) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let all = segments(0..3_000).await;
                let most = segments((0..3_000).filter(|number| *number != gone)).await;
                assert_eq!(all.iter().map(|(_, length)| length).sum::<usize>(), 3_000);
                assert!(all.iter().all(|(_, length)| *length <= MOST));
                let kept = most.iter().filter(|segment| all.contains(segment)).count();
                // What ends a segment joins it with the next; behind one that is too long, the
                // cuts move until the next natural end.
                assert!(kept + 4 >= all.len(), "{kept} of {}", all.len());
            });
        }
    }
}
