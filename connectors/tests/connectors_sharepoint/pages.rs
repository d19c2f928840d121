//! Pages of sites.

use corpus::ReadError;

use crate::support::{Tenant, read, short};

const PAGE: &str = "page/contoso.sharepoint.com,site-a,web-a";

#[tokio::test]
async fn pages_are_html_and_those_that_are_gone_are_removed() {
    let tenant = Tenant::new().await;
    let server = &tenant.server;
    server.set_page_size(2);
    server.put_page("sites/a", "p1", "Rules", "<p>Be <b>kind</b>.</p>", "published");
    server.put_page("sites/a", "p2", "Menu", "<p>Soup.</p>", "published");
    server.put_page("sites/a", "p3", "Draft", "<p>Not yet.</p>", "checkout");
    let events = tenant.events().await;
    let found: Vec<String> = events.iter().map(short).collect();
    assert_eq!(found[..2], [format!("+{PAGE}/p1"), format!("+{PAGE}/p2")]);
    assert!(found[2].starts_with(&format!("~{PAGE}/p3: the page is not published")), "{found:?}");
    assert_eq!(found[3], "complete");
    let document = tenant.document(&format!("{PAGE}/p1")).await;
    assert_eq!(document.media_type.as_deref(), Some("text/html; charset=utf-8"));
    let html = read(&document).await.unwrap();
    assert!(html.contains("<h1>Rules</h1>") && html.contains("<p>Be <b>kind</b>.</p>"), "{html}");
    server.remove_page("sites/a", "p2");
    let found = tenant.found().await;
    assert_eq!(found.last().unwrap(), &format!("?{PAGE}/p2"));
}

#[tokio::test]
async fn a_page_changes_its_key_when_it_is_edited_and_only_then() {
    let tenant = Tenant::new().await;
    tenant.server.put_page("sites/a", "p", "Rules", "one", "published");
    let key = format!("{PAGE}/p");
    let before = tenant.document(&key).await.change_key;
    assert!(before.is_some());
    assert_eq!(tenant.document(&key).await.change_key, before);
    tenant.server.put_page("sites/a", "p", "Rules", "two", "published");
    assert_ne!(tenant.document(&key).await.change_key, before);
}

#[tokio::test]
async fn a_corrupt_page_fails_alone() {
    let tenant = Tenant::new().await;
    tenant.server.put_page("sites/a", "bad", "Bad", "x", "published");
    tenant.server.put_page("sites/a", "good", "Good", "y", "published");
    tenant.server.corrupt_page("sites/a", "bad");
    assert_eq!(
        tenant.found().await,
        [format!("+{PAGE}/bad"), format!("+{PAGE}/good"), "complete".to_owned()]
    );
    let bad = tenant.document(&format!("{PAGE}/bad")).await;
    let error = read(&bad).await.unwrap_err();
    assert!(
        matches!(&error, ReadError::Denied { reason } if reason.contains("corrupt")),
        "{error}"
    );
    let good = tenant.document(&format!("{PAGE}/good")).await;
    assert!(read(&good).await.unwrap().contains('y'));
}

#[tokio::test]
async fn filters_choose_pages_by_title() {
    let mut tenant = Tenant::new().await;
    tenant.server.put_page("sites/a", "p1", "Rules", "x", "published");
    tenant.server.put_page("sites/a", "p2", "Menu", "x", "published");
    tenant.found().await;
    tenant.filter("Page", &[], &["Menu"]);
    assert_eq!(
        tenant.found().await,
        [format!("+{PAGE}/p1"), format!("?{PAGE}/p2"), "complete".to_owned()]
    );
}
