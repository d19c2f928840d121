//! `{"type": "FOLDER", "folderConfiguration": {"path": …}}`, or the same settings in
//! `connectorParameters` for clients that refuse members which the model lacks.

use corpus::FolderSource;
use serde::Deserialize;
use serde_json::Value;

use super::{AT, FOLDER, MANAGED, NoParameters, SETTINGS, parameters, read};
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
    let own = !configuration[FOLDER].is_null();
    let managed = !configuration[MANAGED]["connectorParameters"].is_null();
    only(configuration, AT, "FOLDER", &SETTINGS, (own || !managed).then_some(FOLDER))?;
    let folder: WireFolder = if own {
        // Beside it, the parameters may say no more than when.
        let NoParameters {} = parameters(configuration)?;
        read(&format!("{AT}.{FOLDER}"), &configuration[FOLDER])?
    } else {
        parameters(configuration)?
    };
    Ok(FolderSource {
        path: folder.path,
        inclusion_patterns: folder.inclusion_patterns.unwrap_or_default(),
        exclusion_patterns: folder.exclusion_patterns.unwrap_or_default(),
        watch: folder.watch.unwrap_or_default(),
    })
}
