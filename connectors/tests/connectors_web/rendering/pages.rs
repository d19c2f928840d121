//! What is made of rendered pages.

use std::num::NonZeroU32;

use fixtures::web_sites::Reply;

use super::world;

const APP: &str = "
    document.title = 'Reefs';
    document.documentElement.lang = 'en';
    fetch('/data').then(answer => answer.text()).then(text => {
        document.body.innerHTML += `<main><h1>Reefs</h1><p>${text}</p><a href=/next>on</a></main>`;
    });";

#[tokio::test]
async fn what_scripts_make_is_read_and_followed() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    world.sites.put(
        "a.example/",
        Reply::html(
            "<!doctype html><title>shell</title><link rel=stylesheet href=/style.css><body>\
             <noscript>Switch scripts on</noscript><img src=/i.png><iframe src=/frame></iframe>\
             <video src=/v.mp4></video><script src=/app.js></script>",
        )
        .with("etag", "\"1\""),
    );
    world.sites.put("a.example/app.js", Reply::bytes("text/javascript", APP));
    world.sites.put("a.example/style.css", Reply::bytes("text/css", "p { color: red }"));
    world.sites.put("a.example/data", Reply::bytes("text/plain", "They shelter fish."));
    world.page("a.example/next", &[]);
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/next"], "{found:?}");
    let text = found.text("http://a.example/").await;
    assert!(text.contains("<p>They shelter fish.</p>"), "{text}");
    assert!(!text.contains("script") && !text.contains("Switch"), "{text}");
    let title = format!("{:?}", found.documents["http://a.example/"].metadata);
    assert!(title.contains("Reefs") && title.contains("language"), "{title}");
    let visited = world.sites.visited();
    let count = |target: &str| visited.iter().filter(|visited| *visited == target).count();
    assert_eq!(
        (count("a.example/"), count("a.example/app.js"), count("a.example/data")),
        (1, 1, 1)
    );
    for unwanted in ["i.png", "v.mp4", "favicon"] {
        assert!(!visited.iter().any(|target| target.contains(unwanted)), "{visited:?}");
    }
    // A page with no scripts is not given to the browser, and says who asks as any other.
    let agents: Vec<_> =
        world.sites.visitors().iter().map(|v| v.headers["user-agent"].clone()).collect();
    assert!(agents.iter().all(|agent| *agent == agents[0]), "{agents:?}");

    // The page is as it was, and what its script fetches is not.
    let key = |found: &crate::support::Found| found.change_key("http://a.example/");
    let same = world.crawl().await;
    assert_eq!(key(&same), key(&found));
    world.sites.put("a.example/data", Reply::bytes("text/plain", "They shelter crabs."));
    let changed = world.crawl().await;
    assert_ne!(key(&changed), key(&found));
    assert!(changed.text("http://a.example/").await.contains("crabs"));
}

#[tokio::test]
async fn trees_of_components_are_read() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    world.script(
        "a.example/",
        "customElements.define('x-card', class extends HTMLElement {
            connectedCallback() {
                this.attachShadow({mode: 'open'}).innerHTML =
                    '<style>p{}</style><p>within</p><slot></slot><a href=/in>in</a>';
            }
        });
        document.body.innerHTML += '<x-card><b>assigned</b></x-card>\u{1f420}';",
    );
    world.page("a.example/in", &[]);
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/", "a.example/in"], "{found:?}");
    let text = found.text("http://a.example/").await;
    assert!(text.contains("<p>within</p><slot><b>assigned</b></slot>"), "{text}");
    assert!(text.contains('\u{1f420}') && !text.contains("style"), "{text}");
}

