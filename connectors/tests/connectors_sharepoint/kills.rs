//! A run may end at any event; what the next ones tell makes up for it.

use std::collections::BTreeSet;

use crate::support::{DRIVE, Tenant, short};

/// What is indexed after some events.
async fn apply(index: &mut BTreeSet<String>, tenant: &Tenant, most: usize) -> usize {
    let events = tenant.events_until(most).await;
    for event in &events {
        let line = short(event);
        match line.split_at(1) {
            ("+", key) => drop(index.insert(key.to_owned())),
            ("-" | "?", key) => drop(index.remove(key)),
            _ => {}
        }
    }
    events.len()
}

fn fill(tenant: &Tenant) {
    let server = &tenant.server;
    server.set_page_size(3);
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_folder(DRIVE, Some("f"), "g", "Below");
    for (parent, id) in [(None, "a"), (Some("f"), "b"), (Some("g"), "c"), (Some("g"), "d")] {
        server.put_file(DRIVE, parent, id, "x.md", id);
    }
    server.put_page("sites/a", "p", "Page", "x", "published");
    server.put_page("sites/a", "q", "Other", "x", "published");
}

fn change(tenant: &Tenant) {
    let server = &tenant.server;
    server.put_file(DRIVE, None, "d", "moved.md", "d");
    server.put_file(DRIVE, Some("f"), "e", "new.md", "e");
    server.delete(DRIVE, "g");
    server.put_folder(DRIVE, None, "f", "Renamed");
    server.remove_page("sites/a", "q");
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_event_ends_where_a_whole_one_does() {
    let page = "page/contoso.sharepoint.com,site-a,web-a";
    let filled = ["a", "b", "c", "d", &format!("{page}/p"), &format!("{page}/q")];
    let filled: BTreeSet<String> = filled.into_iter().map(str::to_owned).collect();
    let changed = ["a", "b", "d", "e", &format!("{page}/p")];
    let changed: BTreeSet<String> = changed.into_iter().map(str::to_owned).collect();
    for expired in [false, true] {
        for most in 0.. {
            let tenant = Tenant::new().await;
            let mut index = BTreeSet::new();
            fill(&tenant);
            let first = apply(&mut index, &tenant, most).await;
            apply(&mut index, &tenant, usize::MAX).await;
            assert_eq!(index, filled, "killed after {most} events");
            change(&tenant);
            if expired {
                tenant.server.expire_links(DRIVE);
            }
            let second = apply(&mut index, &tenant, most).await;
            apply(&mut index, &tenant, usize::MAX).await;
            assert_eq!(index, changed, "killed after {most} events, links expired: {expired}");
            if first < most && second < most {
                break;
            }
        }
    }
}
