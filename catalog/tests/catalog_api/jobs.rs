//! The life of a job, its lease, and its listing.

use std::time::Duration;

use catalog::{
    CatalogError, Gone, JobQuery, JobSort, JobSortKey, NewJob, Order, OutcomeKind, Page,
};
use corpus::IngestionJobStatus::{Complete, Failed, InProgress, Starting, Stopped, Stopping};
use corpus::{IngestionJobId, IngestionJobStatus};

use crate::support::{
    Fixture, LEASE, OWNER, data_source, failed, is_conflict, is_not_found, job, outcome, unchanged,
};

#[tokio::test]
async fn a_job_is_started_claimed_and_finished() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    assert_eq!(catalog.claim_job(OWNER, LEASE).await.unwrap(), None);

    let started = fixture.start_job().await;
    assert_eq!(started.status, Starting);
    assert_eq!(fixture.job(started.id).await, started);
    assert!(is_conflict(&catalog.start_job(job(fixture.kb, fixture.ds)).await));

    let claimed = catalog.claim_job(OWNER, LEASE).await.unwrap().unwrap();
    assert_eq!((claimed.id, claimed.status), (started.id, InProgress));
    assert_eq!(catalog.claim_job("other", LEASE).await.unwrap(), None);
    assert!(is_conflict(&catalog.start_job(job(fixture.kb, fixture.ds)).await));

    catalog.set_documents_listed(started.id, 12).await.unwrap();
    assert_eq!(fixture.job(started.id).await.documents_listed, Some(12));

    catalog.finish_job(started.id, Complete, &[]).await.unwrap();
    assert_eq!(fixture.job(started.id).await.status, Complete);
    assert!(is_conflict(&catalog.finish_job(started.id, Failed, &[]).await));
    assert_eq!(catalog.claim_job(OWNER, LEASE).await.unwrap(), None);
    fixture.start_job().await;
}

#[tokio::test]
async fn an_unknown_job_is_named() {
    let fixture = Fixture::new().await;
    let unknown: IngestionJobId = "ZZZZZZZZZZ".parse().unwrap();
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    assert!(is_not_found(&catalog.job(kb, ds, unknown).await, "ingestion job"));
    assert!(is_not_found(&catalog.stop_job(kb, ds, unknown).await, "ingestion job"));
    assert!(is_not_found(&catalog.set_documents_listed(unknown, 1).await, "ingestion job"));
    assert!(is_conflict(&catalog.finish_job(unknown, Complete, &[]).await));
    assert!(is_conflict(&catalog.renew_lease(unknown, OWNER, LEASE).await));
}

#[tokio::test]
async fn a_job_does_not_end_in_the_middle() {
    let fixture = Fixture::new().await;
    let id = fixture.running_job().await;
    assert!(is_conflict(&fixture.catalog.finish_job(id, Stopping, &[]).await));
    assert_eq!(fixture.job(id).await.status, InProgress);
}

#[tokio::test]
async fn a_client_token_starts_one_job() {
    let fixture = Fixture::new().await;
    let mut new = job(fixture.kb, fixture.ds);
    new.client_token = Some("token".to_owned());
    let first = fixture.catalog.start_job(new.clone()).await.unwrap();
    assert_eq!(fixture.catalog.start_job(new.clone()).await.unwrap(), first);
    fixture.catalog.stop_job(fixture.kb, fixture.ds, first.id).await.unwrap();
    let again = fixture.catalog.start_job(new).await.unwrap();
    assert_eq!((again.id, again.status), (first.id, Stopped));
}

