//! Buckets of Amazon S3, and of servers that speak its protocol.
//!
//! * **Key**: the object's. Its location is `s3://bucket/key`.
//! * **Change**: `ETag`, size and time of the object and of its sidecar, all from the listing:
//!   where they are as they were, nothing is asked for.
//! * **Left out, and said so** ([`SourceEvent::Ignored`]): archived objects that are not restored,
//!   without a request.
//! * **Left out silently**: keys outside of the prefix, which is literal; empty objects whose key
//!   ends with `/`, which stand for folders; sidecars, which belong to their objects. Sidecars that
//!   nobody owns are warned of in the log.
//! * **Removal**: a listing to its end says [`SourceEvent::Complete`]. A refusal is never evidence:
//!   whatever fails on the way ends the listing with an error.
//! * **Between jobs**, a queue with the bucket's events tells that there is something to look at;
//!   what it is, the listing finds out.
//!
//! What it remembers between runs is at most that this bucket lists in no order (see [`walk`]).

mod bucket;
mod clients;
mod content;
mod entry;
mod fault;
mod listing;
mod notice;
mod order;
mod pairs;
mod queue;
mod walk;

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, ConnectorError, Content, S3Object, S3Source, SourceEvent, SourceState};
use futures::stream::BoxStream;

use bucket::Bucket;
pub use clients::{S3Clients, S3Config};
use content::ObjectContent;

/// Reads a bucket, or the part of it under a prefix.
#[derive(Debug, Clone)]
pub struct S3Connector {
    bucket: Arc<Bucket>,
    prefix: Option<String>,
    queue: Option<String>,
}

impl S3Connector {
    /// A connector for this bucket. Nothing is reached yet.
    pub fn new(source: &S3Source, clients: Arc<S3Clients>) -> Self {
        let bucket =
            Bucket { name: source.bucket.clone(), owner: source.expected_owner.clone(), clients };
        Self {
            bucket: Arc::new(bucket),
            prefix: source.prefix.clone(),
            queue: source.event_queue_url.clone(),
        }
    }
}

/// An object that is named from elsewhere.
pub(crate) fn object(object: &S3Object, clients: Arc<S3Clients>) -> Arc<dyn Content> {
    let bucket =
        Bucket { name: object.bucket.clone(), owner: object.expected_owner.clone(), clients };
    Arc::new(ObjectContent { bucket: Arc::new(bucket), key: object.key.clone(), etag: None })
}

#[async_trait]
impl Connector for S3Connector {
    async fn check(&self) -> Result<(), ConnectorError> {
        if self.bucket.is_directory()
            && self.prefix.as_deref().is_some_and(|prefix| !prefix.ends_with('/'))
        {
            let reason = format!(
                "{} is a directory bucket, whose prefixes end with '/': correct the data source's \
                 inclusionPrefixes",
                self.bucket
            );
            return Err(ConnectorError::Misconfigured { reason });
        }
        let listed = self.bucket.list(self.prefix.as_deref(), None, Some(1)).await;
        listed.map(drop).map_err(|fault| fault::of_bucket(&self.bucket, &fault))
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        walk::events(Arc::clone(&self.bucket), self.prefix.clone(), state)
    }

    fn lists_in_order(&self) -> bool {
        true
    }

    fn changes(&self) -> Option<BoxStream<'static, Result<(), ConnectorError>>> {
        let url = self.queue.clone()?;
        Some(queue::changes(url, Arc::clone(&self.bucket), self.prefix.clone()))
    }
}
