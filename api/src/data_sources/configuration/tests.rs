//! What configurations mean.
#![expect(clippy::needless_pass_by_value, reason = "tests are shorter with values")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

use corpus::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, CustomSource,
    DeletionProtection, FolderSource, ObjectFilter, S3Source, SalesforceSource,
    SharePointAuthentication, SharePointSource, SourceConfiguration, WebScope, WebSource,
};
use serde_json::json;

use super::*;

fn check(configuration: &Value, expect: Result<SourceConfiguration, &str>) {
    match (meaning(configuration).map(|meaning| meaning.source), expect) {
        (Ok(source), Ok(expect)) => assert_eq!(source, expect),
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
    }
}

#[test]
fn folders_and_custom_sources_are_read() {
    let folder = |path: &str, inclusion_patterns: &[&str]| {
        Ok(SourceConfiguration::Folder(FolderSource {
            path: path.to_owned(),
            inclusion_patterns: inclusion_patterns.iter().map(ToString::to_string).collect(),
            exclusion_patterns: Vec::new(),
            watch: false,
        }))
    };
    check(&json!({"type": "CUSTOM"}), Ok(SourceConfiguration::Custom(CustomSource {})));
    check(
        &json!({"type": "FOLDER", "folderConfiguration":
            {"path": "/docs", "inclusionPatterns": ["*.md"]}}),
        folder("/docs", &["*.md"]),
    );
    check(
        &json!({"type": "FOLDER", "managedKnowledgeBaseConnectorConfiguration":
            {"connectorParameters": {"path": "/docs"}}}),
        folder("/docs", &[]),
    );
}

#[test]
fn others_are_refused() {
    check(&json!({"type": "REDSHIFT_METADATA"}), Err("type REDSHIFT_METADATA are not supported"));
    check(&json!({"type": "S3"}), Err("type S3 needs it"));
    check(&json!({"type": "CUSTOM", "s3Configuration": {}}), Err("does not belong"));
    check(&json!({"type": "FOLDER"}), Err("type FOLDER needs it"));
    check(
        &json!({"type": "FOLDER", "folderConfiguration": {"path": "/d"},
            "s3Configuration": {}}),
        Err("does not belong"),
    );
    let managed = |settings: Value| json!({"type": "FOLDER", "managedKnowledgeBaseConnectorConfiguration": settings});
    check(&managed(json!({})), Err("folderConfiguration"));
    check(&managed(json!({"connectorParameters": {"path": 1}})), Err("cannot be read"));
    check(
        &managed(json!({"connectorParameters": {"path": "/d", "inclusion": []}})),
        Err("unknown field"),
    );
    check(&managed(json!({"syncSchedule": {}})), Err("needs it"));
}

fn site(kind: &str, member: &str, source: Value) -> Value {
    json!({"type": kind, member: {"sourceConfiguration": source, "crawlerConfiguration": {
    "filterConfiguration": {"type": "PATTERN", "patternObjectFilter": {"filters": [
        {"objectType": "Page", "inclusionFilters": ["^A"], "exclusionFilters": ["draft$"]},
        {"objectType": "File"},
    ]}}}}})
}

fn filters() -> Vec<ObjectFilter> {
    let filter = |object_type: &str, inclusions: &[&str], exclusions: &[&str]| ObjectFilter {
        object_type: object_type.to_owned(),
        inclusion_filters: inclusions.iter().map(ToString::to_string).collect(),
        exclusion_filters: exclusions.iter().map(ToString::to_string).collect(),
    };
    vec![filter("Page", &["^A"], &["draft$"]), filter("File", &[], &[])]
}

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:wiki";

#[test]
fn buckets_are_read() {
    check(
        &json!({"type": "S3", "s3Configuration": {
            "bucketArn": "arn:aws:s3:::papers", "inclusionPrefixes": ["2026/"],
            "bucketOwnerAccountId": "123456789012"},
            "managedKnowledgeBaseConnectorConfiguration": {"connectorParameters":
                {"eventQueueUrl": "https://sqs/q", "schedule": "0 3 * * *"}}}),
        Ok(SourceConfiguration::S3(S3Source {
            bucket: "papers".to_owned(),
            prefix: Some("2026/".to_owned()),
            expected_owner: Some("123456789012".to_owned()),
            event_queue_url: Some("https://sqs/q".to_owned()),
        })),
    );
    check(
        &json!({"type": "S3", "s3Configuration":
            {"bucketArn": "arn:aws-cn:s3:::papers", "inclusionPrefixes": null}}),
        Ok(SourceConfiguration::S3(S3Source {
            bucket: "papers".to_owned(),
            prefix: None,
            expected_owner: None,
            event_queue_url: None,
        })),
    );
}

