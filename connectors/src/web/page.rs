//! What a crawler wants to know of a page: where it leads, what it is called, what it asks of
//! crawlers, and what changes when its content does.

use std::collections::HashSet;
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use url::Url;

use super::directives::Directives;
use super::location;
use super::markup::{Piece, Pieces, Tag, unescape};

/// The most links of a page that are followed.
const LINKS: usize = 5_000;

/// The longest text that is taken as a title, in bytes.
const TITLE: usize = 1_000;

/// The longest delay of a refresh that is a redirect, in seconds.
const REFRESH: f64 = 5.0;

/// What there is to know of a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Where its links lead, each once, in order. None where it asks not to follow them.
    pub(super) links: Vec<Url>,
    /// Its canonical URL, where it names exactly one.
    pub(super) canonical: Option<Url>,
    /// Where it sends its readers at once.
    pub(super) refresh: Option<Url>,
    pub(super) directives: Directives,
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    /// Changes with the text, its structure, and where its links lead; not with scripts, styles
    /// and marks of a session.
    pub(super) fingerprint: String,
}

/// Looks at a page. `product` is the crawler's name.
pub(crate) fn read(html: &str, url: &Url, product: &str, now: SystemTime) -> Page {
    let mut reading = Reading {
        page: Page::default(),
        base: url.clone(),
        has_base: false,
        product,
        now,
        seen: HashSet::new(),
        canonicals: HashSet::new(),
        hash: Sha256::new(),
    };
    let mut pieces = Pieces::of(html);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Open(tag) => {
                if tag.name == "title" {
                    reading.title(&mut pieces);
                }
                reading.open(&tag);
            }
            Piece::Close(name) => reading.note(&["/", &name]),
            Piece::Text(text) => reading.text(text),
        }
    }
    reading.finish()
}

struct Reading<'a> {
    page: Page,
    base: Url,
    has_base: bool,
    product: &'a str,
    now: SystemTime,
    seen: HashSet<Url>,
    canonicals: HashSet<Url>,
    hash: Sha256,
}

impl Reading<'_> {
    fn note(&mut self, parts: &[&str]) {
        for part in parts {
            self.hash.update(part.as_bytes());
        }
        self.hash.update([0]);
    }

    fn text(&mut self, text: &str) {
        for word in text.split_whitespace() {
            self.note(&[word]);
        }
    }

    /// The title, whose text is no markup. The first one counts: drawings have titles too.
    fn title(&mut self, pieces: &mut Pieces<'_>) {
        let mut title = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) if title.len() < TITLE => title.push_str(text),
                Piece::Close(name) if name == "title" => break,
                _ => {}
            }
        }
        let words: Vec<String> = unescape(&title).split_whitespace().map(str::to_owned).collect();
        let title = words.join(" ");
        self.note(&[&title]);
        if self.page.title.is_none() && !title.is_empty() {
            self.page.title = Some(title);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "meta" => return self.meta(tag),
            "link" => return self.link(tag),
            "script" | "style" => return,
            "base" if !self.has_base => {
                let base = tag.attribute("href").and_then(|href| self.base.join(href.trim()).ok());
                if let Some(base) = base {
                    self.base = base;
                    self.has_base = true;
                }
            }
            "html" => {
                let language = tag.attribute("lang").or_else(|| tag.attribute("xml:lang"));
                self.page.language =
                    language.map(|text| text.trim().to_owned()).filter(|text| is_language(text));
            }
            "a" | "area" => self.anchor(tag, "href"),
            "iframe" | "frame" => self.anchor(tag, "src"),
            _ => {}
        }
        self.note(&["<", &tag.name]);
        for name in ["href", "alt", "colspan", "rowspan"] {
            if let Some(value) = tag.attribute(name) {
                let link =
                    (name == "href").then(|| location::resolve(&self.base, &value)).flatten();
                self.note(&[name, link.as_ref().map_or(&*value, Url::as_str)]);
            }
        }
    }

    fn anchor(&mut self, tag: &Tag<'_>, name: &str) {
        if self.page.links.len() >= LINKS
            || has_token(tag, "rel", &["nofollow", "ugc", "sponsored"])
        {
            return;
        }
        let Some(link) = tag.attribute(name).filter(|link| !link.trim().starts_with('#')) else {
            return;
        };
        if let Some(url) = location::resolve(&self.base, &link)
            && self.seen.insert(url.clone())
        {
            self.page.links.push(url);
        }
    }

    fn link(&mut self, tag: &Tag<'_>) {
        let target = || tag.attribute("href").and_then(|href| location::resolve(&self.base, &href));
        if has_token(tag, "rel", &["canonical"])
            && let Some(url) = target()
        {
            self.canonicals.insert(url);
        } else if has_token(tag, "rel", &["next", "prev", "alternate"])
            && tag
                .attribute("type")
                .is_none_or(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
        {
            self.anchor(tag, "href");
        }
    }

    fn meta(&mut self, tag: &Tag<'_>) {
        let Some(content) = tag.attribute("content") else { return };
        if let Some(name) = tag.attribute("name") {
            let name = name.trim();
            if name.eq_ignore_ascii_case("robots") || name.eq_ignore_ascii_case(self.product) {
                self.page.directives.add(&content, self.now);
            }
        } else if tag
            .attribute("http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"))
        {
            self.page.refresh = refresh(&content).and_then(|to| location::resolve(&self.base, to));
        }
    }

    fn finish(mut self) -> Page {
        if let (1, Some(only)) = (self.canonicals.len(), self.canonicals.into_iter().next()) {
            self.page.canonical = Some(only);
        }
        if self.page.directives.no_follow {
            self.page.links.clear();
        }
        if let Some(language) = &self.page.language {
            self.hash.update(language.as_bytes());
        }
        self.page.fingerprint = hex(&self.hash.finalize());
        self.page
    }
}

