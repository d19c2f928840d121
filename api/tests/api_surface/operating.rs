//! What an operator asks and does beyond Bedrock's API: secrets, checks, schedules; and the data
//! sources of every type, as they are echoed.

use axum::http::{Method, StatusCode};
use corpus::Secrets as _;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

const SECRETS: &str = "/outcrop/secrets";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:wiki/ann";

fn secret(name: &str, fields: &Value) -> Value {
    json!({"name": name, "fields": fields})
}

#[tokio::test]
async fn a_secret_goes_in_and_only_its_name_comes_out() {
    let server = Server::new().await;
    let fields = json!({"username": "ann", "password": "hunter2"});
    let stored = server.call(Method::PUT, SECRETS, secret("wiki/ann", &fields)).await;
    assert_eq!(stored.status, StatusCode::OK, "{stored:?}");
    assert_eq!(stored.body, json!({"name": "wiki/ann", "arn": ARN}));
    let kept = server.state.secrets.secret(ARN).await.unwrap();
    assert_eq!(kept.field("password").unwrap().expose_secret(), "hunter2");
    let listed = server.call(Method::GET, SECRETS, Value::Null).await;
    assert_eq!(listed.body, json!({"secrets": [{"name": "wiki/ann", "arn": ARN}]}));

    let other = secret("wiki/ann", &json!({"token": "x"}));
    server.call(Method::PUT, SECRETS, other).await;
    let kept = server.state.secrets.secret(ARN).await.unwrap();
    assert_eq!((kept.version, kept.fields.len()), (2, 1), "it is replaced as a whole");

    let removed = server.call(Method::DELETE, SECRETS, json!({"name": "wiki/ann"})).await;
    assert_eq!(removed.status, StatusCode::OK, "{removed:?}");
    let gone = server.call(Method::DELETE, SECRETS, json!({"name": "wiki/ann"})).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{gone:?}");
    let listed = server.call(Method::GET, SECRETS, Value::Null).await;
    assert_eq!(listed.body, json!({"secrets": []}));
}

