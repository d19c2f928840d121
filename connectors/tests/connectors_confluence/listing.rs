//! Listings: pages of pages, caps, repetitions, troubles.

use fixtures::confluence_server::{Flavour, ItemKind};

use crate::support::Site;

fn fill(site: &Site, pages: usize) {
    site.change(|wiki| {
        for number in 100..100 + pages {
            wiki.add(ItemKind::Page, &number.to_string(), &format!("Page {number}"), "1", None);
        }
    });
}

#[tokio::test]
async fn every_page_is_found_once_whatever_the_server_caps() {
    for flavour in [Flavour::Cloud, Flavour::DataCenter] {
        for cap in [250, 50, 7] {
            let site = Site::start(flavour).await;
            fill(&site, 60);
            site.change(|wiki| wiki.page_size = cap);
            let found = site.found().await;
            assert_eq!(found.len(), 61, "{flavour:?} {cap}");
            assert_eq!(found.last().unwrap(), "complete");
        }
    }
}

#[tokio::test]
async fn listings_ask_for_no_body() {
    for site in Site::both().await {
        site.found().await;
        for request in site.server.received("") {
            assert_eq!(request.parameter("body-format"), None, "{request:?}");
            assert!(
                !request.parameter("expand").unwrap_or_default().contains("body"),
                "{request:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error_and_no_loop() {
    for flavour in [Flavour::Cloud, Flavour::DataCenter] {
        let site = Site::start(flavour).await;
        fill(&site, 10);
        site.change(|wiki| {
            wiki.page_size = 5;
            wiki.repeats = true;
        });
        let error = site.error().await;
        assert!(error.contains("a listing repeats its page"), "{error}");
        assert!(site.server.received("").len() < 10);
    }
}

#[tokio::test]
async fn a_throttled_request_waits_as_long_as_it_is_told() {
    let site = Site::start(Flavour::Cloud).await;
    fill(&site, 1);
    site.server.trouble("/pages", 429, Some("0"), 2);
    assert_eq!(site.found().await, ["+page/100", "complete"]);
    assert_eq!(site.server.received("/spaces/1/pages").len(), 3);
}

#[tokio::test]
async fn a_refusal_is_not_asked_for_again_and_again() {
    let site = Site::start(Flavour::Cloud).await;
    fill(&site, 1);
    site.server.trouble("/spaces/1/pages", 403, None, usize::MAX);
    assert_eq!(site.found().await, ["!space/OPS", "complete"]);
    assert_eq!(site.server.received("/spaces/1/pages").len(), 1);
}

#[tokio::test]
async fn a_page_that_the_server_fails_on_is_asked_for_in_smaller_pieces() {
    let site = Site::start(Flavour::Cloud).await;
    fill(&site, 20);
    site.server.trouble("/spaces/1/pages", 504, None, 3);
    assert_eq!(site.found().await.len(), 21);
    let limits: Vec<String> = site
        .server
        .received("/spaces/1/pages")
        .iter()
        .map(|request| request.parameter("limit").unwrap().to_owned())
        .collect();
    assert_eq!(limits, ["250", "125", "62", "31"]);
}

#[tokio::test]
async fn what_breaks_a_listing_is_isolated_and_reported_and_keeps_the_rest() {
    let site = Site::start(Flavour::DataCenter).await;
    fill(&site, 30);
    assert_eq!(site.found().await.len(), 31);
    site.change(|wiki| wiki.item("117").poison = true);
    let found = site.found().await;
    assert_eq!(found.iter().filter(|event| event.starts_with('+')).count(), 29);
    let failures: Vec<&String> = found.iter().filter(|event| event.starts_with('!')).collect();
    assert_eq!(failures, ["!space/OPS/pages/17", "!page/117"], "the live revision stays");
    assert_eq!(found.last().unwrap(), "complete");
    site.change(|wiki| wiki.item("117").poison = false);
    assert_eq!(site.found().await.len(), 31);
}

#[tokio::test]
async fn space_keys_may_hold_anything() {
    for site in Site::both().await {
        site.change(|wiki| {
            wiki.add_space("2", "~ann", "Ann's \"own\"");
            wiki.add_space("3", "a\"b&c", "Odd");
            wiki.add(ItemKind::Page, "20", "Mine", "2", None);
            wiki.add(ItemKind::Page, "30", "Odd", "3", None);
        });
        assert_eq!(site.found().await, ["+page/10", "+page/20", "+page/30", "complete"]);
    }
}
