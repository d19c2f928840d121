//! Sitemaps: pages that nothing links to.

use fixtures::web_sites::Reply;

use crate::support::{World, bomb, gzip};

fn urls(locations: &[&str]) -> String {
    let entries: Vec<String> =
        locations.iter().map(|location| format!("<url><loc>{location}</loc></url>")).collect();
    format!("<?xml version='1.0'?><urlset>{}</urlset>", entries.concat())
}

fn index(locations: &[&str]) -> String {
    let entries: Vec<String> = locations
        .iter()
        .map(|location| format!("<sitemap><loc>{location}</loc></sitemap>"))
        .collect();
    format!("\u{feff}<sm:sitemapindex xmlns:sm='x'>{}</sm:sitemapindex>", entries.concat())
        .replace("<sitemap>", "<sm:sitemap>")
        .replace("</sitemap>", "</sm:sitemap>")
        .replace("<loc>", "<sm:loc>")
        .replace("</loc>", "</sm:loc>")
}

fn xml(text: impl Into<Vec<u8>>) -> Reply {
    Reply::bytes("application/xml", text.into())
}

#[tokio::test]
async fn lists_of_lists_are_read_once_and_heeded_within_the_scope() {
    let world = World::new(&["http://a.example/docs/"]).await;
    world.page("a.example/docs/", &[]).page("a.example/docs/1", &[]).page("a.example/docs/2", &[]);
    world.page("a.example/docs/secret", &[]);
    let rules = "User-agent: *\nDisallow: /docs/secret\nSitemap: http://b.example/all.xml";
    world.sites.put("a.example/robots.txt", Reply::bytes("text/plain", rules));
    let all = index(&["http://a.example/one.xml.gz", "/all.xml", "http://a.example/missing.xml"]);
    world.sites.put("b.example/all.xml", xml(all));
    let one = urls(&[
        "http://a.example/docs/1",
        "/docs/2?utm_source=sitemap",
        "/docs/secret",
        "/elsewhere",
        "http://c.example/docs/",
    ]);
    // Compressed, and not said to be.
    world.sites.put("a.example/one.xml.gz", xml(gzip(one.as_bytes())));
    let found = world.crawl().await;
    assert!(found.is_complete);
    assert_eq!(found.urls(), ["a.example/docs/", "a.example/docs/1", "a.example/docs/2"]);
    let visited = world.sites.visited();
    let lists = visited.iter().filter(|target| target.contains(".xml"));
    assert_eq!(lists.count(), 3, "{visited:?}");
}

#[tokio::test]
async fn a_sitemap_is_looked_for_where_none_is_named() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &[]).page("a.example/1", &[]);
    world.sites.put("a.example/sitemap.xml", xml(urls(&["http://a.example/1"])));
    assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/1"]);
}

#[tokio::test]
async fn a_sitemap_may_be_a_seed() {
    let mut world = World::new(&["http://a.example/map.xml"]).await;
    world.source.scope = corpus::WebScope::HostOnly;
    world.page("a.example/1", &["/2"]).page("a.example/2", &[]);
    world.sites.put("a.example/map.xml", xml(urls(&["http://a.example/1"])));
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/1", "a.example/2"]);
    assert!(found.is_complete);
}

#[tokio::test]
async fn sitemaps_are_bounded() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.sitemap_urls = 10;
    world.limits.sitemap_bytes = 100_000;
    world.page("a.example/", &[]);
    let many: Vec<String> = (0..50).map(|n| format!("/{n}")).collect();
    for path in &many {
        world.page(&format!("a.example{path}"), &[]);
    }
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    world.sites.put("a.example/sitemap.xml", xml(urls(&many)));
    assert_eq!(world.crawl().await.documents.len(), 11);
    // A list that is too long when it is unpacked is not read at all.
    world.sites.put("a.example/sitemap.xml", xml(bomb(5_000_000)));
    let found = world.crawl().await;
    assert!(found.is_complete);
}
