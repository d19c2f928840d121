//! Where a Confluence is: from the `hostUrl` of a configuration to the bases of its APIs.
//!
//! What a server gives as a place to go on (`next`, download links) is not trusted: of `next` only
//! the query is taken, and links must lead to the same host by the same scheme.

use corpus::{ConfluenceHosting, ConnectorError};
use reqwest::Url;

use crate::origin::Origin;

/// Atlassian's gateway, which alone takes the tokens of apps.
const GATEWAY: &str = "https://api.atlassian.com/ex/confluence/";

/// The site as its users know it.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Host, and the context path on Data Center; without a slash at its end.
    root: Url,
    origin: Origin,
    hosting: ConfluenceHosting,
}

/// Where the APIs are. Each is a prefix without a slash at its end.
#[derive(Debug, Clone)]
pub(super) struct Bases {
    /// `…/api/v2`, on Cloud only.
    pub(super) v2: String,
    /// `…/rest/api`.
    pub(super) v1: String,
    /// What download links are relative to.
    downloads: Url,
}

impl Site {
    /// The site that a `hostUrl` means, with or without `/wiki` and a slash at its end.
    pub(super) fn new(host_url: &str, hosting: ConfluenceHosting) -> Result<Self, ConnectorError> {
        let misconfigured = |what: &str| ConnectorError::Misconfigured {
            reason: format!(
                "hostUrl '{host_url}' {what}: give https://HOST of the Confluence site"
            ),
        };
        let host_url = host_url.trim();
        let origin = Origin::new(host_url).map_err(|reason| misconfigured(&reason))?;
        let mut root = Url::parse(host_url).map_err(|error| misconfigured(&error.to_string()))?;
        let path = root.path().trim_end_matches('/').to_owned();
        match hosting {
            ConfluenceHosting::Cloud if matches!(path.as_str(), "" | "/wiki") => root.set_path(""),
            ConfluenceHosting::Cloud => {
                return Err(misconfigured(&format!("has the path '{path}'")));
            }
            ConfluenceHosting::DataCenter => root.set_path(&path),
        }
        root.set_query(None);
        root.set_fragment(None);
        Ok(Self { root, origin, hosting })
    }

    /// Where credentials may go: to the site, or, those of an app, to Atlassian's gateway.
    pub(super) fn origin(&self, is_app: bool) -> Result<Origin, ConnectorError> {
        if !is_app {
            return Ok(self.origin.clone());
        }
        Origin::new(GATEWAY).map_err(|reason| ConnectorError::Misconfigured { reason })
    }

    /// The APIs at the site itself.
    pub(super) fn bases(&self) -> Bases {
        let root = self.prefix();
        let wiki = self.wiki();
        Bases {
            v2: format!("{root}/wiki/api/v2"),
            v1: format!("{wiki}/rest/api"),
            downloads: self.root.clone(),
        }
    }

    /// The APIs at Atlassian's gateway, by the id of the site there.
    pub(super) fn gateway(cloud_id: &str) -> Option<Bases> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if cloud_id.is_empty() || !cloud_id.chars().all(is_plain) {
            return None;
        }
        let root = format!("{GATEWAY}{cloud_id}");
        Some(Bases {
            v2: format!("{root}/wiki/api/v2"),
            v1: format!("{root}/wiki/rest/api"),
            downloads: Url::parse(&root).ok()?,
        })
    }

    /// Where the site tells its id at the gateway.
    pub(super) fn tenant_info(&self) -> String {
        format!("{}/_edge/tenant_info", self.prefix())
    }

    /// Where a reader finds something, by the path that the server gives; by the id where that
    /// leads elsewhere.
    pub(super) fn page(&self, path: Option<&str>, id: &str) -> String {
        let by_path = path.filter(|path| is_path(path));
        match by_path {
            Some(path) => format!("{}{path}", self.wiki()),
            None => format!("{}/pages/viewpage.action?pageId={id}", self.wiki()),
        }
    }

    fn prefix(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    fn wiki(&self) -> String {
        match self.hosting {
            ConfluenceHosting::Cloud => format!("{}/wiki", self.prefix()),
            ConfluenceHosting::DataCenter => self.prefix().to_owned(),
        }
    }
}