#[tokio::test]
async fn a_waiting_job_stops_at_once_and_a_running_one_by_its_worker() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let waiting = fixture.start_job().await.id;
    assert_eq!(catalog.stop_job(kb, ds, waiting).await.unwrap().status, Stopped);
    assert!(is_conflict(&catalog.stop_job(kb, ds, waiting).await));

    let running = fixture.running_job().await;
    assert_eq!(catalog.renew_lease(running, OWNER, LEASE).await.unwrap(), InProgress);
    assert_eq!(catalog.stop_job(kb, ds, running).await.unwrap().status, Stopping);
    assert_eq!(catalog.stop_job(kb, ds, running).await.unwrap().status, Stopping);
    assert_eq!(catalog.renew_lease(running, OWNER, LEASE).await.unwrap(), Stopping);
    catalog.finish_job(running, Stopped, &[]).await.unwrap();
    assert!(is_conflict(&catalog.renew_lease(running, OWNER, LEASE).await));
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let nearly = LEASE.checked_sub(Duration::from_micros(1)).unwrap();
    let id = fixture.running_job().await;
    fixture.clock.advance(nearly);
    assert_eq!(catalog.claim_job("other", LEASE).await.unwrap(), None);
    catalog.renew_lease(id, OWNER, LEASE).await.unwrap();
    fixture.clock.advance(nearly);
    assert_eq!(catalog.claim_job("other", LEASE).await.unwrap(), None);
    fixture.clock.advance(Duration::from_micros(1));
    let taken = catalog.claim_job("other", LEASE).await.unwrap().unwrap();
    assert_eq!((taken.id, taken.status), (id, InProgress));
    assert!(is_conflict(&catalog.renew_lease(id, OWNER, LEASE).await));
    assert_eq!(catalog.renew_lease(id, "other", LEASE).await.unwrap(), InProgress);
}

#[tokio::test]
async fn a_stopping_job_stays_stopping_when_it_is_taken_over() {
    let fixture = Fixture::new().await;
    let id = fixture.running_job().await;
    fixture.catalog.stop_job(fixture.kb, fixture.ds, id).await.unwrap();
    fixture.clock.advance(LEASE);
    let taken = fixture.catalog.claim_job("other", LEASE).await.unwrap().unwrap();
    assert_eq!((taken.id, taken.status), (id, Stopping));
}

#[tokio::test]
async fn leases_are_released_at_the_start() {
    let mut fixture = Fixture::new().await;
    let id = fixture.running_job().await;
    fixture.reopen().await;
    let catalog = &fixture.catalog;
    assert_eq!(catalog.claim_job("next", LEASE).await.unwrap(), None);
    assert_eq!(catalog.release_leases().await.unwrap(), 1);
    assert_eq!(catalog.release_leases().await.unwrap(), 0);
    assert_eq!(catalog.claim_job("next", LEASE).await.unwrap().unwrap().id, id);
}

#[tokio::test]
async fn the_oldest_job_is_claimed_first() {
    let fixture = Fixture::new().await;
    let (kb, catalog) = (fixture.kb, &fixture.catalog);
    let first = fixture.start_job().await.id;
    let other = catalog.create_data_source(data_source(kb, "other")).await.unwrap().id;
    let second = catalog.start_job(job(kb, other)).await.unwrap().id;
    assert_eq!(catalog.claim_job(OWNER, LEASE).await.unwrap().unwrap().id, first);
    assert_eq!(catalog.claim_job(OWNER, LEASE).await.unwrap().unwrap().id, second);
}

#[tokio::test]
async fn what_is_being_removed_stops_its_jobs_and_starts_none() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let running = fixture.running_job().await;
    catalog.delete_data_source(kb, ds).await.unwrap();
    assert_eq!(fixture.job(running).await.status, Stopping);
    assert!(is_conflict(&catalog.start_job(job(kb, ds)).await));

    let other = catalog.create_data_source(data_source(kb, "other")).await.unwrap().id;
    let waiting = catalog.start_job(job(kb, other)).await.unwrap().id;
    catalog.delete_knowledge_base(kb).await.unwrap();
    assert_eq!(catalog.job(kb, other, waiting).await.unwrap().status, Stopped);
    assert_eq!(catalog.claim_job("other", LEASE).await.unwrap(), None);
    catalog.forget_knowledge_base(kb).await.unwrap();
    assert!(is_conflict(&catalog.renew_lease(running, OWNER, LEASE).await));
}

#[tokio::test]
async fn failure_reasons_are_bounded() {
    let fixture = Fixture::new().await;
    let id = fixture.running_job().await;
    let reasons: Vec<String> = (0..150).map(|n| format!("{n} {}", "é".repeat(3_000))).collect();
    fixture.catalog.finish_job(id, Failed, &reasons).await.unwrap();
    let kept = fixture.job(id).await.failure_reasons;
    assert_eq!(kept.len(), 100);
    assert!(kept[99].starts_with("99 "));
    assert!(kept.iter().all(|reason| reason.chars().count() == 2048));
}

