//! Reading: bodies, mentions, files.

use corpus::ReadError;
use fixtures::confluence_server::{BASIC, Flavour, ItemKind};

use crate::support::{Site, read};

#[tokio::test]
async fn a_page_is_read_lazily_as_markdown_with_the_names_of_people() {
    for site in Site::both().await {
        site.change(|wiki| {
            wiki.people.insert("712020:bob".to_owned(), "Bob Ray".to_owned());
            wiki.item("10").body = Some(
                "<h1>Who</h1><p>Ask <ac:link><ri:user ri:account-id=\"712020:bob\" \
                 ri:userkey=\"712020:bob\"/></ac:link> or <ac:link><ri:user \
                 ri:account-id=\"712020:eve\"/></ac:link>.</p>"
                    .to_owned(),
            );
        });
        let page = site.document("page/10").await;
        site.server.forget();
        let expect = "# Plan\n\n## Who\n\nAsk @Bob Ray or @unknown user.\n";
        assert_eq!(read(&page).await.unwrap(), expect);
        let asked = site.server.received("/user").len();
        assert_eq!(read(&page).await.unwrap(), expect);
        let again = site.server.received("/user").len() - asked;
        assert!(again <= 1, "known names were asked for again");
    }
}

#[tokio::test]
async fn where_there_is_no_storage_format_the_shown_form_is_read() {
    for site in Site::both().await {
        site.change(|wiki| {
            let page = wiki.item("10");
            page.body = None;
            page.view = "<h2>Shown</h2><p>a<br>b</p>".to_owned();
        });
        let page = site.document("page/10").await;
        assert_eq!(read(&page).await.unwrap(), "# Plan\n\n### Shown\n\na\nb\n");
    }
}

#[tokio::test]
async fn a_page_that_vanishes_says_so() {
    for site in Site::both().await {
        let page = site.document("page/10").await;
        site.change(|wiki| wiki.item("10").status = "trashed".to_owned());
        assert!(matches!(read(&page).await, Err(ReadError::Vanished)));
        site.change(|wiki| wiki.items.remove("10"));
        assert!(matches!(read(&page).await, Err(ReadError::Vanished)));
    }
}

#[tokio::test]
async fn an_included_page_does_not_leak_into_the_one_that_includes_it() {
    for site in Site::both().await {
        site.change(|wiki| {
            wiki.add(ItemKind::Page, "11", "Secret", "1", None).restricted.users =
                vec!["ann".to_owned()];
            wiki.item("10").body = Some(
                "<ac:structured-macro ac:name=\"include\"><ac:parameter ac:name=\"\"><ac:link>\
                 <ri:page ri:content-title=\"Secret\"/></ac:link></ac:parameter>\
                 </ac:structured-macro>"
                    .to_owned(),
            );
        });
        let page = site.document("page/10").await;
        assert_eq!(read(&page).await.unwrap(), "# Plan\n\n→ Secret\n");
    }
}

#[tokio::test]
async fn a_file_is_downloaded_without_telling_its_host_who_we_are() {
    for site in Site::both().await {
        site.change(|wiki| {
            let file = wiki.add(ItemKind::Attachment, "att40", "a.txt", "1", Some("10"));
            file.media_type = Some("text/plain".to_owned());
            file.bytes = b"bytes".to_vec();
        });
        let file = site.document("attachment/att40").await;
        site.server.forget();
        assert_eq!(read(&file).await.unwrap(), "bytes");
        let requests = site.server.received("");
        for request in &requests {
            let is_media = request.host == "api.media.atlassian.com";
            assert_eq!(request.authorization.as_deref(), (!is_media).then_some(BASIC));
        }
        let is_cloud = requests.iter().any(|request| request.host == "api.media.atlassian.com");
        assert_eq!(requests.len(), if is_cloud { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_login_page_in_place_of_a_file_is_no_file() {
    let site = Site::start(Flavour::DataCenter).await;
    site.change(|wiki| {
        wiki.add(ItemKind::Page, "10", "Plan", "1", None);
        let file = wiki.add(ItemKind::Attachment, "att40", "a.txt", "1", Some("10"));
        file.media_type = Some("text/plain".to_owned());
    });
    let file = site.document("attachment/att40").await;
    site.change(|wiki| wiki.login_page = true);
    let error = read(&file).await.unwrap_err().to_string();
    assert!(error.contains("a single sign-on stands before"), "{error}");
}
