//! What is there, what changed, and what is gone.

use serde_json::json;

use crate::support::{Org, id, read};

const T1: &str = "2026-01-01T00:00:01Z";
const T2: &str = "2026-01-01T00:00:02Z";
const T3: &str = "2026-01-01T00:00:03Z";

#[tokio::test]
async fn the_first_run_finds_everything_and_the_next_only_what_changed() {
    let org = Org::new().await;
    org.put(2, T1, "Two");
    org.put(1, T2, "One");
    assert_eq!(org.found().await, ["+Account/2", "+Account/1", "complete"]);
    assert!(org.found().await.is_empty());
    org.put(2, T3, "Two again");
    assert_eq!(org.found().await, ["+Account/2"]);
    assert!(org.found().await.is_empty());
}

#[tokio::test]
async fn a_record_is_a_document_with_its_fields() {
    let org = Org::new().await;
    let fields = json!({"Name": "O'Neil & Sons", "Note__c": "<p>First.</p><p>Then.</p>"});
    org.server.put("Account", &id(1), T1, &fields);
    let document = org.document().await;
    assert_eq!(read(&document).await.unwrap(), "# O'Neil & Sons\n\n\n## Note\n\nFirst.\n\nThen.\n");
    assert_eq!(document.location.uri(), format!("https://acme.my.salesforce.com/{}", id(1)));
    assert_eq!(document.media_type.as_deref(), Some("text/markdown"));
    assert!(!document.access.unwrap().permits(&[]), "nothing is known of who may read it");
}

#[tokio::test]
async fn a_change_key_changes_with_what_is_shown_and_only_then() {
    let org = Org::new().await;
    org.put(1, T1, "One");
    let before = org.document().await.change_key;
    org.put(1, T2, "One");
    assert_eq!(org.document().await.change_key, before, "only its moment changed");
    org.put(1, T3, "Another");
    assert_ne!(org.document().await.change_key, before);
}

