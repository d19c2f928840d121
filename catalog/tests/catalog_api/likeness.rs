//! Duplicates: whatever happened before, what is live follows from the texts that are there.
//!
//! A text is a set of lines here, each with a bit of the simhash: two texts are alike where their
//! sets differ by three lines at most, and one is within the other where its lines are.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Likeness, Outcome, OutcomeKind, Page};
use corpus::{
    ChangeKey, ContentHash, Document, DocumentKey, DocumentStatus, IngestionJobId,
    IngestionJobStatus,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Fixture, failed, indexed, location, outcome};

/// The lines of a text, as bits.
type Text = u8;

/// Keys of different lengths: the shorter, the better.
const KEYS: [&str; 6] = ["/long/e", "/long/d", "/c/c", "/c/b", "/a", "/"];

fn likeness(text: Text) -> Likeness {
    let lines: Vec<u64> = (0..8).filter(|line| text >> line & 1 == 1).collect();
    Likeness {
        text: ContentHash::of(&[text]),
        words: 50 + u64::from(text.count_ones()),
        // The last line makes a text short: then only the same one is a duplicate.
        simhash: (text < 128)
            .then(|| lines.iter().fold(0, |simhash, line| simhash | 1 << (9 * line))),
        lines,
    }
}

/// Which documents of a site stand for themselves, by the definition.
fn standing(site: &BTreeMap<&'static str, Text>) -> BTreeSet<&'static str> {
    let mut order: Vec<_> = site.iter().map(|(key, text)| (*key, likeness(*text))).collect();
    order.sort_by_key(|(key, likeness)| (u64::MAX - likeness.words, key.len(), *key));
    let mut standing: Vec<(&str, Likeness)> = Vec::new();
    for (key, likeness) in order {
        if !standing.iter().any(|(_, other)| likeness.is_within(other)) {
            standing.push((key, likeness));
        }
    }
    standing.into_iter().map(|(key, _)| key).collect()
}

#[derive(Debug, Clone)]
enum Step {
    /// A page appears or changes, and is read. What the first look said may be out of date.
    Put { key: usize, text: Text, stale: bool },
    /// A page is gone, and that is noticed.
    Remove(usize),
    /// A page cannot be read.
    Fail(usize),
    /// Several of them at once.
    Together(Vec<Step>),
    /// The process is killed and started again.
    Restart,
    /// The job ends, and another begins.
    NextJob,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..KEYS.len();
    // Few texts, so that they meet.
    let text = prop_oneof![
        4 => prop::sample::select(vec![0b1_u8, 0b11, 0b111, 0b1111, 0b1_1111, 0b11_1111]),
        1 => prop::sample::select(vec![0b101_u8, 0b1_0101, 0b1000_0001]),
    ];
    let single = prop_oneof![
        6 => (key(), text, any::<bool>()).prop_map(|(key, text, stale)| Step::Put { key, text, stale }),
        2 => key().prop_map(Step::Remove),
        1 => key().prop_map(Step::Fail),
    ];
    prop_oneof![
        4 => single.clone(),
        2 => vec(single, 2..5).prop_map(Step::Together),
        1 => Just(Step::Restart),
        1 => Just(Step::NextJob),
    ]
}

struct World {
    fixture: Fixture,
    job: IngestionJobId,
    site: BTreeMap<&'static str, Text>,
}

impl World {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let job = fixture.running_job().await;
        Self { fixture, job, site: BTreeMap::new() }
    }

    /// As ingestion does: a first look, and a revision where that finds nothing.
    async fn read(&self, key: &str, stale: bool) -> Outcome {
        let likeness = likeness(self.site[key]);
        let document = DocumentKey::new(key);
        let original = self.fixture.catalog.original(self.fixture.ds, &document, &likeness);
        let what = if original.await.unwrap().is_some() == stale {
            let OutcomeKind::Indexed {
                revision,
                chunk_count,
                content_hash,
                metadata,
                recipe,
                partial,
                note,
                ..
            } = indexed(self.fixture.begin(key).await)
            else {
                unreachable!()
            };
            OutcomeKind::Indexed {
                revision,
                chunk_count,
                content_hash,
                change_key: self.change_key(key),
                metadata,
                recipe,
                partial,
                note,
                likeness: Some(likeness),
            }
        } else {
            OutcomeKind::Duplicate { likeness, change_key: self.change_key(key) }
        };
        outcome(key, what)
    }

    fn change_key(&self, key: &str) -> Option<ChangeKey> {
        Some(ChangeKey::of_content(self.site[key].to_string()))
    }

    async fn outcome(&mut self, step: &Step) -> Option<Outcome> {
        match step {
            Step::Put { key, text, stale } => {
                let key = KEYS[*key];
                self.site.insert(key, *text);
                Some(self.read(key, *stale).await)
            }
            Step::Remove(key) => {
                self.site.remove(KEYS[*key])?;
                Some(outcome(KEYS[*key], OutcomeKind::Deleted))
            }
            Step::Fail(key) => {
                self.site.get(KEYS[*key])?;
                Some(outcome(KEYS[*key], failed("no answer")))
            }
            Step::Together(_) | Step::Restart | Step::NextJob => None,
        }
    }

    async fn take(&mut self, step: &Step) {
        match step {
            Step::Restart => {
                self.fixture.reopen().await;
                self.fixture.catalog.take_over().await.unwrap();
                let claimed = self.fixture.catalog.claim_job("next", crate::support::LEASE).await;
                assert_eq!(claimed.unwrap().unwrap().id, self.job);
            }
            Step::NextJob => {
                let ended = IngestionJobStatus::Complete;
                self.fixture.catalog.finish_job(self.job, ended, &[]).await.unwrap();
                self.job = self.fixture.running_job().await;
            }
            Step::Together(steps) => {
                let mut outcomes = Vec::new();
                // One outcome a document, as in ingestion.
                let mut keys = BTreeSet::new();
                for step in steps {
                    let (Step::Put { key, .. } | Step::Remove(key) | Step::Fail(key)) = step else {
                        continue;
                    };
                    if keys.insert(*key) {
                        outcomes.extend(self.outcome(step).await);
                    }
                }
                self.fixture.record(Some(self.job), outcomes).await;
            }
            single => {
                let outcome = self.outcome(single).await;
                self.fixture.record(Some(self.job), outcome.into_iter().collect()).await;
            }
        }
        self.check().await;
    }

    async fn documents(&self) -> Vec<Document> {
        let Fixture { catalog, kb, ds, .. } = &self.fixture;
        catalog.documents(*kb, *ds, Page::default()).await.unwrap().items
    }

    /// What holds after every transaction.
    async fn check(&self) {
        let documents = self.documents().await;
        let keys: BTreeSet<&str> = documents.iter().map(|document| document.key.as_str()).collect();
        assert_eq!(keys, self.site.keys().copied().collect(), "a document is not accounted for");
        let due = self.fixture.catalog.due_again(self.fixture.ds, None, 100).await.unwrap();
        for document in &documents {
            match (document.status, document.live_revision) {
                (DocumentStatus::Indexed, Some(_)) | (DocumentStatus::Failed, _) => {}
                (DocumentStatus::Ignored, None) => {
                    let reason = document.status_reason.as_deref().unwrap();
                    let original = documents
                        .iter()
                        .find(|other| reason == format!("duplicate of {}", other.location.uri()))
                        .unwrap_or_else(|| panic!("{reason}: there is no such document"));
                    assert_ne!(original.status, DocumentStatus::Ignored, "{documents:?}");
                }
                (DocumentStatus::Pending, None) => {
                    assert!(due.contains(&document.key), "{document:?} is never read again");
                    assert_eq!(document.change_key, None, "it is taken for unchanged");
                }
                other => panic!("{other:?}: {document:?}"),
            }
        }
    }

    /// A whole sync of the site, and what is due by it.
    async fn sync(&mut self) {
        self.take(&Step::NextJob).await;
        let keys: Vec<_> = self.site.keys().copied().collect();
        for key in keys {
            let document = self.fixture.document(key).await.unwrap();
            let is_settled =
                matches!(document.status, DocumentStatus::Indexed | DocumentStatus::Ignored);
            let change_key = self.change_key(key);
            let outcome = if is_settled && document.change_key == change_key {
                outcome(key, OutcomeKind::Unchanged { change_key })
            } else {
                self.read(key, false).await
            };
            self.fixture.record(Some(self.job), vec![outcome]).await;
            self.check().await;
        }
        loop {
            let due = self.fixture.catalog.due_again(self.fixture.ds, None, 100).await.unwrap();
            let Some(key) = due.first() else { return };
            let outcome = self.read(key.as_str(), false).await;
            self.fixture.record(Some(self.job), vec![outcome]).await;
            self.check().await;
        }
    }

    /// What a fresh sync would come to.
    async fn check_end(&self) {
        let documents = self.documents().await;
        let live: BTreeSet<&str> = documents
            .iter()
            .filter(|document| document.live_revision.is_some())
            .map(|document| document.key.as_str())
            .collect();
        assert_eq!(live, standing(&self.site), "{:?}", self.site);
        let left_out = |document: &&Document| document.status == DocumentStatus::Ignored;
        let skipped = documents.iter().filter(left_out).count() as u64;
        let statistics = self.fixture.statistics(self.job).await;
        assert_eq!(statistics.documents_skipped, skipped, "{statistics:?}");
        assert_eq!(statistics.documents_failed, 0, "{statistics:?}");
        assert_eq!(statistics.documents_scanned, documents.len() as u64, "{statistics:?}");
        let indexed = statistics.new_documents_indexed + statistics.modified_documents_indexed;
        assert!(indexed <= live.len() as u64, "{statistics:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_live_follows_from_the_texts(steps in vec(step(), 1..14)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in &steps {
                world.take(step).await;
            }
            world.sync().await;
            world.check_end().await;
        });
    }
}

