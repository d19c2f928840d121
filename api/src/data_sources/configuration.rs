//! What a `dataSourceConfiguration` means.
//!
//! Settings that Bedrock lacks stand in the model's free-form
//! `managedKnowledgeBaseConnectorConfiguration.connectorParameters`, which boto3 lets through with
//! any type; so do its own `deletionProtectionConfiguration` and `syncSchedule`, which here serve
//! every type. The type FOLDER is our own.

mod folder;
mod sites;
mod synchronisation;

use corpus::{
    ChunkingStrategy, Connectors, CustomSource, DataDeletionPolicy, DataSource, DataSourceId,
    DataSourceStatus, KnowledgeBaseId, Reading, SourceConfiguration, Synchronisation,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;

use super::reading::SITUATING;
use crate::error::ApiError;
use crate::members::{absent, only};

const AT: &str = "dataSourceConfiguration";
const FOLDER: &str = "folderConfiguration";
const MANAGED: &str = "managedKnowledgeBaseConnectorConfiguration";

/// Where the settings stand that Bedrock lacks: a member, and the member in it.
pub(super) const CONNECTOR_PARAMETERS: (&str, &str) = (MANAGED, "connectorParameters");

/// Members that belong to one type each.
const SETTINGS: [&str; 6] = [
    FOLDER,
    "s3Configuration",
    "webConfiguration",
    "confluenceConfiguration",
    "salesforceConfiguration",
    "sharePointConfiguration",
];

/// For types without settings beyond Bedrock's.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParameters {}

/// What a `dataSourceConfiguration` means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) source: SourceConfiguration,
    pub(crate) synchronisation: Synchronisation,
}

/// What a `dataSourceConfiguration` means.
pub(crate) fn meaning(configuration: &Value) -> Result<Meaning, ApiError> {
    let configuration = &without_nulls(configuration);
    let source = source(configuration)?;
    let synchronisation = synchronisation::synchronisation(configuration)?;
    if matches!(source, SourceConfiguration::Custom(_)) && synchronisation.schedule.is_some() {
        let at = format!("{AT}.{MANAGED}");
        let message = "type CUSTOM has no schedule: its documents come when they are pushed";
        return Err(ApiError::field(&at, message));
    }
    Ok(Meaning { source, synchronisation })
}

/// A value without members that are null, which count as absent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let given = members.iter().filter(|(_, member)| !member.is_null());
            given.map(|(name, member)| (name.clone(), without_nulls(member))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn source(configuration: &Value) -> Result<SourceConfiguration, ApiError> {
    match configuration["type"].as_str().unwrap_or_default() {
        "CUSTOM" => {
            only(configuration, AT, "CUSTOM", &SETTINGS, None)?;
            let NoParameters {} = parameters(configuration)?;
            Ok(SourceConfiguration::Custom(CustomSource {}))
        }
        "FOLDER" => folder::source(configuration).map(SourceConfiguration::Folder),
        "S3" => sites::s3(configuration).map(SourceConfiguration::S3),
        "WEB" => sites::web(configuration).map(SourceConfiguration::Web),
        "CONFLUENCE" => sites::confluence(configuration).map(SourceConfiguration::Confluence),
        "SHAREPOINT" => sites::sharepoint(configuration).map(SourceConfiguration::SharePoint),
        "SALESFORCE" => sites::salesforce(configuration).map(SourceConfiguration::Salesforce),
        other => Err(ApiError::field(
            &format!("{AT}.type"),
            format!(
                "data sources of type {other} are not supported by this server: use S3, WEB, \
                 CONFLUENCE, SHAREPOINT, SALESFORCE, CUSTOM (direct ingestion) or FOLDER (a \
                 directory on the server's machine)"
            ),
        )),
    }
}

/// The settings of a type, which stand in one member.
fn settings<T: DeserializeOwned>(
    configuration: &Value,
    kind: &str,
    member: &str,
) -> Result<T, ApiError> {
    only(configuration, AT, kind, &SETTINGS, Some(member))?;
    read(&format!("{AT}.{member}"), &configuration[member])
}

/// The settings beyond Bedrock's, with their defaults where there are none.
fn parameters<T: DeserializeOwned + Default>(configuration: &Value) -> Result<T, ApiError> {
    let managed = &configuration[MANAGED];
    absent(managed, &format!("{AT}.{MANAGED}"), &["mediaExtractionConfiguration"])?;
    match &managed["connectorParameters"] {
        Value::Null => Ok(T::default()),
        parameters => {
            let mut parameters = parameters.clone();
            if let Some(object) = parameters.as_object_mut() {
                object.remove(synchronisation::SCHEDULE);
                object.remove(SITUATING);
            }
            read(&format!("{AT}.{MANAGED}.connectorParameters"), &parameters)
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(at: &str, value: &Value) -> Result<T, ApiError> {
    T::deserialize(value).map_err(|error| ApiError::field(at, format!("cannot be read: {error}")))
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

/// Asks the connector whether it can work with this configuration.
pub(crate) async fn probe(
    connectors: &dyn Connectors,
    knowledge_base_id: KnowledgeBaseId,
    configuration: &Value,
    meaning: &Meaning,
) -> Result<(), ApiError> {
    if matches!(meaning.source, SourceConfiguration::Custom(_)) {
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
        source: meaning.source.clone(),
        synchronisation: meaning.synchronisation.clone(),
        chunking: ChunkingStrategy::Default,
        reading: Reading::default(),
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
mod tests;
