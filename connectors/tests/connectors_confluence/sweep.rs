//! What a sweep finds: changes, moves, removals, and what is left out.

use corpus::{MetadataValue, SourceEvent};
use fixtures::confluence_server::{Flavour, ItemKind};

use crate::support::{Site, attribute, metadata, read};

/// Something of each kind.
async fn sites() -> [Site; 2] {
    let sites = Site::both().await;
    for site in &sites {
        site.change(|wiki| {
            wiki.add(ItemKind::Page, "11", "Map", "1", Some("10")).labels =
                vec!["north".to_owned(), "sea".to_owned()];
            wiki.add(ItemKind::Blog, "20", "News", "1", None);
            wiki.add(ItemKind::Footer, "30", "", "1", Some("11"));
            wiki.add(ItemKind::Inline, "31", "", "1", Some("20"));
            let file = wiki.add(ItemKind::Attachment, "att40", "a b.pdf", "1", Some("11"));
            file.media_type = Some("application/octet-stream".to_owned());
            file.bytes = b"%PDF".to_vec();
        });
    }
    sites
}

#[tokio::test]
async fn pages_posts_comments_and_files_are_documents() {
    for site in sites().await {
        let documents = site.documents().await;
        let keys: Vec<&str> = documents.keys().map(String::as_str).collect();
        let all = ["attachment/att40", "blog/20", "comment/30", "comment/31", "page/10", "page/11"];
        assert_eq!(keys, all);
        let page = &documents["page/11"];
        assert_eq!(attribute(page, "title"), "Map");
        assert_eq!(attribute(page, "object_type"), "Page");
        assert_eq!(attribute(page, "space_key"), "OPS");
        assert_eq!(attribute(page, "space_name"), "Operations");
        assert_eq!(attribute(page, "path"), "Plan");
        assert_eq!(attribute(page, "modified_at"), "2026-01-02T03:04:05.000Z");
        let labels = MetadataValue::StringList(vec!["north".to_owned(), "sea".to_owned()]);
        assert_eq!(metadata(page)["labels"], labels);
        assert_eq!(page.media_type.as_deref(), Some("text/markdown"));
        let comment = &documents["comment/30"];
        assert_eq!(attribute(comment, "title"), "Re: Map");
        assert_eq!(attribute(comment, "parent_id"), "11");
        let file = &documents["attachment/att40"];
        assert_eq!(attribute(file, "path"), "Plan / Map");
        assert_eq!(file.media_type.as_deref(), Some("application/pdf"));
        assert_eq!(file.size, Some(4));
        assert!(read(comment).await.unwrap().starts_with("# Re: Map\n"));
    }
}

#[tokio::test]
async fn an_edit_changes_one_document_and_another_sweep_none() {
    for site in sites().await {
        let before = site.documents().await;
        let again = site.documents().await;
        for (key, document) in &before {
            assert_eq!(document.change_key, again[key].change_key, "{key}");
        }
        for (id, key) in [("11", "page/11"), ("30", "comment/30"), ("att40", "attachment/att40")] {
            let before = site.documents().await;
            site.change(|wiki| wiki.item(id).version += 1);
            let after = site.documents().await;
            for (other, document) in &before {
                let is_same = document.change_key == after[other].change_key;
                assert_eq!(is_same, other != key, "{id} {other}");
            }
        }
    }
}

