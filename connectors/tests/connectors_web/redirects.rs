//! Redirects, meta refreshes and canonical URLs: a page has one key.

use corpus::WebScope;
use fixtures::web_sites::Reply;

use crate::support::{World, html};

#[tokio::test]
async fn the_last_url_is_the_key() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/old", "/new", "/older"]).page("a.example/new", &[]);
    world.sites.put("a.example/old", Reply::redirect(301, "/new#part"));
    world.sites.put("a.example/older", Reply::redirect(302, "/old"));
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/new"]);
    assert!(found.failed.is_empty() && found.ignored.is_empty(), "{found:?}");
    assert!(found.is_complete);
}

#[tokio::test]
async fn what_moved_is_removed_where_it_was() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/old"]).page("a.example/old", &[]);
    world.crawl().await;
    world.sites.put("a.example/old", Reply::redirect(308, "/new"));
    world.page("a.example/new", &[]);
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/new"]);
    assert_eq!(found.deleted, ["http://a.example/old"]);
}

#[tokio::test]
async fn loops_and_long_chains_are_named() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/x", "/self", "/0", "/good"]).page("a.example/good", &[]);
    world.sites.put("a.example/x", Reply::redirect(302, "/y"));
    world.sites.put("a.example/y", Reply::redirect(302, "/x"));
    world.sites.put("a.example/self", Reply::redirect(302, "/self"));
    for hop in 0..10_000 {
        let (from, to) = (format!("a.example/{hop}"), format!("/{}", hop + 1));
        world.sites.put(&from, Reply::redirect(302, &to));
    }
    let found = world.crawl().await;
    assert!(found.failed["http://a.example/x"].contains("in a loop"), "{found:?}");
    assert!(found.failed["http://a.example/self"].contains("in a loop"));
    assert!(found.failed["http://a.example/0"].contains("more than 10 times"));
    assert_eq!(found.urls(), ["a.example/", "a.example/good"]);
    assert!(world.sites.visited().len() < 25);
    assert!(found.is_complete);
}

#[tokio::test]
async fn redirects_out_of_the_scope_are_left_out() {
    let mut world = World::new(&["http://a.example/docs/"]).await;
    world.page("a.example/docs/", &["out", "login", "secret", "ftp", "report"]);
    world.sites.put("a.example/docs/out", Reply::redirect(301, "http://b.example/"));
    world.sites.put("a.example/docs/login", Reply::redirect(302, "/login"));
    world.sites.put("a.example/docs/secret", Reply::redirect(302, "hidden"));
    world.sites.put("a.example/docs/ftp", Reply::redirect(302, "ftp://a.example/x"));
    world.sites.put("a.example/docs/report", Reply::redirect(302, "http://files.example/r.pdf"));
    world.sites.put("files.example/r.pdf", Reply::bytes("application/pdf", "%PDF-1.4"));
    world.source.exclusion_filters = vec!["hidden".to_owned()];
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/docs/", "files.example/r.pdf"]);
    assert!(found.ignored["http://a.example/docs/out"].contains("http://b.example/"));
    assert!(found.failed["http://a.example/docs/ftp"].contains("neither http nor https"));
    let visited = world.sites.visited();
    assert!(
        !visited.iter().any(|target| target.contains("b.example") || target.contains("hidden"))
    );
    assert!(!visited.contains(&"a.example/login".to_owned()));
}

#[tokio::test]
async fn a_seed_takes_the_scope_along_and_says_so() {
    let world = World::new(&["http://a.example/"]).await;
    world.sites.put("a.example/", Reply::redirect(301, "http://www.a.example/home/"));
    world.page("www.a.example/home/", &["x", "/elsewhere"]).page("www.a.example/home/x", &[]);
    world.page("www.a.example/elsewhere", &[]);
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["www.a.example/home/", "www.a.example/home/x"]);
    assert!(found.ignored["http://a.example/"].contains("correct the data source's seed"));
    assert!(found.is_complete);
}

#[tokio::test]
async fn soon_refreshes_are_followed() {
    let world = World::new(&["http://a.example/"]).await;
    let refresh = "<meta http-equiv=refresh content='0; url=/there'>moved";
    world.page("a.example/", &["/here"]).page("a.example/there", &[]);
    world.sites.put("a.example/here", Reply::html(refresh));
    assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/there"]);
}

#[tokio::test]
async fn canonical_urls_are_heeded_where_they_are_to_be_believed() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.source.scope = WebScope::HostOnly;
    let canonical = |to: &str| Reply::html(format!("<link rel=canonical href='{to}'>text of {to}"));
    world.page("a.example/", &["/p?view=print", "/gone", "/far", "/home", "/1", "/2", "/header"]);
    world.page("a.example/p", &[]);
    world.sites.put("a.example/p?view=print", canonical("/p"));
    world.sites.put("a.example/gone", canonical("/nothing"));
    world.sites.put("a.example/far", canonical("http://b.example/far"));
    world.sites.put("a.example/home", canonical("/"));
    // These name each other.
    world.sites.put("a.example/1", canonical("/2"));
    world.sites.put("a.example/2", canonical("/1"));
    let header = Reply::html("text").with("link", "<http://a.example/p>; rel=\"canonical\"");
    world.sites.put("a.example/header", header);
    let found = world.crawl().await;
    let expect = ["/", "/far", "/gone", "/home", "/p"].map(|path| format!("a.example{path}"));
    let mut urls = found.urls();
    let circle = urls.iter().position(|url| matches!(*url, "a.example/1" | "a.example/2"));
    urls.remove(circle.unwrap());
    assert_eq!(urls, expect);
    assert!(found.ignored["http://a.example/p?view=print"].contains("the same page"));
    assert!(found.ignored["http://a.example/header"].contains("the same page"));
    assert!(found.is_complete);
}

#[tokio::test]
async fn a_moved_page_keeps_its_links() {
    let world = World::new(&["http://a.example/x"]).await;
    world.sites.put("a.example/x", Reply::redirect(301, "/x/"));
    world.sites.put("a.example/x/", Reply::html(html("x", &["y"])));
    world.page("a.example/x/y", &[]);
    assert_eq!(world.crawl().await.urls(), ["a.example/x/", "a.example/x/y"]);
}
