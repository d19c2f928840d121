//! What parts of pages are called: the words of their class names and ids.

use super::super::page::Element;
use crate::words::on_one_line;

/// What the words of an element's names say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Ways to other pages or places, tools, notices: no part of the text anywhere.
    Furniture,
    /// What others wrote below, and what else there is to read.
    Beside,
    /// What belongs to an article, but not to its text: bylines, dates, captions, tags.
    About,
}

const FURNITURE: [&str; 57] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "menubar",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "sidebar",
    "sidenav",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "ccpa",
    "share",
    "sharing",
    "sharebar",
    "sharedaddy",
    "social",
    "socials",
    "addthis",
    "sharethis",
    "newsletter",
    "subscribe",
    "signup",
    "promo",
    "sponsor",
    "sponsored",
    "advert",
    "advertisement",
    "advertisment",
    "ad",
    "ads",
    "adsense",
    "adslot",
    "dfp",
    "popup",
    "modal",
    "overlay",
    "pagination",
    "pager",
    "prevnext",
    "toolbar",
    "masthead",
    "skip",
    "skiplink",
    "login",
    "paywall",
    "banner",
    "noprint",
    "lightbox",
    "navbox",
    "catlinks",
    "printfooter",
    "headerlink",
];

/// Links and labels that are tools, though they stand in the text.
const ANCHORS: [&str; 8] = [
    "editsection",
    "headerlink",
    "permalink",
    "skip",
    "skiplink",
    "anchorjs",
    "hashlink",
    "anchorlink",
];

/// What readers write.
const COMMENTS: [&str; 6] = ["comment", "comments", "commentlist", "disqus", "livefyre", "respond"];

/// What parts of a text are called.
const SECTIONS: [&str; 4] = ["section", "sect1", "sect2", "chapter"];

const BESIDE: [&str; 28] = [
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "respond",
    "replies",
    "related",
    "recommended",
    "recommend",
    "recommendation",
    "recommendations",
    "recirc",
    "trending",
    "popular",
    "outbrain",
    "taboola",
    "zergnet",
    "teaser",
    "teasers",
    "readmore",
    "rail",
    "widget",
    "widgets",
    "upnext",
    "morestories",
    "bio",
    "livefyre",
    "mostread",
];

const ABOUT: [&str; 34] = [
    "byline",
    "author",
    "authors",
    "date",
    "dateline",
    "datetime",
    "timestamp",
    "published",
    "pubdate",
    "meta",
    "metadata",
    "credit",
    "credits",
    "caption",
    "captions",
    "kicker",
    "tag",
    "tags",
    "taglist",
    "topics",
    "category",
    "categories",
    "breadcrumb",
    "eyebrow",
    "copyright",
    "rating",
    "ratings",
    "likes",
    "views",
    "source",
    "slideshow",
    "gallery",
    "carousel",
    "correction",
];

/// What the names of an element say, if they say anything.
pub(super) fn role(element: &Element) -> Option<Role> {
    let class = element.attribute("class").unwrap_or_default();
    let id = element.attribute("id").unwrap_or_default();
    let lists: &[(&[&str], Role)] = match element.name() {
        "div" | "section" | "aside" | "ul" | "ol" | "table" | "form" | "header" | "center" => {
            &[(&FURNITURE, Role::Furniture), (&BESIDE, Role::Beside), (&ABOUT, Role::About)]
        }
        "p" | "li" | "h4" | "h5" | "h6" => &[(&ABOUT, Role::About)],
        "a" | "span" => &[(&ANCHORS, Role::Furniture)],
        _ => return None,
    };
    // The id of a part of a text is made of its heading.
    let is_part = element.name() == "section" || words(class).any(|word| is_in(word, &SECTIONS));
    let id = if is_part { "" } else { id };
    let found = |(list, role): &(&[&str], Role)| {
        words(class).chain(words(id)).any(|word| is_in(word, list)).then_some(*role)
    };
    lists.iter().find_map(found)
}

