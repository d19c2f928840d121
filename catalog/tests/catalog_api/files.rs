//! The file: made, opened again, damaged, older, newer.

use std::fs;
use std::sync::Arc;

use catalog::{Catalog, CatalogError, Page};
use fixtures::clock::ManualClock;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::support::{Fixture, open, path};

async fn try_open(directory: &tempfile::TempDir) -> Result<Catalog, CatalogError> {
    Catalog::open(&path(directory), Arc::new(ManualClock::default())).await
}

async fn raw(directory: &tempfile::TempDir) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path(directory)).create_if_missing(true);
    SqlitePool::connect_with(options).await.unwrap()
}

#[tokio::test]
async fn a_file_is_opened_again() {
    let mut fixture = Fixture::new().await;
    let before = fixture.catalog.knowledge_bases(Page::default()).await.unwrap();
    fixture.index(None, "a").await;
    fixture.reopen().await;
    assert_eq!(fixture.catalog.knowledge_bases(Page::default()).await.unwrap(), before);
    assert!(fixture.is_live("a").await);
    fixture.catalog.ping().await.unwrap();
}

#[tokio::test]
async fn a_commit_is_synchronous_and_the_log_is_ahead() {
    let fixture = Fixture::new().await;
    // The mode is the file's own.
    let pool = raw(&fixture.directory).await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&pool).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_file_of_the_first_version_is_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let pool = raw(&directory).await;
    sqlx::migrate!("./migrations").run_to(1, &pool).await.unwrap();
    sqlx::query(
        "INSERT INTO knowledge_bases VALUES ('ABCDEFGHIJ', 1, 'old', NULL, 'arn', '{}', NULL, \
         'model', 'm/3', 'ACTIVE', '[]', '{\"k\":\"v\"}', 1700000000000000, 1700000000000001)",
    )
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query("UPDATE counters SET value = 1").execute(&pool).await.unwrap();
    pool.close().await;

    let catalog = open(&directory, &Arc::default()).await;
    let id = "ABCDEFGHIJ".parse().unwrap();
    let knowledge_base = catalog.knowledge_base(id).await.unwrap();
    assert_eq!(knowledge_base.name, "old");
    assert_eq!(knowledge_base.tags["k"], "v");
    assert_eq!(knowledge_base.updated_at.microsecond(), 1);
    let source = crate::support::data_source(id, "new");
    let source = catalog.create_data_source(source).await.unwrap();
    catalog.start_job(crate::support::job(id, source.id)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_names_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(path(&directory), "this is a text\n".repeat(1_000)).unwrap();
    let error = try_open(&directory).await.unwrap_err();
    assert!(matches!(error, CatalogError::Corrupt { .. }), "{error:?}");
    assert!(!error.is_transient());
    let text = error.to_string();
    assert!(text.contains("catalog.sqlite") && text.contains("restore it from a backup"), "{text}");
}

#[tokio::test]
async fn damage_in_the_middle_names_the_remedy() {
    let fixture = Fixture::new().await;
    let outcomes = (0..2_000)
        .map(|n| crate::support::outcome(&format!("{n}"), crate::support::failed("x")))
        .collect();
    fixture.record(None, outcomes).await;
    let pool = raw(&fixture.directory).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.unwrap();
    pool.close().await;
    let mut bytes = fs::read(fixture.path()).unwrap();
    // Enough that it is not only an index which nothing here reads.
    let quarter = bytes.len() / 4;
    bytes[quarter..].fill(0x5a);
    let directory = tempfile::tempdir().unwrap();
    fs::write(path(&directory), bytes).unwrap();

    // What is whole can be opened; what is damaged is told when it is met.
    let error = match try_open(&directory).await {
        Err(error) => error,
        Ok(catalog) => {
            let all = Page { limit: 1_000, after: None };
            let mut found = catalog.documents(fixture.kb, fixture.ds, all).await;
            while let Ok(page) = &found {
                let after = Some(page.next.clone().unwrap());
                let all = Page { limit: 1_000, after };
                found = catalog.documents(fixture.kb, fixture.ds, all).await;
            }
            found.unwrap_err()
        }
    };
    assert!(matches!(error, CatalogError::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let fixture = Fixture::new().await;
    let pool = raw(&fixture.directory).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let error = try_open(&fixture.directory).await.unwrap_err();
    assert!(matches!(error, CatalogError::WrongVersion { .. }), "{error:?}");
    assert!(error.to_string().contains("migration 9999"), "{error}");
}

#[tokio::test]
async fn a_directory_that_is_not_there_names_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing").join("catalog.sqlite");
    let error = Catalog::open(&path, Arc::new(ManualClock::default())).await.unwrap_err();
    assert!(matches!(error, CatalogError::CannotOpen { .. }), "{error:?}");
    assert!(error.to_string().contains("check that the directory exists"), "{error}");
}

#[tokio::test]
async fn a_write_that_is_given_up_changes_nothing_and_blocks_nobody() {
    let fixture = Fixture::new().await;
    for round in 0..40 {
        let new = crate::support::knowledge_base(&format!("given up {round}"));
        let catalog = fixture.catalog.clone();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { catalog.create_knowledge_base(new).await });
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        tasks.shutdown().await;
    }
    let after = crate::support::knowledge_base("after");
    fixture.catalog.create_knowledge_base(after).await.unwrap();
    let listed = fixture.catalog.knowledge_bases(Page::default()).await.unwrap().items;
    for knowledge_base in listed {
        assert_eq!(
            fixture.catalog.knowledge_base(knowledge_base.id).await.unwrap(),
            knowledge_base
        );
    }
}

#[tokio::test]
async fn a_closed_catalog_is_one_file_and_answers_no_more() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    fixture.catalog.close().await;
    let files: Vec<_> = fs::read_dir(fixture.directory.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let error = fixture.catalog.ping().await.unwrap_err();
    assert!(matches!(error, CatalogError::Unavailable(_)) && !error.is_transient(), "{error:?}");
}
