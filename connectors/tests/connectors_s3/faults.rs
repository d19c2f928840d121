//! What is refused, and what is said about it.

use corpus::{Connector, ConnectorError, ReadError, S3Source};
use fixtures::s3_server::{BUCKET, OWNER, Refusal, S3Server};

use crate::support::{
    config, connector, connector_for, document, documents, events, found, read, source,
};

fn denied() -> Refusal {
    Refusal { status: 403, code: "AccessDenied", message: "Access Denied" }
}

#[tokio::test]
async fn one_object_that_may_not_be_read_fails_alone() {
    let server = S3Server::start().await;
    server.put("secret.md", "x");
    server.put("open.md", "x");
    server.refuse("secret.md", denied());
    let documents = documents(&connector(&server)).await;
    let error = read(documents["secret.md"].content.as_ref()).await.unwrap_err();
    assert!(matches!(error, ReadError::Denied { .. }), "{error}");
    let said = error.to_string();
    for part in ["s3:GetObject of s3://books/secret.md", "AccessDenied", "allow s3:GetObject"] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(read(documents["open.md"].content.as_ref()).await.unwrap(), b"x");
}

#[tokio::test]
async fn what_the_key_service_says_is_passed_on() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    let document = document(&connector(&server), "a.md").await;
    let message = "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on key 7";
    server.refuse("a.md", Refusal { status: 403, code: "AccessDenied", message });
    let said = read(document.content.as_ref()).await.unwrap_err().to_string();
    assert!(said.contains(message) && said.contains("allow kms:Decrypt"), "{said}");
    server.refuse("a.md", Refusal { status: 400, code: "KMS.DisabledException", message: "off" });
    let error = read(document.content.as_ref()).await.unwrap_err();
    assert!(matches!(error, ReadError::Denied { .. }), "{error}");
    assert!(error.to_string().contains("KMS.DisabledException (off)"), "{error}");
}

#[tokio::test]
async fn an_archived_object_that_the_listing_does_not_tell_of_says_so() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.archive("a.md", "INTELLIGENT_TIERING", None);
    let document = document(&connector(&server), "a.md").await;
    let message = "The operation is not valid for the object's access tier";
    server.refuse("a.md", Refusal { status: 403, code: "InvalidObjectState", message });
    let said = read(document.content.as_ref()).await.unwrap_err().to_string();
    assert!(said.contains("restore it"), "{said}");
}

#[tokio::test]
async fn a_bucket_that_may_not_be_listed_is_named_with_action_and_remedy() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.refuse_listing(1, denied());
    let error = connector(&server).check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
    let said = error.to_string();
    for part in ["s3:ListBucket on s3://books", "AccessDenied", "allow s3:ListBucket"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(matches!(events(&connector(&server)).await[..], [Err(ConnectorError::Denied { .. })]));
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named() {
    let server = S3Server::start().await;
    let source = S3Source { bucket: "films".to_owned(), ..source() };
    let connector = connector_for(&source, config(&server));
    let error = connector.check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("s3://films") && said.contains("NoSuchBucket"), "{said}");
    assert!(found(&connector).await[0].starts_with("error: "));
}

#[tokio::test]
async fn a_bucket_of_another_owner_is_refused() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    let of = |owner: &str| {
        let source = S3Source { expected_owner: Some(owner.to_owned()), ..source() };
        connector_for(&source, config(&server))
    };
    of(OWNER).check().await.unwrap();
    let error = of("999999999999").check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains(BUCKET) && said.contains("belongs to account 999999999999"), "{said}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_may_do_so_later() {
    let server = S3Server::start().await;
    let config = config(&server);
    drop(server);
    let error = connector_for(&source(), config).check().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains("s3:ListBucket on s3://books"), "{error}");
}

#[tokio::test]
async fn a_directory_bucket_wants_a_prefix_that_is_a_directory() {
    let server = S3Server::start().await;
    let source = S3Source {
        bucket: "books--use1-az4--x-s3".to_owned(),
        prefix: Some("reports".to_owned()),
        ..source()
    };
    let error = connector_for(&source, config(&server)).check().await.unwrap_err();
    assert!(error.to_string().contains("end with '/'"), "{error}");
    assert!(server.received().is_empty());
}