#[test]
fn web_sites_are_read() {
    let web = |crawler: Value| {
        json!({"type": "WEB", "webConfiguration": {
            "sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": "https://a/"}]}},
            "crawlerConfiguration": crawler}})
    };
    let plain = WebSource {
        seed_urls: vec!["https://a/".to_owned()],
        scope: WebScope::SeedPath,
        inclusion_filters: Vec::new(),
        exclusion_filters: Vec::new(),
        rate_limit: 300,
        max_pages: 25_000,
        user_agent_suffix: None,
        user_agent_header: None,
        render: false,
        keep_duplicates: false,
    };
    check(&web(Value::Null), Ok(SourceConfiguration::Web(plain.clone())));
    check(&web(json!({"inclusionFilters": null})), Ok(SourceConfiguration::Web(plain.clone())));
    check(
        &web(json!({"crawlerLimits": {"rateLimit": 10, "maxPages": 5}, "scope": "SUBDOMAINS",
            "inclusionFilters": ["/docs/"], "exclusionFilters": ["\\.zip$"], "userAgent": "me"})),
        Ok(SourceConfiguration::Web(WebSource {
            scope: WebScope::Subdomains,
            inclusion_filters: vec!["/docs/".to_owned()],
            exclusion_filters: vec!["\\.zip$".to_owned()],
            rate_limit: 10,
            max_pages: 5,
            user_agent_suffix: Some("me".to_owned()),
            ..plain
        })),
    );
    let without = json!({"type": "WEB", "webConfiguration":
        {"sourceConfiguration": {"urlConfiguration": {}}}});
    check(&without, Err("seedUrls: is empty"));
}

#[test]
fn confluence_is_read_and_hosting_fits_authentication() {
    use ConfluenceAuthentication::{Basic, OAuth, PersonalAccessToken};
    use ConfluenceHosting::{Cloud, DataCenter};

    let confluence = |hosting: &str, authentication: &str| {
        site(
            "CONFLUENCE",
            "confluenceConfiguration",
            json!({"hostUrl": "https://w", "hostType": hosting, "authType": authentication,
                "credentialsSecretArn": SECRET}),
        )
    };
    let read = |hosting, authentication| {
        Ok(SourceConfiguration::Confluence(ConfluenceSource {
            host_url: "https://w".to_owned(),
            hosting,
            authentication,
            secret_arn: SECRET.to_owned(),
            filters: filters(),
        }))
    };
    check(&confluence("SAAS", "BASIC"), read(Cloud, Basic));
    check(&confluence("SAAS", "OAUTH2_CLIENT_CREDENTIALS"), read(Cloud, OAuth));
    check(&confluence("DATA_CENTER", "BASIC"), read(DataCenter, Basic));
    let token = "PERSONAL_ACCESS_TOKEN";
    check(&confluence("DATA_CENTER", token), read(DataCenter, PersonalAccessToken));
    check(&confluence("SAAS", token), Err("is for DATA_CENTER"));
    let oauth = confluence("DATA_CENTER", "OAUTH2_CLIENT_CREDENTIALS");
    check(&oauth, Err("is for SAAS"));
}

#[test]
fn sharepoint_and_salesforce_are_read() {
    let sharepoint = json!({"tenantId": "t", "domain": "d", "siteUrls": ["https://d/sites/a"],
        "hostType": "ONLINE", "authType": "OAUTH2_SHAREPOINT_APP_ONLY_CLIENT_CREDENTIALS",
        "credentialsSecretArn": SECRET});
    check(
        &site("SHAREPOINT", "sharePointConfiguration", sharepoint),
        Ok(SourceConfiguration::SharePoint(SharePointSource {
            tenant_id: Some("t".to_owned()),
            domain: "d".to_owned(),
            site_urls: vec!["https://d/sites/a".to_owned()],
            authentication: SharePointAuthentication::AppOnly,
            secret_arn: SECRET.to_owned(),
            filters: filters(),
        })),
    );
    let salesforce = json!({"hostUrl": "https://s", "authType": "OAUTH2_CLIENT_CREDENTIALS",
        "credentialsSecretArn": SECRET});
    check(
        &site("SALESFORCE", "salesforceConfiguration", salesforce.clone()),
        Ok(SourceConfiguration::Salesforce(SalesforceSource {
            host_url: "https://s".to_owned(),
            secret_arn: SECRET.to_owned(),
            filters: filters(),
        })),
    );
    let mut beyond = site("SALESFORCE", "salesforceConfiguration", salesforce);
    beyond["managedKnowledgeBaseConnectorConfiguration"] =
        json!({"connectorParameters": {"watch": true}});
    check(&beyond, Err("unknown field"));
}