#[tokio::test]
async fn starting_stopping_and_deleting_wake_the_worker() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let woken = || async {
        // Within far less than the interval after which it returns anyway.
        tokio::time::timeout(Duration::from_secs(1), catalog.work()).await.is_ok()
    };
    let id = fixture.start_job().await.id;
    assert!(woken().await);
    catalog.stop_job(kb, ds, id).await.unwrap();
    assert!(woken().await);
    catalog.delete_data_source(kb, ds).await.unwrap();
    assert!(woken().await);
    catalog.delete_knowledge_base(kb).await.unwrap();
    assert!(woken().await);
}

/// Jobs that ended as these, oldest first.
async fn ended(fixture: &Fixture, statuses: &[IngestionJobStatus]) -> Vec<IngestionJobId> {
    let mut ids = Vec::new();
    for status in statuses {
        let id = fixture.running_job().await;
        fixture.catalog.finish_job(id, *status, &[]).await.unwrap();
        fixture.clock.advance(Duration::from_secs(1));
        ids.push(id);
    }
    ids
}

async fn all_pages(fixture: &Fixture, query: JobQuery) -> Vec<IngestionJobId> {
    let mut query = JobQuery { page: Page { limit: 2, after: None }, ..query };
    let mut ids = Vec::new();
    loop {
        let page = fixture.catalog.jobs(fixture.kb, fixture.ds, query.clone()).await.unwrap();
        ids.extend(page.items.iter().map(|job| job.id));
        query.page.after = page.next;
        if query.page.after.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn jobs_are_listed_filtered_and_sorted() {
    let fixture = Fixture::new().await;
    let ids = ended(&fixture, &[Complete, Stopped, Failed, Complete, Stopped]).await;
    let check = async |by, order, statuses: Option<&[IngestionJobStatus]>, expect: &[usize]| {
        let statuses = statuses.map(<[_]>::to_vec);
        let query = JobQuery { statuses, sort: JobSort { by, order }, page: Page::default() };
        let expect: Vec<_> = expect.iter().map(|index| ids[*index]).collect();
        assert_eq!(all_pages(&fixture, query).await, expect, "{by:?} {order:?}");
    };
    check(JobSortKey::StartedAt, Order::Descending, None, &[4, 3, 2, 1, 0]).await;
    check(JobSortKey::StartedAt, Order::Ascending, None, &[0, 1, 2, 3, 4]).await;
    check(JobSortKey::Status, Order::Ascending, None, &[0, 3, 2, 1, 4]).await;
    check(JobSortKey::Status, Order::Descending, None, &[4, 1, 2, 3, 0]).await;
    let some = Some([Failed, Stopped].as_slice());
    check(JobSortKey::StartedAt, Order::Ascending, some, &[1, 2, 4]).await;
    check(JobSortKey::Status, Order::Ascending, Some(&[]), &[]).await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let fixture = Fixture::new().await;
    ended(&fixture, &[Complete, Stopped]).await;
    let mut query = JobQuery { page: Page { limit: 1, after: None }, ..JobQuery::default() };
    query.page.after =
        fixture.catalog.jobs(fixture.kb, fixture.ds, query.clone()).await.unwrap().next;
    query.sort.order = Order::Ascending;
    let result = fixture.catalog.jobs(fixture.kb, fixture.ds, query).await;
    assert!(matches!(result, Err(CatalogError::BadCursor)), "{result:?}");
}

#[tokio::test]
async fn what_was_there_before_a_job_is_counted_once() {
    let fixture = Fixture::new().await;
    for key in ["a", "b", "c"] {
        fixture.index(None, key).await;
    }
    fixture.record(None, vec![outcome("d", failed("locked"))]).await;
    let new = NewJob { accepts_deletions: true, ..job(fixture.kb, fixture.ds) };
    let job = fixture.catalog.start_job(new).await.unwrap();
    assert!(job.accepts_deletions);
    assert!(fixture.catalog.claim_job(OWNER, LEASE).await.unwrap().unwrap().accepts_deletions);
    let before = async || fixture.catalog.documents_before(job.id).await.unwrap();
    let unseen =
        async || fixture.catalog.losses(fixture.ds, Gone::Unseen(job.id)).await.unwrap().lost;
    assert_eq!((before().await, unseen().await), (3, 3));
    let outcomes = vec![outcome("a", unchanged()), outcome("b", OutcomeKind::Deleted)];
    fixture.record(Some(job.id), outcomes).await;
    fixture.index(None, "e").await;
    assert_eq!((before().await, unseen().await), (3, 2), "resumed, it counts as it did");
}
