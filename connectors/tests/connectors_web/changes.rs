//! What a second crawl makes of what the first one found.

use corpus::DocumentKey;
use fixtures::web_sites::Reply;

use crate::support::{World, html, read};

#[tokio::test]
async fn unchanged_pages_are_not_sent_again_and_keep_their_links() {
    let world = World::new(&["http://a.example/"]).await;
    let tagged = |target: &str, links: &[&str]| {
        let page = Reply::html(html(target, links)).with("etag", &format!("W/\"{target}\""));
        world.sites.put(target, page);
    };
    tagged("a.example/", &["/b"]);
    tagged("a.example/b", &["/c"]);
    let dated = Reply::html("c").with("last-modified", "Wed, 01 Jan 2025 00:00:00 GMT");
    world.sites.put("a.example/c", dated);
    let first = world.crawl().await;
    world.sites.forget_visitors();
    let second = world.crawl().await;
    assert_eq!(second.urls(), ["a.example/", "a.example/b", "a.example/c"]);
    assert!(second.is_complete && second.deleted.is_empty());
    for (url, document) in &second.documents {
        assert_eq!(document.change_key, first.documents[url].change_key);
        assert_eq!(document.media_type, first.documents[url].media_type);
    }
    let visitors = world.sites.visitors();
    let asked = |target: &str, header: &str| {
        let visitor = visitors.iter().find(|visitor| visitor.target == target).unwrap();
        visitor.headers.get(header).cloned()
    };
    assert_eq!(asked("a.example/b", "if-none-match").as_deref(), Some("W/\"a.example/b\""));
    let date = "Wed, 01 Jan 2025 00:00:00 GMT";
    assert_eq!(asked("a.example/c", "if-modified-since").as_deref(), Some(date));
    // Whoever wants to read one all the same, can.
    assert_eq!(read(&second.documents["http://a.example/c"]).await.unwrap(), b"c");
}

#[tokio::test]
async fn what_could_not_be_ingested_is_fetched_again() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &[]);
    world.sites.put("a.example/", Reply::html("x").with("etag", "\"1\""));
    world.crawl().await;
    world.state.set_unsettled([DocumentKey::new("http://a.example/")]);
    world.sites.forget_visitors();
    let found = world.crawl().await;
    assert_eq!(found.text("http://a.example/").await, "x");
    let visitors = world.sites.visitors();
    let page = visitors.iter().find(|visitor| visitor.target == "a.example/").unwrap();
    assert!(!page.headers.contains_key("if-none-match"));
}

#[tokio::test]
async fn pages_are_read_again_whether_they_changed_or_not() {
    let world = World::new(&["http://a.example/"]).await;
    let tagged = Reply::html(html("/", &["/gone", "/closed"])).with("etag", "\"1\"");
    world.sites.put("a.example/", tagged);
    world.page("a.example/gone", &[]).page("a.example/closed", &[]);
    let first = world.crawl().await;
    world.sites.remove("a.example/gone");
    world.sites.put("a.example/closed", Reply::html("<meta name=robots content=noindex>"));
    let again =
        world.again(&["http://a.example/", "http://a.example/gone", "http://a.example/closed"]);
    let again = again.await;
    assert_eq!(again.urls(), ["a.example/"]);
    let (now, then) =
        (&again.documents["http://a.example/"], &first.documents["http://a.example/"]);
    assert_eq!(now.change_key, then.change_key);
    assert_eq!(format!("{:?}", now.metadata), format!("{:?}", then.metadata));
    assert_eq!(read(now).await.unwrap(), read(then).await.unwrap());
    assert!(again.failed["http://a.example/gone"].contains("404"), "{again:?}");
    assert!(again.failed["http://a.example/closed"].contains("no longer what it was"));
}

#[tokio::test]
async fn only_what_is_read_changes_a_page() {
    let world = World::new(&["http://a.example/"]).await;
    let key = async |html: &str| {
        world.sites.put("a.example/", Reply::html(html));
        world.crawl().await.change_key("http://a.example/")
    };
    let one = key("<p class=x1>words<script nonce=1>1</script><!-- built at noon -->").await;
    assert_eq!(one, key("<p class=x2>words<script nonce=2>2</script>").await);
    assert_ne!(one, key("<p class=x2>other words").await);
}

