//! Short texts that stand around articles, and between their paragraphs.

use crate::words::on_one_line;

/// What announces something else to read or to do, in the languages that have been seen.
const ANNOUNCEMENTS: &[&str] = &[
    "you may also",
    "you might also",
    "more from",
    "more on",
    "more stories",
    "more great",
    "more news",
    "read next",
    "read also",
    "also read",
    "see also",
    "up next",
    "next up",
    "don't miss",
    "don’t miss",
    "leave a",
    "tell us what you think",
    "what do you think",
    "join the conversation",
    "popular posts",
    "latest posts",
    "recent posts",
    "latest news",
    "about the author",
    "want more",
    "top rated comments",
    "sign up for",
    "subscribe to",
    "follow us",
    "most read",
    "most popular",
    "filed under",
    "lesen sie auch",
    "mehr zum thema",
    "das könnte",
    "kommentare",
    "à lire aussi",
    "lire aussi",
    "sur le même sujet",
    "commentaires",
    "lea también",
    "lee también",
    "te puede interesar",
    "noticias relacionadas",
    "comentarios",
    "leia também",
    "leia mais",
    "veja também",
    "notícias relacionadas",
    "comentários",
    "leggi anche",
    "potrebbe interessarti",
    "commenti",
    "lees ook",
    "lees meer",
    "reacties",
    "läs också",
    "läs mer",
    "læs også",
    "les også",
    "czytaj także",
    "czytaj też",
    "zobacz także",
    "zobacz też",
    "přečtěte si",
    "citește și",
    "olvasd el",
    "lue myös",
    "ilgili haberler",
    "bunlar da ilginizi",
    "baca juga",
    "artikel terkait",
    "berita terkait",
    "xem thêm",
    "читайте также",
    "читать также",
    "похожие",
    "комментарии",
    "читайте також",
    "прочетете още",
    "διαβάστε επίσης",
    "اقرأ أيضا",
    "اقرأ ايضا",
    "関連記事",
    "関連ニュース",
    "人気記事",
    "コメント",
    "相关阅读",
    "相关新闻",
    "相关文章",
    "延伸閱讀",
    "相關新聞",
    "관련기사",
    "관련 기사",
];

/// What else there is to read: `Related`, `Related articles`, `Most popular stories`.
const CHOSEN: &[&str] = &[
    "related",
    "recommended",
    "popular",
    "trending",
    "latest",
    "recent",
    "similar",
    "top",
    "more",
];
const READINGS: &[&str] = &[
    "articles",
    "article",
    "stories",
    "story",
    "posts",
    "post",
    "news",
    "content",
    "reading",
    "topics",
    "coverage",
    "videos",
    "links",
    "reads",
    "headlines",
    "comments",
    "items",
    "you",
    "now",
];

/// Labels that sites put between paragraphs.
const LABELS: &[&str] = &[
    "advertisement",
    "advert",
    "ad",
    "read more",
    "more",
    "share",
    "share this",
    "share this article",
    "share this story",
    "share this post",
    "sharing is caring",
    "tweet",
    "close",
    "caption",
    "photo",
    "story continues below",
    "story continues below advertisement",
    "sponsored",
    "loading",
    "continue reading",
    "click to tweet",
    "pin it",
    "print",
    "email",
    "facebook",
    "twitter",
    "whatsapp",
    "article continues below",
    "article continues after advertisement",
    "subscribe",
    "anzeige",
    "werbung",
    "publicidad",
    "publicidade",
    "publicité",
    "pubblicità",
    "advertentie",
    "reklama",
    "reklam",
    "iklan",
    "реклама",
    "広告",
    "广告",
];

/// Whether a short text says that something else than the article follows.
pub(in super::super) fn announces(text: &str) -> bool {
    const MOST_WORDS: usize = 8;
    let text = on_one_line(text).to_lowercase();
    let text = text.trim_end_matches([':', '.', '…', '?', '!', '»']);
    let words: Vec<&str> = text.split(' ').take(MOST_WORDS + 1).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    words.len() <= MOST_WORDS
        && (ANNOUNCEMENTS.iter().any(|begin| text.starts_with(begin))
            || matches!(text, "related" | "recommended" | "trending")
            || (words.len() > 1 && CHOSEN.contains(first) && READINGS.contains(last))
            || matches!(*last, "comments" | "comment")
            || *first == "comments")
}

/// Whether a text is a label that sites put between paragraphs.
pub(in super::super) fn is_label(text: &str) -> bool {
    let text = on_one_line(text).to_lowercase();
    LABELS.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether the text of a link names a social network.
pub(in super::super) fn names_network(text: &str) -> bool {
    [
        "facebook",
        "twitter",
        "instagram",
        "youtube",
        "linkedin",
        "pinterest",
        "whatsapp",
        "telegram",
        "tiktok",
        "vkontakte",
        "вконтакте",
        "flipboard",
        "snapchat",
        "mastodon",
    ]
    .iter()
    .any(|name| text.contains(name))
}

/// Whether the text of a link invites to subscribe.
pub(in super::super) fn invites(text: &str) -> bool {
    ["newsletter", "subscribe", "sign up", "boletín", "abonnieren", "abonnez"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether the program that made a page makes documentation.
pub(in super::super) fn is_documentation_generator(generator: &str) -> bool {
    [
        "sphinx",
        "docutils",
        "mkdocs",
        "mdbook",
        "docusaurus",
        "starlight",
        "docsify",
        "rustdoc",
        "doxygen",
        "asciidoctor",
        "javadoc",
        "jsdoc",
        "typedoc",
        "docbook",
        "texinfo",
        "makeinfo",
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
