//! A retrieved chunk on the wire: its text, where it comes from, and its metadata.
//!
//! Metadata are the document's attributes, those of the chunk itself, which go before them, and,
//! under reserved names that win, Bedrock's and ours. Pages count from 1.

use corpus::SourceLocation;
use retrieve::Retrieved;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// `content`.
#[derive(Debug, Serialize)]
pub(crate) struct WireContent {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

impl WireContent {
    pub(crate) fn new(text: String) -> Self {
        Self { kind: "TEXT", text }
    }
}

/// `location`: a type, and the one member that belongs to it.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WireLocation {
    S3 {
        #[serde(rename = "s3Location")]
        location: WireUri,
    },
    Web {
        #[serde(rename = "webLocation")]
        location: WireUrl,
    },
    Confluence {
        #[serde(rename = "confluenceLocation")]
        location: WireUrl,
    },
    #[serde(rename = "SHAREPOINT")]
    SharePoint {
        #[serde(rename = "sharePointLocation")]
        location: WireUrl,
    },
    Salesforce {
        #[serde(rename = "salesforceLocation")]
        location: WireUrl,
    },
    Custom {
        #[serde(rename = "customDocumentLocation")]
        location: WireId,
    },
}

#[derive(Debug, Serialize)]
pub(crate) struct WireUri {
    uri: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct WireUrl {
    url: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct WireId {
    id: String,
}

impl From<&SourceLocation> for WireLocation {
    fn from(location: &SourceLocation) -> Self {
        match location.clone() {
            SourceLocation::S3 { uri } => Self::S3 { location: WireUri { uri } },
            SourceLocation::Web { url } => Self::Web { location: WireUrl { url } },
            SourceLocation::Confluence { url } => Self::Confluence { location: WireUrl { url } },
            SourceLocation::SharePoint { url } => Self::SharePoint { location: WireUrl { url } },
            SourceLocation::Salesforce { url } => Self::Salesforce { location: WireUrl { url } },
            SourceLocation::Custom { id } => Self::Custom { location: WireId { id } },
        }
    }
}

/// `metadata`.
pub(crate) fn metadata(retrieved: &Retrieved) -> Map<String, Value> {
    let (document, place) = (&retrieved.document, &retrieved.chunk.place);
    let attributes = document.metadata.iter().chain(&retrieved.attributes);
    let mut metadata: Map<String, Value> =
        attributes.map(|(name, value)| (name.clone(), value.to_json())).collect();
    let mut set = |name: &str, value: Value| metadata.insert(name.to_owned(), value);
    set(corpus::SOURCE_URI, document.location.uri().into());
    set("x-amz-bedrock-kb-chunk-id", retrieved.chunk_id.to_string().into());
    set(corpus::DATA_SOURCE_ID, document.data_source_id.as_str().into());
    set(corpus::MODALITY, "TEXT".into());
    if let Some(page) = place.page {
        // The live service has a double here.
        set(corpus::PAGE, f64::from(page).into());
    }
    if !place.headings.is_empty() {
        set("x-outcrop-headings", json!(place.headings));
    }
    if !place.sources.is_empty() {
        set("x-outcrop-sources", json!(place.sources));
    }
    set("x-outcrop-revision", retrieved.revision.0.into());
    set("x-outcrop-span-start", place.span.start.into());
    set("x-outcrop-span-end", place.span.end.into());
    metadata
}
