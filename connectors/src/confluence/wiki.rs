//! What is asked of a Confluence, in the words of this connector; Cloud and Data Center differ in
//! how.

use std::collections::HashMap;

use corpus::ConfluenceHosting;
use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Url;
use tokio::sync::Mutex;

use super::client::{BRIEF, Client, PATIENT, part, url};
use super::fault::Fault;
use super::listing::Listing;
use super::storage::Names;
use super::wire::{Batch, Entry, Label, Space, Subject};

/// Requests under way at the same time, where many small ones are needed.
pub(super) const CALLS: usize = 8;

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Page,
    Blog,
    FooterComment,
    InlineComment,
    Attachment,
}

/// What has become of a page that is not in its listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// It is there, in this space.
    There { space: Option<String> },
    /// It is in the trash, or not at all.
    Gone,
    /// It may not be seen any longer.
    Hidden,
    /// The server fails on it.
    Unknown(String),
}

/// A site, by its APIs.
#[derive(Debug)]
pub(super) struct Wiki {
    pub(super) client: Client,
    pub(super) hosting: ConfluenceHosting,
    pub(super) people: Mutex<Names>,
}

impl Wiki {
    pub(super) fn new(client: Client, hosting: ConfluenceHosting) -> Self {
        Self { client, hosting, people: Mutex::default() }
    }

    /// Who we are; nobody, where the site takes us for an anonymous visitor.
    pub(super) async fn account(&self) -> Result<Option<Subject>, Fault> {
        let account: Subject =
            self.client.get(&self.v1("/user/current", &[]).await?, BRIEF).await?;
        let is_known = account.kind.as_deref() != Some("anonymous")
            && (account.account_id.is_some() || account.user_key.is_some());
        Ok(is_known.then_some(account))
    }

    /// Whether content can be listed at all.
    pub(super) async fn probe(&self) -> Result<(), Fault> {
        let url = match self.hosting {
            ConfluenceHosting::Cloud => self.v2("/spaces", &[("limit", "1")]).await?,
            ConfluenceHosting::DataCenter => self.v1("/space", &[("limit", "1")]).await?,
        };
        self.client.get::<Batch<Space>>(&url, BRIEF).await.map(drop)
    }

    /// All spaces that are not archived.
    pub(super) async fn spaces(&self) -> Result<Vec<Space>, Fault> {
        let current = [("status", "current")];
        let listing = match self.hosting {
            ConfluenceHosting::Cloud => Listing::by_cursor(self.v2("/spaces", &current).await?),
            ConfluenceHosting::DataCenter => Listing::by_offset(self.v1("/space", &current).await?),
        };
        listing.all(&self.client).await
    }

    /// The pages or blog posts of a space, without drafts, archived and trashed ones.
    pub(super) async fn contents(
        &self,
        space: &Space,
        kind: Kind,
    ) -> Result<Listing<Entry>, Fault> {
        match self.hosting {
            ConfluenceHosting::Cloud => {
                let path = format!("/spaces/{}/{}", part(&space.id), kind.path());
                Ok(Listing::by_cursor(self.v2(&path, &[("status", "current")]).await?))
            }
            ConfluenceHosting::DataCenter => {
                let query = [
                    ("type", if kind == Kind::Blog { "blogpost" } else { "page" }),
                    ("spaceKey", &space.key),
                    ("status", "current"),
                    ("expand", "version,ancestors,metadata.labels"),
                ];
                Ok(Listing::by_offset(self.v1("/content", &query).await?))
            }
        }
    }

    /// The labels of a space's pages and blog posts by their ids. On Cloud, where listings do not
    /// tell them, they are asked for label by label, which is cheaper than page by page.
    pub(super) async fn labels(
        &self,
        space: &Space,
    ) -> Result<HashMap<String, Vec<String>>, Fault> {
        let path = format!("/spaces/{}/content/labels", part(&space.id));
        let labels = Listing::<Label>::by_cursor(self.v2(&path, &[]).await?);
        let labels = labels.all(&self.client).await?;
        let listings: Vec<(Label, Kind)> = labels
            .into_iter()
            .flat_map(|label| [(label.clone(), Kind::Page), (label, Kind::Blog)])
            .collect();
        let mut labelled: Vec<(String, String)> = stream::iter(listings)
            .map(|(label, kind)| self.labelled(space, label, kind).boxed())
            .buffer_unordered(CALLS)
            .try_concat()
            .await?;
        labelled.sort_unstable();
        let mut by_id: HashMap<String, Vec<String>> = HashMap::new();
        for (id, label) in labelled {
            by_id.entry(id).or_default().push(label);
        }
        Ok(by_id)
    }

    async fn labelled(
        &self,
        space: &Space,
        label: Label,
        kind: Kind,
    ) -> Result<Vec<(String, String)>, Fault> {
        let path = format!("/labels/{}/{}", part(&label.id), kind.path());
        let url = self.v2(&path, &[("space-id", &space.id)]).await?;
        let entries = Listing::<Entry>::by_cursor(url).all(&self.client).await?;
        Ok(entries.into_iter().map(|entry| (entry.id, label.name.clone())).collect())
    }

