//! `{"type": "FOLDER", "folderConfiguration": {"path": …}}`, or the same settings in
//! `connectorParameters` for clients that refuse members which the model lacks.

use corpus::FolderSource;
use serde::Deserialize;
use serde_json::Value;

use super::{AT, FOLDER, MANAGED, SETTINGS, parameters, read};
use crate::error::ApiError;
use crate::members::only;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireFolder {
    path: String,
    inclusion_patterns: Option<Vec<String>>,
    exclusion_patterns: Option<Vec<String>>,
    watch: Option<bool>,
}

pub(super) fn source(configuration: &Value) -> Result<FolderSource, ApiError> {
    let managed = !configuration[MANAGED]["connectorParameters"].is_null();
    only(configuration, AT, "FOLDER", &SETTINGS, (!managed).then_some(FOLDER))?;
    let folder: WireFolder = if managed {
        parameters(configuration)?
    } else {
        read(&format!("{AT}.{FOLDER}"), &configuration[FOLDER])?
    };
    Ok(FolderSource {
        path: folder.path,
        inclusion_patterns: folder.inclusion_patterns.unwrap_or_default(),
        exclusion_patterns: folder.exclusion_patterns.unwrap_or_default(),
        watch: folder.watch.unwrap_or_default(),
    })
}
