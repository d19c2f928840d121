//! Spaces of Confluence, on Atlassian's Cloud or on a Data Center of one's own.
//!
//! * **Documents**: pages, blog posts, comments and attachments; see [`document`] for their keys and
//!   attributes. Archived spaces and pages, drafts and what is in the trash are none.
//! * **Change**: each job sweeps over ids and versions ([`sweep`]) and reads only what has another
//!   version or title. Names of people are looked up when a page is read, so one who is renamed
//!   keeps the old name in pages that do not change.
//! * **Access**: the space's permission, and the restrictions of the page and of all above it
//!   ([`rights`]). What is on a page is read by those who may read the page.
//! * **Removal**: what is not listed any longer and, asked for by its id, is gone. What the account
//!   may not see any longer is removed too, and reported. Where a space cannot be listed, its
//!   documents stay.
//! * **Text**: the storage format becomes Markdown ([`storage`]).
//!
//! Nothing that the server gives as a place to go on is followed with credentials to another host
//! ([`address`], [`client`]).

mod address;
mod client;
mod content;
mod document;
mod fault;
mod listing;
mod login;
mod people;
mod rights;
mod storage;
mod sweep;
mod tree;
mod wiki;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, Connector, ConnectorError,
    Secrets, SourceEvent, SourceState,
};
use futures::stream::BoxStream;

use crate::api::Api;
use crate::events::enumeration;
use crate::network::Network;
use crate::object_filters::{ObjectFilters, ObjectTypes};
use address::Site;
use client::Client;
use fault::Fault;
use login::WikiLogin;
use sweep::{Found, Sweep};
use wiki::Wiki;

/// Types of objects. Compared are: of a space its key and its name, of a page or blog post its
/// title, of a comment `Re: ` and the title of what it is on, of an attachment its file name. What
/// is on a page that is left out is left out with it.
const TYPES: ObjectTypes = ObjectTypes {
    source: "Confluence",
    read: &["Space", "Page", "Blog", "Comment", "Attachment"],
    not_read: &[],
};

/// Reads a Confluence.
#[derive(Debug, Clone)]
pub struct ConfluenceConnector {
    wiki: Arc<Wiki>,
    filters: Arc<ObjectFilters>,
}

impl ConfluenceConnector {
    /// A connector for this site; an error where its configuration has no meaning. Nothing is
    /// reached yet.
    pub(crate) fn new(
        source: &ConfluenceSource,
        network: &Network,
        secrets: &Arc<dyn Secrets>,
    ) -> Result<Self, ConnectorError> {
        let fits = match (source.hosting, source.authentication) {
            (_, ConfluenceAuthentication::Basic)
            | (ConfluenceHosting::Cloud, ConfluenceAuthentication::OAuth)
            | (ConfluenceHosting::DataCenter, ConfluenceAuthentication::PersonalAccessToken) => {
                Ok(())
            }
            (ConfluenceHosting::Cloud, ConfluenceAuthentication::PersonalAccessToken) => {
                Err("Confluence Cloud has no personal access tokens: use BASIC with an API token")
            }
            (ConfluenceHosting::DataCenter, ConfluenceAuthentication::OAuth) => {
                Err("apps log in to Confluence Cloud only: use a personal access token or BASIC")
            }
        };
        fits.map_err(|reason| ConnectorError::Misconfigured { reason: reason.to_owned() })?;
        let site = Site::new(&source.host_url, source.hosting)?;
        let filters = Arc::new(TYPES.filters(&source.filters)?);
        let is_app = source.authentication == ConfluenceAuthentication::OAuth;
        let login = WikiLogin {
            network: network.clone(),
            secrets: Arc::clone(secrets),
            secret_arn: source.secret_arn.clone(),
            kind: source.authentication,
            origin: site.origin(is_app)?,
        };
        let client = Client::new(Api::new(network.clone(), login), site, is_app);
        Ok(Self { wiki: Arc::new(Wiki::new(client, source.hosting)), filters })
    }
}

#[async_trait]
impl Connector for ConfluenceConnector {
    async fn check(&self) -> Result<(), ConnectorError> {
        let account = self.wiki.account().await.map_err(unless_anonymous)?;
        if account.is_none() {
            return Err(anonymous());
        }
        Ok(self.wiki.probe().await?)
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let (wiki, filters) = (Arc::clone(&self.wiki), Arc::clone(&self.filters));
        enumeration(|events| Sweep { wiki, filters, state, events, found: Found::default() }.run())
    }
}

/// The Markdown of a body in Confluence's storage format, below its title. For tests that feed it
/// anything; mentions have no names.
pub fn storage_markdown(title: &str, storage: &str) -> String {
    storage::markdown(title, storage, &storage::Names::new())
}

/// Sites without anonymous visitors answer 403 to them.
fn unless_anonymous(fault: Fault) -> ConnectorError {
    match fault {
        Fault::Forbidden => anonymous(),
        fault => fault.into(),
    }
}

fn anonymous() -> ConnectorError {
    ConnectorError::Denied {
        reason: "Confluence takes the crawler for an anonymous visitor, who sees only what is \
                 public: check the user name, password or token in the secret, and that the \
                 account may use Confluence"
            .to_owned(),
    }
}
