//! Which links are followed: those to where the seeds are.

use corpus::WebScope;
use url::Url;

/// What the seeds and the data source's setting span.
#[derive(Debug)]
pub(super) struct Scope {
    kind: WebScope,
    roots: Vec<Url>,
}

impl Scope {
    pub(super) fn new(kind: WebScope, seeds: &[Url]) -> Self {
        Self { kind, roots: seeds.to_vec() }
    }

    /// Adds where a seed has moved to.
    pub(super) fn adopt(&mut self, root: Url) {
        self.roots.push(root);
    }

    /// Whether a page belongs to it.
    pub(super) fn contains(&self, url: &Url) -> bool {
        self.roots.iter().any(|root| match self.kind {
            WebScope::SeedPath => is_same_host(root, url) && is_below(root.path(), url.path()),
            WebScope::HostOnly => is_same_host(root, url),
            WebScope::Subdomains => is_same_site(root, url),
        })
    }
}

/// Whether two URLs have the same host and port; http and https at their own ports are the same.
fn is_same_host(one: &Url, other: &Url) -> bool {
    one.host() == other.host() && one.port() == other.port()
}

/// Whether two URLs have the same registrable domain; hosts without one must be equal.
pub(super) fn is_same_site(one: &Url, other: &Url) -> bool {
    match (registrable(one), registrable(other)) {
        (Some(one), Some(other)) => one == other,
        _ => is_same_host(one, other),
    }
}

fn registrable(url: &Url) -> Option<&str> {
    psl::domain_str(url.domain()?)
}

/// Whether a path is the root's or below it. The root of a page (`/docs/index.html`) is the page
/// with all that is beside and below it; `/docs` does not contain `/docs2`.
fn is_below(root: &str, path: &str) -> bool {
    let last = root.rsplit('/').next().unwrap_or_default();
    let folder = if last.contains('.') { root.strip_suffix(last).unwrap_or(root) } else { root };
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: WebScope, seed: &str, url: &str, expect: bool) {
        let seeds: Vec<Url> = Url::parse(seed).into_iter().collect();
        let contained = Url::parse(url).is_ok_and(|url| Scope::new(kind, &seeds).contains(&url));
        assert_eq!(contained, expect, "{kind:?} {seed} {url}");
    }

    #[test]
    fn the_default_is_bounded_by_the_path() {
        let check = |seed: &str, url: &str, expect| check(WebScope::SeedPath, seed, url, expect);
        check("https://a.example/docs", "https://a.example/docs", true);
        check("https://a.example/docs", "https://a.example/docs/x", true);
        check("https://a.example/docs/", "https://a.example/docs", true);
        check("https://a.example/docs", "https://a.example/docs2", false);
        check("https://a.example/docs", "https://a.example/", false);
        check("https://a.example/docs/index.html", "https://a.example/docs/b.html", true);
        check("https://a.example/docs/index.html", "https://a.example/b.html", false);
        check("https://a.example/", "https://a.example/any", true);
        check("https://a.example/", "http://a.example/any", true);
        check("https://a.example/", "https://b.a.example/", false);
        check("https://a.example/", "https://a.example:8443/", false);
    }

    #[test]
    fn hosts_and_domains_are_compared_whole() {
        check(WebScope::HostOnly, "https://a.example/docs", "https://a.example/x", true);
        check(WebScope::HostOnly, "https://a.example/docs", "https://www.a.example/x", false);
        let check = |seed: &str, url: &str, expect| check(WebScope::Subdomains, seed, url, expect);
        check("https://www.a.co.uk/docs", "https://shop.a.co.uk/x", true);
        check("https://www.a.co.uk/", "https://www.b.co.uk/", false);
        check("https://one.github.io/", "https://two.github.io/", false);
        check("https://a.example/", "https://nota.example/", false);
        check("http://127.0.0.1:81/", "http://127.0.0.1:81/x", true);
        check("http://127.0.0.1:81/", "http://127.0.0.2:81/x", false);
    }
}
