//! When data sources are due, over restarts and changes.

use std::time::Duration;

use catalog::{DataSourceUpdate, NewDataSource};
use corpus::{DataDeletionPolicy, DataSource, DataSourceId, Synchronisation};
use time::macros::datetime;

use crate::support::{Fixture, data_source};

const HOUR: Duration = Duration::from_hours(1);

fn scheduled(fixture: &Fixture, name: &str, schedule: Option<&str>) -> NewDataSource {
    let schedule = schedule.map(|schedule| schedule.parse().unwrap());
    let synchronisation = Synchronisation { schedule, ..Synchronisation::default() };
    NewDataSource { synchronisation, ..data_source(fixture.kb, name) }
}

fn update(of: &DataSource, schedule: Option<&str>) -> DataSourceUpdate {
    DataSourceUpdate {
        name: of.name.clone(),
        description: None,
        configuration: of.configuration.clone(),
        vector_ingestion_configuration: None,
        source: of.source.clone(),
        synchronisation: Synchronisation {
            schedule: schedule.map(|schedule| schedule.parse().unwrap()),
            ..Synchronisation::default()
        },
        data_deletion_policy: Some(DataDeletionPolicy::Delete),
        encryption_configuration: None,
    }
}

async fn due(fixture: &Fixture) -> Vec<DataSourceId> {
    let due = fixture.catalog.due_data_sources().await.unwrap();
    due.into_iter().map(|one| one.id).collect()
}

async fn next(fixture: &Fixture, id: DataSourceId) -> Option<time::OffsetDateTime> {
    let summary = fixture.catalog.summary(fixture.kb).await.unwrap();
    let found = summary.data_sources.into_iter().find(|one| one.data_source.id == id);
    found.unwrap().next_sync_at
}

#[tokio::test]
async fn what_was_missed_is_due_once_also_after_a_restart() {
    let mut fixture = Fixture::new().await;
    let new = scheduled(&fixture, "nightly", Some("0 * * * *"));
    let id = fixture.catalog.create_data_source(new).await.unwrap().id;
    assert_eq!(next(&fixture, fixture.ds).await, None);
    assert_eq!(next(&fixture, id).await, Some(datetime!(2026-01-02 04:00 UTC)));
    assert!(due(&fixture).await.is_empty());

    fixture.clock.advance(5 * HOUR);
    fixture.reopen().await;
    assert_eq!(due(&fixture).await, [id]);
    assert_eq!(due(&fixture).await, [id], "until it is moved on");
    fixture.catalog.await_next_sync(fixture.kb, id).await.unwrap();
    assert!(due(&fixture).await.is_empty());
    assert_eq!(next(&fixture, id).await, Some(datetime!(2026-01-02 09:00 UTC)));
}

#[tokio::test]
async fn an_update_of_the_schedule_decides_anew_and_any_other_does_not() {
    let fixture = Fixture::new().await;
    let new = scheduled(&fixture, "nightly", Some("0 * * * *"));
    let created = fixture.catalog.create_data_source(new).await.unwrap();
    let (kb, id) = (fixture.kb, created.id);
    fixture.clock.advance(HOUR);
    let same = update(&created, Some("0 * * * *"));
    fixture.catalog.update_data_source(kb, id, same).await.unwrap();
    assert_eq!(due(&fixture).await, [id], "a missed moment is not lost");
    let weekly = update(&created, Some("0 3 * * MON"));
    fixture.catalog.update_data_source(kb, id, weekly).await.unwrap();
    assert!(due(&fixture).await.is_empty());
    assert_eq!(next(&fixture, id).await, Some(datetime!(2026-01-05 03:00 UTC)));
    fixture.catalog.update_data_source(kb, id, update(&created, None)).await.unwrap();
    assert_eq!(next(&fixture, id).await, None);
}

#[tokio::test]
async fn what_is_being_removed_is_neither_due_nor_available() {
    let fixture = Fixture::new().await;
    let new = scheduled(&fixture, "nightly", Some("0 * * * *"));
    let id = fixture.catalog.create_data_source(new).await.unwrap().id;
    let available = async || {
        let all = fixture.catalog.available_data_sources().await.unwrap();
        all.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(available().await, [fixture.ds, id]);
    fixture.clock.advance(HOUR);
    fixture.catalog.delete_data_source(fixture.kb, id).await.unwrap();
    assert!(due(&fixture).await.is_empty());
    assert_eq!(available().await, [fixture.ds]);
    fixture.catalog.delete_knowledge_base(fixture.kb).await.unwrap();
    assert!(available().await.is_empty());
    let unknown: DataSourceId = "ZZZZZZZZZZ".parse().unwrap();
    fixture.catalog.await_next_sync(fixture.kb, unknown).await.unwrap();
}
