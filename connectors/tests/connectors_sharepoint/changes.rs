//! What is there, what changed, and what is gone.

use serde_json::json;

use crate::support::{DRIVE, Tenant, file, site_url};

#[tokio::test]
async fn the_first_run_finds_everything_and_the_next_only_what_changed() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_file(DRIVE, None, "a", "a.md", "one");
    server.put_file(DRIVE, Some("f"), "b", "b.md", "two");
    assert_eq!(tenant.found().await, ["+a", "+b", "complete"]);
    assert!(tenant.found().await.is_empty());
    server.put_file(DRIVE, None, "a", "a.md", "changed");
    server.put_file(DRIVE, Some("f"), "c", "c.md", "new");
    server.delete(DRIVE, "b");
    assert_eq!(tenant.found().await, ["+a", "+c", "-b"]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn a_list_of_many_pages_is_followed_and_its_end_remembered_after_its_documents() {
    let tenant = Tenant::new().await;
    tenant.server.set_page_size(3);
    for number in 0..8 {
        tenant.server.put_file(DRIVE, None, &format!("i{number}"), "x.md", "x");
    }
    let expect: Vec<String> = (0..8).map(|number| format!("+i{number}")).collect();
    let found = tenant.found().await;
    assert_eq!(found[..8], expect);
    assert_eq!(found[8], "complete");
    // What precedes a checkpoint and is not known to be done is told again.
    tenant.server.put_file(DRIVE, None, "late", "x.md", "x");
    assert_eq!(tenant.events_until(1).await.len(), 1);
    assert_eq!(tenant.found().await, ["+late"]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn a_run_that_is_killed_goes_on_from_its_last_page_and_then_removes_nothing_that_is_there() {
    let tenant = Tenant::new().await;
    tenant.server.set_page_size(3);
    for number in 0..8 {
        tenant.server.put_file(DRIVE, None, &format!("i{number}"), "x.md", "x");
    }
    // The root and two files are the first page, three files the second one.
    assert_eq!(tenant.events_until(6).await.len(), 6);
    let asked = tenant.server.requests().len();
    let found = tenant.found().await;
    assert_eq!(found, ["+i5", "+i6", "+i7"], "it went on elsewhere");
    let again = tenant.server.requests().split_off(asked);
    let delta: Vec<_> = again.iter().filter(|line| line.contains("delta")).collect();
    assert!(delta.iter().all(|line| line.contains("$skiptoken=all-")), "{delta:?}");
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn of_an_item_that_comes_twice_the_last_state_counts() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "one");
    tenant.server.put_file(DRIVE, None, "b", "b.md", "one");
    tenant.found().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "two");
    tenant.server.delete(DRIVE, "b");
    tenant.server.put_file(DRIVE, None, "a", "renamed.md", "three");
    tenant.server.put_file(DRIVE, None, "b", "b.md", "back");
    assert_eq!(tenant.found().await, ["+a", "+b"]);
    tenant.server.put_file(DRIVE, None, "a", "a.md", "four");
    tenant.server.delete(DRIVE, "a");
    assert_eq!(tenant.found().await, ["-a"]);
}

#[tokio::test]
async fn what_is_in_a_deleted_folder_is_gone_with_it() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Folder");
    server.put_folder(DRIVE, Some("f"), "g", "Below");
    server.put_file(DRIVE, Some("f"), "a", "a.md", "x");
    server.put_file(DRIVE, Some("g"), "b", "b.md", "x");
    server.put_file(DRIVE, Some("g"), "moved", "c.md", "x");
    server.put_file(DRIVE, None, "stays", "d.md", "x");
    tenant.found().await;
    server.put_file(DRIVE, None, "moved", "c.md", "x");
    server.delete(DRIVE, "f");
    assert_eq!(tenant.found().await, ["+moved", "-a", "-b"]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn a_folder_that_is_deleted_while_all_is_being_read_takes_what_was_told_with_it() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.set_page_size(3);
    server.put_folder(DRIVE, None, "a", "Folder");
    server.put_file(DRIVE, Some("a"), "z", "z.md", "x");
    server.put_file(DRIVE, None, "b", "b.md", "x");
    assert_eq!(tenant.found().await, ["+b", "+z", "complete"]);
    server.delete(DRIVE, "a");
    assert_eq!(tenant.found().await, ["-z"]);
}

#[tokio::test]
async fn what_is_in_a_renamed_folder_is_told_again_under_its_new_url() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.put_folder(DRIVE, None, "f", "Old");
    server.put_folder(DRIVE, Some("f"), "g", "Below");
    server.put_file(DRIVE, Some("g"), "a", "a.md", "x");
    let before = tenant.document(&file("a")).await;
    assert!(before.location.uri().ends_with("/Old/Below/a.md"), "{}", before.location.uri());
    server.put_folder(DRIVE, None, "f", "New");
    let after = tenant.document(&file("a")).await;
    assert!(after.location.uri().ends_with("/New/Below/a.md"), "{}", after.location.uri());
    let (before, after) = (before.change_key.unwrap(), after.change_key.unwrap());
    assert_eq!(before.content, after.content, "its bytes are the same");
    assert_ne!(before.metadata, after.metadata, "its URL is another");
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn where_links_expire_all_is_read_from_where_graph_says_and_what_is_missing_is_removed() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    for id in ["a", "b", "c"] {
        server.put_file(DRIVE, None, id, "x.md", "x");
    }
    tenant.found().await;
    server.delete(DRIVE, "b");
    server.put_file(DRIVE, None, "d", "x.md", "x");
    server.expire_links(DRIVE);
    assert_eq!(tenant.found().await, ["+a", "+c", "+d", "?b", "complete"]);
    assert_eq!(server.count("delta?token=all"), 1, "Location was not followed");
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn a_run_that_is_killed_before_it_removes_what_is_missing_does_so_the_next_time() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    for id in ["a", "b", "c"] {
        server.put_file(DRIVE, None, id, "x.md", "x");
    }
    tenant.found().await;
    server.delete(DRIVE, "b");
    server.expire_links(DRIVE);
    // Both files are told, and where the list ended is remembered; the removal is taken, not done.
    assert_eq!(tenant.events_until(3).await.len(), 3);
    assert_eq!(tenant.found().await, ["?b"]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn what_could_not_be_ingested_is_told_again_although_it_did_not_change() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    tenant.server.put_file(DRIVE, None, "b", "b.md", "x");
    tenant.found().await;
    tenant.set_unsettled(&[&file("b"), &file("gone"), "zzz"]);
    assert_eq!(tenant.found().await, ["+b", "-gone"]);
    tenant.set_unsettled(&[]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn what_is_no_plain_file_is_left_out_with_its_reason() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    for (id, facet) in [("notes", "package"), ("link", "remoteItem"), ("virus", "malware")] {
        server.put_file(DRIVE, None, id, "x", "x");
        server.set_facet(DRIVE, id, facet, json!({}));
    }
    let found = tenant.found().await;
    let check = |id: &str, reason: &str| {
        let is_told = |line: &&String| line.starts_with(&format!("~{id}: "));
        assert!(found.iter().find(is_told).unwrap().contains(reason), "{found:?}");
    };
    check("notes", "OneNote");
    check("link", "shortcut");
    check("virus", "malware");
    assert_eq!(found.len(), 4, "{found:?}");
}

#[tokio::test]
async fn filters_choose_files_by_name_and_a_changed_filter_reads_all_anew() {
    let mut tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    tenant.server.put_file(DRIVE, None, "b", "b.txt", "x");
    tenant.server.put_file(DRIVE, None, "c", "draft.md", "x");
    assert_eq!(tenant.found().await, ["+a", "+b", "+c", "complete"]);
    tenant.filter("File", &[r"\.md$"], &["^draft"]);
    assert_eq!(tenant.found().await, ["+a", "?b", "?c", "complete"]);
    tenant.server.put_file(DRIVE, None, "a", "a.txt", "x");
    assert_eq!(tenant.found().await, ["?a"]);
    assert!(tenant.found().await.is_empty());
}

#[tokio::test]
async fn libraries_and_sites_that_are_no_longer_there_lose_their_documents() {
    let mut tenant = Tenant::new().await;
    tenant.server.add_drive("sites/a", "b!e");
    tenant.server.add_site("sites/b");
    tenant.server.add_drive("sites/b", "b!f");
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    tenant.server.put_file("b!e", None, "b", "b.md", "x");
    tenant.server.put_file("b!f", None, "c", "c.md", "x");
    tenant.server.put_page("sites/b", "p", "Page", "", "published");
    tenant.source.site_urls.push(site_url("sites/b"));
    let page = "page/contoso.sharepoint.com,site-b,web-b/p";
    let expect = ["+a", "+file/b!e/b", "+file/b!f/c", &format!("+{page}"), "complete"];
    assert_eq!(tenant.found().await, expect);
    tenant.server.remove_drive("sites/a", "b!e");
    assert_eq!(tenant.found().await, [&format!("+{page}"), "?file/b!e/b"]);
    tenant.source.site_urls.pop();
    let found = tenant.found().await;
    assert!(found.contains(&"?file/b!f/c".to_owned()), "{found:?}");
    assert!(found.contains(&format!("?{page}")), "{found:?}");
    assert_eq!(found.last().unwrap(), "complete");
}
