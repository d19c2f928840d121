//! One enumeration of a bucket: from pages of a listing to events.
//!
//! While keys come in order, sidecars are paired with their objects as they go by. Where they do
//! not, each object's sidecar is asked for by its key, which costs a request for each object and
//! holds no more in memory. Which it is shows in the first page; if disorder shows later, what went
//! before may lack its sidecars, so the job ends with an error and the next one asks from the
//! start.

use std::fmt;
use std::sync::Arc;

use corpus::{
    ChangeKey, ConnectorError, DocumentKey, SourceDocument, SourceEvent, SourceLocation,
    SourceMetadata, SourceState, StateEntry,
};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use super::bucket::Bucket;
use super::content::ObjectContent;
use super::entry::Entry;
use super::fault;
use super::listing;
use super::order::Order;
use super::pairs::{Orphans, Pair, Pairs};
use crate::sidecar::{ContentSidecar, SUFFIX};

/// Under this name, the bucket is remembered whose listing has no order.
const UNORDERED: &str = "unordered";

/// Sidecars that are asked for at the same time.
const QUESTIONS: usize = 16;

/// The events of a bucket.
pub(super) fn events(
    bucket: Arc<Bucket>,
    prefix: Option<String>,
    state: Arc<dyn SourceState>,
) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
    let walk = async move {
        let remembered = state.load(UNORDERED).await.map_err(ConnectorError::State)?;
        let unordered = bucket.is_directory()
            || remembered.is_some_and(|remembered| remembered == bucket.name.as_bytes());
        let pages = listing::pages(Arc::clone(&bucket), prefix);
        let pairing = if unordered { Pairing::Asked } else { Pairing::adjacent() };
        Ok::<_, ConnectorError>(Walk { bucket, pages, pairing, begun: false })
    };
    let groups = stream::once(walk).map_ok(|walk: Walk| {
        stream::try_unfold(Step::Page(walk), |step| async {
            match step {
                Step::Page(walk) => walk.page().await.map(Some),
                Step::Fail(error) => Err(error),
                Step::End => Ok(None),
            }
        })
    });
    let groups = groups.try_flatten();
    groups.map_ok(|events| stream::iter(events).map(Ok)).try_flatten().boxed()
}

/// An enumeration under way.
struct Walk {
    bucket: Arc<Bucket>,
    pages: BoxStream<'static, Result<Vec<Entry>, ConnectorError>>,
    pairing: Pairing,
    /// Whether events went out.
    begun: bool,
}

/// How objects find their sidecars.
enum Pairing {
    /// They come one after the other.
    Adjacent { order: Order, pairs: Pairs },
    /// They are asked for.
    Asked,
}

impl Pairing {
    fn adjacent() -> Self {
        Self::Adjacent { order: Order::new(), pairs: Pairs::default() }
    }
}

/// What comes next.
enum Step {
    Page(Walk),
    Fail(ConnectorError),
    End,
}

impl Walk {
    /// The events of the next page.
    async fn page(mut self) -> Result<(Vec<SourceEvent>, Step), ConnectorError> {
        let Some(page) = self.pages.try_next().await? else {
            return Ok((self.finish(), Step::End));
        };
        let holds = match &mut self.pairing {
            Pairing::Adjacent { order, .. } => page.iter().all(|entry| order.holds(&entry.key)),
            Pairing::Asked => true,
        };
        if !holds && self.begun {
            return Ok(self.disordered());
        }
        if !holds {
            self.pairing = Pairing::Asked;
        }
        let pairs = match &mut self.pairing {
            Pairing::Adjacent { pairs, .. } => {
                let mut out = Vec::with_capacity(page.len());
                for entry in page {
                    pairs.push(entry, &mut out);
                }
                out
            }
            Pairing::Asked => ask(Arc::clone(&self.bucket), page).await?,
        };
        self.begun |= !pairs.is_empty();
        let events = pairs.into_iter().map(|pair| event(&self.bucket, pair)).collect();
        Ok((events, Step::Page(self)))
    }