#[tokio::test]
async fn a_page_that_is_gone_is_removed() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/404", "/410", "/hiccup", "/never"]);
    world.page("a.example/404", &[]).page("a.example/410", &[]).page("a.example/hiccup", &[]);
    let first = world.crawl().await;
    let reason = &first.ignored["http://a.example/never"];
    assert!(reason.contains("404") && reason.contains("http://a.example/ links to it"), "{reason}");
    world.sites.remove("a.example/404").put("a.example/410", Reply::status(410));
    world.sites.put_once("a.example/hiccup", Reply::status(404));
    world.sites.forget_visitors();
    let mut second = world.crawl().await;
    second.deleted.sort();
    assert_eq!(second.deleted, ["http://a.example/404", "http://a.example/410"]);
    assert_eq!(second.urls(), ["a.example/", "a.example/hiccup"]);
    let visited = world.sites.visited();
    let visits = |target: &str| visited.iter().filter(|visited| *visited == target).count();
    assert_eq!((visits("a.example/404"), visits("a.example/410")), (2, 1));
    assert!(world.crawl().await.deleted.is_empty());
}

#[tokio::test]
async fn a_page_with_a_bad_status_has_one_crawls_grace() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b"]).page("a.example/b", &[]);
    world.crawl().await;
    world.sites.put("a.example/b", Reply::status(500));
    let second = world.crawl().await;
    assert!(second.failed["http://a.example/b"].contains("500"));
    assert!(second.deleted.is_empty() && second.is_complete);
    assert_eq!(world.crawl().await.deleted, ["http://a.example/b"]);
}

#[tokio::test]
async fn grace_begins_anew_when_a_page_was_well_again() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b"]).page("a.example/b", &[]);
    for _ in 0..2 {
        world.page("a.example/b", &[]);
        world.crawl().await;
        world.sites.put("a.example/b", Reply::status(500));
        assert!(world.crawl().await.deleted.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_reached_or_is_closed_is_never_removed() {
    for reply in [Reply::never(), Reply::status(401), Reply::status(403), Reply::status(503)] {
        let world = World::new(&["http://a.example/"]).await;
        world.page("a.example/", &["/b"]).page("a.example/b", &[]);
        world.crawl().await;
        world.sites.put("a.example/b", reply);
        for _ in 0..3 {
            let found = world.crawl().await;
            assert!(found.failed.contains_key("http://a.example/b"), "{found:?}");
            assert!(found.deleted.is_empty() && found.is_complete);
        }
    }
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b"]).sites.put("a.example/b", Reply::status(401));
    assert!(world.crawl().await.failed["http://a.example/b"].contains("requires authentication"));
}

#[tokio::test]
async fn orphans_are_asked_for_before_they_are_judged() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/alive", "/dead"]);
    world.page("a.example/alive", &[]).page("a.example/dead", &[]);
    world.crawl().await;
    world.page("a.example/", &[]).sites.remove("a.example/dead");
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/alive"]);
    assert_eq!(found.deleted, ["http://a.example/dead"]);
    assert!(found.is_complete);
}

#[tokio::test]
async fn a_narrower_scope_leaves_the_rest_to_the_end_of_the_crawl() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b", "/c"]).page("a.example/b", &[]).page("a.example/c", &[]);
    world.crawl().await;
    world.source.exclusion_filters = vec!["/c$".to_owned()];
    world.sites.forget_visitors();
    let found = world.crawl().await;
    // What is not met by a complete crawl is removed by the job.
    assert_eq!(found.urls(), ["a.example/", "a.example/b"]);
    assert!(found.is_complete && found.seen.is_empty());
    assert!(!world.sites.visited().contains(&"a.example/c".to_owned()));
}

#[tokio::test]
async fn a_failing_seed_removes_nothing() {
    let world = World::new(&["http://a.example/", "http://b.example/"]).await;
    world.page("a.example/", &["/x"]).page("a.example/x", &[]);
    world.page("b.example/", &["/y"]).page("b.example/y", &[]);
    world.crawl().await;
    for reply in [Reply::status(500), Reply::status(404), Reply::status(401), Reply::never()] {
        world.sites.put("b.example/", reply);
        let found = world.crawl().await;
        let error = found.error.unwrap();
        assert!(error.contains("the seed http://b.example/"), "{error}");
        assert!(!found.is_complete && found.deleted.is_empty());
        assert_eq!(found.documents.keys().filter(|key| key.contains("a.example")).count(), 2);
    }
    world.page("b.example/", &["/y"]);
    assert_eq!(world.crawl().await.documents.len(), 4);
}

#[tokio::test]
async fn a_seed_whose_name_has_no_address_is_an_error() {
    let world = World::new(&["http://nowhere.invalid/"]).await;
    let found = world.crawl().await;
    assert!(found.error.unwrap().contains("http://nowhere.invalid/"));
    assert!(!found.is_complete);
}
