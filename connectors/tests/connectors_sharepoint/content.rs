//! The bytes of files.

use corpus::{MetadataValue, ReadError, SourceMetadata};
use fixtures::graph_server::SITES;
use fixtures::scripted_server::{Ending, Scripted};

use crate::support::{DRIVE, Tenant, file, read};

#[tokio::test]
async fn content_is_read_when_asked_for_by_a_link_that_no_token_goes_to() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "# Hello");
    let document = tenant.document(&file("a")).await;
    assert_eq!(tenant.server.count("/content"), 0, "it was read too early");
    // The fake refuses downloads that bring a token along.
    assert_eq!(read(&document).await.unwrap(), "# Hello");
    assert_eq!(read(&document).await.unwrap(), "# Hello");
    assert_eq!(document.size, Some(7));
    assert_eq!(document.media_type.as_deref(), Some("text/markdown"));
    let SourceMetadata::Inline(metadata) = &document.metadata else { panic!("no metadata") };
    assert_eq!(metadata["file_name"], MetadataValue::String("a.md".to_owned()));
    assert_eq!(metadata["author"], MetadataValue::String("Ada".to_owned()));
}

#[tokio::test]
async fn a_download_that_breaks_off_or_whose_link_expired_may_be_tried_again() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "hello");
    let document = tenant.document(&file("a")).await;
    let broken = Scripted {
        status: 200,
        body: "he".to_owned(),
        ending: Ending::Broken,
        ..Scripted::default()
    };
    tenant.server.script("/download/", broken);
    let error = read(&document).await.unwrap_err();
    assert!(matches!(error, ReadError::Interrupted { .. }), "{error}");
    let expired = Scripted { status: 401, ..Scripted::default() };
    tenant.server.script("/download/", expired);
    let error = read(&document).await.unwrap_err();
    assert!(matches!(error, ReadError::Interrupted { .. }), "{error}");
    assert!(!error.to_string().contains("secret-link"), "{error}");
    assert_eq!(read(&document).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_file_that_is_locked_forbidden_or_gone_says_so() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "hello");
    let document = tenant.document(&file("a")).await;
    tenant.server.refuse_content(DRIVE, "a", Some(423));
    let error = read(&document).await.unwrap_err();
    assert!(matches!(&error, ReadError::Denied { reason } if reason.contains("locked")), "{error}");
    tenant.server.refuse_content(DRIVE, "a", Some(403));
    let error = read(&document).await.unwrap_err();
    assert!(matches!(&error, ReadError::Denied { reason } if reason.contains("right")), "{error}");
    tenant.server.refuse_content(DRIVE, "a", None);
    tenant.server.delete(DRIVE, "a");
    let error = read(&document).await.unwrap_err();
    assert!(matches!(error, ReadError::Vanished), "{error}");
}

#[tokio::test]
async fn a_redirect_to_a_place_without_tls_is_not_followed() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "hello");
    let document = tenant.document(&file("a")).await;
    for target in ["http://elsewhere.example/x", "ftp://elsewhere.example/x", "file:///etc/passwd"]
    {
        let away = Scripted { status: 302, ..Scripted::default() }.with_header("location", target);
        tenant.server.script("/content", away);
        let error = read(&document).await.unwrap_err();
        assert!(matches!(error, ReadError::Denied { .. }), "{target}: {error}");
    }
    // An address of a private network is not one that may be dialled.
    let away = Scripted { status: 302, ..Scripted::default() }
        .with_header("location", "https://127.0.0.1:9/x");
    tenant.server.script("/content", away);
    let error = read(&document).await.unwrap_err();
    assert!(matches!(error, ReadError::Denied { .. }), "{error}");
    assert_eq!(tenant.server.count(&format!("{SITES}/download")), 0);
}
