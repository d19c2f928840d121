//! What a data source says: scope, filters, limits, and what is refused.

use connectors::WebConnector;
use corpus::{ConnectorError, WebScope};
use fixtures::web_sites::Reply;

use crate::support::World;

#[tokio::test]
async fn the_default_scope_is_bounded_by_the_path() {
    let world = World::new(&["http://a.example/docs"]).await;
    world.page("a.example/docs", &["/docs/x", "/docs2", "/", "http://b.example/docs/y"]);
    for other in ["a.example/docs/x", "a.example/docs2", "a.example/", "b.example/docs/y"] {
        world.page(other, &[]);
    }
    assert_eq!(world.crawl().await.urls(), ["a.example/docs", "a.example/docs/x"]);
}

#[tokio::test]
async fn scopes_widen_to_hosts_and_domains() {
    let mut world = World::new(&["http://www.a.example/docs"]).await;
    let links = ["/x", "http://docs.a.example/y", "http://a.example/z", "http://b.example/"];
    world.page("www.a.example/docs", &links).page("www.a.example/x", &[]);
    world.page("docs.a.example/y", &[]).page("a.example/z", &[]).page("b.example/", &[]);
    world.source.scope = WebScope::HostOnly;
    assert_eq!(world.crawl().await.urls(), ["www.a.example/docs", "www.a.example/x"]);
    world.source.scope = WebScope::Subdomains;
    let expect = ["a.example/z", "docs.a.example/y", "www.a.example/docs", "www.a.example/x"];
    assert_eq!(world.crawl().await.urls(), expect);
}

#[tokio::test]
async fn files_are_read_outside_the_scope_and_pages_are_not() {
    let world = World::new(&["http://a.example/docs/"]).await;
    let links = ["/files/r.pdf", "http://files.example/s.docx", "http://files.example/fake.pdf"];
    world.page("a.example/docs/", &links);
    world.sites.put("a.example/files/r.pdf", Reply::bytes("application/pdf", "%PDF-1.4"));
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    world.sites.put("files.example/s.docx", Reply::bytes(word, "PK\u{3}\u{4}"));
    world.page("files.example/fake.pdf", &["/more.pdf"]);
    let found = world.crawl().await;
    let expect = ["a.example/docs/", "a.example/files/r.pdf", "files.example/s.docx"];
    assert_eq!(found.urls(), expect);
    let media_type = |url: &str| found.documents[url].media_type.clone().unwrap();
    assert_eq!(media_type("http://a.example/files/r.pdf"), "application/pdf");
    assert_eq!(media_type("http://files.example/s.docx"), word);
    assert!(found.ignored["http://files.example/fake.pdf"].contains("is a page"));
    assert!(!world.sites.visited().contains(&"files.example/more.pdf".to_owned()));
}

#[tokio::test]
async fn an_exclusion_beats_an_inclusion() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/docs/a", "/docs/drafts/b", "/blog/c"]);
    world.page("a.example/docs/a", &[]).page("a.example/docs/drafts/b", &[]);
    world.page("a.example/blog/c", &[]);
    world.source.inclusion_filters = vec!["/docs/".to_owned()];
    world.source.exclusion_filters = vec!["/drafts/".to_owned()];
    // The seed is there for its links.
    assert_eq!(world.crawl().await.urls(), ["a.example/docs/a"]);
    let visited = world.sites.visited();
    assert!(!visited.iter().any(|target| target.contains("drafts") || target.contains("blog")));
}

#[tokio::test]
async fn what_has_no_meaning_is_refused_when_it_is_configured() {
    let world = World::new(&["http://a.example/"]).await;
    let refused = |change: &dyn Fn(&mut corpus::WebSource)| {
        let mut source = world.source.clone();
        change(&mut source);
        let (network, limits) = (world.network(), world.limits.clone());
        match WebConnector::new(&source, &network, &world.browser, limits) {
            Err(ConnectorError::Misconfigured { reason }) => reason,
            other => panic!("not refused: {other:?}"),
        }
    };
    let reason = refused(&|source| source.exclusion_filters = vec!["ok".into(), "a(b".into()]);
    assert!(reason.contains("'a(b'") && reason.contains("at character 2"), "{reason}");
    let reason = refused(&|source| source.inclusion_filters = vec!["(?=x)".into()]);
    assert!(reason.contains("look-around"), "{reason}");
    let reason = refused(&|source| source.seed_urls = vec!["https://me:secret@a.example/".into()]);
    assert!(reason.contains("is no URL that is read"), "{reason}");
}

#[tokio::test]
async fn more_pages_than_the_limit_end_the_crawl() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/1", "/2", "/3"]);
    for n in 1..4 {
        world.page(&format!("a.example/{n}"), &[]);
    }
    world.source.max_pages = 3;
    let found = world.crawl().await;
    assert_eq!(found.documents.len(), 3);
    let error = found.error.unwrap();
    assert!(error.contains("more than 3 pages") && error.contains("maxPages"), "{error}");
    assert!(!found.is_complete && found.deleted.is_empty());
    world.source.max_pages = 4;
    let found = world.crawl().await;
    assert!(found.is_complete && found.documents.len() == 4, "{found:?}");
}
