//! A site of two thousand pages with everything that is wrong with sites.

use fixtures::web_sites::Reply;

use crate::support::{World, html};

#[tokio::test]
async fn two_thousand_pages_are_found_once() {
    let world = World::new(&["http://a.example/"]).await;
    let count = 2_000;
    for n in 0..count {
        let mut links = vec![
            format!("/page/{}", n * 2 + 1),
            format!("/page/{}#part", n * 2 + 2),
            // Back, round, and the same by other names.
            "/".to_owned(),
            format!("/page/{}?utm_source=x", n / 2),
            format!("page/{n}"),
            "mailto:a@b.example".to_owned(),
            "/logo.png".to_owned(),
        ];
        match n % 100 {
            1 => links.push(format!("/broken/{n}")),
            2 => links.push(format!("/moved/{n}")),
            3 => links.push(format!("/failing/{n}")),
            4 => links.push(format!("/files/{n}.txt")),
            _ => {}
        }
        links.retain(|link| !link.starts_with("/page/") || number(link) < count);
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        world.sites.put(&format!("a.example/page/{n}"), Reply::html(html(&n.to_string(), &links)));
        world
            .sites
            .put(&format!("a.example/moved/{n}"), Reply::redirect(301, &format!("/page/{n}")));
        world.sites.put(&format!("a.example/failing/{n}"), Reply::status(500));
        world.sites.put(&format!("a.example/files/{n}.txt"), Reply::bytes("text/plain", "words"));
    }
    world.page("a.example/", &["/page/0"]);
    let first = world.crawl().await;
    assert!(first.is_complete, "{:?}", first.error);
    let pages = first.documents.keys().filter(|key| key.contains("/page/")).count();
    // Relative links lead to `/page/page/…`, which does not exist.
    assert_eq!(pages, count);
    assert_eq!(first.documents.len(), 1 + count + 20);
    assert_eq!(first.failed.len(), 20);
    assert_eq!(first.ignored.keys().filter(|key| key.contains("/broken/")).count(), 20);
    let visited = world.sites.visited();
    let of_pages = visited.iter().filter(|target| target.starts_with("a.example/page/"));
    let unique: std::collections::BTreeSet<_> = of_pages.clone().collect();
    assert_eq!(of_pages.count(), unique.len(), "a page was fetched twice");
    assert!(!visited.iter().any(|target| target.contains("logo") || target.contains("utm")));

    let second = world.crawl().await;
    assert!(second.is_complete && second.deleted.is_empty());
    for (url, document) in &second.documents {
        assert_eq!(document.change_key, first.documents[url].change_key, "{url}");
    }
}

fn number(link: &str) -> usize {
    let digits = link.trim_start_matches("/page/");
    digits.split(['#', '?']).next().unwrap().parse().unwrap()
}