    /// The listing is whole.
    fn finish(mut self) -> Vec<SourceEvent> {
        let mut out = Vec::new();
        if let Pairing::Adjacent { pairs, .. } = &mut self.pairing {
            let orphans = pairs.finish(&mut out);
            warn(&self.bucket, &orphans);
        }
        let events = out.into_iter().map(|pair| event(&self.bucket, pair));
        events.chain([SourceEvent::Complete]).collect()
    }

    /// Objects may have gone out without their sidecars: this is remembered, and the job ends.
    fn disordered(self) -> (Vec<SourceEvent>, Step) {
        let bucket = &self.bucket;
        let reason = format!(
            "s3:ListBucket on {bucket}: the server lists keys in no order; the next job asks for \
             each object's sidecar instead"
        );
        let remembered =
            StateEntry { key: UNORDERED.to_owned(), value: Some(bucket.name.clone().into()) };
        let events = vec![SourceEvent::Checkpoint(vec![remembered])];
        (events, Step::Fail(ConnectorError::Unavailable { reason }))
    }
}

/// Asks for the sidecars of a page's objects.
async fn ask(bucket: Arc<Bucket>, page: Vec<Entry>) -> Result<Vec<Pair>, ConnectorError> {
    let objects = page.into_iter().filter(|entry| !entry.is_sidecar());
    let asked = objects.map(|object| ask_for(Arc::clone(&bucket), object));
    stream::iter(asked).buffered(QUESTIONS).try_collect().await
}

async fn ask_for(bucket: Arc<Bucket>, object: Entry) -> Result<Pair, ConnectorError> {
    let key = format!("{}{SUFFIX}", object.key);
    let sidecar = match bucket.head(&key).await {
        Ok(head) => Some(Entry::of_head(key, &head)),
        Err(fault) if fault.is_missing() => None,
        // Reading it says why.
        Err(fault) if fault.is_denied() => Some(Entry::unknown(key)),
        Err(fault) => return Err(fault::of_bucket(&bucket, &fault)),
    };
    Ok(Pair { object, sidecar })
}

/// What an object is to the job.
fn event(bucket: &Arc<Bucket>, pair: Pair) -> SourceEvent {
    let Pair { object, sidecar } = pair;
    let key = DocumentKey::new(&object.key);
    let location = SourceLocation::S3 { uri: format!("{bucket}/{}", object.key) };
    if let Some(class) = &object.archived {
        let reason =
            format!("it is archived ({class}): restore it, or move it to another storage class");
        return SourceEvent::Ignored { key, location, reason };
    }
    let content = |entry: &Entry| ObjectContent {
        bucket: Arc::clone(bucket),
        key: entry.key.clone(),
        etag: entry.etag.clone(),
    };
    let metadata = sidecar.as_ref().map_or(SourceMetadata::None, |sidecar| {
        let (name, content) = (sidecar.key.clone(), Arc::new(content(sidecar)));
        SourceMetadata::Sidecar(Arc::new(ContentSidecar { name, content }))
    });
    SourceEvent::Upsert(SourceDocument {
        key,
        location,
        change_key: change_key(&object, sidecar.as_ref()),
        size: Some(object.size),
        media_type: None,
        metadata,
        access: None,
        content: Arc::new(content(&object)),
    })
}

/// None where the server does not tell of a change of one of the two.
fn change_key(object: &Entry, sidecar: Option<&Entry>) -> Option<ChangeKey> {
    let metadata = match sidecar {
        Some(sidecar) => Some(sidecar.stamp()?),
        None => None,
    };
    Some(ChangeKey { content: object.stamp()?, metadata })
}

fn warn(bucket: &Bucket, orphans: &Orphans) {
    if let Some(first) = &orphans.first {
        tracing::warn!(
            %bucket,
            count = orphans.count,
            first,
            "sidecars without their objects were left out"
        );
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}
