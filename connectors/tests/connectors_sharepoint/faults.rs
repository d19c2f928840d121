//! What goes wrong, and that nothing is lost by it.

use std::time::{Duration, Instant};

use corpus::{ConnectorError, SharePointAuthentication};
use fixtures::graph_server::{CLIENT, LOGIN};
use fixtures::scripted_server::{Ending, Scripted};
use serde_json::json;

use crate::support::{DRIVE, Tenant, site_url};

const HTTP: &str = "http://a.sharepoint.com/sites/a";
const OTHER: &str = "https://a.example/sites/a";

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_renewed_once() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    let connector = tenant.connector();
    connector.check().await.unwrap();
    assert_eq!(tenant.server.count(LOGIN), 1);
    connector.check().await.unwrap();
    assert_eq!(tenant.server.count(LOGIN), 1, "the token was not kept");
    tenant.server.expire_tokens();
    let checks = (0..8).map(|_| connector.check());
    for checked in futures::future::join_all(checks).await {
        checked.unwrap();
    }
    assert_eq!(tenant.server.count(LOGIN), 2, "the new token was not shared");
}

#[tokio::test]
async fn what_is_wrong_with_the_login_is_said() {
    let check = async |fields: [(&str, &str); 2], domain: &str, expect: &str| {
        let mut tenant = Tenant::new().await;
        tenant.secrets.set("sp", &fields);
        tenant.source.domain = domain.to_owned();
        let error = tenant.connector().check().await.unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
        for (_, value) in fields {
            assert!(!error.to_string().contains(value), "{error}");
        }
    };
    let secret = |value| [("clientId", CLIENT.0), ("clientSecret", value)];
    check(secret("very-wrong"), "contoso", "AADSTS7000215").await;
    check(secret("old-secret"), "contoso", "has expired").await;
    check([("clientId", "other-app"), ("clientSecret", CLIENT.1)], "contoso", "AADSTS700016").await;
    check(secret(CLIENT.1), "nobody", "no tenant 'nobody.onmicrosoft.com'").await;
    check([("clientId", CLIENT.0), ("other", CLIENT.1)], "contoso", "no field 'clientSecret'")
        .await;
}

#[tokio::test]
async fn the_retired_login_is_refused_with_its_reason() {
    let mut tenant = Tenant::new().await;
    tenant.source.authentication = SharePointAuthentication::AppOnly;
    let error = tenant.try_connector().unwrap_err();
    assert!(error.to_string().contains("2026-04-02"), "{error}");
    assert!(error.to_string().contains("Entra ID"), "{error}");
}

#[tokio::test]
async fn a_configuration_without_meaning_is_refused() {
    let check = async |change: fn(&mut Tenant), expect: &str| {
        let mut tenant = Tenant::new().await;
        change(&mut tenant);
        let error = tenant.try_connector().unwrap_err();
        assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error}");
        assert!(error.to_string().contains(expect), "{error}");
    };
    let plain = |tenant: &mut Tenant| tenant.source.site_urls = vec![HTTP.to_owned()];
    check(plain, "https://").await;
    let other = |tenant: &mut Tenant| tenant.source.site_urls = vec![OTHER.to_owned()];
    check(other, ".sharepoint.com").await;
    check(|tenant| tenant.source.site_urls.clear(), "siteUrls").await;
    check(|tenant| tenant.filter("File", &["("], &[]), "'('").await;
    check(|tenant| tenant.filter("Files", &["x"], &[]), "object type 'Files'").await;
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed_and_gets_no_token() {
    for link in ["@odata.nextLink", "@odata.deltaLink"] {
        let tenant = Tenant::new().await;
        tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
        let lie = json!({"value": [], link: "http://evil.example/v1.0/drives/x/root/delta"});
        tenant.server.script("/root/delta", Scripted::json(200, &lie));
        let found = tenant.found().await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("evil.example") && found[0].starts_with("error"), "{found:?}");
        // The lie was not even remembered.
        assert_eq!(tenant.found().await, ["+a", "complete"]);
    }
}

#[tokio::test]
async fn a_site_that_is_refused_is_reported_and_keeps_its_documents_while_others_go_on() {
    let mut tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    tenant.server.add_site("sites/b");
    tenant.server.add_drive("sites/b", "b!e");
    tenant.server.put_file("b!e", None, "b", "b.md", "x");
    tenant.source.site_urls.push(site_url("sites/b"));
    assert_eq!(tenant.found().await, ["+a", "+file/b!e/b", "complete"]);
    for (status, expect) in [(423, "locked"), (403, "Sites.Selected"), (404, "correct the URL")] {
        tenant.server.refuse_site("sites/b", Some(status));
        tenant.server.put_file(DRIVE, None, "a", "a.md", &status.to_string());
        let found = tenant.found().await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], "+a");
        assert!(found[1].starts_with("!site/") && found[1].contains(expect), "{found:?}");
    }
    tenant.server.refuse_site("sites/b", None);
    let failure = format!("site/{}", site_url("sites/b"));
    tenant.set_unsettled(&[&failure]);
    assert_eq!(tenant.found().await, [format!("-{failure}")]);
}

#[tokio::test]
async fn an_answer_that_is_empty_or_breaks_off_is_asked_for_again() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    tenant.server.script("/root/delta", Scripted { status: 200, ..Scripted::default() });
    let broken = Scripted {
        status: 200,
        body: "{\"value\": [".to_owned(),
        ending: Ending::Broken,
        ..Scripted::default()
    };
    tenant.server.script("/root/delta", broken);
    assert_eq!(tenant.found().await, ["+a", "complete"]);
    assert_eq!(tenant.server.count("/root/delta"), 3);
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept() {
    let tenant = Tenant::new().await;
    tenant.server.put_file(DRIVE, None, "a", "a.md", "x");
    let throttle = Scripted { status: 429, ..Scripted::default() }.with_header("retry-after", "1");
    tenant.server.script("/root/delta", throttle);
    let begun = Instant::now();
    assert_eq!(tenant.found().await, ["+a", "complete"]);
    assert!(begun.elapsed() >= Duration::from_secs(1), "it did not wait");
    assert_eq!(tenant.server.count("/root/delta"), 2);
}

#[tokio::test]
async fn a_host_that_throttles_for_longer_than_a_job_waits_ends_the_run_with_that_reason() {
    let tenant = Tenant::new().await;
    let throttle = Scripted::json(429, &json!({"error": {"code": "activityLimitReached"}}));
    tenant.server.script("/root/delta", throttle.with_header("retry-after", "3600"));
    let found = tenant.found().await;
    assert!(
        found[0].contains("throttling") && found[0].contains("activityLimitReached"),
        "{found:?}"
    );
    let error = tenant.events().await;
    assert!(error.iter().all(Result::is_ok), "the next run goes on");
}
