//! URLs in the one form that identifies a page.
//!
//! What is changed never changes the page: the fragment, the dot behind a host, the spelling of
//! percent signs, the names of campaigns and sessions. What may change it stays: the case of a
//! path, `www`, a last slash, the order of the query.

use url::Url;

/// The longest URL that is followed.
const LONGEST: usize = 2000;

/// Names in a query that say how a reader came here, or who they are.
const NOISE: [&str; 16] = [
    "gclid",
    "gclsrc",
    "dclid",
    "fbclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "phpsessid",
    "jsessionid",
    "sid",
];

/// The normal form of what a link on a page says; none where it leads to nothing that is read.
pub(super) fn resolve(base: &Url, link: &str) -> Option<Url> {
    let link = link.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
    if link.len() > 4 * LONGEST {
        return None;
    }
    normalise(base.join(link).ok()?)
}

/// The normal form of a URL; none where it is not read: another scheme than http and https, a
/// user's name in it, or too long.
pub(super) fn normalise(mut url: Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https")
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return None;
    }
    url.set_fragment(None);
    if let Some(host) = url.host_str().and_then(|host| host.strip_suffix('.')) {
        let host = host.to_owned();
        url.set_host(Some(&host)).ok()?;
    }
    let path = tidy_escapes(&without_session(url.path()));
    if path != url.path() {
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept: Vec<String> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !is_noise(pair))
            .map(tidy_escapes)
            .collect();
        let kept = (!kept.is_empty()).then(|| kept.join("&"));
        url.set_query(kept.as_deref());
    }
    (url.as_str().len() <= LONGEST).then_some(url)
}

fn is_noise(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || name.starts_with("aspsessionid") || NOISE.contains(&name.as_str())
}

/// A path without the session ids that servlet containers append.
fn without_session(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| match part.to_ascii_lowercase().find(";jsessionid=") {
            Some(at) => part.get(..at).unwrap_or(part),
            None => part,
        })
        .collect();
    parts.join("/")
}

/// Escapes in upper case, and none where none is needed (RFC 3986 §6.2.2).
fn tidy_escapes(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        tidy.push_str(before);
        let digits = escape.get(1..3).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if digits.len() == 2 && !digits.starts_with('+') => {
                let unreserved =
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
                if unreserved {
                    tidy.push(char::from(byte));
                } else {
                    tidy.push('%');
                    tidy.push_str(&digits.to_ascii_uppercase());
                }
                rest = escape.get(3..).unwrap_or_default();
            }
            _ => {
                tidy.push('%');
                rest = escape.get(1..).unwrap_or_default();
            }
        }
    }
    tidy.push_str(rest);
    tidy
}

/// Files that may hold text, by the ending of their names.
const FILES: [&str; 20] = [
    "pdf", "doc", "docx", "docm", "ppt", "pptx", "xls", "xlsx", "odt", "ods", "odp", "rtf", "csv",
    "tsv", "txt", "md", "markdown", "epub", "json", "jsonl",
];

/// Files that hold none.
const TEXTLESS: [&str; 46] = [
    "png", "jpg", "jpeg", "jpe", "gif", "svg", "webp", "avif", "ico", "bmp", "tif", "tiff", "heic",
    "css", "js", "mjs", "map", "woff", "woff2", "ttf", "otf", "eot", "mp3", "m4a", "ogg", "wav",
    "flac", "mp4", "m4v", "mov", "avi", "webm", "mkv", "zip", "gz", "tgz", "bz2", "xz", "7z",
    "rar", "tar", "exe", "dmg", "iso", "apk", "wasm",
];

/// Whether a URL names a file that may hold text, such as is read outside the scope too.
pub(super) fn names_file(url: &Url) -> bool {
    ending(url).is_some_and(|ending| FILES.contains(&ending.as_str()))
}

/// Whether a URL names an image, a script, an archive: nothing to read.
pub(super) fn names_textless(url: &Url) -> bool {
    ending(url).is_some_and(|ending| TEXTLESS.contains(&ending.as_str()))
}

fn ending(url: &Url) -> Option<String> {
    let name = url.path_segments()?.next_back()?;
    Some(name.rsplit_once('.')?.1.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str, expect: Option<&str>) {
        let base = Url::parse("https://a.example/docs/x.html?q=1");
        let resolved = base.ok().and_then(|base| resolve(&base, link));
        assert_eq!(resolved.as_ref().map(Url::as_str), expect, "{link}");
    }

    #[test]
    fn a_page_has_one_url() {
        check("y.html#part", Some("https://a.example/docs/y.html"));
        check(" \n/%7Euser/%c3%a9/%2f ", Some("https://a.example/~user/%C3%A9/%2F"));
        check("//B.Example.:443/", Some("https://b.example/"));
        check("http://127.1:80/a/../b", Some("http://127.0.0.1/b"));
        check("?utm_source=x&b=2&a=1&gclid=9", Some("https://a.example/docs/x.html?b=2&a=1"));
        check("?utm_source=x", Some("https://a.example/docs/x.html"));
        check("/a;JSESSIONID=1F/b?", Some("https://a.example/a/b"));
        check("/Case/www/", Some("https://a.example/Case/www/"));
        check("/100%/%zz%", Some("https://a.example/100%/%zz%"));
        check("", Some("https://a.example/docs/x.html?q=1"));
    }

    #[test]
    fn other_things_are_no_pages() {
        for link in ["mailto:a@b.example", "javascript:void(0)", "data:text/html,x", "ftp://b/"] {
            check(link, None);
        }
        check("https://user:secret@a.example/", None);
        check("https://a:b:c/", None);
        check(&format!("/{}", "x".repeat(2000)), None);
    }

    #[test]
    fn files_are_known_by_their_endings() {
        let check = |url: &str, file: bool, textless: bool| {
            let url = Url::parse(url).ok();
            assert_eq!(url.as_ref().map(names_file), Some(file), "{url:?}");
            assert_eq!(url.as_ref().map(names_textless), Some(textless), "{url:?}");
        };
        check("https://a.example/x/Report.PDF?v=2", true, false);
        check("https://a.example/x/logo.svg", false, true);
        check("https://a.example/v1.2/page", false, false);
    }
}
