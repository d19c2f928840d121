//! Where credentials may go: one scheme, host and port.
//!
//! Servers answer with URLs to follow (`nextLink`, `instance_url`). They are taken for what they
//! are, the words of a stranger: [`Origin::admit`] lets only those pass that stay where the
//! operator's configuration points.

use url::Url;

/// A scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(Url);

/// A URL that leads elsewhere. It says no more of it than its host: URLs may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the server refers to {host}, which is not the configured host: credentials are not sent there"
)]
pub(crate) struct Foreign {
    host: String,
}

impl Origin {
    /// The origin of a configured URL of `https`. The error is part of a sentence that begins with
    /// the URL.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let mut url = Url::parse(url).map_err(|error| format!("is no URL: {error}"))?;
        if !url.has_host() {
            return Err("names no host".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds credentials: put them into the secret".to_owned());
        }
        if url.scheme() != "https" {
            return Err("does not begin with https://".to_owned());
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The host's name.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The URL with this path, whose parts are not encoded yet.
    pub(crate) fn url(&self, path: impl IntoIterator<Item = impl AsRef<str>>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        url
    }

    /// A URL that a server gave, absolute or as a path, if it stays here.
    pub(crate) fn admit(&self, url: &str) -> Result<Url, Foreign> {
        let joined = self.0.join(url);
        let admitted = joined
            .as_ref()
            .is_ok_and(|joined| joined.origin() == self.0.origin() && joined.username().is_empty());
        match joined {
            Ok(url) if admitted => Ok(url),
            Ok(url) => Err(Foreign { host: format!("'{}'", url.host_str().unwrap_or_default()) }),
            Err(_malformed) => Err(Foreign { host: "something that is no URL".to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn only_https_is_taken() {
        let check = |url: &str, expect: &str| {
            let error = Origin::new(url).err().unwrap_or_default();
            assert!(
                error.contains(expect) && error.is_empty() == expect.is_empty(),
                "{url} {error}"
            );
        };
        check("https://a.example/path?q", "");
        check("http://a.example", "https://");
        check("ftp://a.example", "https://");
        check("https://user:pass@a.example", "credentials");
        check("a.example", "no URL");
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        let origin = Origin::new("https://a.example/base").unwrap();
        let check = |url: &str, expect: Option<&str>| {
            let admitted = origin.admit(url).ok().map(String::from);
            assert_eq!(admitted.as_deref(), expect, "{url}");
        };
        check("https://a.example/x?y", Some("https://a.example/x?y"));
        check("/x?y", Some("https://a.example/x?y"));
        check("https://a.example:443/x", Some("https://a.example/x"));
        check("http://a.example/x", None);
        check("https://a.example:444/x", None);
        check("https://a.example.evil.example/x", None);
        check("https://evil@a.example/x", None);
        check("//evil.example/x", None);
        check("https://[", None);
    }

    #[test]
    fn paths_are_encoded() {
        let url = Origin::new("https://a.example").unwrap().url(["v1.0", "a b/c", "h:"]);
        assert_eq!(url.as_str(), "https://a.example/v1.0/a%20b%2Fc/h:");
    }
}
