//! What a text is by its first words, where nobody says.

use serde::de::IgnoredAny;

use crate::extracted::Kind;

/// The kind of a text, or none where it is like any other.
pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
    if begins_as_html(bytes) {
        Some(Kind::Html)
    } else if begins_as_xml(bytes) {
        Some(Kind::Xml)
    } else if is_json_lines(bytes) {
        Some(Kind::JsonLines)
    } else if is_json(bytes) {
        Some(Kind::Json)
    } else if begins_as_mail(bytes) {
        Some(Kind::Mail)
    } else if is_table(bytes) {
        Some(Kind::Csv)
    } else {
        None
    }
}

/// Whether it begins as a web page, be it after an XML declaration.
pub(super) fn begins_as_html(bytes: &[u8]) -> bool {
    let head = head(bytes, 1024);
    let begins = |head: &[u8], tag: &[u8]| {
        head.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))
    };
    let is_html = |head| begins(head, b"<!doctype html") || begins(head, b"<html");
    let declaration = head.windows(2).position(|window| window == b"?>");
    is_html(head)
        || begins(head, b"<?xml")
            && declaration
                .and_then(|end| head.get(end + 2..))
                .is_some_and(|rest| is_html(rest.trim_ascii_start()))
}

fn begins_as_xml(bytes: &[u8]) -> bool {
    head(bytes, 64).starts_with(b"<?xml ")
}

fn is_json(bytes: &[u8]) -> bool {
    let text = head(bytes, bytes.len());
    matches!(text.first(), Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Whether its first two lines are each an object or an array, whole.
pub(super) fn is_json_lines(bytes: &[u8]) -> bool {
    let text = head(bytes, bytes.len());
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let mut is_value = || {
        lines.next().is_some_and(|line| {
            matches!(line.trim_ascii_start().first(), Some(b'{' | b'['))
                && serde_json::from_slice::<IgnoredAny>(line).is_ok()
        })
    };
    is_value() && is_value()
}

/// Whether it begins with a message's header: fields alone up to the first empty line, with a
/// sender and something that only mail programs write.
fn begins_as_mail(bytes: &[u8]) -> bool {
    let (mut has_sender, mut has_trace) = (false, false);
    for line in head(bytes, 64 << 10).split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") || line.starts_with(b"From ") {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
        let name = line.get(..colon).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() || name.iter().any(|byte| !byte.is_ascii_graphic()) {
            return false;
        }
        has_sender |= name == b"from";
        has_trace |=
            matches!(&name[..], b"message-id" | b"mime-version" | b"received" | b"return-path");
    }
    has_sender && has_trace
}

/// Whether its first lines have the same number of commas, semicolons or tabs, more than one, and
/// nothing like a sentence.
fn is_table(bytes: &[u8]) -> bool {
    const LINES: usize = 5;
    let head = head(bytes, 16 << 10);
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').take(LINES).collect();
    let count = |line: &[u8], mark| line.split(|byte| *byte == mark).count() - 1;
    lines.len() >= 3
        && b",;\t".iter().any(|mark| {
            let first = lines.first().map_or(0, |line| count(line, *mark));
            let is_even = lines.iter().all(|line| line.is_empty() || count(line, *mark) == first);
            let is_sentence = lines.iter().any(|line| line.windows(2).any(|pair| pair == b". "));
            first >= 2 && is_even && !is_sentence
        })
}

/// The first bytes without a mark of UTF-8 and blanks.
fn head(bytes: &[u8], length: usize) -> &[u8] {
    let head = bytes.get(..length).unwrap_or(bytes);
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}