#[tokio::test]
async fn what_is_no_secret_is_refused_without_being_repeated() {
    let server = Server::new().await;
    let many: Value =
        (0..65).map(|n| (format!("f{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    for body in [
        json!("hunter2"),
        json!({"name": "a", "fields": "hunter2"}),
        json!({"name": "a", "fields": {"pin": 1234}}),
        json!({"name": "a", "hunter2": {}}),
        secret("a b", &json!({"k": "hunter2"})),
        secret("", &json!({"k": "hunter2"})),
        secret(&"n".repeat(513), &json!({"k": "hunter2"})),
        secret("a", &json!({})),
        secret("a", &json!({"k": "hunter2".repeat(10_000)})),
        secret("a", &json!({"k": "hunter2".repeat(100_000)})),
        secret("a", &many),
    ] {
        let refused = server.call(Method::PUT, SECRETS, body).await;
        assert_eq!(
            (refused.status, refused.error()),
            (StatusCode::BAD_REQUEST, "ValidationException")
        );
        let said = refused.body.to_string();
        assert!(!said.contains("hunter2") && !said.contains("1234"), "{said}");
    }
    let listed = server.call(Method::GET, SECRETS, Value::Null).await;
    assert_eq!(listed.body, json!({"secrets": []}));
}

async fn create(server: &Server, knowledge_base: &str, name: &str, configuration: &Value) -> Reply {
    let path = format!("/knowledgebases/{knowledge_base}/datasources/");
    let body = json!({"name": name, "dataSourceConfiguration": configuration});
    server.call(Method::PUT, &path, body).await
}

#[tokio::test]
async fn a_check_asks_every_source() {
    let server = Server::new().await;
    let knowledge_base = server.knowledge_base("kb").await;
    let folder = |path: &str| json!({"type": "FOLDER", "folderConfiguration": {"path": path}});
    create(&server, &knowledge_base, "good", &folder("/there")).await;
    // The fake goes by the configuration as it stands: this one goes missing later.
    let created = create(&server, &knowledge_base, "bad", &folder("/was-there")).await;
    let id = created.body["dataSource"]["dataSourceId"].as_str().unwrap();
    let catalog = &server.state.catalog;
    let (kb, id) = (knowledge_base.parse().unwrap(), id.parse().unwrap());
    let present = catalog.data_source(kb, id).await.unwrap();
    let update = catalog::DataSourceUpdate {
        name: present.name,
        description: None,
        configuration: folder("/missing"),
        vector_ingestion_configuration: None,
        source: present.source,
        synchronisation: present.synchronisation,
        data_deletion_policy: None,
        encryption_configuration: None,
    };
    catalog.update_data_source(kb, id, update).await.unwrap();
    let checked = server.call(Method::GET, "/outcrop/check", Value::Null).await;
    let failure = "the folder is missing: create it";
    assert_eq!(
        checked.body,
        json!({"dataSources": [
            {"knowledgeBase": "kb", "dataSource": "good"},
            {"knowledgeBase": "kb", "dataSource": "bad", "failure": failure},
        ]})
    );
}

#[tokio::test]
async fn the_status_says_when_the_schedule_starts_the_next_job() {
    let server = Server::new().await;
    let knowledge_base = server.knowledge_base("kb").await;
    let configuration = json!({"type": "FOLDER", "folderConfiguration": {"path": "/there"},
        "managedKnowledgeBaseConnectorConfiguration":
            {"syncSchedule": {"weekly": {"dayOfWeek": "MONDAY"}}}});
    create(&server, &knowledge_base, "weekly", &configuration).await;
    server.data_source(&knowledge_base).await;
    let status = server.call(Method::GET, "/outcrop/status", Value::Null).await;
    let sources = &status.body["knowledgeBases"][0]["dataSources"];
    assert_eq!(sources[0]["nextIngestionJobAt"], "2026-01-05T03:00:00Z");
    assert_eq!(sources[1].get("nextIngestionJobAt"), None);
}

#[tokio::test]
async fn every_type_is_created_updated_and_echoed_exactly() {
    let server = Server::new().await;
    let knowledge_base = server.knowledge_base("kb").await;
    let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf";
    let filters = json!({"filterConfiguration": {"type": "PATTERN", "patternObjectFilter":
        {"filters": [{"objectType": "Page", "exclusionFilters": ["^Draft"]}]}}});
    let confluence = |hosting: &str, authentication: &str| {
        json!({"type": "CONFLUENCE", "confluenceConfiguration": {
            "sourceConfiguration": {"hostUrl": "https://wiki.example", "hostType": hosting,
                "authType": authentication, "credentialsSecretArn": secret},
            "crawlerConfiguration": filters}})
    };
    let configurations = [
        json!({"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::papers",
            "inclusionPrefixes": ["2026/"], "bucketOwnerAccountId": "123456789012"}}),
        json!({"type": "WEB", "webConfiguration": {
            "sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": "https://example.com"}]}},
            "crawlerConfiguration": {"scope": "HOST_ONLY", "crawlerLimits": {"rateLimit": 60},
                "exclusionFilters": [".*\\.zip"]}}}),
        confluence("SAAS", "BASIC"),
        confluence("DATA_CENTER", "PERSONAL_ACCESS_TOKEN"),
        json!({"type": "SHAREPOINT", "sharePointConfiguration": {
            "sourceConfiguration": {"domain": "example", "siteUrls": ["https://example.sharepoint.com/sites/a"],
                "tenantId": "11111111-2222-3333-4444-555555555555", "hostType": "ONLINE",
                "authType": "OAUTH2_CLIENT_CREDENTIALS", "credentialsSecretArn": secret},
            "crawlerConfiguration": filters}}),
        json!({"type": "SALESFORCE", "salesforceConfiguration": {
            "sourceConfiguration": {"hostUrl": "https://example.my.salesforce.com",
                "authType": "OAUTH2_CLIENT_CREDENTIALS", "credentialsSecretArn": secret},
            "crawlerConfiguration": filters}}),
    ];
    for (number, configuration) in configurations.iter().enumerate() {
        let name = format!("ds-{number}");
        let created = create(&server, &knowledge_base, &name, configuration).await;
        assert_eq!(created.status, StatusCode::OK, "{created:?}");
        let data_source = &created.body["dataSource"];
        assert_eq!(data_source["dataSourceConfiguration"], *configuration);
        let id = data_source["dataSourceId"].as_str().unwrap();
        let path = format!("/knowledgebases/{knowledge_base}/datasources/{id}");
        let mut scheduled = configuration.clone();
        scheduled["managedKnowledgeBaseConnectorConfiguration"] = json!({"connectorParameters": {"schedule": "0 4 * * *"}, "deletionProtectionConfiguration":
                {"deletionProtectionStatus": "ENABLED", "deletionProtectionThreshold": 20}});
        let update = json!({"name": name, "dataSourceConfiguration": scheduled});
        let updated = server.call(Method::PUT, &path, update).await;
        assert_eq!(updated.body["dataSource"]["dataSourceConfiguration"], scheduled, "{updated:?}");
        let got = server.call(Method::GET, &path, json!({})).await;
        assert_eq!(got.body, updated.body);
    }
    let path = format!("/knowledgebases/{knowledge_base}/datasources/");
    let listed = server.call(Method::POST, &path, json!({})).await;
    assert_eq!(listed.body["dataSourceSummaries"].as_array().unwrap().len(), configurations.len());
}
