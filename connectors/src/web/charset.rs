//! The characters of a page, by the HTML standard: a byte order mark, then what the answer's
//! header says, then what the page says of itself in its first kilobyte, then a guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

use super::markup::{Piece, Pieces};

/// Bytes in which a page may say how it is encoded.
const PRESCAN: usize = 1024;

/// The text of a page. Bytes without a meaning become U+FFFD.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    let encoding = content_type
        .and_then(charset_of)
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| declared(bytes))
        .unwrap_or_else(|| guessed(bytes));
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The charset that a media type names.
fn charset_of(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// What the page says of itself.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..PRESCAN).unwrap_or(bytes);
    // What is looked for is ASCII in every encoding that can be found this way.
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let label = xml_encoding(&head).map(str::to_owned).or_else(|| meta_charset(&head))?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A page in UTF-16 could not be read so far.
    Some(if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

fn xml_encoding(head: &str) -> Option<&str> {
    let declaration = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

fn meta_charset(head: &str) -> Option<String> {
    Pieces::of(head).find_map(|piece| {
        let Piece::Open(tag) = piece else { return None };
        if tag.name != "meta" {
            return None;
        }
        if let Some(charset) = tag.attribute("charset") {
            return Some(charset.trim().to_owned());
        }
        let says_type = tag.attribute("http-equiv")?.trim().eq_ignore_ascii_case("content-type");
        let content = tag.attribute("content").filter(|_| says_type)?;
        charset_of(&content).map(str::to_owned)
    })
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: Option<&str>, expect: &str) {
        let text = decode(bytes, content_type);
        assert!(text.contains(expect), "{text}");
    }

    #[test]
    fn a_mark_goes_before_the_header_before_the_page() {
        let latin = b"<meta charset=shift_jis>Gr\xfc\xdfe";
        check(latin, Some("text/html; charset=ISO-8859-1"), "Grüße");
        check(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", Some("text/html; charset=latin1"), "Grüße");
        check(b"\xff\xfeG\0r\0\xfc\0", Some("text/html; charset=utf-8"), "Grü");
        check(b"\x93x\x94", Some("text/html; charset=\"iso-8859-1\""), "“x”");
    }

    #[test]
    fn pages_say_how_they_are_encoded() {
        check(
            b"<html><head><meta charset='Shift_JIS'>\x83e\x83X\x83g",
            Some("text/html"),
            "テスト",
        );
        let equiv = b"<META http-equiv=Content-Type content='text/html; charset=windows-1251'>\xcf";
        check(equiv, None, "П");
        check(b"<?xml version='1.0' encoding='iso-8859-15'?><p>\xa4", None, "€");
        check("<meta charset=utf-16><p>Grüße".as_bytes(), None, "Grüße");
        check(b"<meta charset=nonsense>plain", None, "plain");
    }

    #[test]
    fn the_rest_is_guessed() {
        check("Grüße".as_bytes(), Some("text/html"), "Grüße");
        let russian: Vec<u8> = encoding_rs::WINDOWS_1251
            .encode("Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства.")
            .0
            .into_owned();
        check(&russian, Some("text/html"), "электрификация");
    }
}
