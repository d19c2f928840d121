//! What goes wrong, and that it never looks like a removal.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use connectors::{ConnectorsConfig, Factory};
use corpus::{
    Connector, ConnectorError, Connectors, CustomSource, FolderSource, ReadError,
    SourceConfiguration, SourceEvent,
};
use fixtures::connector::{MemoryState, data_source};
use fixtures::secrets::MemorySecrets;
use futures::StreamExt;

use crate::support::{Folder, connector, enumerate, make_fifo, read};

/// The only event of an enumeration, which must be an error.
async fn only_error(path: &Path) -> ConnectorError {
    let connector = connector(path, Vec::new(), Vec::new()).unwrap();
    let checked = connector.check().await.unwrap_err();
    let mut events = enumerate(&connector).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let error = events.remove(0).unwrap_err();
    assert_eq!(checked.to_string(), error.to_string());
    error
}

#[tokio::test]
async fn a_path_that_cannot_be_walked_names_the_remedy() {
    let folder = Folder::new();
    folder.write("file", "");
    let check = async |path: &Path, expect: &str| {
        let error = only_error(path).await;
        assert!(error.to_string().contains(expect), "{error}");
        assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error:?}");
        assert!(!error.is_transient());
    };
    check(Path::new("relative/path"), "is not absolute: begin it with '/'").await;
    check(&folder.path("missing"), "does not exist: create or mount it").await;
    check(&folder.path("file"), "is no directory: correct").await;
    folder.connector().check().await.unwrap();
}

#[tokio::test]
async fn a_pattern_without_meaning_is_refused() {
    let folder = Folder::new();
    let error = connector(&folder.root(), Vec::new(), vec!["{a".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("exclusion pattern '{a' is no glob"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_listed_prevents_removal() {
    let folder = Folder::new();
    folder.write("a.md", "").write("z.md", "");
    // A path that the system finds too long, made by moving: it cannot be listed by anybody.
    let part = "d".repeat(250);
    let inner = folder.directory.path().join("inner");
    let outer = folder.path("b");
    let deep = |base: &Path| (0..10).fold(base.to_owned(), |path, _| path.join(&part));
    fs::create_dir_all(deep(&inner)).unwrap();
    fs::create_dir_all(deep(&outer)).unwrap();
    fs::write(deep(&inner).join("lost.md"), "").unwrap();
    fs::rename(inner, deep(&outer).join("inner")).unwrap();

    let found = folder.found().await;
    let [first, failure, last] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((first.as_str(), last.as_str()), ("+a.md", "+z.md"));
    assert!(failure.starts_with("!b/ddd"), "{failure}");
    assert!(failure.contains("shorten the path; until then nothing is removed"), "{failure}");
}

#[tokio::test]
async fn a_directory_without_permission_prevents_removal() {
    let folder = Folder::new();
    folder.write("a.md", "").write("closed/b.md", "").write("c.md", "");
    let closed = folder.path("closed");
    fs::set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    let permitted = fs::read_dir(&closed).is_ok();
    let found = folder.found().await;
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    if permitted {
        // The superuser may list everything.
        assert_eq!(found, ["+a.md", "+c.md", "+closed/b.md", "complete"]);
        return;
    }
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[2].starts_with("!closed/: it cannot be examined"), "{found:?}");
    assert!(found[2].contains("give the server's user the right"), "{found:?}");
}

#[tokio::test]
async fn a_folder_that_is_exchanged_during_the_walk_is_an_error() {
    let folder = Folder::new();
    for number in 0..200 {
        folder.write(&format!("{number}.md"), "");
    }
    let mut listing = folder.connector().enumerate(Arc::new(MemoryState::default()));
    listing.next().await.unwrap().unwrap();
    fs::rename(folder.root(), folder.directory.path().join("old")).unwrap();
    fs::create_dir(folder.root()).unwrap();
    let rest: Vec<_> = listing.collect().await;
    let error = rest.last().unwrap().as_ref().unwrap_err();
    assert!(error.to_string().contains("was exchanged while it was read"), "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_file_that_became_something_else_is_not_read() {
    let folder = Folder::new();
    let secret = folder.directory.path().join("secret");
    fs::create_dir(&secret).unwrap();
    fs::write(secret.join("a.md"), "secret").unwrap();
    for name in ["a.md", "b.md", "c.md", "d/a.md", "e.md"] {
        folder.write(name, "x");
    }
    let mut documents = Vec::new();
    for key in ["a.md", "b.md", "c.md", "d/a.md", "e.md"] {
        documents.push(folder.document(key).await);
    }
    for name in ["a.md", "b.md", "c.md", "d/a.md"] {
        fs::remove_file(folder.path(name)).unwrap();
    }
    symlink(secret.join("a.md"), folder.path("a.md")).unwrap();
    make_fifo(&folder.path("b.md"));
    symlink("e.md", folder.path("c.md")).unwrap();
    fs::remove_dir(folder.path("d")).unwrap();
    symlink(&secret, folder.path("d")).unwrap();

    for (document, expect) in documents.iter().zip([
        "it is outside of the folder by now",
        "it is no regular file by now",
        "it is a symbolic link by now",
        "it is outside of the folder by now",
    ]) {
        let error = read(document).await.unwrap_err();
        assert!(matches!(error, ReadError::Denied { .. }), "{error:?}");
        assert!(error.to_string().contains(expect), "{}: {error}", document.key);
    }
    assert_eq!(read(&documents[4]).await.unwrap(), b"x");
}

#[tokio::test]
async fn a_file_whose_directory_vanished_vanished() {
    let folder = Folder::new();
    folder.write("d/a.md", "x");
    let document = folder.document("d/a.md").await;
    fs::remove_dir_all(folder.path("d")).unwrap();
    assert!(matches!(read(&document).await, Err(ReadError::Vanished)));
    folder.write("d", "a file");
    assert!(matches!(read(&document).await, Err(ReadError::Vanished)));
}

#[tokio::test]
async fn the_factory_knows_every_kind_of_source() {
    let folder = Folder::new();
    folder.write("a.md", "");
    let source = SourceConfiguration::Folder(FolderSource {
        path: folder.root().to_str().unwrap().to_owned(),
        inclusion_patterns: Vec::new(),
        exclusion_patterns: Vec::new(),
        watch: false,
    });
    let secrets = Arc::new(MemorySecrets::default());
    let factory = Factory::new(&ConnectorsConfig::default(), secrets).unwrap();
    let connector = factory.connector(&data_source(source)).unwrap();
    let events: Vec<_> = connector.enumerate(Arc::new(MemoryState::default())).collect().await;
    assert!(matches!(events.as_slice(), [Ok(SourceEvent::Upsert(_)), Ok(SourceEvent::Complete)]));

    let bad = SourceConfiguration::Folder(FolderSource {
        path: "/".to_owned(),
        inclusion_patterns: vec!["[".to_owned()],
        exclusion_patterns: Vec::new(),
        watch: false,
    });
    assert!(factory.connector(&data_source(bad)).is_err());

    let custom = SourceConfiguration::Custom(CustomSource {});
    let connector = factory.connector(&data_source(custom)).unwrap();
    connector.check().await.unwrap();
}