    /// Comments or attachments of the whole site, on Cloud.
    pub(super) async fn everywhere(&self, kind: Kind) -> Result<Listing<Entry>, Fault> {
        let path = format!("/{}", kind.path());
        let current: &[(&str, &str)] = &[("status", "current")];
        let query = if kind == Kind::Attachment { current } else { &[] };
        Ok(Listing::by_cursor(self.v2(&path, query).await?))
    }

    /// Comments or attachments of one page or blog post, on Data Center.
    pub(super) async fn of_page(&self, id: &str, kind: Kind) -> Result<Vec<Entry>, Fault> {
        let (kinds, query): (_, &[(&str, &str)]) = match kind {
            Kind::Attachment => ("attachment", &[("expand", "version")]),
            _ => ("comment", &[("depth", "all"), ("expand", "version")]),
        };
        let path = format!("/content/{}/child/{kinds}", part(id));
        Listing::by_offset(self.v1(&path, query).await?).all(&self.client).await
    }

    /// Something between pages that is none, as a folder: on Cloud. None where it cannot be seen.
    pub(super) async fn container(&self, id: &str, kind: &str) -> Result<Option<Entry>, Fault> {
        let kinds = match kind {
            "folder" => "folders",
            "whiteboard" => "whiteboards",
            "database" => "databases",
            "embed" => "embeds",
            _ => return Ok(None),
        };
        let url = self.v2(&format!("/{kinds}/{}", part(id)), &[]).await?;
        match self.client.get(&url, PATIENT).await {
            Ok(entry) => Ok(Some(entry)),
            Err(Fault::NotFound | Fault::Forbidden) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// What has become of a page or blog post that is not in its listing.
    pub(super) async fn whereabouts(&self, kind: Kind, id: &str) -> Result<Whereabouts, Fault> {
        let url = match self.hosting {
            ConfluenceHosting::Cloud => self.v2(&cloud_path(kind, id), &[]).await?,
            ConfluenceHosting::DataCenter => {
                self.v1(&format!("/content/{}", part(id)), &[("expand", "space")]).await?
            }
        };
        match self.client.get::<Entry>(&url, BRIEF).await {
            Ok(entry) if entry.status.as_deref().is_none_or(|status| status == "current") => {
                let space = entry.space_id.or(entry.space.map(|space| space.id));
                Ok(Whereabouts::There { space })
            }
            Ok(_) | Err(Fault::NotFound) => Ok(Whereabouts::Gone),
            Err(Fault::Forbidden) => Ok(Whereabouts::Hidden),
            Err(fault @ Fault::Server { .. }) => Ok(Whereabouts::Unknown(fault.to_string())),
            Err(fault) => Err(fault),
        }
    }

    /// The body of something, in the storage format, or as it is shown where the server cannot give
    /// that; none where it has no body.
    pub(super) async fn body(&self, kind: Kind, id: &str) -> Result<Option<String>, Fault> {
        match self.body_as(kind, id, "storage").await {
            Ok(Some(body)) => Ok(Some(body)),
            Ok(None) | Err(Fault::Server { .. }) => self.body_as(kind, id, "view").await,
            Err(fault) => Err(fault),
        }
    }

    /// The body of something as it is shown.
    pub(super) async fn body_as(
        &self,
        kind: Kind,
        id: &str,
        form: &str,
    ) -> Result<Option<String>, Fault> {
        let url = match self.hosting {
            ConfluenceHosting::Cloud => {
                self.v2(&cloud_path(kind, id), &[("body-format", form)]).await?
            }
            ConfluenceHosting::DataCenter => {
                let expand = format!("body.{form}");
                self.v1(&format!("/content/{}", part(id)), &[("expand", &expand)]).await?
            }
        };
        let entry: Entry = self.client.get(&url, BRIEF).await?;
        if entry.status.as_deref().is_some_and(|status| status != "current") {
            return Err(Fault::NotFound);
        }
        Ok(entry.body.and_then(|body| body.value().map(str::to_owned)))
    }

    /// Where an attachment is downloaded.
    pub(super) async fn download(
        &self,
        page: &str,
        id: &str,
        link: Option<&str>,
    ) -> Result<Option<Url>, Fault> {
        match self.hosting {
            ConfluenceHosting::Cloud => {
                let path =
                    format!("/content/{}/child/attachment/{}/download", part(page), part(id));
                self.v1(&path, &[]).await.map(Some)
            }
            ConfluenceHosting::DataCenter => {
                let bases = self.client.bases().await?;
                Ok(link.and_then(|link| bases.download(link)))
            }
        }
    }

    pub(super) async fn v1(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Fault> {
        url(&self.client.bases().await?.v1, path, query)
    }

    pub(super) async fn v2(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Fault> {
        url(&self.client.bases().await?.v2, path, query)
    }
}

impl Kind {
    /// Its name in paths of Cloud's API.
    fn path(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::Blog => "blogposts",
            Self::FooterComment => "footer-comments",
            Self::InlineComment => "inline-comments",
            Self::Attachment => "attachments",
        }
    }
}

fn cloud_path(kind: Kind, id: &str) -> String {
    format!("/{}/{}", kind.path(), part(id))
}
