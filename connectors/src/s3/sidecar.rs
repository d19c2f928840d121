//! The sidecar of an object.

use async_trait::async_trait;
use corpus::{Content, ReadError, Sidecar, SidecarContents, SidecarError};
use futures::StreamExt;

use super::content::ObjectContent;
use crate::sidecar::{BYTES, parse};

/// A sidecar that was seen.
#[derive(Debug)]
pub(super) struct ObjectSidecar(pub(super) ObjectContent);

#[async_trait]
impl Sidecar for ObjectSidecar {
    async fn read(&self) -> Result<SidecarContents, SidecarError> {
        let bytes = self.bytes().await?;
        let name = self.0.key.clone();
        parse(&bytes).map_err(|reason| SidecarError::Invalid { name, reason })
    }
}

impl ObjectSidecar {
    /// Its bytes, as far as a sidecar may be long.
    async fn bytes(&self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let mut pieces = self.0.open().await.map_err(|error| self.vanished(error))?;
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(|error| self.vanished(error))?);
            if bytes.len() as u64 > BYTES {
                break;
            }
        }
        Ok(bytes)
    }

    /// A sidecar that is gone is no document that is.
    fn vanished(&self, error: ReadError) -> ReadError {
        match error {
            ReadError::Vanished => ReadError::Interrupted {
                reason: format!("its sidecar {} vanished; the next sync does without", self.0.key),
            },
            other => other,
        }
    }
}
