//! A site: its URL, and what Graph knows under it.

use corpus::{ConnectorError, DocumentKey, SourceEvent, SourceLocation};
use percent_encoding::percent_decode_str;
use reqwest::header::HeaderMap;
use url::Url;

use super::graph::Graph;
use super::wire;
use crate::api::{ApiError, Refusal};
use crate::network::Network;
use crate::origin::Origin;

/// What the hosts of SharePoint Online end with, by cloud.
const HOSTS: [&str; 3] = [".sharepoint.com", ".sharepoint.us", ".sharepoint.cn"];

/// The URL of a site, checked.
#[derive(Debug, Clone)]
pub(super) struct SiteUrl {
    /// As the configuration has it.
    pub(super) url: String,
    host: String,
    /// Below the host, decoded; empty for the root site.
    path: Vec<String>,
}

/// A site that was found.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// As the configuration has it.
    pub(super) url: String,
    /// Graph's id of it.
    pub(super) id: String,
    /// Its name.
    pub(super) name: Option<String>,
}

impl SiteUrl {
    pub(super) fn new(url: &str, network: &Network) -> Result<Self, ConnectorError> {
        let misconfigured = |reason: &str| ConnectorError::Misconfigured {
            reason: format!("the site URL '{url}' {reason}"),
        };
        let origin = Origin::new(url).map_err(|reason| misconfigured(&reason))?;
        let host = origin.host();
        let is_sharepoint = HOSTS.iter().any(|end| host.ends_with(end)) || network.is_mapped(host);
        if !is_sharepoint {
            return Err(misconfigured(
                "is not one of SharePoint Online: its host must end with .sharepoint.com",
            ));
        }
        let parsed = Url::parse(url).map_err(|error| misconfigured(&error.to_string()))?;
        let parts = parsed.path_segments().into_iter().flatten().filter(|part| !part.is_empty());
        let path = parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
        Ok(Self { url: url.to_owned(), host: host.to_owned(), path: path.collect() })
    }

    /// Asks Graph for the site.
    pub(super) async fn find(&self, graph: &Graph) -> Result<Site, ApiError> {
        let address =
            if self.path.is_empty() { self.host.clone() } else { format!("{}:", self.host) };
        let begin = ["v1.0".to_owned(), "sites".to_owned(), address];
        let mut url = graph.url(begin.iter().chain(&self.path));
        url.query_pairs_mut().append_pair("$select", "id,displayName");
        let site: wire::Site = graph.json(&url, &HeaderMap::new()).await?;
        Ok(Site { url: self.url.clone(), id: site.id, name: site.display_name })
    }

    /// Whether it is somebody's OneDrive, which has files and no pages.
    pub(super) fn is_personal(&self) -> bool {
        self.path.first().is_some_and(|part| part.eq_ignore_ascii_case("personal"))
    }
}

/// A part of the source that is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A site.
    Site,
    /// A library of a site.
    Library,
    /// The pages of a site.
    Pages,
}

impl Scope {
    pub(super) const ALL: [Self; 3] = [Self::Site, Self::Library, Self::Pages];

    /// What the keys of such failures begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Site => "site/",
            Self::Library => "library/",
            Self::Pages => "pages/",
        }
    }

    /// The key of the failure of the one at this URL.
    pub(super) fn key(self, url: &str) -> DocumentKey {
        DocumentKey::new(format!("{}{url}", self.prefix()))
    }

    /// Says that it is refused. Its documents stay.
    pub(super) fn failure(self, url: &str, refusal: &Refusal) -> SourceEvent {
        SourceEvent::Failure {
            key: self.key(url),
            location: SourceLocation::SharePoint { url: url.to_owned() },
            reason: self.reason(url, refusal),
        }
    }

    /// What a refusal means, and the remedy.
    pub(super) fn reason(self, url: &str, refusal: &Refusal) -> String {
        let what = match self {
            Self::Site => "the site",
            Self::Library => "the library",
            Self::Pages => "the list of pages of",
        };
        let remedy = match refusal.status {
            403 => {
                "cannot be read by the app: give it Sites.Read.All, or with Sites.Selected a grant \
                 for this site"
            }
            404 | 410 => "does not exist, or the app may not know of it: correct the URL",
            423 => "is locked: ask an administrator of SharePoint to unlock it",
            _ => "cannot be read",
        };
        format!("{what} {url} {remedy} ({refusal}); its documents stay as they are")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

    use super::*;
    use crate::network::NetworkConfig;

    #[test]
    fn only_sites_of_sharepoint_online_are_taken() {
        let network = Network::new(&NetworkConfig::default()).unwrap();
        let check = |url: &str, expect: Result<(&str, &[&str]), &str>| match (
            SiteUrl::new(url, &network),
            expect,
        ) {
            (Ok(site), Ok((host, path))) => {
                assert_eq!(
                    (site.host.as_str(), site.path.as_slice()),
                    (host, path.iter().map(|&part| part.to_owned()).collect::<Vec<_>>().as_slice())
                );
            }
            (Err(error), Err(reason)) => assert!(error.to_string().contains(reason), "{error}"),
            (found, expect) => panic!("{url}: {found:?}, not {expect:?}"),
        };
        check("https://a.sharepoint.com", Ok(("a.sharepoint.com", &[])));
        check("https://a.sharepoint.com/", Ok(("a.sharepoint.com", &[])));
        check(
            "https://a.sharepoint.com/sites/My%20Site/",
            Ok(("a.sharepoint.com", &["sites", "My Site"])),
        );
        check(
            "https://a-my.sharepoint.com/personal/x",
            Ok(("a-my.sharepoint.com", &["personal", "x"])),
        );
        check("http://a.sharepoint.com/sites/x", Err("https://"));
        check("https://a.example/sites/x", Err(".sharepoint.com"));
        check("https://asharepoint.com/sites/x", Err(".sharepoint.com"));
        check("https://a.sharepoint.com.evil.example/", Err(".sharepoint.com"));
        check("nonsense", Err("no URL"));
    }
}
