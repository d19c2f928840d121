//! The contract of connectors, kept by the folder connector and by the fake.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use connectors::FolderConnector;
use corpus::{Connector, FolderSource, Metadata};
use fixtures::connector::FakeSource;
use fixtures::connector_contract::{self, Source};
use serde_json::{Map, Value, json};

/// A folder; a file is replaced by renaming, as careful programs do.
struct Folder {
    directory: tempfile::TempDir,
}

impl Folder {
    fn root(&self) -> PathBuf {
        self.directory.path().join("folder")
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let new = self.directory.path().join("new");
        fs::write(&new, bytes).unwrap();
        fs::rename(new, path).unwrap();
    }
}

#[async_trait]
impl Source for Folder {
    fn connector(&self) -> Arc<dyn Connector> {
        let source = FolderSource {
            path: self.root().to_str().unwrap().to_owned(),
            inclusion_patterns: Vec::new(),
            exclusion_patterns: Vec::new(),
            watch: false,
        };
        Arc::new(FolderConnector::new(&source).unwrap())
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.write(key, bytes);
    }

    async fn put_metadata(&self, key: &str, metadata: &Metadata) {
        let attributes: Map<String, Value> =
            metadata.iter().map(|(key, value)| (key.clone(), value.to_json())).collect();
        let sidecar = json!({ "metadataAttributes": attributes });
        self.write(&format!("{key}.metadata.json"), sidecar.to_string().as_bytes());
    }

    async fn remove(&self, key: &str) {
        fs::remove_file(self.root().join(key)).unwrap();
        let sidecar = self.root().join(format!("{key}.metadata.json"));
        if sidecar.exists() {
            fs::remove_file(sidecar).unwrap();
        }
    }

    async fn take_away(&self) {
        fs::rename(self.root(), self.directory.path().join("elsewhere")).unwrap();
    }
}

struct Fake(FakeSource);

#[async_trait]
impl Source for Fake {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(self.0.clone())
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.0.put(key, bytes.to_vec());
    }

    async fn put_metadata(&self, key: &str, metadata: &Metadata) {
        self.0.put_sidecar(key, metadata.clone());
    }

    async fn remove(&self, key: &str) {
        self.0.remove(key);
    }

    async fn take_away(&self) {
        self.0.break_down(Some("the source is gone"));
    }
}

#[tokio::test]
async fn the_folder_keeps_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder { directory };
    fs::create_dir(folder.root()).unwrap();
    connector_contract::check(&folder).await;
}

#[tokio::test]
async fn a_folder_behind_a_symbolic_link_keeps_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder { directory };
    let real = folder.directory.path().join("real");
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, folder.root()).unwrap();
    connector_contract::check(&folder).await;
}

#[tokio::test]
async fn the_fake_keeps_the_contract() {
    connector_contract::check(&Fake(FakeSource::new())).await;
}
