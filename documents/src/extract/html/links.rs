//! Where links lead.

use url::Url;

use super::page::Page;

/// What the links of a page are relative to.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// The page's own address, where it is known.
    page: Option<Url>,
    /// The address that the page names as the base of its links.
    base: Option<Url>,
}

impl Base {
    /// The base of a page that has a name, which may be its address.
    pub(super) fn of(page: &Page, name: &str) -> Self {
        let address = Url::parse(name).ok().filter(is_web);
        let named = page
            .find(|element| element.name() == "base" && element.attribute("href").is_some())
            .and_then(|index| page.element(index)?.attribute("href"));
        let base = named.and_then(|named| match &address {
            Some(address) => address.join(named.trim()).ok(),
            None => Url::parse(named.trim()).ok(),
        });
        let base = base.filter(is_web).or_else(|| address.clone());
        Self { page: address, base }
    }

    /// The page's own address, where it is known.
    pub(super) fn address(&self) -> Option<&str> {
        self.page.as_ref().map(Url::as_str)
    }

    /// A whole address.
    pub(super) fn absolute(&self, target: &str) -> Option<String> {
        self.join(target.trim()).map(String::from)
    }

    fn join(&self, target: &str) -> Option<Url> {
        let address = match &self.base {
            Some(base) => base.join(target),
            None => Url::parse(target),
        };
        address.ok().filter(is_web)
    }

    /// The whole address of a link, unless it leads to the page itself, or to no page.
    pub(super) fn resolve(&self, target: &str) -> Option<String> {
        /// Addresses longer than this are for machines.
        const LONGEST: usize = 300;
        let target = target.trim();
        if target.is_empty() || target.starts_with('#') {
            return None;
        }
        let address = self.join(target)?;
        let without_fragment = |url: &Url| {
            let mut url = url.clone();
            url.set_fragment(None);
            url
        };
        let is_itself = self
            .page
            .as_ref()
            .is_some_and(|page| without_fragment(page) == without_fragment(&address));
        let address = (!is_itself).then(|| address.to_string())?;
        let address = address.replace('(', "%28").replace(')', "%29");
        (address.len() <= LONGEST).then_some(address)
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_against_the_page_or_its_base() {
        let check = |html: &str, name, target, expect: Option<&str>| {
            let base = Base::of(&Page::parse(html), name);
            assert_eq!(base.resolve(target).as_deref(), expect, "{html} {name} {target}");
        };
        let page = "https://a.org/b/c.html";
        check("", page, "d.html#e", Some("https://a.org/b/d.html#e"));
        check("", page, " /d_(e)", Some("https://a.org/d_%28e%29"));
        check("", page, "c.html#d", None);
        check("", page, "#d", None);
        check("", page, "javascript:x()", None);
        check("<base href='/x/'>", page, "d", Some("https://a.org/x/d"));
        check("<base href='https://b.org/x/'>", "c.html", "d", Some("https://b.org/x/d"));
        check("", "folder/c.html", "d", None);
        check("", "folder/c.html", "https://b.org/d", Some("https://b.org/d"));
    }
}
