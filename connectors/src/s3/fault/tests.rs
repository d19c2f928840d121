//! What S3's answers mean.

use super::*;
use crate::s3::clients::{S3Clients, S3Config};

fn bucket() -> Bucket {
    let clients = S3Clients::new(S3Config::default());
    Bucket { name: "books".to_owned(), owner: Some("123456789012".to_owned()), clients }
}

fn answer(status: u16, code: &str, message: &str) -> Fault {
    Fault {
        kind: Kind::Answer(status),
        code: code.to_owned(),
        message: message.to_owned(),
        region: None,
    }
}

#[test]
fn refusals_of_objects_name_key_action_and_remedy() {
    let check = |status, code: &str, message: &str, expect: &[&str]| {
        let error = of_object(&bucket(), "a/b.md", &answer(status, code, message));
        assert!(matches!(error, ReadError::Denied { .. }), "{code}: {error:?}");
        let text = error.to_string();
        for part in ["s3:GetObject", "s3://books/a/b.md", code, message].iter().chain(expect) {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
    };
    check(403, "AccessDenied", "Access Denied", &["allow s3:GetObject", "123456789012"]);
    check(403, "InvalidObjectState", "", &["restore it"]);
    let kms = "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on key 7";
    check(403, "AccessDenied", kms, &["allow kms:Decrypt"]);
    check(400, "KMS.DisabledException", "key 7 is disabled", &["enabled"]);
    check(400, "KMS.NotFoundException", "no key 7", &["kms:Decrypt"]);
    check(400, "InvalidRequest", "customer-provided key", &["SSE-C"]);
    check(403, "ExpiredToken", "expired", &["renew the server's AWS credentials"]);
    check(403, "RequestTimeTooSkewed", "skewed", &["clock"]);
    check(400, "Strange", "odd", &[]);
}

#[test]
fn what_passes_is_told_from_what_stays() {
    let read = |status, code: &str| of_object(&bucket(), "a", &answer(status, code, ""));
    assert!(matches!(read(404, "NoSuchKey"), ReadError::Vanished));
    for (status, code) in [(503, "SlowDown"), (500, ""), (429, ""), (412, ""), (409, "")] {
        assert!(read(status, code).is_transient(), "{status} {code}");
    }
    assert!(read(400, "RequestTimeout").is_transient());

    let list = |fault: &Fault| of_bucket(&bucket(), fault);
    assert!(list(&answer(503, "SlowDown", "")).is_transient());
    assert!(list(&Fault::unanswered("dispatch failure: connection refused")).is_transient());
    let denied = list(&answer(403, "AccessDenied", "Access Denied"));
    assert!(matches!(denied, ConnectorError::Denied { .. }), "{denied}");
    let gone = list(&answer(404, "NoSuchBucket", "The specified bucket does not exist"));
    assert!(matches!(gone, ConnectorError::Misconfigured { .. }), "{gone}");
    assert!(gone.to_string().contains("s3://books"), "{gone}");
    let moved = list(&Fault { region: Some("eu-west-1".to_owned()), ..answer(301, "", "") });
    assert!(moved.to_string().contains("said to be in eu-west-1"), "{moved}");
}

#[test]
fn credentials_that_come_late_are_waited_for() {
    let late = Fault::unanswered("failed to load credentials: the metadata service timed out");
    assert!(of_bucket(&bucket(), &late).is_transient());
    let none = Fault::unanswered("dispatch failure: no providers in chain provided credentials");
    let error = of_bucket(&bucket(), &none);
    assert!(error.to_string().contains("AWS_ACCESS_KEY_ID"), "{error}");
}

#[test]
fn another_region_is_believed_where_the_bucket_turns_away() {
    let asked = Region::from_static("us-east-1");
    let says = |status, region: &str| {
        let fault = Fault { region: Some(region.to_owned()), ..answer(status, "", "") };
        fault.elsewhere(&asked).map(|region| region.to_string())
    };
    for status in [301, 307, 400, 403] {
        assert_eq!(says(status, "eu-west-1").as_deref(), Some("eu-west-1"));
        assert_eq!(says(status, "us-east-1"), None);
    }
    assert_eq!(says(404, "eu-west-1"), None);
    assert_eq!(answer(301, "", "").elsewhere(&asked), None);
}
