//! What a `dataSourceConfiguration` means: which kinds of source are built, and how a folder is
//! written down.
//!
//! Folders are our own. Clients that send any member say
//! `{"type": "FOLDER", "folderConfiguration": {"path": …}}`; boto3 refuses members that the model
//! lacks, so the same settings may also stand in the model's free-form
//! `managedKnowledgeBaseConnectorConfiguration.connectorParameters`.

use corpus::{
    ChunkingStrategy, Connectors, CustomSource, DataDeletionPolicy, DataSource, DataSourceId,
    DataSourceStatus, FolderSource, KnowledgeBaseId, SourceConfiguration,
};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::error::ApiError;
use crate::members::{absent, only};

const AT: &str = "dataSourceConfiguration";
const FOLDER: &str = "folderConfiguration";
const MANAGED: &str = "managedKnowledgeBaseConnectorConfiguration";
const SETTINGS: [&str; 7] = [
    FOLDER,
    MANAGED,
    "s3Configuration",
    "webConfiguration",
    "confluenceConfiguration",
    "salesforceConfiguration",
    "sharePointConfiguration",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Folder {
    path: String,
    inclusion_patterns: Option<Vec<String>>,
    exclusion_patterns: Option<Vec<String>>,
}

/// What a `dataSourceConfiguration` means.
pub(crate) fn source(configuration: &Value) -> Result<SourceConfiguration, ApiError> {
    match configuration["type"].as_str().unwrap_or_default() {
        "CUSTOM" => {
            only(configuration, AT, "CUSTOM", &SETTINGS, None)?;
            Ok(SourceConfiguration::Custom(CustomSource {}))
        }
        "FOLDER" => folder(configuration).map(SourceConfiguration::Folder),
        other => Err(ApiError::field(
            &format!("{AT}.type"),
            format!(
                "data sources of type {other} are not yet supported by this server: use CUSTOM \
                 (direct ingestion) or FOLDER (a directory on the server's machine)"
            ),
        )),
    }
}

/// Checks that an update leaves the kind of source as it is.
pub(crate) fn check_kind(
    present: &SourceConfiguration,
    new: &SourceConfiguration,
) -> Result<(), ApiError> {
    if std::mem::discriminant(present) == std::mem::discriminant(new) {
        return Ok(());
    }
    Err(ApiError::field(
        &format!("{AT}.type"),
        "cannot be changed once the data source exists: create another data source",
    ))
}

fn folder(configuration: &Value) -> Result<FolderSource, ApiError> {
    let managed = !configuration[MANAGED].is_null();
    let wanted = if managed { MANAGED } else { FOLDER };
    only(configuration, AT, "FOLDER", &SETTINGS, Some(wanted))?;
    let (at, settings) = if managed {
        let at = format!("{AT}.{MANAGED}");
        let unbuilt =
            ["deletionProtectionConfiguration", "mediaExtractionConfiguration", "syncSchedule"];
        absent(&configuration[MANAGED], &at, &unbuilt)?;
        let settings = &configuration[MANAGED]["connectorParameters"];
        (format!("{at}.connectorParameters"), settings)
    } else {
        (format!("{AT}.{FOLDER}"), &configuration[FOLDER])
    };
    let folder = Folder::deserialize(settings)
        .map_err(|error| ApiError::field(&at, format!("cannot be read: {error}")))?;
    Ok(FolderSource {
        path: folder.path,
        inclusion_patterns: folder.inclusion_patterns.unwrap_or_default(),
        exclusion_patterns: folder.exclusion_patterns.unwrap_or_default(),
    })
}

/// Asks the connector whether it can work with this configuration.
pub(crate) async fn probe(
    connectors: &dyn Connectors,
    knowledge_base_id: KnowledgeBaseId,
    configuration: &Value,
    source: &SourceConfiguration,
) -> Result<(), ApiError> {
    if matches!(source, SourceConfiguration::Custom(_)) {
        return Ok(());
    }
    // A connector is made of a data source; this one exists only for the probe.
    let candidate = DataSource {
        id: DataSourceId::from_random(0),
        knowledge_base_id,
        name: String::new(),
        description: None,
        configuration: configuration.clone(),
        vector_ingestion_configuration: None,
        encryption_configuration: None,
        source: source.clone(),
        chunking: ChunkingStrategy::Default,
        data_deletion_policy: DataDeletionPolicy::Delete,
        status: DataSourceStatus::Available,
        failure_reasons: Vec::new(),
        created_at: OffsetDateTime::UNIX_EPOCH,
        updated_at: OffsetDateTime::UNIX_EPOCH,
    };
    let refused = |error: corpus::ConnectorError| ApiError::field(AT, error.to_string());
    connectors.connector(&candidate).map_err(refused)?.check().await.map_err(refused)
}

#[cfg(test)]
mod tests {
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
        check(&json!({"type": "S3"}), Err("type S3 are not yet supported"));
        check(&json!({"type": "CUSTOM", "s3Configuration": {}}), Err("does not belong"));
        check(&json!({"type": "FOLDER"}), Err("type FOLDER needs it"));
        check(
            &json!({"type": "FOLDER", "folderConfiguration": {"path": "/d"},
                "s3Configuration": {}}),
            Err("does not belong"),
        );
        let managed = |settings: Value| json!({"type": "FOLDER", "managedKnowledgeBaseConnectorConfiguration": settings});
        check(&managed(json!({})), Err("connectorParameters"));
        check(&managed(json!({"connectorParameters": {"path": 1}})), Err("cannot be read"));
        check(
            &managed(json!({"connectorParameters": {"path": "/d", "inclusion": []}})),
            Err("unknown field"),
        );
        check(&managed(json!({"syncSchedule": {}})), Err("not yet supported"));
    }
}
