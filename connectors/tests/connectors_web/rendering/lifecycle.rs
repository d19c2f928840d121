//! How browsers come and go.

use std::fs;
use std::num::{NonZeroU32, NonZeroUsize};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use corpus::{Connector, ConnectorError};
use fixtures::connector::MemoryState;
use fixtures::web_sites::Reply;
use futures::StreamExt;

use super::{is_root, world};
use crate::support::World;

/// The browser of a world: one that leaves its process's number and its profile where we look.
struct Watched {
    folder: tempfile::TempDir,
}

impl Watched {
    fn new(world: &mut World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let real = world.browser.find().unwrap();
        let script = format!(
            "#!/bin/sh\necho $$ $HOME >> '{0}/started'\nexec '{1}' \"$@\"\n",
            folder.path().display(),
            real.display()
        );
        let executable = folder.path().join("browser");
        fs::write(&executable, script).unwrap();
        fs::set_permissions(&executable, fs::Permissions::from_mode(0o755)).unwrap();
        world.browser.executable = Some(executable);
        Self { folder }
    }

    /// The processes that were started, with their profiles.
    fn started(&self) -> Vec<(String, PathBuf)> {
        let lines = fs::read_to_string(self.folder.path().join("started")).unwrap_or_default();
        let pair = |line: &str| line.split_once(' ').map(|(id, home)| (id.to_owned(), home.into()));
        lines.lines().filter_map(pair).collect()
    }

    /// Returns when nothing is left of any of them.
    async fn are_gone(&self) {
        for (group, profile) in self.started() {
            while is_running(&group) || profile.exists() {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// Whether a process of a group runs.
fn is_running(group: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok()).any(|stat| {
        // Behind the name, which is in brackets: the state, the parent, the group.
        let mut fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let state = fields.next().unwrap();
        fields.nth(1) == Some(group) && state != "Z"
    })
}

fn kill(process: &str) {
    assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
}

#[tokio::test]
async fn one_browser_serves_a_crawl_and_nothing_is_left_of_it() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    let watched = Watched::new(&mut world);
    world.page("a.example/", &["/1", "/2", "/3"]);
    for n in 1..4 {
        world.script(&format!("a.example/{n}"), "document.body.append('made')");
    }
    assert_eq!(world.crawl().await.documents.len(), 4);
    assert_eq!(watched.started().len(), 1);
    watched.are_gone().await;
    // A crawl without scripts needs none.
    for n in 1..4 {
        world.page(&format!("a.example/{n}"), &[]);
    }
    assert_eq!(world.crawl().await.documents.len(), 4);
    assert_eq!(watched.started().len(), 1);
}

#[tokio::test]
async fn a_crawl_that_is_given_up_leaves_no_browser() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    let watched = Watched::new(&mut world);
    world.script("a.example/", "document.body.innerHTML += '<a href=/2>2</a>'");
    world.script("a.example/2", "for (;;) {}");
    let found = world.crawl_until(1).await;
    assert!(!found.is_complete && watched.started().len() == 1);
    watched.are_gone().await;
}

#[tokio::test]
async fn browsers_are_replaced_after_so_many_pages() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    world.browser.pages_per_process = NonZeroU32::new(2).unwrap();
    world.browser.pages = NonZeroUsize::new(3).unwrap();
    let watched = Watched::new(&mut world);
    let links: Vec<String> = (0..6).map(|n| format!("/{n}")).collect();
    world.page("a.example/", &links.iter().map(String::as_str).collect::<Vec<_>>());
    for n in 0..6 {
        world.script(&format!("a.example/{n}"), "document.body.append('made')");
    }
    assert_eq!(world.crawl().await.documents.len(), 7);
    assert_eq!(watched.started().len(), 3);
    watched.are_gone().await;
}

#[tokio::test]
async fn a_browser_that_is_killed_is_started_anew() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    let watched = Watched::new(&mut world);
    world.page("a.example/", &["/1", "/2"]);
    for n in 1..3 {
        world.script(&format!("a.example/{n}"), "document.body.append('made')");
    }
    let state: Arc<MemoryState> = Arc::clone(&world.state);
    let mut events = world.connector().enumerate(state);
    let (mut documents, mut killed) = (0, false);
    while let Some(event) = events.next().await {
        if let corpus::SourceEvent::Upsert(document) = event.unwrap() {
            documents += 1;
            if document.key.as_str().ends_with("/1") {
                kill(&watched.started()[0].0);
                killed = true;
            }
        }
    }
    assert!(killed);
    assert_eq!((documents, watched.started().len()), (3, 2));
    watched.are_gone().await;
}

#[tokio::test]
async fn a_browser_that_always_breaks_down_ends_the_crawl() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    let watched = Watched::new(&mut world);
    let links: Vec<String> = (0..9).map(|n| format!("/{n}")).collect();
    world.page("a.example/", &links.iter().map(String::as_str).collect::<Vec<_>>());
    for n in 0..9 {
        world.sites.put(&format!("a.example/{n}"), Reply::html("<script src=/kill></script>"));
    }
    world.sites.put("a.example/kill", Reply::never());
    let killing = async {
        let mut killed = 0;
        loop {
            let asked =
                world.sites.visited().iter().filter(|target| target.ends_with("kill")).count();
            if asked > killed {
                kill(&watched.started().last().unwrap().0);
                killed = asked;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::select! {
        found = world.crawl() => found,
        () = killing => unreachable!(),
    };
    let error = found.error.unwrap();
    assert!(error.contains("10 times in a row"), "{error}");
    assert!(
        found.failed.values().all(|reason| reason.contains("the browser ended")),
        "{:?}",
        found.failed
    );
    assert_eq!(watched.started().len(), 10);
    watched.are_gone().await;
}

#[tokio::test]
async fn without_a_browser_the_data_source_is_refused_with_the_remedy() {
    let mut world = World::new(&["http://a.example/"]).await;
    world.page("a.example/", &[]);
    world.source.render = true;
    world.browser.executable = Some("/nowhere/chromium".into());
    let refused = world.connector().check().await;
    let Err(ConnectorError::Misconfigured { reason }) = refused else { panic!("{refused:?}") };
    for part in ["'/nowhere/chromium'", "install Chromium", "'connectors.browser.executable'"] {
        assert!(reason.contains(part), "{reason}");
    }
    world.script("a.example/", "1");
    assert!(world.crawl().await.error.unwrap().contains("install Chromium"));
    // What ends at once is no browser.
    world.browser.executable = Some("/bin/false".into());
    let refused = world.connector().check().await;
    assert!(refused.is_err_and(|error| error.to_string().contains("/bin/false does not start")));
}

#[tokio::test]
async fn the_sandbox_is_given_up_by_the_operator_alone() {
    let Some(mut world) = world(&["http://a.example/"]).await else { return };
    world.page("a.example/", &[]);
    world.browser.sandbox = true;
    match world.connector().check().await {
        // Whether it works for others depends on the machine.
        Err(ConnectorError::Misconfigured { reason }) => {
            assert!(reason.contains("'connectors.browser.sandbox'"), "{reason}");
        }
        other => assert!(other.is_ok() && !is_root(), "{other:?}"),
    }
    world.browser.sandbox = false;
    world.connector().check().await.unwrap();
}
