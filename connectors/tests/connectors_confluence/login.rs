//! Logging in, and what is said where that fails.

use corpus::{ConfluenceAuthentication, Secrets};
use fixtures::confluence_server::{BASIC, CLOUD_ID, Door, Flavour, ItemKind};
use secrecy::ExposeSecret;

use crate::support::{ARN, Site, read};

async fn app() -> Site {
    let mut site = Site::start(Flavour::Cloud).await;
    site.source.authentication = ConfluenceAuthentication::OAuth;
    site.secrets.set(
        "wiki",
        &[
            ("confluenceAppKey", "app"),
            ("confluenceAppSecret", "app-secret"),
            ("confluenceAccessToken", "access-0"),
            ("confluenceRefreshToken", "refresh-0"),
        ],
    );
    site.change(|wiki| {
        wiki.access_token = Some("access-0".to_owned());
        wiki.refresh_token = Some("refresh-0".to_owned());
        wiki.add(ItemKind::Page, "10", "Plan", "1", None);
    });
    site
}

#[tokio::test]
async fn a_user_with_a_password_gets_in_at_the_site() {
    for site in Site::both().await {
        site.check().await.unwrap();
        let requests = site.server.received("");
        assert!(requests.iter().all(|one| one.authorization.as_deref() == Some(BASIC)));
        assert!(requests.iter().all(|one| one.host != "api.atlassian.com"));
    }
}

#[tokio::test]
async fn host_urls_come_with_wiki_and_slashes() {
    let mut site = Site::start(Flavour::Cloud).await;
    for host in ["https://acme.atlassian.net/", "https://acme.atlassian.net/wiki/"] {
        site.source.host_url = host.to_owned();
        site.check().await.unwrap();
    }
    site.source.host_url = "http://acme.atlassian.net".to_owned();
    let error = site.try_connector().unwrap_err().to_string();
    assert!(error.contains("does not begin with https://"), "{error}");
}

#[tokio::test]
async fn a_personal_access_token_gets_into_a_data_center() {
    let mut site = Site::start(Flavour::DataCenter).await;
    site.source.authentication = ConfluenceAuthentication::PersonalAccessToken;
    site.secrets.set("wiki", &[("personalAccessToken", "pat")]);
    site.change(|wiki| wiki.welcome = vec!["Bearer pat".to_owned()]);
    site.check().await.unwrap();
    site.source.authentication = ConfluenceAuthentication::OAuth;
    let error = site.try_connector().unwrap_err().to_string();
    assert!(error.contains("use a personal access token"), "{error}");
}

#[tokio::test]
async fn each_failure_to_get_in_names_its_remedy() {
    let site = Site::start(Flavour::Cloud).await;
    let fails = async |expect: &str| {
        let error = site.check().await.unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
        assert!(!error.is_transient(), "{error}");
        assert!(!error.to_string().contains("token-of-ann"), "{error}");
    };
    site.secrets.set("wiki", &[("username", "ann"), ("password", "token-of-ann")]);
    fails("password or token in the secret is wrong").await;
    site.secrets.set("wiki", &[("username", "ann")]);
    fails("the secret 'wiki' has no field 'password'").await;
    site.secrets.set("wiki", &[("username", "ann"), ("password", "token")]);
    site.change(|wiki| wiki.door = Door::LoginPage);
    fails("the credentials or the configured host are wrong").await;
    site.change(|wiki| wiki.door = Door::Anonymous);
    fails("for an anonymous visitor").await;
    site.change(|wiki| wiki.door = Door::Usual);
    site.server.trouble("/api/v2/spaces", 404, None, 1);
    fails("hostUrl or hostType may be wrong").await;
    site.check().await.unwrap();
}

#[tokio::test]
async fn an_app_gets_in_at_the_gateway_and_pages_there() {
    let site = app().await;
    site.change(|wiki| {
        wiki.page_size = 1;
        wiki.add(ItemKind::Page, "11", "Map", "1", None);
        wiki.add(ItemKind::Page, "12", "Way", "1", None);
    });
    site.check().await.unwrap();
    let documents = site.documents().await;
    assert_eq!(documents.keys().collect::<Vec<_>>(), ["page/10", "page/11", "page/12"]);
    assert!(read(&documents["page/12"]).await.unwrap().contains("Text of Way"));
    assert_eq!(
        documents["page/10"].location.uri(),
        "https://acme.atlassian.net/wiki/spaces/1/x/10"
    );
    for request in site.server.received("") {
        let is_tenant = request.path == "/_edge/tenant_info";
        assert_eq!(request.host != "api.atlassian.com", is_tenant, "{request:?}");
        assert_eq!(request.authorization.is_none(), is_tenant, "{request:?}");
        assert!(!request.path.contains(CLOUD_ID), "the prefix was doubled: {request:?}");
    }
}

#[tokio::test]
async fn a_token_that_expired_is_refreshed_once_and_kept_before_it_is_used() {
    let site = app().await;
    let connector = site.connector();
    connector.check().await.unwrap();
    site.change(|wiki| wiki.access_token = Some("expired-access-0".to_owned()));
    // Two that share the connector, and one of another worker with the same secret.
    let other = site.connector();
    let (one, two, three) = tokio::join!(connector.check(), connector.check(), other.check());
    for checked in [one, two, three] {
        checked.unwrap();
    }
    let refreshes = site.change(|wiki| wiki.refreshes);
    assert!((1..=2).contains(&refreshes), "{refreshes}");
    let secret = site.secrets.secret(ARN).await.unwrap();
    let kept = |name| secret.field(name).unwrap().expose_secret().to_owned();
    let (access, refresh) = site
        .change(|wiki| (wiki.access_token.clone().unwrap(), wiki.refresh_token.clone().unwrap()));
    assert_eq!((kept("confluenceAccessToken"), kept("confluenceRefreshToken")), (access, refresh));
    assert_eq!(kept("confluenceAppKey"), "app");
}

#[tokio::test]
async fn a_refresh_token_that_is_used_up_asks_for_a_new_one() {
    let site = app().await;
    site.change(|wiki| {
        wiki.access_token = Some("expired".to_owned());
        wiki.refresh_token = Some("another".to_owned());
    });
    let error = site.check().await.unwrap_err();
    assert!(error.to_string().contains("authorise the app again"), "{error}");
    assert!(!error.to_string().contains("refresh-0") && !error.is_transient(), "{error}");
}