#[tokio::test]
async fn labels_moves_and_renamed_ancestors_describe_without_reading() {
    for site in sites().await {
        let key = async || site.document("page/11").await.change_key.unwrap();
        let mut last = key().await;
        let changes: [fn(&mut fixtures::confluence_server::Wiki); 4] = [
            |wiki| wiki.item("11").labels.push("west".to_owned()),
            |wiki| wiki.item("10").title = "Plans".to_owned(),
            |wiki| wiki.item("11").parent = None,
            |wiki| wiki.spaces[0].name = "Ops".to_owned(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            site.change(change);
            let now = key().await;
            assert_eq!(last.content, now.content, "{number}");
            assert_ne!(last.metadata, now.metadata, "{number}");
            last = now;
        }
    }
}

#[tokio::test]
async fn a_page_that_is_renamed_and_moved_is_the_same_document() {
    for site in sites().await {
        site.change(|wiki| {
            wiki.add_space("2", "LAW", "Law");
            let page = wiki.item("11");
            page.title = "Chart".to_owned();
            page.parent = None;
            page.space = "2".to_owned();
            page.version += 1;
        });
        let page = site.document("page/11").await;
        assert_eq!((attribute(&page, "title"), attribute(&page, "space_key")), ("Chart", "LAW"));
        assert!(!metadata(&page).contains_key("path"));
    }
}

#[tokio::test]
async fn what_is_trashed_or_purged_is_gone_and_comes_back() {
    for site in sites().await {
        assert_eq!(site.found().await.len(), 7);
        site.change(|wiki| wiki.item("20").status = "trashed".to_owned());
        site.change(|wiki| wiki.items.remove("10"));
        site.change(|wiki| wiki.item("11").parent = None);
        let found = site.found().await;
        let gone = |key: &str| !found.iter().any(|event| event.ends_with(key));
        assert!(gone("page/10") && gone("blog/20"), "{found:?}");
        assert!(gone("comment/31"), "what was on it goes with it: {found:?}");
        assert_eq!(found.last().unwrap(), "complete");
        site.change(|wiki| wiki.item("20").status = "current".to_owned());
        assert!(site.found().await.contains(&"+blog/20".to_owned()));
    }
}

#[tokio::test]
async fn what_may_not_be_seen_any_longer_is_removed_and_reported() {
    for site in sites().await {
        site.found().await;
        site.change(|wiki| wiki.item("20").hidden = true);
        for _ in 0..2 {
            let events = site.events().await;
            let reason = events.iter().find_map(|event| match event.as_ref().unwrap() {
                SourceEvent::Ignored { key, reason, .. } if key.as_str() == "blog/20" => {
                    Some(reason)
                }
                _ => None,
            });
            assert!(reason.unwrap().contains("may not view it any longer"), "{reason:?}");
            assert!(matches!(events.last(), Some(Ok(SourceEvent::Complete))));
        }
    }
}

#[tokio::test]
async fn drafts_and_archived_pages_are_no_documents() {
    for site in sites().await {
        site.change(|wiki| wiki.item("11").status = "archived".to_owned());
        site.change(|wiki| wiki.item("20").status = "draft".to_owned());
        assert_eq!(site.found().await, ["+page/10", "complete"]);
    }
}

#[tokio::test]
async fn a_space_that_cannot_be_listed_keeps_its_documents() {
    for site in sites().await {
        site.change(|wiki| {
            wiki.add_space("2", "LAW", "Law");
            wiki.add(ItemKind::Page, "50", "Act", "2", None);
            wiki.add(ItemKind::Page, "51", "Bill", "2", None);
        });
        site.found().await;
        site.change(|wiki| wiki.spaces[0].status = Some(403));
        site.change(|wiki| wiki.items.remove("50"));
        for _ in 0..2 {
            let mut found = site.found().await;
            found.sort();
            let expect = [
                "!space/OPS",
                "+page/51",
                "=attachment/att40",
                "=blog/20",
                "=comment/30",
                "=comment/31",
                "=page/10",
                "=page/11",
                "complete",
            ];
            assert_eq!(found, expect);
        }
    }
}

#[tokio::test]
async fn filters_choose_by_type_and_name() {
    let check = async |kind: &str, inclusions: &[&str], exclusions: &[&str], expect: &[&str]| {
        for mut site in sites().await {
            site.filter(kind, inclusions, exclusions);
            let mut found = site.found().await;
            found.sort();
            assert_eq!(found, expect, "{kind}");
        }
    };
    check("Space", &[], &["^OPS$"], &["complete"]).await;
    check("Page", &["Plan"], &[], &["+blog/20", "+comment/31", "+page/10", "complete"]).await;
    check(
        "Attachment",
        &[r"\.docx$"],
        &[],
        &["+blog/20", "+comment/30", "+comment/31", "+page/10", "+page/11", "complete"],
    )
    .await;
    check(
        "Comment",
        &[],
        &["Re: Map"],
        &["+attachment/att40", "+blog/20", "+comment/31", "+page/10", "+page/11", "complete"],
    )
    .await;
}

#[tokio::test]
async fn a_filter_without_meaning_is_refused_before_anything_is_asked() {
    let mut site = Site::start(Flavour::Cloud).await;
    site.filter("Page", &["(?<=a)b"], &[]);
    let error = site.try_connector().unwrap_err().to_string();
    assert!(error.contains("'(?<=a)b' of Page cannot be used at character"), "{error}");
    assert!(site.server.received("").is_empty());
}

#[tokio::test]
async fn folders_between_pages_are_part_of_the_path() {
    let site = Site::start(Flavour::Cloud).await;
    site.change(|wiki| {
        wiki.add(ItemKind::Page, "10", "Root", "1", None);
        wiki.add(ItemKind::Folder, "60", "Drawer", "1", Some("10"));
        wiki.add(ItemKind::Page, "09", "Leaf", "1", Some("60"));
    });
    assert_eq!(attribute(&site.document("page/09").await, "path"), "Root / Drawer");
}
