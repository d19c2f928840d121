//! Microsoft Graph, as far as it is asked.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use serde::de::DeserializeOwned;
use url::Url;

use corpus::{Body, ConnectorError, ReadError};

use super::login::EntraLogin;
use super::wire::{Collection, Item, Permission};
use crate::api::{Api, ApiError};
use crate::download;
use crate::network::Network;
use crate::origin::Origin;

/// Items of one page of changes.
const ITEMS: &str = "200";

/// The fields of an item that are read.
const ITEM_FIELDS: &str = "id,name,webUrl,size,cTag,eTag,createdDateTime,lastModifiedDateTime,\
                           createdBy,lastModifiedBy,parentReference,file,folder,root,deleted,\
                           package,remoteItem,malware,shared";

/// What is asked of the list of changes: that items which were removed or can no longer be seen are
/// in it, that it goes on below folders that cannot be seen, and that items with permissions of
/// their own are marked.
const PREFER: HeaderValue = HeaderValue::from_static(
    "deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges, \
     hierarchicalsharing",
);

/// How Microsoft asks apps to call themselves, so that it throttles them by what they are.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("NONISV|Outcrop|Outcrop/", env!("CARGO_PKG_VERSION")));

/// The API of one tenant.
#[derive(Debug)]
pub(super) struct Graph {
    api: Api,
    origin: Origin,
}

impl Graph {
    pub(super) fn new(network: Network, login: EntraLogin) -> Self {
        let origin = login.graph.clone();
        Self { api: Api::new(network, login), origin }
    }

    /// The URL with this path.
    pub(super) fn url(&self, path: impl IntoIterator<Item = impl AsRef<str>>) -> Url {
        self.origin.url(path)
    }

    /// Where the changes of a library are listed from the beginning.
    pub(super) fn delta(&self, drive: &str) -> Url {
        let mut url = self.url(["v1.0", "drives", drive, "root", "delta"]);
        url.query_pairs_mut().append_pair("$top", ITEMS).append_pair("$select", ITEM_FIELDS);
        url
    }

    /// A link that an answer holds, if it leads to the API.
    pub(super) fn admit(&self, link: &str) -> Result<Url, ConnectorError> {
        self.origin.admit(link).map_err(|foreign| ConnectorError::Denied {
            reason: format!(
                "{foreign}; in a national cloud, set 'graph' under [connectors.microsoft]"
            ),
        })
    }

    /// An answer.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<T, ApiError> {
        let mut headers = headers.clone();
        headers.insert(USER_AGENT, AGENT);
        self.api.json(url, &headers).await
    }

    /// A page of the changes of a library.
    pub(super) async fn changes(&self, url: &Url) -> Result<Collection<Item>, ApiError> {
        let headers = HeaderMap::from_iter([(HeaderName::from_static("prefer"), PREFER)]);
        self.json(url, &headers).await
    }

    /// An item as it is now.
    pub(super) async fn item(&self, drive: &str, item: &str) -> Result<Item, ApiError> {
        let mut url = self.url(["v1.0", "drives", drive, "items", item]);
        url.query_pairs_mut().append_pair("$select", ITEM_FIELDS);
        self.json(&url, &HeaderMap::new()).await
    }

    /// The permissions of an item, inherited ones too.
    pub(super) async fn permissions(
        &self,
        drive: &str,
        item: &str,
    ) -> Result<Vec<Permission>, ApiError> {
        self.all(self.url(["v1.0", "drives", drive, "items", item, "permissions"])).await
    }

    /// All members of a small collection.
    pub(super) async fn all<T: DeserializeOwned>(&self, url: Url) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        let mut next = Some(url);
        while let Some(url) = next {
            let page: Collection<T> = self.json(&url, &HeaderMap::new()).await?;
            all.extend(page.value);
            next = page.next_link.map(|link| self.admit(&link)).transpose()?;
        }
        Ok(all)
    }

    /// Begins to read a file.
    pub(super) async fn open(&self, drive: &str, item: &str) -> Result<Body, ReadError> {
        let url = self.url(["v1.0", "drives", drive, "items", item, "content"]);
        download::open(&self.api, &url).await
    }
}
