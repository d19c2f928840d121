//! Pages that are out to harm: each fails by itself, and the crawl goes on.

use std::time::{Duration, Instant};

use fixtures::web_sites::Reply;

use crate::support::{World, bomb, gzip};

/// A crawl of a page that fails, beside a good one; the reason is returned.
async fn reason_of(world: &World, reply: Reply) -> String {
    world.page("a.example/", &["/bad", "/good"]).page("a.example/good", &[]);
    world.sites.put("a.example/bad", reply);
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/good"]);
    assert!(found.is_complete);
    found.failed["http://a.example/bad"].clone()
}

#[tokio::test]
async fn a_page_of_a_gigabyte_is_cut_off() {
    let world = World::new(&["http://a.example/"]).await;
    let reply = Reply::repeated(vec![b'x'; 1 << 20], 1 << 10);
    let reason = reason_of(&world, reply).await;
    assert!(reason.contains("longer than 10000000 bytes"), "{reason}");
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    let world = World::new(&["http://a.example/"]).await;
    let packed = bomb(150_000_000);
    assert!(packed.len() < 200_000);
    let reply = || Reply::bytes("text/html", packed.clone()).with("content-encoding", "gzip");
    let reason = reason_of(&world, reply()).await;
    assert!(reason.contains("longer than 10000000 bytes"), "{reason}");
    let file = reply().with("content-type", "application/pdf");
    let reason = reason_of(&world, file).await;
    assert!(reason.contains("longer than"), "{reason}");
    // What expands a thousandfold is stopped far below the limit.
    let small = bomb(9_000_000);
    let small = Reply::bytes("text/html", small).with("content-encoding", "gzip");
    let reason = reason_of(&world, small).await;
    assert!(reason.contains("longer than 1000000 bytes"), "{reason}");
}

#[tokio::test]
async fn bad_encodings_are_named() {
    let world = World::new(&["http://a.example/"]).await;
    let broken = || gzip(b"words and words").split_off(0)[..12].to_vec();
    let reply = Reply::bytes("text/html", broken()).with("content-encoding", "gzip");
    let reason = reason_of(&world, reply).await;
    assert!(reason.contains("cannot be inflated"), "{reason}");
    let reply = Reply::html("x").with("content-encoding", "br");
    let reason = reason_of(&world, reply).await;
    assert!(reason.contains("encoded with br"), "{reason}");
}

#[tokio::test]
async fn a_page_that_drips_or_stalls_is_given_up() {
    let begun = Instant::now();
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.attempts = 1;
    let reply = Reply::dripping("x", Duration::from_millis(20));
    let reason = reason_of(&world, reply).await;
    assert!(reason.contains("took longer than 1 s"), "{reason}");
    let reply = Reply::dripping("x", Duration::from_mins(1));
    let reason = reason_of(&world, reply).await;
    assert!(reason.contains("the body stalled"), "{reason}");
    let reason = reason_of(&world, Reply::never()).await;
    assert!(reason.contains("nothing came"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_page_that_breaks_off_is_fetched_again() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/b"]).page("a.example/b", &[]);
    world.sites.put_once("a.example/b", Reply::broken_off("<p>half"));
    assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/b"]);
    let world = World::new(&["http://a.example/"]).await;
    let reason = reason_of(&world, Reply::broken_off("<p>half")).await;
    assert!(reason.contains("broke off"), "{reason}");
}

#[tokio::test]
async fn markup_without_end_is_read_in_time() {
    let world = World::new(&["http://a.example/"]).await;
    let begun = Instant::now();
    for (number, piece) in
        ["<div>", "<a href='", "<!--", "<a b=\">", "</s", "<script>", "<b><i><a>", "&", "<a x=<"]
            .iter()
            .enumerate()
    {
        let target = format!("a.example/{number}");
        world.sites.put(&target, Reply::html(piece.repeat(4_000_000 / piece.len())));
    }
    world.page("a.example/", &["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8"]);
    let found = world.crawl().await;
    assert_eq!(found.documents.len(), 10, "{found:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn calendars_and_circles_end() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.depth = 2_000;
    // Each month links to the next one, for ever; each page of the circle one deeper.
    world.page("a.example/", &["/cal/2000/1", "/c/"]);
    for month in 0..2_000 {
        let next = format!("/cal/{}/{}", 2000 + (month + 1) / 12, (month + 1) % 12 + 1);
        world.page(&format!("a.example/cal/{}/{}", 2000 + month / 12, month % 12 + 1), &[&next]);
    }
    let mut circle = "a.example/".to_owned();
    for _ in 0..20 {
        circle.push_str("c/");
        world.page(&circle, &["c/"]);
    }
    let found = world.crawl().await;
    assert!(found.is_complete);
    let of = |part: &str| found.documents.keys().filter(|key| key.contains(part)).count();
    assert_eq!((of("/cal/"), of("/c/")), (500, 2));
    assert!(found.ignored.values().any(|reason| reason.contains("more than 500 URLs are like")));
}

#[tokio::test]
async fn depth_is_bounded() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.depth = 3;
    world.page("a.example/", &["/1"]);
    for n in 1..9 {
        world.page(&format!("a.example/{n}"), &[&format!("/{}", n + 1)]);
    }
    assert_eq!(world.crawl().await.documents.len(), 4);
}