#[tokio::test]
async fn a_page_that_goes_elsewhere_is_a_redirect() {
    let Some(world) = world(&["http://a.example/docs/"]).await else { return };
    world.page(
        "a.example/docs/",
        &["/docs/in", "/docs/out", "/docs/again", "/docs/router", "/docs/q"],
    );
    world.script("a.example/docs/in", "location.href = '/docs/new'");
    world.script("a.example/docs/out", "location.href = 'http://b.example/'");
    world.script("a.example/docs/again", "location.reload()");
    world.script("a.example/docs/router", "history.replaceState(null, '', '/docs/shown')");
    world.script("a.example/docs/q", "history.replaceState(null, '', '?tab=1#x')");
    for target in ["a.example/docs/new", "a.example/docs/shown", "b.example/"] {
        world.page(target, &[]);
    }
    let found = world.crawl().await;
    let docs = ["", "again", "new", "q", "shown"].map(|name| format!("a.example/docs/{name}"));
    assert_eq!(found.urls(), docs, "{found:?}");
    let reason = &found.ignored["http://a.example/docs/out"];
    assert!(reason.contains("outside of what is crawled"), "{reason}");
    assert!(!world.sites.visited().contains(&"b.example/".to_owned()));
}

#[tokio::test]
async fn robots_rules_hold_for_what_pages_ask_for() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    let rules = "User-agent: *\nDisallow: /closed";
    world.sites.put("a.example/robots.txt", Reply::bytes("text/plain", rules));
    for data in ["closed", "open"] {
        world.sites.put(&format!("a.example/{data}"), Reply::bytes("text/plain", data));
    }
    world.script(
        "a.example/",
        "for (const name of ['closed', 'open'])
            fetch('/' + name).then(answer => answer.text(), () => name + ' refused')
                .then(text => document.body.append(`[${text}]`));",
    );
    let text = world.crawl().await.text("http://a.example/").await;
    assert!(text.contains("[closed refused]") && text.contains("[open]"), "{text}");
    assert!(!world.sites.visited().contains(&"a.example/closed".to_owned()));
}

#[tokio::test]
async fn pages_that_asks_not_to_be_indexed_are_heard_after_their_scripts_too() {
    let Some(world) = world(&["http://a.example/"]).await else { return };
    world.page("a.example/", &["/hidden", "/empty"]);
    world.script(
        "a.example/hidden",
        "document.head.innerHTML += '<meta name=robots content=noindex>'",
    );
    let found = world.crawl().await;
    assert_eq!(found.urls(), ["a.example/"]);
    assert!(found.ignored["http://a.example/hidden"].contains("noindex"));
}

#[tokio::test]
async fn pages_that_misbehave_fail_alone() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    world.browser.page_seconds = NonZeroU32::new(2).unwrap();
    world.limits.page_bytes = 100_000;
    world.page(
        "a.example/",
        &["/endless", "/ticking", "/greedy", "/long", "/many", "/asks", "/good"],
    );
    world.script("a.example/endless", "document.body.append('x'); for (;;) {}");
    world.script("a.example/ticking", "setInterval(() => document.body.append('tick '), 20)");
    world.script("a.example/greedy", "const all = []; for (;;) all.push(new Array(1e6).fill(1.5))");
    world.script("a.example/long", "document.body.append('x'.repeat(200000))");
    world.script("a.example/many", "for (let n = 0; n < 3000; n++) fetch('/n?' + n)");
    world.script("a.example/asks", "alert(1); document.body.append(confirm('?') ? 'yes' : 'no')");
    world.script("a.example/good", "document.body.append('good')");
    let found = world.crawl().await;
    assert!(found.is_complete, "{found:?}");
    let expect = ["", "asks", "good", "many", "ticking"].map(|name| format!("a.example/{name}"));
    assert_eq!(found.urls(), expect, "{found:?}");
    let reason = |page: &str| found.failed[&format!("http://a.example/{page}")].as_str();
    assert!(reason("endless").contains("no time to read it"), "{}", reason("endless"));
    assert!(reason("greedy").contains("broke down"), "{}", reason("greedy"));
    assert!(reason("long").contains("longer than 100000 bytes"), "{}", reason("long"));
    assert!(found.text("http://a.example/ticking").await.contains("tick tick"));
    assert!(found.text("http://a.example/asks").await.contains("no"));
    let asked = world.sites.visited().iter().filter(|target| target.contains("/n?")).count();
    assert!(asked <= 500, "{asked}");
}
