//! A source in memory that the test changes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use corpus::{
    Body, ChangeKey, Connector, ConnectorError, Connectors, Content, DataSource, DocumentKey,
    ReadError, S3Object, SourceDocument, SourceEvent, SourceLocation, SourceMetadata, SourceState,
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
}

#[derive(Debug, Clone)]
enum Item {
    Text(String),
    Odd(Behaviour),
}

/// A source in memory that the test changes.
#[derive(Debug, Default)]
pub(crate) struct Source {
    items: Mutex<BTreeMap<String, (Item, usize)>>,
    broken: Mutex<Option<String>>,
    hangs: AtomicBool,
    changes: AtomicUsize,
    opens: Arc<AtomicUsize>,
}

impl Source {
    pub(crate) fn put(&self, key: &str, text: &str) {
        self.set(key, Item::Text(text.to_owned()));
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

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let mut events: Vec<_> = self
            .items
            .lock()
            .unwrap()
            .iter()
            .map(|(key, (item, change))| {
                Ok(SourceEvent::Upsert(SourceDocument {
                    key: DocumentKey::new(key),
                    location: SourceLocation::Custom { id: key.clone() },
                    change_key: Some(ChangeKey::of_content(change.to_string())),
                    size: None,
                    media_type: None,
                    metadata: SourceMetadata::None,
                    access: None,
                    content: Arc::new(Opened {
                        item: item.clone(),
                        opens: Arc::clone(&self.opens),
                    }),
                }))
            })
            .collect();
        events.push(match self.broken.lock().unwrap().take() {
            Some(reason) => Err(ConnectorError::Unavailable { reason }),
            None => Ok(SourceEvent::Complete),
        });
        futures::stream::iter(events).boxed()
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
            Item::Text(text) => {
                let bytes = Bytes::from(text.clone());
                Ok(futures::stream::once(async move { Ok(bytes) }).boxed())
            }
            Item::Odd(Behaviour::Vanish) => Err(ReadError::Vanished),
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

    fn object(&self, _object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        Err(ConnectorError::Misconfigured { reason: "there are no objects here".to_owned() })
    }
}
