//! How clients name documents.

use corpus::{DataSource, DocumentKey, SourceConfiguration, SourceLocation};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// A document's name: by its type, an id or an S3 URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireIdentifier {
    data_source_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<WireId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s3: Option<WireUri>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireId {
    pub(crate) id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WireUri {
    uri: String,
}

impl From<&SourceLocation> for WireIdentifier {
    fn from(location: &SourceLocation) -> Self {
        let (kind, custom, s3) = match location {
            SourceLocation::S3 { uri } => ("S3", None, Some(WireUri { uri: uri.clone() })),
            SourceLocation::Web { url: id }
            | SourceLocation::Confluence { url: id }
            | SourceLocation::SharePoint { url: id }
            | SourceLocation::Salesforce { url: id }
            | SourceLocation::Custom { id } => ("CUSTOM", Some(WireId { id: id.clone() }), None),
        };
        Self { data_source_type: kind.to_owned(), custom, s3 }
    }
}

impl WireIdentifier {
    /// The key that the document has in the data source. Pushed documents have their id as key;
    /// files of a folder, whose id is their `file://` URI, the path below the folder.
    pub(crate) fn key(&self, at: &str, data_source: &DataSource) -> Result<DocumentKey, ApiError> {
        let id = match (self.data_source_type.as_str(), &self.custom) {
            ("CUSTOM", Some(custom)) => custom.id.as_str(),
            ("CUSTOM", None) => {
                return Err(ApiError::field(&format!("{at}.custom"), "CUSTOM needs it"));
            }
            (other, _) => {
                return Err(ApiError::field(
                    &format!("{at}.dataSourceType"),
                    format!("the data source has no documents of type {other}: use CUSTOM"),
                ));
            }
        };
        let below = match &data_source.source {
            SourceConfiguration::Folder(folder) => below(&folder.path, id),
            _ => None,
        };
        Ok(DocumentKey::new(below.unwrap_or_else(|| id.to_owned())))
    }
}

/// The path below a folder that a `file://` URI names.
fn below(folder: &str, uri: &str) -> Option<String> {
    let path = percent_decode_str(uri.strip_prefix("file://")?).decode_utf8().ok()?;
    let path = path.strip_prefix(folder.trim_end_matches('/'))?;
    path.strip_prefix('/').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_files_become_paths_below_their_folder() {
        for (folder, uri, expect) in [
            ("/docs", "file:///docs/a%20b/c.md", Some("a b/c.md")),
            ("/docs/", "file:///docs/c.md", Some("c.md")),
            ("/docs", "file:///docs2/c.md", None),
            ("/docs", "c.md", None),
            ("/", "file:///c.md", Some("c.md")),
        ] {
            assert_eq!(below(folder, uri).as_deref(), expect, "{folder} {uri}");
        }
    }
}
