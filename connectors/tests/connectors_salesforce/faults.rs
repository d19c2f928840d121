//! What goes wrong, and that nothing is lost by it.

use corpus::{ConnectorError, SourceEvent};
use fixtures::salesforce_server::CONSUMER;
use fixtures::scripted_server::Scripted;
use serde_json::json;

use crate::support::{Org, id};

const T1: &str = "2026-01-01T00:00:01Z";
const T2: &str = "2026-01-01T00:00:02Z";

#[tokio::test]
async fn a_session_that_expired_is_renewed_once_for_all() {
    let org = Org::new().await;
    let connector = org.connector();
    connector.check().await.unwrap();
    connector.check().await.unwrap();
    assert_eq!(org.server.count("/oauth2/token"), 1, "the session was not kept");
    org.server.expire_sessions();
    let checks = (0..8).map(|_| connector.check());
    for checked in futures::future::join_all(checks).await {
        checked.unwrap();
    }
    assert_eq!(org.server.count("/oauth2/token"), 2, "the new session was not shared");
}

#[tokio::test]
async fn a_session_that_expires_between_two_pages_costs_nothing() {
    let org = Org::new().await;
    org.server.set_page_size(1);
    org.put(1, T1, "x");
    org.put(2, T2, "x");
    let expired = json!([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}]);
    org.server.script("/query/01g", Scripted::json(401, &expired));
    assert_eq!(org.found().await, ["+Account/1", "+Account/2", "complete"]);
}

#[tokio::test]
async fn an_org_that_the_login_places_elsewhere_gets_no_token() {
    let org = Org::new().await;
    org.server.set_instance("https://salesforce.com.evil.example");
    let error = org.connector().check().await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
    assert!(error.to_string().contains(".salesforce.com"), "{error}");
    assert_eq!(org.server.requests().len(), 1, "something followed the login");
}

#[tokio::test]
async fn what_is_wrong_with_the_login_is_said_without_the_secret() {
    let org = Org::new().await;
    org.store_secret("very-wrong");
    let error = org.connector().check().await.unwrap_err().to_string();
    assert!(error.contains("consumerSecret") && !error.contains("very-wrong"), "{error}");
    org.secrets.set("sf", &[("consumerKey", CONSUMER.0), ("consumerSecret", CONSUMER.1)]);
    let error = org.connector().check().await.unwrap_err().to_string();
    assert!(error.contains("no field 'authenticationUrl'"), "{error}");
}

#[tokio::test]
async fn a_configuration_without_meaning_is_refused() {
    let check = async |change: fn(&mut Org), expect: &str| {
        let mut org = Org::new().await;
        change(&mut org);
        let error = org.try_connector().unwrap_err();
        assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error}");
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(|org| org.source.host_url = "https://a.example".to_owned(), ".salesforce.com").await;
    check(|org| org.source.host_url = "http://a.my.salesforce.com".to_owned(), "https://").await;
    check(|org| org.filter("Account' OR 'a", &[], &[]), "no name of an object").await;
    check(|org| org.filter("Account", &["(?<=x)"], &[]), "look-around").await;
}

#[tokio::test]
async fn a_field_that_may_not_be_seen_is_left_out() {
    let org = Org::new().await;
    org.server.hide_field("Account", "Note__c");
    let fields = json!({"Name": "Acme", "Note__c": "secret"});
    org.server.put("Account", &id(1), T1, &fields);
    assert_eq!(org.found().await, ["+Account/1", "complete"]);
    let questions = org.server.count("/query?");
    assert_eq!(questions, 2, "the question was to be asked once more, without the field");
}

#[tokio::test]
async fn an_object_that_the_org_hides_is_reported_with_the_remedy_and_the_others_go_on() {
    let mut org = Org::new().await;
    org.put(1, T1, "x");
    org.server.add_object("Lead", &[("Name", "string")]);
    org.server.put("Lead", &id(2), T1, &json!({"Name": "y"}));
    org.filter("Lead", &[], &[]);
    assert_eq!(org.found().await, ["+Account/1", "+Lead/2", "complete"]);
    org.server.hide_object("Lead");
    org.put(1, T2, "changed");
    let found = org.found().await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "+Account/1");
    assert!(
        found[1].starts_with("!object/Lead: ") && found[1].contains("permission set"),
        "{found:?}"
    );
    org.server.add_object("Lead", &[("Name", "string")]);
    org.set_unsettled(&["object/Lead"]);
    assert_eq!(org.found().await.last().unwrap(), "-object/Lead");
}

#[tokio::test]
async fn where_nothing_is_named_the_usual_objects_that_the_org_shows_are_read() {
    let mut org = Org::new().await;
    org.source.filters.clear();
    org.put(1, T1, "x");
    assert_eq!(org.found().await, ["+Account/1", "complete"]);
    org.server.hide_object("Account");
    let found = org.found().await;
    assert!(found.last().unwrap().starts_with("error: "), "{found:?}");
    assert!(!found.iter().any(|line| line.starts_with('-')), "{found:?}");
    assert!(org.connector().check().await.is_err());
}

#[tokio::test]
async fn a_usual_object_that_comes_to_be_hidden_keeps_its_documents() {
    let mut org = Org::new().await;
    org.source.filters.clear();
    org.server.add_object("Lead", &[("Name", "string")]);
    org.put(1, T1, "x");
    org.server.put("Lead", &id(2), T1, &json!({"Name": "y"}));
    assert_eq!(org.found().await, ["+Account/1", "+Lead/2", "complete"]);
    org.server.hide_object("Lead");
    let found = org.found().await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("!object/Lead: "), "{found:?}");
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_no_missing_right_and_the_next_run_goes_on() {
    let org = Org::new().await;
    org.server.set_page_size(1);
    org.put(1, T1, "x");
    org.put(2, T2, "x");
    let limit = json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]);
    org.server.script("/query/01g", Scripted::json(403, &limit));
    let events = org.events().await;
    let error = events.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(error, ConnectorError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("24 hours"), "{error}");
    assert!(!events.iter().any(|event| matches!(event, Ok(SourceEvent::Complete))));
    assert_eq!(org.found().await, ["+Account/2"]);
}

#[tokio::test]
async fn the_next_page_is_asked_for_at_the_org_only() {
    let org = Org::new().await;
    let lie = json!({"totalSize": 0, "done": false, "records": [],
        "nextRecordsUrl": "http://evil.example/services/data/v62.0/query/01g"});
    org.server.script("/query?", Scripted::json(200, &lie));
    let found = org.found().await;
    assert!(found[0].starts_with("error") && found[0].contains("evil.example"), "{found:?}");
}
