//! Addresses that are not to be reached, whatever names or leads to them.

use fixtures::web_sites::Reply;

use crate::support::World;

#[tokio::test]
async fn no_redirect_leads_into_the_operators_network() {
    let world = World::new(&["http://a.example/"]).await;
    let port = world.sites.address().port();
    let targets = [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:10.0.0.1]/".to_owned(),
        "http://[64:ff9b::a9fe:a9fe]/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://0:{port}/"),
        // A name that the system resolves to a loopback address.
        format!("http://localhost:{port}/"),
        format!("http://localhost.:{port}/"),
    ];
    let names: Vec<String> = (0..targets.len()).map(|n| format!("/{n}.pdf")).collect();
    world.page("a.example/", &names.iter().map(String::as_str).collect::<Vec<_>>());
    for (number, target) in targets.iter().enumerate() {
        // Files are followed out of the scope, so that the address alone decides.
        let to = format!("{target}x.pdf");
        world.sites.put(&format!("a.example/{number}.pdf"), Reply::redirect(302, &to));
    }
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/"]);
    assert!(found.is_complete);
    let blocked = found.failed.values().filter(|reason| reason.contains("address is not allowed"));
    // Several spellings are one URL.
    assert!(blocked.count() >= 8, "{:?}", found.failed);
    assert_eq!(found.failed.values().filter(|r| !r.contains("address is not allowed")).count(), 0);
    let visited = world.sites.visited();
    assert!(visited.iter().all(|target| target.starts_with("a.example/")), "{visited:?}");
}

#[tokio::test]
async fn rules_and_sitemaps_are_fetched_with_the_same_care() {
    let world = World::new(&["http://a.example/"]).await;
    let port = world.sites.address().port();
    world.page("a.example/", &[]);
    let listed = format!("Sitemap: http://127.0.0.1:{port}/sitemap.xml");
    world.sites.put("a.example/robots.txt", Reply::bytes("text/plain", listed));
    assert_eq!(world.crawl().await.urls(), ["a.example/"]);
    let to = format!("http://127.0.0.1:{port}/robots.txt");
    world.sites.put("a.example/robots.txt", Reply::redirect(302, &to));
    let error = world.crawl().await.error.unwrap();
    assert!(error.contains("address is not allowed"), "{error}");
    let visited = world.sites.visited();
    assert!(visited.iter().all(|target| target.starts_with("a.example/")), "{visited:?}");
}

#[tokio::test]
async fn a_seed_that_may_not_be_reached_is_denied() {
    for seed in ["http://127.0.0.1/", "http://2130706433/", "http://localhost/", "http://[::1]/"] {
        let world = World::new(&[seed]).await;
        let error = world.crawl().await.error.unwrap();
        assert!(error.contains("denied") && error.contains("address is not allowed"), "{error}");
    }
}
