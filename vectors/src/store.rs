//! The chunk index that the configuration asks for.

use std::path::Path;
use std::sync::Arc;

use corpus::{VectorStore, VectorStoreError};

use crate::config::{Backend, VectorsConfig};
use crate::embedded::EdgeStore;
use crate::remote::QdrantStore;

/// The directory of the embedded indexes in the data directory.
const DIRECTORY: &str = "vectors";

/// The chunk index that the configuration asks for.
#[derive(Debug, Clone)]
pub enum Vectors {
    /// In this process.
    Embedded(Arc<EdgeStore>),
    /// On a Qdrant server.
    Qdrant(Arc<QdrantStore>),
}

/// Opens the chunk index. A server is not asked yet; [`VectorStore::ping`] does.
pub async fn open(
    config: &VectorsConfig,
    data_directory: &Path,
) -> Result<Vectors, VectorStoreError> {
    match &config.backend {
        Backend::Embedded => {
            let root = data_directory.join(DIRECTORY);
            EdgeStore::open(&root, config.embedded).await.map(Arc::new).map(Vectors::Embedded)
        }
        Backend::Qdrant(server) => QdrantStore::new(server).map(Arc::new).map(Vectors::Qdrant),
    }
}

impl Vectors {
    /// The index as the port that the rest of the service uses.
    pub fn store(&self) -> Arc<dyn VectorStore> {
        match self {
            Self::Embedded(store) => Arc::clone(store) as Arc<dyn VectorStore>,
            Self::Qdrant(store) => Arc::clone(store) as Arc<dyn VectorStore>,
        }
    }

    /// Makes everything durable and closes the index, waiting for work in the background as long
    /// as the caller is patient. Tells whether it is closed; where not, it is open until that work
    /// ends, at the latest with the process.
    pub async fn close(&self, patient: impl Fn() -> bool + Send + 'static) -> bool {
        match self {
            Self::Embedded(store) => store.close(patient).await,
            Self::Qdrant(_) => true,
        }
    }
}