#[tokio::test]
async fn a_list_of_pages_goes_on_behind_the_last_record_when_its_cursor_expires() {
    let org = Org::new().await;
    org.server.set_page_size(2);
    for number in 1..=6 {
        // All of the same moment: a page always ends between two of them.
        org.put(number, T1, "x");
    }
    let mut expect: Vec<String> = (1..=6).map(|number| format!("+Account/{number}")).collect();
    expect.push("complete".to_owned());
    assert_eq!(org.found().await, expect);
    assert_eq!(org.server.count("/query/01g"), 2);

    let org = Org::new().await;
    org.server.set_page_size(2);
    for number in 1..=6 {
        org.put(number, T1, "x");
    }
    let expired =
        json!([{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]);
    org.server.script("/query/01g", fixtures::scripted_server::Scripted::json(400, &expired));
    assert_eq!(org.found().await, expect);
    assert_eq!(org.server.count("(SystemModstamp > "), 1, "it did not go on behind the record");
}

#[tokio::test]
async fn a_run_that_is_killed_goes_on_behind_what_is_remembered() {
    let org = Org::new().await;
    org.server.set_page_size(2);
    for number in 1..=6 {
        org.put(number, T1, "x");
    }
    assert_eq!(org.events_until(3).await.len(), 3);
    assert_eq!(org.found().await, ["+Account/3", "+Account/4", "+Account/5", "+Account/6"]);
    assert!(org.found().await.is_empty());
}

#[tokio::test]
async fn changes_of_the_last_minutes_are_left_for_the_next_run() {
    let org = Org::new().await;
    org.put(1, T1, "x");
    org.found().await;
    let now = time::OffsetDateTime::now_utc();
    let text = |moment: time::OffsetDateTime| {
        let format =
            time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        moment.format(format).unwrap()
    };
    org.put(2, &text(now - time::Duration::minutes(1)), "in flight");
    assert!(org.found().await.is_empty());
    org.put(2, &text(now - time::Duration::minutes(6)), "done");
    assert_eq!(org.found().await, ["+Account/2"]);
}

#[tokio::test]
async fn a_first_reading_includes_the_last_minutes_and_steps_back_behind_them() {
    let org = Org::new().await;
    org.put(1, T1, "x");
    org.put(2, "2030-01-01T00:00:00Z", "not yet");
    let format =
        time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    org.put(3, &time::OffsetDateTime::now_utc().format(format).unwrap(), "just now");
    assert_eq!(org.found().await, ["+Account/1", "+Account/3", "complete"]);
    // Becomes visible late, with a moment before that of a record that was read.
    let late = time::OffsetDateTime::now_utc() - time::Duration::seconds(301);
    org.put(4, &late.format(format).unwrap(), "late");
    assert!(!org.found().await.contains(&"?Account/3".to_owned()));
}

#[tokio::test]
async fn what_the_log_says_is_deleted_is_gone() {
    let org = Org::new().await;
    for number in 1..=3 {
        org.put(number, T1, "x");
    }
    org.found().await;
    org.server.remove("Account", &id(2));
    org.server.log_deletion("Account", &id(2));
    org.wait("Account", 60).await;
    assert_eq!(org.found().await, ["-Account/2"]);
    assert_eq!(org.server.count("/deleted/"), 1);
    assert!(org.found().await.is_empty());
}

#[tokio::test]
async fn a_merged_record_is_gone_and_the_one_that_took_it_in_is_told() {
    let org = Org::new().await;
    org.put(1, T1, "Master");
    org.put(2, T1, "Merged");
    org.found().await;
    org.server.remove("Account", &id(2));
    org.server.log_deletion("Account", &id(2));
    org.put(1, T2, "Master and merged");
    org.wait("Account", 60).await;
    assert_eq!(org.found().await, ["-Account/2", "+Account/1"]);
}

#[tokio::test]
async fn a_log_that_does_not_reach_back_is_made_up_for_by_all_ids() {
    for purged in [true, false] {
        let org = Org::new().await;
        org.server.set_page_size(2);
        for number in 1..=5 {
            org.put(number, T1, "x");
        }
        org.found().await;
        org.server.remove("Account", &id(4));
        if purged {
            let recently = time::OffsetDateTime::now_utc() - time::Duration::minutes(10);
            let format =
                time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:00Z");
            org.server.purge_log(&recently.format(format).unwrap());
            org.wait("Account", 60).await;
        } else {
            // Longer ago than any log is kept.
            org.wait("Account", 60 * 24 * 16).await;
        }
        assert_eq!(org.found().await, ["?Account/4"], "purged: {purged}");
        assert!(org.found().await.is_empty());
    }
}

#[tokio::test]
async fn a_log_with_too_many_ids_is_asked_for_in_parts() {
    let org = Org::new().await;
    org.put(1, T1, "x");
    org.put(2, T1, "x");
    org.found().await;
    org.server.remove("Account", &id(2));
    org.server.log_deletion("Account", &id(2));
    org.server.limit_log(16);
    org.wait("Account", 60).await;
    assert_eq!(org.found().await, ["-Account/2"]);
    assert_eq!(org.server.count("/deleted/"), 7, "one of 60, two of 30, four of 15 minutes");
}

#[tokio::test]
async fn what_could_not_be_ingested_is_told_again_although_it_did_not_change() {
    let org = Org::new().await;
    org.put(1, T1, "x");
    org.put(2, T1, "x");
    org.found().await;
    let (one, gone) = (format!("Account/{}", id(1)), format!("Account/{}", id(9)));
    org.set_unsettled(&["Zebra/1", &one, &gone]);
    assert_eq!(org.found().await, ["+Account/1", "-Account/9"]);
}

#[tokio::test]
async fn filters_choose_records_by_name_and_a_changed_filter_reads_all_anew() {
    let mut org = Org::new().await;
    org.put(1, T1, "Acme");
    org.put(2, T2, "Test 'quoted' \\ account");
    assert_eq!(org.found().await, ["+Account/1", "+Account/2", "complete"]);
    org.source.filters.clear();
    org.filter("account", &[], &["'quoted' \\\\"]);
    // Where the fake's org has no such object, nothing is lost.
    assert!(org.found().await.last().unwrap().starts_with("error"));
    org.source.filters.clear();
    org.filter("Account", &[], &["'quoted' \\\\"]);
    assert_eq!(org.found().await, ["+Account/1", "?Account/2", "complete"]);
    org.put(1, T3, "Now 'quoted' \\ too");
    assert_eq!(org.found().await, ["?Account/1"]);
}

#[tokio::test]
async fn an_object_that_is_named_no_longer_loses_its_documents() {
    let mut org = Org::new().await;
    org.server.add_object("Lead", &[("Name", "string")]);
    org.put(1, T1, "x");
    org.server.put("Lead", &id(2), T1, &json!({"Name": "y"}));
    org.filter("Lead", &[], &[]);
    assert_eq!(org.found().await, ["+Account/1", "+Lead/2", "complete"]);
    org.source.filters.pop();
    assert_eq!(org.found().await, ["+Account/1", "?Lead/2", "complete"]);
}