fn has_token(tag: &Tag<'_>, name: &str, tokens: &[&str]) -> bool {
    tag.attribute(name).is_some_and(|value| {
        value
            .split_ascii_whitespace()
            .any(|word| tokens.iter().any(|one| word.eq_ignore_ascii_case(one)))
    })
}

/// Where a refresh leads, if it does soon: `0; url=/new`.
fn refresh(content: &str) -> Option<&str> {
    let (delay, rest) = content.split_once([';', ','])?;
    if delay.trim().parse::<f64>().ok()? > REFRESH {
        return None;
    }
    let rest = rest.trim();
    let is_named = rest.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let target = match rest.get(3..).filter(|_| is_named) {
        Some(value) => value.trim_start().strip_prefix('=')?,
        None => rest,
    };
    Some(target.trim().trim_matches(['"', '\'']))
}

fn is_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn page(html: &str) -> Page {
        let url = Url::parse("https://a.example/docs/x.html").unwrap();
        read(html, &url, "outcrop", SystemTime::now())
    }

    fn links(html: &str) -> Vec<String> {
        let links = page(html).links;
        links.iter().map(|link| link.as_str().replace("https://a.example", "")).collect()
    }

    #[test]
    fn links_are_found_once() {
        let html = "<a href=y>1</a><A HREF='/z?a=1&amp;b=2'>2</A><a href=y#part>3</a><a href='#top'>
            <area href=map><iframe src=frame></iframe><a name=x><a href='mailto:a@b'>
            <link rel=next href=next><link rel=alternate type=application/rss+xml href=feed>
            <script>'<a href=no>'</script><!-- <a href=no> --><noscript><a href=plain></a></noscript>";
        let expect =
            ["/docs/y", "/z?a=1&b=2", "/docs/map", "/docs/frame", "/docs/next", "/docs/plain"];
        assert_eq!(links(html), expect);
    }

    #[test]
    fn links_start_from_the_base() {
        assert_eq!(links("<base href=/other/><base href=/no/><a href=y>"), ["/other/y"]);
    }

    #[test]
    fn what_a_page_asks_is_heard() {
        assert!(links("<a rel='ugc nofollow' href=y><a href=z rel=sponsored>").is_empty());
        let asks = page("<meta name=ROBOTS content='noindex,nofollow'><a href=y>");
        assert!(asks.directives.no_index && asks.links.is_empty());
        assert!(page("<meta name=Outcrop content=noindex>").directives.no_index);
        assert!(!page("<meta name=googlebot content=noindex>").directives.no_index);
    }

    #[test]
    fn canonicals_must_agree() {
        let one = page("<link rel=canonical href=/c#x><link rel='canonical' href='/c'>").canonical;
        assert_eq!(one.unwrap().as_str(), "https://a.example/c");
        assert!(
            page("<link rel=canonical href=/c><link rel=canonical href=/d>").canonical.is_none()
        );
    }

    #[test]
    fn soon_refreshes_are_redirects() {
        let check = |content: &str, expect: Option<&str>| {
            let html = format!("<meta http-equiv=refresh content=\"{content}\">");
            let refresh = page(&html).refresh;
            assert_eq!(refresh.as_ref().map(Url::path), expect, "{content}");
        };
        check("0; url=/new", Some("/new"));
        check("1;URL='/new'", Some("/new"));
        check("0;/new", Some("/new"));
        check("300; url=/new", None);
        check("5", None);
        check("x; url=/new", None);
    }

    #[test]
    fn titles_and_languages_are_known() {
        let titled =
            page("<html lang=de-AT><title> A &amp;\n B </title><svg><title>C</title></svg>");
        assert_eq!(titled.title.as_deref(), Some("A & B"));
        assert_eq!(titled.language.as_deref(), Some("de-AT"));
        assert!(page("<html lang='{{lang}}'>").language.is_none());
    }

    #[test]
    fn fingerprints_follow_the_content() {
        let of = |html: &str| page(html).fingerprint;
        let one = of("<p class=a>Some <b>words</b><script>1</script>");
        assert_eq!(one, of("<p class=b>Some\n <b>words</b><script>2</script><!-- now -->"));
        assert_ne!(one, of("<p>Some <i>words</i>"));
        assert_ne!(one, of("<p>Some <b>word</b>"));
        assert_ne!(of("<a href=x>"), of("<a href=y>"));
        assert_eq!(of("<a href='x?utm_source=1'>"), of("<a href=x>"));
        assert_ne!(of("<title>a</title>"), of("<title>b</title>"));
    }
}
