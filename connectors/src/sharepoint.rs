//! Sites of SharePoint Online, through Microsoft Graph.
//!
//! * **What is read**: the files of all document libraries of a site, and its published pages.
//!   Pages come as HTML made of their web parts. Lists, events, classic wiki pages and OneNote's
//!   notebooks are not read; the latter are said to be left out.
//! * **Key**: `file/DRIVE/ITEM` and `page/SITE/PAGE`, ids that outlive renaming. A file that is moved
//!   to another library is another file there, to SharePoint too.
//! * **Change**: libraries tell what changed since the last run; pages are listed whole, and their
//!   tags compared.
//! * **Removal**: what Graph says is deleted, with all that was in a deleted folder. What a list of
//!   pages, or a reading from the beginning, which Graph sometimes asks for, did not find is
//!   [`SourceEvent::Absent`]. Readings of everything end with [`SourceEvent::Complete`], if no part
//!   was refused.
//! * **A site, a library or a list of pages that is refused** is reported under its own key
//!   ([`site::Scope`]) and the others go on; its documents stay. Where all are refused, the run fails.
//! * **Access**: who may read a file, by the permissions of the nearest item above it that has its
//!   own. Of pages Graph tells nothing: where questions go by access, nobody is answered from them.

mod access;
mod below;
mod graph;
mod item;
mod library;
mod login;
mod page;
mod page_list;
mod rights;
mod run;
mod site;
mod state;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    Connector, ConnectorError, Secrets, SharePointAuthentication, SharePointSource, SourceEvent,
    SourceState,
};
use futures::stream::BoxStream;
use serde::Deserialize;

use crate::api::ApiError;
use crate::events::enumeration;
use crate::hash;
use crate::memory::Memory;
use crate::network::Network;
use crate::object_filters::{ObjectFilters, ObjectTypes};
use crate::origin::Origin;
use graph::Graph;
use login::EntraLogin;
use run::Run;
use site::{Scope, SiteUrl};

/// Types of objects.
const TYPES: ObjectTypes = ObjectTypes {
    source: "SharePoint",
    read: &["Page", "File"],
    not_read: &["Event", "Link", "Attachment", "Comment"],
};

/// Where Microsoft is; other hosts for the national clouds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MicrosoftConfig {
    /// Where apps log in (`https://login.microsoftonline.com`).
    pub login: String,
    /// Microsoft Graph (`https://graph.microsoft.com`).
    pub graph: String,
}

impl Default for MicrosoftConfig {
    fn default() -> Self {
        Self {
            login: "https://login.microsoftonline.com".to_owned(),
            graph: "https://graph.microsoft.com".to_owned(),
        }
    }
}

/// Reads sites.
#[derive(Debug, Clone)]
pub struct SharePointConnector {
    sharepoint: Arc<SharePoint>,
}

/// Which sites are meant, and how they are reached.
#[derive(Debug)]
struct SharePoint {
    graph: Arc<Graph>,
    sites: Vec<SiteUrl>,
    filters: ObjectFilters,
    /// A hash of what decides which documents there are.
    fingerprint: String,
}

impl SharePointConnector {
    /// A connector for these sites; an error where the configuration has no meaning.
    pub(crate) fn new(
        source: &SharePointSource,
        microsoft: &MicrosoftConfig,
        network: &Network,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectorError> {
        if source.authentication == SharePointAuthentication::AppOnly {
            return Err(misconfigured(
                "OAUTH2_SHAREPOINT_APP_ONLY_CLIENT_CREDENTIALS no longer works: Microsoft retired \
                 that login (Azure ACS) on 2026-04-02. Register an app in Entra ID with the \
                 application permission Sites.Read.All or Sites.Selected, and use \
                 OAUTH2_CLIENT_CREDENTIALS",
            ));
        }
        if source.site_urls.is_empty() {
            return Err(misconfigured("siteUrls is empty: name the sites to read"));
        }
        let sites: Result<Vec<_>, _> =
            source.site_urls.iter().map(|url| SiteUrl::new(url, network)).collect();
        let host = |key: &str, url: &str| {
            Origin::new(url).map_err(|reason| {
                misconfigured(&format!("'{key}' under [connectors.microsoft], '{url}', {reason}"))
            })
        };
        let graph = host("graph", &microsoft.graph)?;
        let login = EntraLogin {
            network: network.clone(),
            login: host("login", &microsoft.login)?,
            scope: format!("https://{}/.default", graph.host()),
            graph,
            tenant: tenant(source),
            secrets,
            secret_arn: source.secret_arn.clone(),
        };
        Ok(Self {
            sharepoint: Arc::new(SharePoint {
                graph: Arc::new(Graph::new(network.clone(), login)),
                sites: sites?,
                filters: TYPES.filters(&source.filters)?,
                fingerprint: hash::of(&(&source.site_urls, &source.filters, &microsoft.graph)),
            }),
        })
    }
}

#[async_trait]
impl Connector for SharePointConnector {
    /// Logs in and finds one of the sites.
    async fn check(&self) -> Result<(), ConnectorError> {
        let mut refused = None;
        for site in &self.sharepoint.sites {
            match site.find(&self.sharepoint.graph).await {
                Ok(_) => return Ok(()),
                Err(ApiError::Source(error)) => return Err(error),
                Err(ApiError::Refused(refusal)) => {
                    let reason = Scope::Site.reason(&site.url, &refusal);
                    refused.get_or_insert(ConnectorError::Denied { reason });
                }
            }
        }
        refused.map_or(Ok(()), Err)
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let sharepoint = Arc::clone(&self.sharepoint);
        enumeration(|events| Run::new(sharepoint, Memory::new(state), events).run())
    }
}

/// The tenant by its id, or by its domain, of which the first label is often all that is given.
fn tenant(source: &SharePointSource) -> String {
    match &source.tenant_id {
        Some(id) => id.clone(),
        None if source.domain.contains('.') => source.domain.clone(),
        None => format!("{}.onmicrosoft.com", source.domain),
    }
}

fn misconfigured(reason: &str) -> ConnectorError {
    ConnectorError::Misconfigured { reason: reason.to_owned() }
}