/// A folder with these members beside its path.
fn managed(settings: Value) -> Value {
    json!({"type": "FOLDER", "folderConfiguration": {"path": "/d", "watch": true},
        "managedKnowledgeBaseConnectorConfiguration": settings})
}

fn check_schedule(settings: Value, expect: Result<Option<&str>, &str>) {
    match (meaning(&managed(settings)), expect) {
        (Ok(meaning), Ok(expect)) => {
            let schedule = meaning.synchronisation.schedule;
            assert_eq!(schedule.as_ref().map(corpus::Schedule::as_str), expect);
        }
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
    }
}

#[test]
fn schedules_are_read_in_either_spelling() {
    let own = |schedule: Value| json!({"connectorParameters": {"schedule": schedule}});
    check_schedule(json!({}), Ok(None));
    check_schedule(own(json!("*/5 * * * *")), Ok(Some("*/5 * * * *")));
    check_schedule(own(json!(null)), Ok(None));
    check_schedule(own(json!(5)), Err("is no text"));
    check_schedule(own(json!("daily")), Err("schedule: 'daily' is no cron expression"));
    check_schedule(own(json!("0 0 31 2 *")), Err("never comes"));
    let model = |schedule: Value| json!({"syncSchedule": schedule});
    check_schedule(model(json!({"daily": {}})), Ok(Some("0 3 * * *")));
    check_schedule(model(json!({"weekly": {"dayOfWeek": "SUNDAY"}})), Ok(Some("0 3 * * SUN")));
    let day = json!({"monthly": {"dayOfMonth": {"dayNumber": 28}}});
    check_schedule(model(day), Ok(Some("0 3 28 * *")));
    let last = json!({"monthly": {"dayOfMonth": {"lastDayOfMonth": {}}}});
    check_schedule(model(last), Ok(Some("0 3 L * *")));
    check_schedule(
        json!({"syncSchedule": {"daily": {}}, "connectorParameters": {"schedule": "0 1 * * *"}}),
        Err("stands beside syncSchedule"),
    );
}

#[test]
fn pushed_documents_have_no_schedule() {
    let custom = |settings: Value| json!({"type": "CUSTOM", "managedKnowledgeBaseConnectorConfiguration": settings});
    let refused = |settings: Value, part: &str| {
        let error = meaning(&custom(settings)).map(|_| ()).map_err(|error| error.to_string());
        assert!(error.as_ref().is_err_and(|error| error.contains(part)), "{error:?}");
    };
    assert!(meaning(&custom(json!({}))).is_ok());
    refused(json!({"syncSchedule": {"daily": {}}}), "CUSTOM has no schedule");
    refused(json!({"connectorParameters": {"watch": true}}), "unknown field");
}

#[test]
fn deletion_protection_is_read() {
    let protection = |settings: Value| {
        let settings = json!({"deletionProtectionConfiguration": settings});
        meaning(&managed(settings)).map(|meaning| meaning.synchronisation.deletion_protection).ok()
    };
    let status = "deletionProtectionStatus";
    assert_eq!(protection(Value::Null), Some(DeletionProtection::Standard));
    assert_eq!(protection(json!({status: "DISABLED"})), Some(DeletionProtection::Off));
    let ten = json!({status: "ENABLED", "deletionProtectionThreshold": 10});
    assert_eq!(protection(ten), Some(DeletionProtection::AtMost(10)));
    assert_eq!(protection(json!({status: "ENABLED"})), Some(DeletionProtection::AtMost(0)));
}

#[test]
fn a_folder_may_be_watched_and_have_a_schedule_in_either_spelling() {
    let schedule = json!({"connectorParameters": {"schedule": "0 3 * * *"}});
    let together = json!({"connectorParameters":
        {"path": "/d", "watch": true, "schedule": "0 3 * * *"}});
    for configuration in [
        managed(schedule),
        json!({"type": "FOLDER", "managedKnowledgeBaseConnectorConfiguration": together}),
    ] {
        let read = meaning(&configuration).map_err(|error| error.to_string());
        let Ok(Meaning { source: SourceConfiguration::Folder(folder), synchronisation }) = read
        else {
            panic!("{read:?}")
        };
        assert_eq!((folder.path.as_str(), folder.watch), ("/d", true));
        assert!(synchronisation.schedule.is_some());
    }
    let twice = json!({"connectorParameters": {"path": "/e"}});
    check(&managed(twice), Err("unknown field"));
}
