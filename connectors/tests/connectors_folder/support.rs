//! A folder to fill, and what a connector finds in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connectors::FolderConnector;
use corpus::{Connector, ConnectorError, FolderSource, ReadError, SourceDocument, SourceEvent};
use fixtures::connector::{self as fake, MemoryState};
use futures::StreamExt;

pub(crate) struct Folder {
    pub(crate) directory: tempfile::TempDir,
}

/// What an enumeration came to, in short.
pub(crate) type Found = Vec<String>;

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(folder.root()).unwrap();
        folder
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("folder")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn connector(&self) -> FolderConnector {
        self.connector_for(&[], &[])
    }

    pub(crate) fn connector_for(&self, include: &[&str], exclude: &[&str]) -> FolderConnector {
        let owned = |list: &[&str]| list.iter().map(|&pattern| pattern.to_owned()).collect();
        connector(&self.root(), owned(include), owned(exclude)).unwrap()
    }

    pub(crate) async fn found(&self) -> Found {
        found(&self.connector()).await
    }

    /// The document of this key; there must be one.
    pub(crate) async fn document(&self, key: &str) -> SourceDocument {
        let events: Vec<_> = enumerate(&self.connector()).await;
        let document = events.into_iter().find_map(|event| match event {
            Ok(SourceEvent::Upsert(document)) if document.key.as_str() == key => Some(document),
            _ => None,
        });
        document.unwrap_or_else(|| panic!("no document {key}"))
    }
}

pub(crate) fn connector(
    root: &Path,
    inclusion_patterns: Vec<String>,
    exclusion_patterns: Vec<String>,
) -> Result<FolderConnector, ConnectorError> {
    let path = root.to_str().unwrap().to_owned();
    FolderConnector::new(&FolderSource {
        path,
        inclusion_patterns,
        exclusion_patterns,
        watch: false,
    })
}

pub(crate) async fn enumerate(
    connector: &FolderConnector,
) -> Vec<Result<SourceEvent, ConnectorError>> {
    connector.enumerate(Arc::new(MemoryState::default())).collect().await
}

pub(crate) async fn found(connector: &FolderConnector) -> Found {
    let mut found = Vec::new();
    for event in enumerate(connector).await {
        found.push(short(event).await);
    }
    found
}

/// An event in short; a document whose sidecar cannot be read as a failure.
async fn short(event: Result<SourceEvent, ConnectorError>) -> String {
    if let Ok(SourceEvent::Upsert(document)) = &event
        && let Err(error) = fake::attributes(document).await
    {
        return format!("!{}: {error}", document.key);
    }
    fake::short(&event, ToString::to_string)
}

pub(crate) async fn read(document: &SourceDocument) -> Result<Vec<u8>, ReadError> {
    fake::read(document.content.as_ref()).await
}

/// Makes a FIFO by the system's own command.
pub(crate) fn make_fifo(path: &Path) {
    let status = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success(), "mkfifo failed");
}
