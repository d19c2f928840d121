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
mod api;
mod client;
mod content;
mod credentials;
mod document;
mod fault;
mod filters;
mod listing;
mod people;
mod rights;
mod storage;
mod sweep;
mod tree;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, Connector, ConnectorError,
    Secrets, SourceEvent, SourceState,
};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::mpsc;

use crate::network::Network;
use address::Site;
use api::Api;
use client::Client;
use credentials::Credentials;
use fault::Fault;
use filters::Filters;
use sweep::{Found, Sweep};

/// Events that wait for whoever reads them.
const EVENTS: usize = 16;

/// Reads a Confluence.
#[derive(Debug, Clone)]
pub struct ConfluenceConnector {
    api: Arc<Api>,
    filters: Arc<Filters>,
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
            (_, ConfluenceAuthentication::Basic) => Ok(()),
            (ConfluenceHosting::Cloud, ConfluenceAuthentication::OAuth)
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
        let filters = Arc::new(Filters::new(&source.filters)?);
        let (network, secrets) = (network.clone(), Arc::clone(secrets));
        let credentials =
            Credentials::new(network.clone(), secrets, &source.secret_arn, source.authentication);
        let client = Client::new(network, site, credentials);
        Ok(Self { api: Arc::new(Api::new(client, source.hosting)), filters })
    }
}

#[async_trait]
impl Connector for ConfluenceConnector {
    async fn check(&self) -> Result<(), ConnectorError> {
        let account = self.api.account().await.map_err(unless_anonymous)?;
        if account.is_none() {
            return Err(anonymous());
        }
        Ok(self.api.probe().await?)
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let (sender, receiver) = mpsc::channel(EVENTS);
        let sweep = Sweep {
            api: Arc::clone(&self.api),
            filters: Arc::clone(&self.filters),
            state,
            events: sender,
            found: Found::default(),
        };
        // The sweep goes on only while its events are asked for, and ends when the stream does.
        let sweep = stream::once(sweep.run()).filter_map(|()| async { None });
        let events = stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|event| (event, receiver))
        });
        stream::select(events, sweep).boxed()
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
