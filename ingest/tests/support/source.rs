//! A source in memory that the test changes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use corpus::{
    Access, Body, ChangeKey, Connector, ConnectorError, Connectors, Content, DataSource,
    DocumentKey, ReadError, S3Object, Sidecar, SidecarContents, SidecarError, SourceDocument,
    SourceEvent, SourceLocation, SourceMetadata, SourceState, StateEntry,
};
use futures::StreamExt;
use futures::stream::BoxStream;

/// How a document of the source behaves when it is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    /// It is gone.
    Vanish,
    /// It never ends.
    Endless,
    /// It never comes.
    Stall,
    /// It may not be read.
    Deny,
}

#[derive(Debug, Clone)]
enum Item {
    Bytes(Bytes),
    Odd(Behaviour),
}

/// A source in memory that the test changes.
#[derive(Debug, Default)]
pub(crate) struct Source {
    items: Mutex<BTreeMap<String, (Item, usize)>>,
    sidecars: Mutex<BTreeMap<String, (SidecarContents, usize)>>,
    access: Mutex<Option<Access>>,
    checkpoints: Mutex<BTreeMap<String, Vec<StateEntry>>>,
    deletions: Mutex<Vec<String>>,
    in_order: AtomicBool,
    absences: Mutex<Option<Vec<String>>>,
    listing_hangs: AtomicBool,
    broken: Mutex<Option<String>>,
    hangs: AtomicBool,
    changes: AtomicUsize,
    opens: Arc<AtomicUsize>,
}

impl Source {
    pub(crate) fn put(&self, key: &str, text: &str) {
        self.put_bytes(key, text.as_bytes());
    }

    pub(crate) fn put_bytes(&self, key: &str, bytes: &[u8]) {
        self.set(key, Item::Bytes(Bytes::copy_from_slice(bytes)));
    }

    pub(crate) fn behave(&self, key: &str, behaviour: Behaviour) {
        self.set(key, Item::Odd(behaviour));
    }

    fn set(&self, key: &str, item: Item) {
        let change = self.changes.fetch_add(1, Ordering::Relaxed);
        self.items.lock().unwrap().insert(key.to_owned(), (item, change));
    }

    pub(crate) fn remove(&self, key: &str) {
        self.items.lock().unwrap().remove(key);
    }

    /// Gives a document a sidecar.
    pub(crate) fn describe(&self, key: &str, contents: SidecarContents) {
        let change = self.changes.fetch_add(1, Ordering::Relaxed);
        self.sidecars.lock().unwrap().insert(key.to_owned(), (contents, change));
    }

    /// Takes the sidecar of a document away.
    pub(crate) fn undescribe(&self, key: &str) {
        self.sidecars.lock().unwrap().remove(key);
    }

    /// From now on everything may be read by these.
    pub(crate) fn restrict(&self, access: Access) {
        *self.access.lock().unwrap() = Some(access);
    }

    /// Remembers something behind a document of each listing.
    pub(crate) fn checkpoint_after(&self, key: &str, name: &str) {
        let entry = StateEntry { key: name.to_owned(), value: Some(key.as_bytes().to_vec()) };
        self.checkpoints.lock().unwrap().insert(key.to_owned(), vec![entry]);
    }

    /// Says of a document that it was deleted.
    pub(crate) fn tell_deletion(&self, key: &str) {
        self.remove(key);
        self.deletions.lock().unwrap().push(key.to_owned());
    }

    /// From now on it says that its listings have an order.
    pub(crate) fn list_in_order(&self) {
        self.in_order.store(true, Ordering::SeqCst);
    }

    /// From now on listings are not whole; the next one tells that it did not have these.
    pub(crate) fn tell_absence(&self, keys: &[String]) {
        for key in keys {
            self.remove(key);
        }
        *self.absences.lock().unwrap() = Some(keys.to_vec());
    }

    /// From now on listings do not go on after their last document.
    pub(crate) fn hang_listing(&self) {
        self.listing_hangs.store(true, Ordering::SeqCst);
    }

    pub(crate) fn break_listing(&self, reason: &str) {
        *self.broken.lock().unwrap() = Some(reason.to_owned());
    }

