//! Manners: `robots.txt`, pauses, the crawler's name.

use std::time::{Duration, Instant, SystemTime};

use corpus::Connector;
use fixtures::web_sites::Reply;

use crate::support::{World, html};

fn rules(text: &str) -> Reply {
    Reply::bytes("text/plain", text.to_owned())
}

#[tokio::test]
async fn a_host_whose_rules_cannot_be_had_is_not_crawled() {
    for reply in [Reply::status(500), Reply::status(429), Reply::never(), Reply::broken_off("User")]
    {
        let world = World::new(&["http://a.example/"]).await;
        world.page("a.example/", &["/b"]).sites.put("a.example/robots.txt", reply);
        let found = world.crawl().await;
        let error = found.error.unwrap();
        assert!(error.contains("robots.txt unreachable"), "{error}");
        assert!(!found.is_complete && found.documents.is_empty());
        let visited = world.sites.visited();
        assert!(visited.iter().all(|target| target == "a.example/robots.txt"), "{visited:?}");
        let error = world.connector().check().await.unwrap_err().to_string();
        assert!(error.contains("robots.txt unreachable"), "{error}");
    }
}

#[tokio::test]
async fn a_host_without_rules_is_crawled() {
    for reply in
        [Reply::status(404), Reply::status(403), Reply::html("<p>User-agent: *\nDisallow: /")]
    {
        let world = World::new(&["http://a.example/"]).await;
        world.page("a.example/", &["/b"]).page("a.example/b", &[]);
        world.sites.put("a.example/robots.txt", reply);
        world.connector().check().await.unwrap();
        assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/b"]);
    }
}

#[tokio::test]
async fn rules_are_followed_over_hosts_and_apply_to_the_first() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/secret", "/open"]);
    world.page("a.example/secret", &[]).page("a.example/open", &[]);
    world.sites.put("a.example/robots.txt", Reply::redirect(301, "/1"));
    for hop in 1..4 {
        let (from, to) = (format!("a.example/{hop}"), format!("/{}", hop + 1));
        world.sites.put(&from, Reply::redirect(302, &to));
    }
    world.sites.put("a.example/4", Reply::redirect(302, "http://b.example/rules"));
    world.sites.put("b.example/rules", rules("User-agent: outcrop\nDisallow: /secret"));
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/open"]);
    assert!(found.ignored["http://a.example/secret"].contains("robots.txt"));
    assert!(!world.sites.visited().contains(&"a.example/secret".to_owned()));
}

#[tokio::test]
async fn a_forbidden_seed_is_an_error_that_says_so() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &[]);
    world.sites.put("a.example/robots.txt", rules("\u{feff}User-Agent: Outcrop/2\rDisallow: /\r"));
    let error = world.crawl().await.error.unwrap();
    assert!(error.contains("does not allow 'outcrop'"), "{error}");
}

#[tokio::test]
async fn only_the_beginning_of_long_rules_counts() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["/secret"]).page("a.example/secret", &[]);
    let long = format!("User-agent: *\nDisallow: /secret\n{}", "# filler\n".repeat(1_200_000));
    world.sites.put("a.example/robots.txt", rules(&long));
    assert_eq!(world.crawl().await.urls(), ["a.example/"]);
}

#[tokio::test]
async fn the_host_sets_the_pace_where_it_is_slower() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.crawl_delay = Duration::from_millis(100);
    world.page("a.example/", &["/b", "/c"]).page("a.example/b", &[]).page("a.example/c", &[]);
    world.sites.put("a.example/robots.txt", rules("User-agent: *\nCrawl-delay: 60\n"));
    let begun = Instant::now();
    assert_eq!(world.crawl().await.documents.len(), 3);
    // Rules, three pages and no sitemap: at least three pauses.
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn the_rate_bounds_requests_to_a_host_and_not_to_all() {
    let mut world = World::new(&["http://a.example/", "http://b.example/"]).await;
    world.source.rate_limit = 1_200;
    for host in ["a.example", "b.example"] {
        world.page(&format!("{host}/"), &["/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8"]);
        for n in 1..9 {
            world.page(&format!("{host}/{n}"), &[]);
        }
    }
    let begun = Instant::now();
    assert_eq!(world.crawl().await.documents.len(), 18);
    // Eleven requests to each host (with rules and sitemap), 50 ms apart.
    assert!(begun.elapsed() >= Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_host_is_left_alone_for_as_long_as_it_asks() {
    for form in ["seconds", "date"] {
        // A date has no fractions of seconds.
        let (asked, least) = match form {
            "seconds" => ("1".to_owned(), 900),
            _ => (httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2)), 500),
        };
        let world = World::new(&["http://a.example/"]).await;
        world.page("a.example/", &["/b"]).page("a.example/b", &[]);
        world.sites.put_once("a.example/b", Reply::status(429).with("retry-after", &asked));
        let begun = Instant::now();
        assert_eq!(world.crawl().await.urls(), ["a.example/", "a.example/b"]);
        assert!(begun.elapsed() >= Duration::from_millis(least), "{asked}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn no_host_is_granted_any_pause() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.limits.longest_pause = Duration::from_millis(20);
    world.page("a.example/", &["/b"]);
    world.sites.put("a.example/b", Reply::status(503).with("retry-after", "86400"));
    let found = world.crawl().await;
    assert!(found.failed["http://a.example/b"].contains("fewer requests"), "{found:?}");
    assert!(found.is_complete);
}

#[tokio::test]
async fn the_crawler_says_who_it_is() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &[]);
    let check = async |world: &World, expect: &str| {
        world.sites.forget_visitors();
        world.crawl().await;
        let visitors = world.sites.visitors();
        assert!(visitors.iter().all(|visitor| visitor.headers["user-agent"] == expect));
        assert!(visitors.iter().all(|visitor| !visitor.headers.contains_key("cookie")));
    };
    let own = format!("Mozilla/5.0 (compatible; outcrop/{})", env!("CARGO_PKG_VERSION"));
    check(&world, &own).await;
    world.source.user_agent_suffix = Some("of-our-company-1".to_owned());
    check(&world, &format!("{own} of-our-company-1")).await;
    world.source.user_agent_header = Some("CompanyBot/1.0 (+https://a.example)".to_owned());
    check(&world, "CompanyBot/1.0 (+https://a.example)").await;
    world.sites.put("a.example/robots.txt", rules("User-agent: companybot\nDisallow: /"));
    assert!(world.crawl().await.error.is_some());
}

#[tokio::test]
async fn a_host_that_is_only_linked_to_may_fail() {
    let world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &["http://files.example/x.pdf"]);
    world.sites.put("files.example/robots.txt", Reply::status(500));
    world.sites.put("files.example/x.pdf", Reply::html(html("x", &[])));
    let found = world.crawl().await;
    assert!(found.is_complete);
    assert!(found.failed["http://files.example/x.pdf"].contains("robots.txt unreachable"));
}
