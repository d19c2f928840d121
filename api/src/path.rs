//! Paths as they were sent. Labels may hold ARNs, whose slashes arrive as `%2F`, so a path is
//! split first and decoded afterwards.

use percent_encoding::percent_decode_str;

/// The decoded segments of a raw path; a slash at its end makes no difference. None where a
/// segment is not UTF-8.
pub(crate) fn segments(raw: &str) -> Option<Vec<String>> {
    let path = raw.strip_prefix('/').unwrap_or(raw);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(decode).collect()
}

/// The decoded names and values of a raw query, in their order. None where one is not UTF-8.
pub(crate) fn query(raw: &str) -> Option<Vec<(String, String)>> {
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(&name.replace('+', " "))?, decode(&value.replace('+', " "))?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expect: Option<&[&str]>) {
        let expect = expect.map(|segments| segments.iter().map(ToString::to_string).collect());
        assert_eq!(segments(path), expect, "{path}");
    }

    #[test]
    fn paths_are_split_and_then_decoded() {
        check("/", Some(&[]));
        check("/knowledgebases", Some(&["knowledgebases"]));
        check("/knowledgebases/", Some(&["knowledgebases"]));
        check("/knowledgebases//", Some(&["knowledgebases", ""]));
        check("/tags/arn%3Aaws%3Akb%2FID", Some(&["tags", "arn:aws:kb/ID"]));
        check("/tags/arn:aws:kb%2FID/", Some(&["tags", "arn:aws:kb/ID"]));
        check("/a/%FF", None);
        check("/a/%zz", Some(&["a", "%zz"]));
    }

    #[test]
    fn queries_repeat_names() {
        let pairs = query("tagKeys=a%20b&tagKeys=c%2Fd+e&flag").unwrap_or_default();
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("tagKeys", "a b"), ("tagKeys", "c/d e"), ("flag", "")]);
        assert_eq!(query("a=%FF"), None);
    }
}