/// Whether an element is named as what readers wrote.
pub(super) fn names_comments(element: &Element) -> bool {
    let class = element.attribute("class").unwrap_or_default();
    let id = element.attribute("id").unwrap_or_default();
    matches!(element.name(), "div" | "section" | "aside" | "ul" | "ol")
        && words(class).chain(words(id)).any(|word| is_in(word, &COMMENTS))
}

fn is_in(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether an element is named as the text of an article.
pub(super) fn names_article(element: &Element) -> bool {
    let class = element.attribute("class").unwrap_or_default();
    let id = element.attribute("id").unwrap_or_default();
    class.split_ascii_whitespace().chain(std::iter::once(id)).any(|name| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "article-body"
                | "article-content"
                | "article-text"
                | "article_body"
                | "articlebody"
                | "article__body"
                | "article__content"
                | "article-body-content"
                | "entry-content"
                | "post-content"
                | "post-body"
                | "story-body"
                | "story-content"
                | "story-text"
                | "post-entry"
                | "entry-body"
                | "blog-content"
                | "single-post"
        )
    })
}

/// Whether a short text says that an article ends before it.
pub(super) fn ends_article(text: &str) -> bool {
    let text = on_one_line(text).to_lowercase();
    let text = text.trim_end_matches([':', '.', '…', '?', '!', '»']);
    let words: Vec<&str> = text.split(' ').collect();
    let begins = [
        "related",
        "recommended",
        "you may also",
        "you might also",
        "more from",
        "more on",
        "more stories",
        "more great",
        "read next",
        "up next",
        "also read",
        "leave a",
        "tell us what you think",
        "join the conversation",
        "popular posts",
        "about the author",
        "want more",
        "top rated comments",
        "sign up for",
        "subscribe to",
        "share this",
        "comments",
        "most read",
        "most popular",
        "trending",
    ];
    words.len() <= 8
        && (begins.iter().any(|begin| text.starts_with(begin))
            || text.ends_with(" comments")
            || text.ends_with(" comment"))
}

/// Whether a text is a label that sites put between paragraphs.
pub(super) fn is_label(text: &str) -> bool {
    let text = on_one_line(text).to_lowercase();
    matches!(
        text.trim_matches(|c: char| !c.is_alphanumeric()),
        "advertisement"
            | "advert"
            | "ad"
            | "read more"
            | "share"
            | "tweet"
            | "close"
            | "caption"
            | "photo"
            | "story continues below"
            | "story continues below advertisement"
            | "sponsored"
            | "loading"
            | "continue reading"
            | "click to tweet"
            | "pin it"
            | "print"
            | "email"
            | "facebook"
            | "twitter"
            | "article continues below"
            | "subscribe"
    )
}

/// Whether the program that made a page makes documentation.
pub(super) fn is_documentation_generator(generator: &str) -> bool {
    [
        "sphinx",
        "docutils",
        "mkdocs",
        "mdbook",
        "docusaurus",
        "rustdoc",
        "doxygen",
        "asciidoctor",
        "javadoc",
        "jsdoc",
        "typedoc",
        "docbook",
        "texinfo",
        "pandoc",
        "mediawiki",
        "gitbook",
        "vuepress",
        "vitepress",
        "antora",
        "hevea",
        "latex2html",
        "org-mode",
        "org mode",
        "pdoc",
        "dokuwiki",
        "moinmoin",
        "confluence",
    ]
    .iter()
    .any(|known| generator.contains(known))
}

/// The words of a name: parted by what is no letter, and where a capital follows a small letter.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let mut before_is_lower = false;
            let end = rest
                .char_indices()
                .find(|(_, c)| {
                    let begins = before_is_lower && c.is_uppercase();
                    before_is_lower = c.is_lowercase();
                    begins
                })
                .map_or(rest.len(), |(at, _)| at);
            let (word, behind) = rest.split_at(end);
            rest = behind;
            Some(word)
        })
    })
}