    /// From now on it does not answer.
    pub(crate) fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// How often a document was opened.
    pub(crate) fn opens(&self) -> usize {
        self.opens.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Connector for Source {
    async fn check(&self) -> Result<(), ConnectorError> {
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    fn lists_in_order(&self) -> bool {
        self.in_order.load(Ordering::SeqCst)
    }

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let mut events = Vec::new();
        for key in self.deletions.lock().unwrap().drain(..) {
            events.push(Ok(SourceEvent::Delete(DocumentKey::new(key))));
        }
        let checkpoints = self.checkpoints.lock().unwrap();
        for (key, (item, change)) in self.items.lock().unwrap().iter() {
            events.push(Ok(SourceEvent::Upsert(self.document(key, item, *change))));
            if let Some(entries) = checkpoints.get(key) {
                events.push(Ok(SourceEvent::Checkpoint(entries.clone())));
            }
        }
        events.push(match self.broken.lock().unwrap().take() {
            Some(reason) => Err(ConnectorError::Unavailable { reason }),
            None => Ok(SourceEvent::Complete),
        });
        if let Some(absent) = self.absences.lock().unwrap().as_mut() {
            events.pop();
            let absent = absent.drain(..).map(|key| SourceEvent::Absent(DocumentKey::new(key)));
            events.extend(absent.map(Ok));
        }
        if self.listing_hangs.load(Ordering::SeqCst) {
            events.pop();
            return futures::stream::iter(events).chain(futures::stream::pending()).boxed();
        }
        futures::stream::iter(events).boxed()
    }

    fn again(
        &self,
        keys: Vec<DocumentKey>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let items = self.items.lock().unwrap();
        let event = |key: &DocumentKey| {
            let (item, change) = items.get(key.as_str())?;
            Some(Ok(SourceEvent::Upsert(self.document(key.as_str(), item, *change))))
        };
        let events: Vec<_> = keys.iter().filter_map(event).collect();
        futures::stream::iter(events).boxed()
    }
}

impl Source {
    fn document(&self, key: &str, item: &Item, change: usize) -> SourceDocument {
        let sidecar = self.sidecars.lock().unwrap().get(key).cloned();
        SourceDocument {
            key: DocumentKey::new(key),
            location: SourceLocation::Custom { id: key.to_owned() },
            change_key: Some(ChangeKey {
                content: change.to_string(),
                metadata: sidecar.as_ref().map(|(_, change)| change.to_string()),
            }),
            size: None,
            media_type: None,
            metadata: match sidecar {
                Some((contents, _)) => SourceMetadata::Sidecar(Arc::new(Described(contents))),
                None => SourceMetadata::None,
            },
            access: self.access.lock().unwrap().clone(),
            content: self.content(item),
        }
    }

    fn content(&self, item: &Item) -> Arc<dyn Content> {
        Arc::new(Opened { item: item.clone(), opens: Arc::clone(&self.opens) })
    }
}

#[derive(Debug)]
struct Described(SidecarContents);

#[async_trait]
impl Sidecar for Described {
    async fn read(&self) -> Result<SidecarContents, SidecarError> {
        Ok(self.0.clone())
    }
}

#[derive(Debug)]
struct Opened {
    item: Item,
    opens: Arc<AtomicUsize>,
}

#[async_trait]
impl Content for Opened {
    async fn open(&self) -> Result<Body, ReadError> {
        self.opens.fetch_add(1, Ordering::Relaxed);
        match &self.item {
            Item::Bytes(bytes) => {
                let bytes = bytes.clone();
                Ok(futures::stream::once(async move { Ok(bytes) }).boxed())
            }
            Item::Odd(Behaviour::Vanish) => Err(ReadError::Vanished),
            Item::Odd(Behaviour::Deny) => {
                Err(ReadError::Denied { reason: "AccessDenied".to_owned() })
            }
            Item::Odd(Behaviour::Endless) => {
                let piece = Bytes::from(vec![b'x'; 100_000]);
                Ok(futures::stream::repeat_with(move || Ok(piece.clone())).boxed())
            }
            Item::Odd(Behaviour::Stall) => Ok(futures::stream::pending().boxed()),
        }
    }
}

/// Every data source is the one source.
#[derive(Debug)]
pub(crate) struct OneSource(pub(crate) Arc<Source>);

impl Connectors for OneSource {
    fn connector(&self, _data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        Ok(Arc::clone(&self.0) as Arc<dyn Connector>)
    }

    /// The document of the object's key; nobody may read what is not there.
    fn object(&self, object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        let items = self.0.items.lock().unwrap();
        let item =
            items.get(&object.key).map_or(Item::Odd(Behaviour::Deny), |(item, _)| item.clone());
        Ok(self.0.content(&item))
    }

    fn sidecar(&self, object: &S3Object) -> Result<Arc<dyn Sidecar>, ConnectorError> {
        match self.0.sidecars.lock().unwrap().get(&object.key) {
            Some((contents, _)) => Ok(Arc::new(Described(contents.clone()))),
            None => Err(ConnectorError::Denied { reason: "AccessDenied".to_owned() }),
        }
    }
}
