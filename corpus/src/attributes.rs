//! The attributes that every chunk has besides those of its document: what retrieval tells of a
//! source, and what filters may select by. Their names are reserved; a document's own attributes
//! do not replace them.

use crate::chunk::Place;
use crate::document::SourceLocation;
use crate::id::DataSourceId;
use crate::metadata::{Metadata, MetadataValue};

/// Where a reader finds the document.
pub const SOURCE_URI: &str = "x-amz-bedrock-kb-source-uri";

/// The data source that the document came from.
pub const DATA_SOURCE_ID: &str = "x-amz-bedrock-kb-data-source-id";

/// What kind of thing the document is: `TEXT`.
pub const MODALITY: &str = "x-amz-bedrock-kb-source-file-modality";

/// The page that the chunk begins on, from 1, where the document has pages. A number with a
/// fraction on the wire, as the live service has it.
pub const PAGE: &str = "x-amz-bedrock-kb-document-page-number";

/// Adds a chunk's reserved attributes to those of its document.
pub fn add_reserved_attributes(
    metadata: &mut Metadata,
    location: &SourceLocation,
    data_source: DataSourceId,
    place: &Place,
) {
    let mut set = |name: &str, value| metadata.insert(name.to_owned(), value);
    set(SOURCE_URI, MetadataValue::String(location.uri().to_owned()));
    set(DATA_SOURCE_ID, MetadataValue::String(data_source.as_str().to_owned()));
    set(MODALITY, MetadataValue::String("TEXT".to_owned()));
    if let Some(page) = place.page {
        set(PAGE, MetadataValue::Number(f64::from(page)));
    }
}
