//! The contract of connectors, kept by folders, by what is pushed, and by the fake. The sources
//! with servers of their own run it beside their other tests.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use connectors::{ConnectorsConfig, Factory, FolderConnector};
use corpus::{Connector, DocumentKey, FolderSource, Metadata, MetadataValue};
use fixtures::connector::{Ailment, FakeSource, Interruption};
use fixtures::connector_contract::{Ability, Source};
use serde_json::json;

/// Names of files that are not all alike.
const NAMES: [&str; 6] = ["b.md", "a/z.md", "a/b/c.txt", "ümlaut und leer.md", "0", "a.md"];

fn name(number: usize) -> String {
    NAMES.get(number).map_or_else(|| format!("many/{number}.md"), |&name| name.to_owned())
}

/// A folder; a file is replaced by renaming, as careful programs do.
struct Folder {
    directory: tempfile::TempDir,
}

impl Folder {
    fn start() -> Self {
        let folder = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(folder.root()).unwrap();
        folder
    }

    fn behind_a_symbolic_link() -> Self {
        let folder = Self { directory: tempfile::tempdir().unwrap() };
        let real = folder.directory.path().join("real");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, folder.root()).unwrap();
        folder
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("folder")
    }

    fn sidecar(&self, number: usize) -> PathBuf {
        self.root().join(format!("{}.metadata.json", name(number)))
    }

    fn write(&self, path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let new = self.directory.path().join("new");
        fs::write(&new, text).unwrap();
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

    fn lacks(&self) -> &'static [(Ability, &'static str)] {
        &[
            (Ability::Count, "a file system does not tell what it was asked"),
            (Ability::CountReads, "a file system does not tell what it was asked"),
        ]
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(name(number))
    }

    async fn put(&self, number: usize, text: &str) {
        self.write(self.root().join(name(number)), text);
    }

    async fn remove(&self, number: usize) {
        fs::remove_file(self.root().join(name(number))).unwrap();
        let sidecar = self.sidecar(number);
        if sidecar.exists() {
            fs::remove_file(sidecar).unwrap();
        }
    }

    async fn describe(&self, number: usize, topic: &str) {
        let sidecar = json!({ "metadataAttributes": { "topic": topic } });
        self.write(self.sidecar(number), &sidecar.to_string());
    }

    /// A sidecar without meaning keeps its document from being ingested; permissions do not keep
    /// those from it who run tests as root.
    async fn deny(&self, number: usize, denied: bool) {
        if denied {
            self.write(self.sidecar(number), "{");
        } else {
            fs::remove_file(self.sidecar(number)).unwrap();
        }
    }

    /// A path that the system finds too long, made by moving, cannot be listed by anybody.
    async fn break_listings(&self, broken: bool) {
        let (inside, outside) = (self.root().join("d"), self.directory.path().join("d"));
        if !broken {
            return fs::rename(inside, outside).unwrap();
        }
        if outside.exists() {
            return fs::rename(outside, inside).unwrap();
        }
        let deep = |base: PathBuf| (0..10).fold(base, |path, _| path.join("d".repeat(250)));
        let inner = self.directory.path().join("inner");
        fs::create_dir_all(deep(inner.clone())).unwrap();
        fs::create_dir_all(deep(inside.clone())).unwrap();
        fs::rename(inner, deep(inside).join("inner")).unwrap();
    }

    async fn leave(&self) {
        fs::rename(self.root(), self.directory.path().join("elsewhere")).unwrap();
    }
}

struct Fake(FakeSource);

impl Fake {
    fn start() -> Self {
        Self(FakeSource::new())
    }
}

#[async_trait]
impl Source for Fake {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(self.0.clone())
    }

    fn lacks(&self) -> &'static [(Ability, &'static str)] {
        &[
            (Ability::Count, "it is in memory, where nothing is asked"),
            (Ability::CountReads, "it is in memory, where nothing is asked"),
        ]
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(name(number))
    }

    async fn put(&self, number: usize, text: &str) {
        self.0.put(&name(number), text.to_owned());
    }

    async fn remove(&self, number: usize) {
        self.0.remove(&name(number));
    }

    async fn describe(&self, number: usize, topic: &str) {
        let topic = MetadataValue::String(topic.to_owned());
        self.0.put_sidecar(&name(number), Metadata::from([("topic".to_owned(), topic)]));
    }

    async fn deny(&self, number: usize, denied: bool) {
        self.0.ail(&name(number), denied.then_some(Ailment::IsDenied));
    }

    async fn break_listings(&self, broken: bool) {
        self.0.interrupt(broken.then_some((3, Interruption::Break)));
    }

    async fn leave(&self) {
        self.0.break_down(Some("the source is gone"));
    }
}

/// What clients push is theirs to list: no job finds or removes any of it.
struct Pushed;

impl Pushed {
    fn start() -> Self {
        Self
    }
}

#[async_trait]
impl Source for Pushed {
    fn connector(&self) -> Arc<dyn Connector> {
        let secrets = Arc::new(fixtures::secrets::MemorySecrets::default());
        let factory = Factory::new(&ConnectorsConfig::default(), secrets).unwrap();
        let source = corpus::SourceConfiguration::Custom(corpus::CustomSource {});
        corpus::Connectors::connector(&factory, &fixtures::connector::data_source(source)).unwrap()
    }

    fn lacks(&self) -> &'static [(Ability, &'static str)] {
        &[(Ability::Documents, "documents are pushed past the connector, which finds none")]
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(name(number))
    }

    async fn put(&self, _number: usize, _text: &str) {}

    async fn remove(&self, _number: usize) {}
}

mod folder {
    use super::Folder;

    fixtures::connector_contract!(Folder::start());
}

mod folder_behind_a_symbolic_link {
    use super::Folder;

    fixtures::connector_contract!(Folder::behind_a_symbolic_link());
}

mod pushed {
    use super::{Pushed, Source};

    fixtures::connector_contract!(Pushed::start());

    #[tokio::test]
    async fn nothing_is_said_to_be_gone() {
        let run = fixtures::connector_contract::Index::of(&Pushed).sync().await;
        assert!(run.events == 0 && !run.is_complete, "{run:?}");
        assert!(Pushed.connector().changes().is_none());
    }
}

mod fake {
    use super::Fake;

    fixtures::connector_contract!(Fake::start());
}
