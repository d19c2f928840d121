//! What configurations mean.

use corpus::{CustomSource, FolderSource, SourceConfiguration};
use serde_json::json;

use super::*;

fn check(configuration: &Value, expect: Result<SourceConfiguration, &str>) {
    match (source(configuration), expect) {
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
