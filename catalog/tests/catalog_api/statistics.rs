//! Statistics: each outcome's counts, and that a job that is interrupted and resumed counts as one
//! that was not.

use catalog::{Outcome, OutcomeKind};
use corpus::{Document, IngestionJobId, IngestionJobStatus, JobStatistics, Metadata};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Fixture, failed, ignored, indexed_with, metadata, outcome, unchanged};

#[tokio::test]
async fn every_outcome_counts_as_defined() {
    let fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    for key in ["modified", "unchanged", "broken", "skipped", "deleted"] {
        fixture.index(Some(job), key).await;
    }
    let new = JobStatistics {
        documents_scanned: 5,
        new_documents_indexed: 5,
        chunks_indexed: 15,
        ..JobStatistics::default()
    };
    assert_eq!(fixture.statistics(job).await, new);
    fixture.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();

    let job = fixture.running_job().await;
    fixture.index(Some(job), "modified").await;
    fixture.index(Some(job), "new").await;
    let outcomes = vec![
        outcome("unchanged", unchanged()),
        outcome("broken", failed("page tree loops")),
        outcome("skipped", ignored("a picture")),
        outcome("deleted", OutcomeKind::Deleted),
        outcome("never there", OutcomeKind::Deleted),
    ];
    fixture.record(Some(job), outcomes).await;
    let mixed = JobStatistics {
        documents_scanned: 5,
        new_documents_indexed: 1,
        modified_documents_indexed: 1,
        documents_deleted: 1,
        documents_failed: 1,
        documents_skipped: 1,
        chunks_indexed: 6,
        ..JobStatistics::default()
    };
    assert_eq!(fixture.statistics(job).await, mixed);
    assert_eq!(fixture.job(job).await.failure_reasons, ["broken: page tree loops"]);
}

#[tokio::test]
async fn sidecars_count_apart() {
    let fixture = Fixture::new().await;
    let mut job = fixture.running_job().await;
    let mut check = async |sidecar: bool, topic: Option<&str>, expect: (u64, u64)| {
        let metadata = topic.map(metadata).unwrap_or_default();
        let what = indexed_with(fixture.begin("a").await, metadata);
        fixture.record(Some(job), vec![Outcome { sidecar, ..outcome("a", what) }]).await;
        let statistics = fixture.statistics(job).await;
        let counts =
            (statistics.metadata_documents_scanned, statistics.metadata_documents_modified);
        assert_eq!(counts, expect, "{sidecar} {topic:?}");
        fixture.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();
        job = fixture.running_job().await;
    };
    check(false, None, (0, 0)).await;
    // A new sidecar is scanned, and neither updated nor deleted.
    check(true, Some("x"), (1, 0)).await;
    check(true, Some("x"), (1, 0)).await;
    check(true, Some("y"), (1, 1)).await;
    check(false, None, (0, 1)).await;
    check(false, None, (0, 0)).await;
}

#[tokio::test]
async fn a_sidecar_that_is_deleted_counts_once() {
    let fixture = Fixture::new().await;
    let mut job = fixture.running_job().await;
    let mut check = async |key: &str, sidecar: bool, what: OutcomeKind, expect: (u64, u64)| {
        fixture.record(Some(job), vec![Outcome { sidecar, ..outcome(key, what) }]).await;
        let statistics = fixture.statistics(job).await;
        let counts =
            (statistics.metadata_documents_scanned, statistics.metadata_documents_modified);
        assert_eq!(counts, expect, "{key}");
        fixture.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();
        job = fixture.running_job().await;
    };
    // An empty sidecar: without it the document's content is the same.
    check("a", true, indexed_with(fixture.begin("a").await, Metadata::new()), (1, 0)).await;
    check("a", false, unchanged(), (0, 1)).await;
    check("a", false, unchanged(), (0, 0)).await;
    // It goes with its document.
    check("b", true, indexed_with(fixture.begin("b").await, metadata("x")), (1, 0)).await;
    check("b", true, unchanged(), (1, 0)).await;
    check("b", false, OutcomeKind::Deleted, (0, 1)).await;
    check("a", false, OutcomeKind::Deleted, (0, 0)).await;
}

#[tokio::test]
async fn the_reasons_of_documents_leave_room_for_the_job() {
    let fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    let outcomes = (0..300).map(|n| outcome(&format!("{n}"), failed("x"))).collect();
    fixture.record(Some(job), outcomes).await;
    let reasons = ["the source went away".to_owned()];
    fixture.catalog.finish_job(job, IngestionJobStatus::Failed, &reasons).await.unwrap();
    let kept = fixture.job(job).await;
    assert_eq!(kept.statistics.documents_failed, 300);
    assert_eq!(kept.failure_reasons.len(), 91);
    assert_eq!(kept.failure_reasons[90], "the source went away");
}

/// What becomes of a document, before it has a revision.
#[derive(Debug, Clone)]
enum Step {
    Index { topic: u8, sidecar: bool },
    Unchanged,
    Fail,
    Ignore,
    Delete,
}

