//! The bytes of documents, read when asked for.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Body, Content, ReadError};
use tokio::task::spawn_blocking;

use super::fault::Fault;
use super::storage::{self, Names};
use super::wiki::{Kind, Wiki};
use crate::api::{is_page, media_type};
use crate::download;
use crate::written::pieces;

/// A page, blog post or comment.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) wiki: Arc<Wiki>,
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) title: String,
}

/// An attachment.
#[derive(Debug)]
pub(super) struct File {
    pub(super) wiki: Arc<Wiki>,
    /// What it is attached to.
    pub(super) page: String,
    pub(super) id: String,
    /// Where the server says that it is downloaded.
    pub(super) link: Option<String>,
    pub(super) media_type: Option<String>,
}

#[async_trait]
impl Content for Text {
    async fn open(&self) -> Result<Body, ReadError> {
        // Something without a body, as a page of another editor, still has its title.
        let body = self.wiki.body(self.kind, &self.id).await?.unwrap_or_default();
        let mentioned: Vec<String> = storage::mentions(&body).into_iter().collect();
        let names = match mentioned.as_slice() {
            [] => Names::new(),
            some => self.wiki.people(some).await?,
        };
        let title = self.title.clone();
        let markdown = spawn_blocking(move || storage::markdown(&title, &body, &names)).await;
        let cut_off = |_panicked| ReadError::Interrupted { reason: "the server ends".to_owned() };
        Ok(pieces(markdown.map_err(cut_off)?.into()))
    }
}

#[async_trait]
impl Content for File {
    async fn open(&self) -> Result<Body, ReadError> {
        let url = self.wiki.download(&self.page, &self.id, self.link.as_deref()).await?;
        let url = url.ok_or_else(|| ReadError::Denied {
            reason: "its download link leads to another host, where credentials are not sent"
                .to_owned(),
        })?;
        let response = download::begin(&self.wiki.client.api, &url).await?;
        if is_page(media_type(&response)) && !self.media_type.as_deref().is_some_and(is_page) {
            return Err(Fault::WebPage.into());
        }
        Ok(download::pieces(response))
    }
}
