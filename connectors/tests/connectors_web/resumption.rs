//! Crawls that are cut off: the next one goes on, and loses nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use corpus::DocumentKey;
use fixtures::web_sites::Reply;

use crate::support::World;

async fn world() -> World {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.checkpoint = 5;
    for n in 0..60 {
        let links = [format!("/{}", n * 2 + 1), format!("/{}", n * 2 + 2)];
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        world.page(&format!("a.example/{n}"), if n < 29 { &links } else { &[] });
    }
    world.page("a.example/", &["/0"]);
    world
}

#[tokio::test]
async fn a_crawl_that_was_cut_off_goes_on_where_it_was() {
    for cut in [1, 2, 7, 23, 41, 59] {
        let world = world().await;
        let first = world.crawl_until(cut).await;
        assert!(!first.is_complete);
        world.sites.forget_visitors();
        let second = world.crawl().await;
        assert!(second.is_complete && second.deleted.is_empty(), "{second:?}");
        let mut all: BTreeSet<&str> = second.seen.iter().map(String::as_str).collect();
        assert!(all.iter().all(|seen| first.documents.contains_key(*seen)));
        all.extend(second.documents.keys().map(String::as_str));
        assert_eq!(all.len(), 60, "cut off after {cut}");
        // No more is fetched again than what came since the last checkpoint.
        let again = second.documents.keys().filter(|key| first.documents.contains_key(*key));
        assert!(again.count() <= 5 + 1, "cut off after {cut}");
        let third = world.crawl().await;
        assert_eq!(third.documents.len(), 60);
        assert!(third.seen.is_empty());
    }
}

#[tokio::test]
async fn what_failed_to_be_ingested_is_fetched_again_all_the_same() {
    let world = world().await;
    let first = world.crawl_until(30).await;
    let unsettled = "http://a.example/1";
    assert!(first.documents.contains_key(unsettled));
    world.state.set_unsettled([DocumentKey::new(unsettled)]);
    let second = world.crawl().await;
    assert!(
        second.documents.contains_key(unsettled) && !second.seen.iter().any(|s| s == unsettled)
    );
    assert!(second.is_complete);
}

#[tokio::test]
async fn another_configuration_begins_anew() {
    let mut world = world().await;
    world.crawl_until(30).await;
    world.source.exclusion_filters = vec!["/58$".to_owned()];
    let found = world.crawl().await;
    assert!(found.seen.is_empty() && found.is_complete);
    assert_eq!(found.documents.len(), 59);
}

#[tokio::test]
async fn a_crawl_that_was_cut_off_long_ago_begins_anew() {
    let mut world = world().await;
    world.crawl_until(30).await;
    world.limits.resume = Duration::ZERO;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let found = world.crawl().await;
    assert!(found.seen.is_empty());
    assert_eq!(found.documents.len(), 60);
}

#[tokio::test]
async fn a_seed_that_moved_is_remembered() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.checkpoint = 1;
    world.sites.put("a.example/", Reply::redirect(301, "http://b.example/"));
    world.page("b.example/", &["/1", "/2"]).page("b.example/1", &["/3"]);
    world.page("b.example/2", &[]).page("b.example/3", &[]);
    world.crawl_until(2).await;
    let found = world.crawl().await;
    assert!(found.is_complete);
    assert_eq!(found.documents.len() + found.seen.len(), 4, "{found:?}");
}
