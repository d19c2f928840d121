//! Documents that clients push, or have removed.

use catalog::{NewContent, NewDocument, NewMetadata};
use corpus::{DataSource, DocumentKey, KnowledgeBase, Metadata, S3Object, SourceLocation};

use super::World;

impl World {
    pub(crate) async fn push(&self, key: &str, text: &str) {
        self.push_to((&self.knowledge_base, &self.data_source), key, text).await;
    }

    pub(crate) async fn push_to(&self, to: (&KnowledgeBase, &DataSource), key: &str, text: &str) {
        let document = NewDocument {
            key: DocumentKey::new(key),
            location: SourceLocation::Custom { id: key.to_owned() },
            content: NewContent::Inline(text.as_bytes().to_vec()),
            media_type: Some("text/plain".to_owned()),
            metadata: NewMetadata::Inline(Metadata::new()),
        };
        self.catalog.ingest_documents(to.0.id, to.1.id, vec![document], None).await.unwrap();
    }

    /// Pushes a document whose content, and attributes where named, are in S3.
    pub(crate) async fn push_object(&self, key: &str, object: &str, sidecar: Option<&str>) {
        let in_bucket = |key: &str| S3Object {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            expected_owner: None,
        };
        let document = NewDocument {
            key: DocumentKey::new(key),
            location: SourceLocation::Custom { id: key.to_owned() },
            content: NewContent::Object(in_bucket(object)),
            media_type: None,
            metadata: match sidecar {
                Some(sidecar) => NewMetadata::Object(in_bucket(sidecar)),
                None => NewMetadata::Inline(Metadata::new()),
            },
        };
        let (knowledge_base, data_source) = (self.knowledge_base.id, self.data_source.id);
        let documents = vec![document];
        self.catalog.ingest_documents(knowledge_base, data_source, documents, None).await.unwrap();
    }

    pub(crate) async fn push_delete(&self, key: &str) {
        let keys = [DocumentKey::new(key)];
        self.catalog
            .delete_documents(self.knowledge_base.id, self.data_source.id, &keys, None)
            .await
            .unwrap();
    }
}
