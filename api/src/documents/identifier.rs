//! How clients name documents.

use corpus::{DataSource, DocumentKey, SourceConfiguration, SourceLocation};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::object::parts;
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

impl WireIdentifier {
    /// The name of a document, by which [`Self::key`] finds it again: the URI of an object in S3,
    /// the id of what was pushed, the `file://` URI of a file, and else what its source calls it.
    pub(crate) fn of(key: &DocumentKey, location: &SourceLocation) -> Self {
        let custom = |id: &str| Self {
            data_source_type: "CUSTOM".to_owned(),
            custom: Some(WireId { id: id.to_owned() }),
            s3: None,
        };
        match location {
            SourceLocation::S3 { uri } => Self {
                data_source_type: "S3".to_owned(),
                custom: None,
                s3: Some(WireUri { uri: uri.clone() }),
            },
            SourceLocation::Custom { id } => custom(id),
            SourceLocation::Web { .. }
            | SourceLocation::Confluence { .. }
            | SourceLocation::SharePoint { .. }
            | SourceLocation::Salesforce { .. } => custom(key.as_str()),
        }
    }

    /// The key that the document has in the data source.
    pub(crate) fn key(&self, at: &str, data_source: &DataSource) -> Result<DocumentKey, ApiError> {
        let kind = self.data_source_type.as_str();
        let needs = |member: &str| {
            let message = format!("{kind} needs it, and no other member");
            ApiError::field(&format!("{at}.{member}"), message)
        };
        match (&data_source.source, kind) {
            (SourceConfiguration::S3(source), "S3") => match (&self.s3, &self.custom) {
                (Some(WireUri { uri }), None) => {
                    // What is not in the bucket is no document of the data source: by its URI it
                    // is not found.
                    let key = parts(uri).filter(|(bucket, _)| *bucket == source.bucket);
                    Ok(DocumentKey::new(key.map_or(uri.as_str(), |(_, key)| key)))
                }
                _ => Err(needs("s3")),
            },
            (SourceConfiguration::S3(_), _) => Err(self.of_other_type(at, "S3")),
            (source, "CUSTOM") => match (&self.custom, &self.s3) {
                (Some(WireId { id }), None) => {
                    let below = match source {
                        SourceConfiguration::Folder(folder) => below(&folder.path, id),
                        _ => None,
                    };
                    Ok(DocumentKey::new(below.unwrap_or_else(|| id.clone())))
                }
                _ => Err(needs("custom")),
            },
            _ => Err(self.of_other_type(at, "CUSTOM")),
        }
    }

    fn of_other_type(&self, at: &str, wanted: &str) -> ApiError {
        let kind = &self.data_source_type;
        ApiError::field(
            &format!("{at}.dataSourceType"),
            format!("the data source has no documents of type {kind}: use {wanted}"),
        )
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
