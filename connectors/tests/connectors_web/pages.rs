//! What a page is read as: charsets, types, and what it asks of crawlers.

use corpus::{MetadataValue, SourceMetadata};
use fixtures::web_sites::Reply;

use crate::support::{World, gzip, html};

#[tokio::test]
async fn pages_come_as_utf8_with_their_attributes() {
    let world = World::new(&["http://a.example/"]).await;
    let latin: &[u8] = b"<html lang=de><title>Gr\xfc\xdfe</title>";
    world.sites.put("a.example/latin", Reply::bytes("text/html; charset=windows-1252", latin));
    let japanese: &[u8] = b"<meta charset=shift_jis><p>\x83e\x83X\x83g";
    world.sites.put("a.example/japanese", Reply::bytes("text/html", japanese));
    let wide: Vec<u8> = "\u{feff}<p>Größe".encode_utf16().flat_map(u16::to_le_bytes).collect();
    world.sites.put("a.example/wide", Reply::bytes("text/html", wide));
    world.page("a.example/", &["/latin", "/japanese", "/wide"]);
    let found = world.crawl().await;
    assert!(found.text("http://a.example/latin").await.contains("Grüße"));
    assert!(found.text("http://a.example/japanese").await.contains("テスト"));
    assert!(found.text("http://a.example/wide").await.contains("Größe"));
    let document = &found.documents["http://a.example/latin"];
    assert_eq!(document.media_type.as_deref(), Some("text/html; charset=utf-8"));
    let SourceMetadata::Inline(metadata) = &document.metadata else { panic!("{document:?}") };
    assert_eq!(metadata["title"], MetadataValue::String("Grüße".to_owned()));
    assert_eq!(metadata["language"], MetadataValue::String("de".to_owned()));
    let size = found.text("http://a.example/latin").await.len() as u64;
    assert_eq!(document.size, Some(size));
}

#[tokio::test]
async fn encoded_and_large_bodies_come_whole_and_again() {
    let world = World::new(&["http://a.example/"]).await;
    let numbers: Vec<String> = (0..400_000).map(|n: u32| n.to_string()).collect();
    let long = format!("<p>{}", numbers.join(" "));
    let zipped = Reply::bytes("text/html", gzip(long.as_bytes())).with("content-encoding", "gzip");
    world.sites.put("a.example/zipped", zipped);
    let deflated = {
        use std::io::Write as _;
        let level = flate2::Compression::fast();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), level);
        raw.write_all(long.as_bytes()).unwrap();
        raw.finish().unwrap()
    };
    let deflated = Reply::bytes("text/html", deflated).with("content-encoding", "deflate");
    world.sites.put("a.example/raw", deflated);
    world.sites.put("a.example/liar", Reply::html("<p>plain").with("content-encoding", "gzip"));
    world.page("a.example/", &["/zipped", "/raw", "/liar"]);
    let found = world.crawl().await;
    for _ in 0..2 {
        assert!(found.text("http://a.example/zipped").await == long);
    }
    assert!(found.text("http://a.example/raw").await == long);
    assert_eq!(found.text("http://a.example/liar").await, "<p>plain");
}

#[tokio::test]
async fn bytes_decide_where_the_type_lies() {
    let world = World::new(&["http://a.example/"]).await;
    let pages = [
        ("pdf", "text/html", "%PDF-1.7\n", Some("application/pdf")),
        (
            "page",
            "application/octet-stream",
            "<!doctype html><a href=/more>",
            Some("text/html; charset=utf-8"),
        ),
        ("text", "text/plain; charset=utf-8", "<html> is a tag", Some("text/plain; charset=utf-8")),
        ("untold", "application/octet-stream", "words", None),
    ];
    for (name, content_type, bytes, _) in pages {
        world.sites.put(&format!("a.example/{name}"), Reply::bytes(content_type, bytes));
    }
    world.sites.put("a.example/image", Reply::bytes("image/png", "\u{89}PNG"));
    world.sites.put("a.example/binary", Reply::bytes("text/html", vec![0; 3_000]));
    world.page("a.example/more", &[]);
    world.page("a.example/", &["/pdf", "/page", "/text", "/untold", "/image", "/binary"]);
    let found = world.crawl().await;
    for (name, _, _, expect) in pages {
        let document = &found.documents[&format!("http://a.example/{name}")];
        assert_eq!(document.media_type.as_deref(), expect, "{name}");
    }
    assert!(found.documents.contains_key("http://a.example/more"));
    assert!(found.ignored["http://a.example/image"].contains("image/png"));
    assert!(found.ignored["http://a.example/binary"].contains("binary data"));
}

#[tokio::test]
async fn a_page_that_asks_not_to_be_indexed_is_removed_and_its_links_are_followed() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b"]).page("a.example/b", &["/c"]).page("a.example/c", &[]);
    assert_eq!(world.crawl().await.documents.len(), 3);
    let page = Reply::html(html("b", &["/c"]));
    world.sites.put("a.example/b", page.clone().with("x-robots-tag", "noindex"));
    let found = world.crawl().await;
    assert_eq!(found.deleted, ["http://a.example/b"]);
    assert_eq!(found.urls(), ["a.example/", "a.example/c"]);
    assert!(world.crawl().await.ignored["http://a.example/b"].contains("noindex"));
    world.sites.put("a.example/b", page.clone().with("x-robots-tag", "googlebot: noindex"));
    assert_eq!(world.crawl().await.documents.len(), 3);
    let tags = page.with("x-robots-tag", "nosnippet").with("x-robots-tag", "outcrop: none");
    world.sites.put("a.example/b", tags);
    assert_eq!(world.crawl().await.deleted, ["http://a.example/b"]);
    let meta = "<meta name=robots content=noindex><a href=/c>";
    world.sites.put("a.example/b", Reply::html(meta));
    assert!(world.crawl().await.ignored.contains_key("http://a.example/b"));
}

#[tokio::test]
async fn nofollow_stops_the_links() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b", "/c"]).page("a.example/hidden", &[]);
    let meta = "<meta name=robots content=nofollow><a href=/hidden>x</a>";
    world.sites.put("a.example/b", Reply::html(meta));
    let link = "<a rel=nofollow href=/hidden>x</a><a rel='noopener ugc' href=/hidden>";
    world.sites.put("a.example/c", Reply::html(link));
    assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/b", "a.example/c"]);
    world.sites.put("a.example/b", Reply::html("x").with("x-robots-tag", "nofollow"));
    assert_eq!(world.crawl().await.documents.len(), 3);
}
