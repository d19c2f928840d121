//! A page that has not changed, for whoever wants to read it all the same.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Body, Content, ReadError};
use reqwest::StatusCode;
use url::Url;

use super::fetch::{Fetcher, Validators};
use super::visit::{Aim, Visit, visit};

/// A page that is fetched when it is read.
#[derive(Debug)]
pub(super) struct Refetch {
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) url: Url,
}

#[async_trait]
impl Content for Refetch {
    async fn open(&self) -> Result<Body, ReadError> {
        match visit(&self.fetcher, &self.url, &Validators::default(), Aim::Document).await {
            Visit::Page(found, _) | Visit::File(found) => Ok(found.body.pieces()),
            Visit::Status(StatusCode::NOT_FOUND | StatusCode::GONE) => Err(ReadError::Vanished),
            Visit::Status(status) if status.is_server_error() => {
                Err(ReadError::Interrupted { reason: format!("the host answers {status}") })
            }
            Visit::Failed(error) if error.is_transient() => {
                Err(ReadError::Interrupted { reason: error.to_string() })
            }
            Visit::Unrendered(error) if error.is_transient() => {
                Err(ReadError::Interrupted { reason: error.to_string() })
            }
            Visit::Unrendered(error) => Err(ReadError::Denied { reason: error.to_string() }),
            Visit::Failed(error) => Err(ReadError::Denied { reason: error.to_string() }),
            _ => Err(ReadError::Denied {
                reason: "it is no longer what it was; the next sync looks at it anew".to_owned(),
            }),
        }
    }
}