/// Records some pages, each as if it had been looked at before all others came.
async fn crawl(pages: &[(&'static str, Text)]) -> World {
    let mut world = World::new().await;
    for (key, text) in pages {
        world.site.insert(key, *text);
    }
    let mut outcomes = Vec::new();
    for (key, _) in pages {
        outcomes.push(world.read(key, false).await);
    }
    world.fixture.record(Some(world.job), outcomes).await;
    world.check().await;
    world
}

#[tokio::test]
async fn twins_that_come_at_the_same_moment_end_as_one() {
    let world = crawl(&[("/long/e", 0b111), ("/c/c", 0b111), ("/a", 0b111)]).await;
    let statistics = world.fixture.statistics(world.job).await;
    assert_eq!((statistics.new_documents_indexed, statistics.documents_skipped), (1, 2));
    world.check_end().await;
    let twin = world.fixture.document("/c/c").await.unwrap();
    let original = location("/a").uri().to_owned();
    assert_eq!(twin.status_reason, Some(format!("duplicate of {original}")));
    assert!(world.fixture.is_live("/a").await && !world.fixture.is_live("/long/e").await);
}

#[tokio::test]
async fn the_end_of_a_chain_stays_where_its_neighbour_does_not() {
    // Each is alike to the next; the last is too far from the first.
    let world = crawl(&[("/a", 0b1_1111), ("/c/b", 0b111), ("/c/c", 0b1)]).await;
    world.check_end().await;
    assert!(world.fixture.is_live("/c/c").await && !world.fixture.is_live("/c/b").await);
}

#[tokio::test]
async fn a_duplicate_outlives_its_original_in_the_same_job() {
    let mut world = crawl(&[("/a", 0b111), ("/c/b", 0b111), ("/c/c", 0b111)]).await;
    world.site.insert("/a", 0b100_0000);
    let changed = world.read("/a", false).await;
    world.fixture.record(Some(world.job), vec![changed]).await;
    world.check().await;
    let due = world.fixture.catalog.due_again(world.fixture.ds, None, 9).await.unwrap();
    assert_eq!(due, [DocumentKey::new("/c/b")], "one of two twins is read again");
    let again = world.read("/c/b", false).await;
    world.fixture.record(Some(world.job), vec![again]).await;
    world.check_end().await;
    let statistics = world.fixture.statistics(world.job).await;
    assert_eq!((statistics.new_documents_indexed, statistics.documents_skipped), (2, 1));
}

#[tokio::test]
async fn a_duplicate_that_cannot_be_read_again_makes_way_for_the_next() {
    let mut world = crawl(&[("/a", 0b111), ("/c/b", 0b111), ("/c/c", 0b111)]).await;
    world.site.remove("/a");
    let deleted = outcome("/a", OutcomeKind::Deleted);
    world.fixture.record(Some(world.job), vec![deleted]).await;
    world.fixture.record(Some(world.job), vec![outcome("/c/b", failed("no answer"))]).await;
    let due = world.fixture.catalog.due_again(world.fixture.ds, None, 9).await.unwrap();
    assert_eq!(due, [DocumentKey::new("/c/c")]);
    let job = world.fixture.job(world.job).await;
    assert_eq!((job.statistics.documents_failed, job.statistics.documents_skipped), (1, 1));
    assert_eq!(job.failure_reasons, ["/c/b: no answer"]);
}

#[tokio::test]
async fn what_is_kept_again_is_read_again() {
    let world = crawl(&[("/a", 0b111), ("/c/b", 0b111)]).await;
    let Fixture { catalog, ds, .. } = &world.fixture;
    catalog.keep_duplicates(*ds).await.unwrap();
    let twin = world.fixture.document("/c/b").await.unwrap();
    assert_eq!((twin.status, twin.change_key), (DocumentStatus::Pending, None));
    assert!(world.fixture.document("/a").await.unwrap().change_key.is_some());
    // And back: what was never compared is read anew.
    catalog.compare_documents(*ds).await.unwrap();
    let original = world.fixture.document("/a").await.unwrap();
    assert_eq!((original.change_key, original.content_hash), (None, None));
}