/// The run of a job: batches of (document, step); after some of them the process is killed, and the
/// next one repeats from an earlier batch on.
#[derive(Debug, Clone)]
struct Plan {
    before: Vec<(u8, Step)>,
    batches: Vec<Vec<(u8, Step)>>,
    /// For each batch, how many batches are repeated after it.
    repeats: Vec<usize>,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..2_u8, any::<bool>()).prop_map(|(topic, sidecar)| Step::Index { topic, sidecar }),
        2 => Just(Step::Unchanged),
        1 => Just(Step::Fail),
        1 => Just(Step::Ignore),
        2 => Just(Step::Delete),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let batch = || vec((0..4_u8, step()), 1..5);
    (batch(), vec((batch(), 0..4_usize), 1..5)).prop_map(|(before, run)| {
        let (batches, repeats) = run.into_iter().unzip();
        Plan { before, batches, repeats }
    })
}

async fn apply(fixture: &Fixture, job: IngestionJobId, batch: &[(u8, Step)]) {
    let mut outcomes = Vec::new();
    for (document, step) in batch {
        let key = format!("document {document}");
        let mut with_sidecar = false;
        let what = match step {
            Step::Index { topic, sidecar } => {
                with_sidecar = *sidecar;
                indexed_with(fixture.begin(&key).await, metadata(&topic.to_string()))
            }
            Step::Unchanged => unchanged(),
            Step::Fail => failed("broken"),
            Step::Ignore => ignored("a picture"),
            Step::Delete => OutcomeKind::Deleted,
        };
        outcomes.push(Outcome { sidecar: with_sidecar, ..outcome(&key, what) });
    }
    fixture.record(Some(job), outcomes).await;
}

/// What is there at the end: statistics, reasons, and the documents without their revisions.
type End = (JobStatistics, Vec<String>, Vec<Document>);

async fn run(plan: &Plan, interrupted: bool) -> End {
    let mut fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    apply(&fixture, job, &plan.before).await;
    fixture.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();
    let job = fixture.running_job().await;
    for (done, batch) in plan.batches.iter().enumerate() {
        apply(&fixture, job, batch).await;
        let repeats = plan.repeats[done].min(done + 1);
        if interrupted && repeats > 0 {
            fixture.reopen().await;
            for batch in &plan.batches[done + 1 - repeats..=done] {
                apply(&fixture, job, batch).await;
            }
        }
    }
    let documents = documents(&fixture).await;
    check_garbage(&fixture, &documents).await;
    let mut shown: Vec<_> = documents
        .into_iter()
        .map(|document| Document {
            live_revision: document.live_revision.map(|_| corpus::Revision(0)),
            id: corpus::DocumentId::from_u128(0),
            knowledge_base_id: corpus::KnowledgeBaseId::from_random(0),
            data_source_id: corpus::DataSourceId::from_random(0),
            ..document
        })
        .collect();
    shown.sort_by(|a, b| a.key.cmp(&b.key));
    let job = fixture.job(job).await;
    (job.statistics, job.failure_reasons, shown)
}

async fn documents(fixture: &Fixture) -> Vec<Document> {
    let page = catalog::Page::default();
    fixture.catalog.documents(fixture.kb, fixture.ds, page).await.unwrap().items
}

/// Every revision that was begun is live or garbage, none both.
async fn check_garbage(fixture: &Fixture, documents: &[Document]) {
    let garbage = fixture.catalog.garbage(fixture.kb, 1_000).await.unwrap();
    fixture.catalog.take_over().await.unwrap();
    let everything = fixture.catalog.garbage(fixture.kb, 1_000).await.unwrap();
    for document in documents {
        let is_garbage = |revision| {
            everything.iter().any(|row| row.document == document.id && row.revision == revision)
        };
        if let Some(live) = document.live_revision {
            assert!(!is_garbage(live), "{document:?} is live and garbage");
        }
    }
    assert_eq!(garbage, everything, "something is being written still");
    for key in (0..4).map(|number| format!("document {number}")) {
        let live = documents.iter().find(|document| document.key.as_str() == key);
        let live = live.and_then(|document| document.live_revision);
        let mut revisions: Vec<_> = garbage
            .iter()
            .filter(|row| row.document == fixture.id(&key))
            .map(|row| row.revision)
            .collect();
        revisions.extend(live);
        let count = revisions.len();
        revisions.sort_unstable();
        revisions.dedup();
        assert_eq!(revisions.len(), count, "a revision of {key} was used twice");
        let next = fixture.begin(&key).await;
        assert!(revisions.iter().all(|revision| *revision < next), "{key}: {next:?} is not new");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_resumed_job_ends_as_one_that_was_not_interrupted(plan in plan()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (straight, resumed) = runtime.block_on(async {
            (run(&plan, false).await, run(&plan, true).await)
        });
        prop_assert_eq!(straight, resumed);
    }
}
