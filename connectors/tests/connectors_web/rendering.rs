//! Pages whose text is made by scripts, in a real browser.

mod forbidden;
mod lifecycle;
mod pages;

use std::io::Write as _;
use std::num::NonZeroU32;
use std::os::unix::fs::MetadataExt as _;

use connectors::BrowserConfig;
use fixtures::web_sites::Reply;

use crate::support::World;

/// A world whose pages are rendered; none, aloud, where there is no browser.
async fn world(seeds: &[&str]) -> Option<World> {
    let mut world = World::new(seeds).await;
    // The harness would keep to itself what a test that passes prints.
    if BrowserConfig::default().find().is_none() {
        std::io::stderr().write_all(b"skipped: no Chromium is installed\n").unwrap();
        return None;
    }
    world.source.render = true;
    world.browser = BrowserConfig {
        sandbox: !is_root(),
        quiet_ms: 200,
        page_seconds: NonZeroU32::new(10).unwrap(),
        ..BrowserConfig::default()
    };
    // Hosts may be slow to answer where many browsers run.
    world.limits.first_byte *= 20;
    world.limits.idle *= 20;
    world.limits.total *= 20;
    Some(world)
}

/// Whether this is root, for whom Chromium's sandbox does not work.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

impl World {
    /// A page with a script.
    fn script(&self, target: &str, script: &str) -> &Self {
        let html = format!("<!doctype html><title>shell</title><body><script>{script}</script>");
        self.sites.put(target, Reply::html(html));
        self
    }
}
