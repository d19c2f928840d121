//! Hints that a folder changed, from a real file system.

use std::fs;
use std::time::Duration;

use connectors::FolderConnector;
use corpus::{Connector, ConnectorError, FolderSource, ReadError};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::time::timeout;

use crate::support::Folder;

/// The longest that a hint may take.
const PATIENCE: Duration = Duration::from_secs(20);

type Changes = BoxStream<'static, Result<(), ConnectorError>>;

/// Hints of a folder that is watched; the first, which comes at once, is taken.
async fn watch(folder: &Folder, exclusions: &[&str]) -> Changes {
    let mut changes = watching(folder, exclusions).changes().unwrap();
    assert!(matches!(next(&mut changes).await, Some(Ok(()))), "what was before is not known");
    changes
}

fn watching(folder: &Folder, exclusions: &[&str]) -> FolderConnector {
    let source = FolderSource {
        path: folder.root().to_str().unwrap().to_owned(),
        inclusion_patterns: Vec::new(),
        exclusion_patterns: exclusions.iter().map(ToString::to_string).collect(),
        watch: true,
    };
    FolderConnector::new(&source).unwrap()
}

async fn next(changes: &mut Changes) -> Option<Result<(), ConnectorError>> {
    timeout(PATIENCE, changes.next()).await.unwrap()
}

#[tokio::test]
async fn a_folder_is_watched_only_where_that_is_asked_for() {
    let folder = Folder::new();
    assert!(folder.connector().changes().is_none());
}

#[tokio::test]
async fn files_that_come_change_move_and_go_are_told_of() {
    let folder = Folder::new();
    folder.write("sub/old.md", "old");
    let mut changes = watch(&folder, &[]).await;
    let told = async |changes: &mut Changes| next(changes).await.unwrap().unwrap();
    folder.write("new.md", "new");
    told(&mut changes).await;
    folder.write("sub/old.md", "changed");
    told(&mut changes).await;
    fs::rename(folder.path("new.md"), folder.path("sub/moved.md")).unwrap();
    told(&mut changes).await;
    fs::remove_file(folder.path("sub/old.md")).unwrap();
    told(&mut changes).await;
    folder.write("made/later/deep.md", "deep");
    told(&mut changes).await;
}

#[tokio::test]
async fn what_is_left_out_is_no_change() {
    let folder = Folder::new();
    folder.write("drafts/a.md", "").write(".git/index", "");
    let mut changes = watch(&folder, &["drafts"]).await;
    folder.write("drafts/b.md", "draft").write(".git/index", "more").write(".hidden", "");
    let silent = timeout(Duration::from_millis(300), changes.next()).await;
    assert!(silent.is_err(), "{silent:?}");
    folder.write("a.md", "meant");
    next(&mut changes).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_folder_that_goes_away_ends_the_hints_with_the_reason() {
    let folder = Folder::new();
    let mut changes = watch(&folder, &[]).await;
    fs::remove_dir_all(folder.root()).unwrap();
    let error = loop {
        match next(&mut changes).await {
            Some(Ok(())) => {}
            Some(Err(error)) => break error,
            None => panic!("the hints ended without a reason"),
        }
    };
    assert!(error.is_transient(), "{error:?}");
    assert!(next(&mut changes).await.is_none());
    let mut again = watching(&folder, &[]).changes().unwrap();
    let error = next(&mut again).await.unwrap().unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_read_again() {
    let folder = Folder::new();
    folder.write("growing.log", vec![b'x'; 300_000]);
    let document = folder.document("growing.log").await;
    let mut body = document.content.open().await.unwrap();
    body.next().await.unwrap().unwrap();
    folder.write("growing.log", vec![b'y'; 300_001]);
    let rest: Vec<_> = body.collect().await;
    let error = rest.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(error, ReadError::Interrupted { .. }), "{error:?}");
    assert!(error.to_string().contains("changed while"), "{error}");
    let again: Vec<_> = document.content.open().await.unwrap().collect().await;
    let bytes: usize = again.into_iter().map(|piece| piece.unwrap().len()).sum();
    assert_eq!(bytes, 300_001);
}