impl Bases {
    /// The URL of a download link; none where it leads to another host.
    pub(super) fn download(&self, link: &str) -> Option<Url> {
        if !is_path(link) {
            return None;
        }
        let prefix = self.downloads.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{prefix}{link}")).ok()?;
        (url.origin() == self.downloads.origin()).then_some(url)
    }
}

/// The URL of the next page of a listing: that of this one, with the query of what the server gives
/// as `next`. So it leads to no other host and no other path, and nothing is doubled or missing
/// where the server is behind a gateway.
pub(super) fn next_page(current: &Url, next: &str) -> Option<Url> {
    let next = current.join(next).ok()?;
    let mut url = current.clone();
    url.set_query(Some(next.query()?));
    Some(url)
}

/// Whether a link is a path on the same host.
fn is_path(link: &str) -> bool {
    link.starts_with('/') && !link.starts_with("//") && !link.contains('\\')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use ConfluenceHosting::{Cloud, DataCenter};

    #[test]
    fn host_urls_come_in_several_forms() {
        let check = |host: &str, hosting, v1: &str| {
            assert_eq!(Site::new(host, hosting).unwrap().bases().v1, v1, "{host}");
        };
        let cloud = "https://a.atlassian.net/wiki/rest/api";
        check("https://a.atlassian.net", Cloud, cloud);
        check("https://a.atlassian.net/", Cloud, cloud);
        check("https://a.atlassian.net/wiki", Cloud, cloud);
        check(" https://a.atlassian.net/wiki/ ", Cloud, cloud);
        check("https://wiki.corp", DataCenter, "https://wiki.corp/rest/api");
        check("https://wiki.corp/", DataCenter, "https://wiki.corp/rest/api");
        check("https://corp:8443/wiki/", DataCenter, "https://corp:8443/wiki/rest/api");
    }

    #[test]
    fn other_urls_are_refused_with_a_remedy() {
        let check = |host: &str, expect: &str| {
            let error = Site::new(host, Cloud).unwrap_err().to_string();
            assert!(error.contains(expect), "{host}: {error}");
            assert!(error.contains("give https://HOST"), "{error}");
        };
        check("http://a.atlassian.net", "does not begin with https://");
        check("a.atlassian.net", "is no URL");
        check("https://u:p@a.atlassian.net", "holds credentials");
        check("https://a.atlassian.net/wiki/spaces/A", "has the path '/wiki/spaces/A'");
    }

    #[test]
    fn the_next_page_is_at_the_same_place() {
        let check = |current: &str, next: &str, expect: Option<&str>| {
            let next = next_page(&Url::parse(current).unwrap(), next);
            assert_eq!(next.as_ref().map(Url::as_str), expect);
        };
        let gateway = "https://api.atlassian.com/ex/confluence/1/wiki/api/v2/spaces?limit=2";
        let second = "https://api.atlassian.com/ex/confluence/1/wiki/api/v2/spaces?cursor=x";
        check(gateway, "/wiki/api/v2/spaces?cursor=x", Some(second));
        check(gateway, "/ex/confluence/1/wiki/api/v2/spaces?cursor=x", Some(second));
        check(gateway, "https://evil.example/wiki/api/v2/spaces?cursor=x", Some(second));
        check(gateway, "/wiki/api/v2/spaces", None);
    }

    #[test]
    fn downloads_stay_on_their_host() {
        let bases = Site::new("https://corp/wiki", DataCenter).unwrap().bases();
        let check = |link: &str, expect: Option<&str>| {
            assert_eq!(bases.download(link).as_ref().map(Url::as_str), expect, "{link}");
        };
        check("/download/a.pdf?v=1", Some("https://corp/wiki/download/a.pdf?v=1"));
        check("//evil.example/a.pdf", None);
        check("https://evil.example/a.pdf", None);
        check("/\\evil.example/a.pdf", None);
    }

    #[test]
    fn an_id_that_would_change_the_path_is_no_cloud_id() {
        assert!(Site::gateway("../x").is_none() && Site::gateway("").is_none());
        let v2 = Site::gateway("1a-2b").unwrap().v2;
        assert_eq!(v2, "https://api.atlassian.com/ex/confluence/1a-2b/wiki/api/v2");
    }
}
