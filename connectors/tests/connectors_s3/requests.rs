//! What the server is asked, and where.

use connectors::S3Config;
use corpus::{Connector, ConnectorError, S3Source};
use fixtures::s3_server::{OWNER, S3Server};

use crate::support::{config, connector, connector_for, document, read, source};

#[tokio::test]
async fn a_bucket_in_another_region_is_followed_there_once() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.region("eu-west-1");
    let connector = connector(&server);
    connector.check().await.unwrap();
    let document = document(&connector, "a.md").await;
    assert_eq!(read(document.content.as_ref()).await.unwrap(), b"x");
    let regions: Vec<String> =
        server.received().into_iter().map(|request| request.region).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1", "eu-west-1", "eu-west-1"]);
}

#[tokio::test]
async fn a_bucket_that_is_always_elsewhere_is_not_run_after() {
    let server = S3Server::start().await;
    server.send_round();
    let error = connector(&server).check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error}");
    assert!(error.to_string().contains("us-east-1-other-other"), "{error}");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn requests_carry_the_owner_and_nothing_that_others_reject() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.put("a.md.metadata.json", "{}");
    let source = S3Source { expected_owner: Some(OWNER.to_owned()), ..source() };
    let connector = connector_for(&source, config(&server));
    connector.check().await.unwrap();
    let document = document(&connector, "a.md").await;
    read(document.content.as_ref()).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 3);
    for request in received {
        let has = |name: &str| request.headers.contains_key(name);
        assert_eq!(request.headers["x-amz-expected-bucket-owner"], OWNER);
        assert!(!has("x-amz-sdk-checksum-algorithm"), "{:?}", request.headers);
        assert!(!has("x-amz-trailer"), "{:?}", request.headers);
        assert!(!has("x-amz-checksum-mode"), "{:?}", request.headers);
        assert!(!has("x-amz-request-payer"), "{:?}", request.headers);
    }
}

#[tokio::test]
async fn a_bucket_whose_readers_pay_is_read_where_the_operator_pays() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.readers_pay();
    let error = connector(&server).check().await.unwrap_err();
    assert!(error.to_string().contains("connectors.s3.requester_pays"), "{error}");
    let config = S3Config { requester_pays: true, ..config(&server) };
    let document = document(&connector_for(&source(), config), "a.md").await;
    assert_eq!(read(document.content.as_ref()).await.unwrap(), b"x");
}
