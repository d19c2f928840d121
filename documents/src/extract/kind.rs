//! What some bytes are: by their first bytes, then by the media type, then by the name's ending.

use super::Hint;
use super::decode::looks_binary;
use crate::extracted::Kind;

/// What is to be done with some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are read as this.
    Is(Kind),
    /// They are of a kind that is not read: its name in the plural.
    Unsupported(String),
    /// They are not what they are called.
    Mismatch { claimed: Kind, found: String },
}

/// Judges some bytes.
pub(super) fn of(bytes: &[u8], hint: Hint<'_>) -> Verdict {
    let claimed = claimed(hint);
    if is_pdf(bytes) {
        return Verdict::Is(Kind::Pdf);
    }
    if let Some(kind) = binary(bytes, extension(hint.name).as_deref()) {
        return Verdict::Is(kind);
    }
    if let Some(what) = signature(bytes, extension(hint.name).as_deref()) {
        return Verdict::Unsupported(what);
    }
    match claimed {
        Claim::Kind(Kind::Pdf) => Verdict::Mismatch {
            claimed: Kind::Pdf,
            found: if looks_binary(bytes) {
                "binary data without a %PDF header".to_owned()
            } else {
                "plain text".to_owned()
            },
        },
        Claim::Kind(kind) if looks_binary(bytes) => {
            Verdict::Mismatch { claimed: kind, found: "binary data".to_owned() }
        }
        Claim::Kind(kind) => Verdict::Is(kind),
        Claim::Other(what) => Verdict::Unsupported(what),
        Claim::Nothing if looks_binary(bytes) => {
            Verdict::Unsupported("binary files of an unknown kind".to_owned())
        }
        Claim::Nothing if begins_as_html(bytes) => Verdict::Is(Kind::Html),
        Claim::Nothing => Verdict::Is(Kind::Text),
    }
}

/// What a file is said to be.
enum Claim {
    /// A kind that is read.
    Kind(Kind),
    /// One that is not.
    Other(String),
    /// No telling.
    Nothing,
}

fn claimed(hint: Hint<'_>) -> Claim {
    let extension = extension(hint.name);
    let media_type = hint.media_type.unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "application/pdf" | "application/x-pdf" => Claim::Kind(Kind::Pdf),
        "text/html" | "application/xhtml+xml" => Claim::Kind(Kind::Html),
        "text/markdown" | "text/x-markdown" => Claim::Kind(Kind::Markdown),
        // These say little: many servers send them for everything that they do not know.
        "" | "application/octet-stream" | "binary/octet-stream" => by_extension(extension),
        "text/plain" => match by_extension(extension) {
            Claim::Kind(kind @ (Kind::Markdown | Kind::Html)) => Claim::Kind(kind),
            _ => Claim::Kind(Kind::Text),
        },
        _ => match by_extension(extension) {
            Claim::Nothing => Claim::Other(format!("files of the type {media_type}")),
            claim => claim,
        },
    }
}

fn by_extension(extension: Option<String>) -> Claim {
    let Some(extension) = extension else { return Claim::Nothing };
    match extension.as_str() {
        "txt" | "text" | "log" => Claim::Kind(Kind::Text),
        "md" | "markdown" | "mdown" | "mkd" => Claim::Kind(Kind::Markdown),
        "html" | "htm" | "xhtml" | "xht" => Claim::Kind(Kind::Html),
        "pdf" => Claim::Kind(Kind::Pdf),
        "csv" | "tsv" => Claim::Kind(Kind::Csv),
        "json" => Claim::Kind(Kind::Json),
        "jsonl" | "ndjson" => Claim::Kind(Kind::JsonLines),
        "xml" | "rss" | "atom" | "svg" | "dbk" => Claim::Kind(Kind::Xml),
        "eml" => Claim::Kind(Kind::Mail),
        "yaml" | "yml" => Claim::Other(format!("data files (.{extension})")),
        "docx" | "pptx" | "ppt" | "xlsx" | "xls" | "odt" | "odp" | "ods" => {
            Claim::Other(office(&extension))
        }
        _ => Claim::Other(format!("files ending in .{extension}")),
    }
}

fn office(extension: &str) -> String {
    format!("office documents (.{extension})")
}

/// The ending of a name, in lower case: a dot, then up to ten letters and digits, not all digits
/// (`minutes of 3.10` has none).
fn extension(name: &str) -> Option<String> {
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = file.rsplit_once('.')?;
    let well_formed = (1..=10).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !ending.bytes().all(|byte| byte.is_ascii_digit());
    (well_formed && !stem.is_empty()).then(|| ending.to_ascii_lowercase())
}

/// The header stands within the first 1024 bytes, as readers have always accepted; but a text
/// that quotes it is no PDF.
fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    match head.windows(5).position(|window| window == b"%PDF-") {
        Some(0) => true,
        Some(_) => looks_binary(bytes) || bytes.windows(9).any(|window| window == b"startxref"),
        None => false,
    }
}

/// A kind that is known by its first bytes and the name's ending.
fn binary(bytes: &[u8], extension: Option<&str>) -> Option<Kind> {
    let begins = |signature: &[u8]| bytes.starts_with(signature);
    let images: [&[u8]; 7] =
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF"];
    match extension {
        Some("epub") if begins(b"PK\x03\x04") => Some(Kind::Epub),
        Some("doc" | "dot") if begins(b"\xd0\xcf\x11\xe0") => Some(Kind::Doc),
        Some("msg") if begins(b"\xd0\xcf\x11\xe0") => Some(Kind::Msg),
        _ if begins(b"{\\rtf") => Some(Kind::Rtf),
        _ if images.iter().any(|image| begins(image)) && looks_binary(bytes) => Some(Kind::Image),
        _ => None,
    }
}

/// Names a kind that is known by its first bytes, and is not read.
fn signature(bytes: &[u8], extension: Option<&str>) -> Option<String> {
    let begins = |signature: &[u8]| bytes.starts_with(signature);
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Some(match extension {
            Some(
                ending @ ("docx" | "docm" | "dotx" | "pptx" | "pptm" | "ppsx" | "xlsx" | "xlsm"
                | "odt" | "odp" | "ods" | "odg"),
            ) => office(ending),
            Some("epub") => "e-books (.epub)".to_owned(),
            _ => "zip archives".to_owned(),
        });
    }
    if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(extension.map_or_else(|| "office documents".to_owned(), office));
    }
    let table: [(&[u8], &str); 16] = [
        (b"{\\rtf", "office documents (.rtf)"),
        (b"\x89PNG\r\n\x1a\n", "images"),
        (b"\xff\xd8\xff", "images"),
        (b"GIF8", "images"),
        (b"II*\0", "images"),
        (b"MM\0*", "images"),
        (b"\x1f\x8b", "gzip archives"),
        (b"BZh", "bzip2 archives"),
        (b"\xfd7zXZ\0", "xz archives"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archives"),
        (b"Rar!\x1a\x07", "RAR archives"),
        (b"ID3", "sound files"),
        (b"OggS", "sound files"),
        (b"\x7fELF", "programs"),
        (b"SQLite format 3\0", "databases"),
        (b"%!PS-", "PostScript files"),
    ];
    if let Some((_, what)) = table.iter().find(|(signature, _)| begins(signature)) {
        // "BZh", "GIF8" and "ID3" could begin a text as well.
        return (what.contains("rtf") || what.contains("PostScript") || looks_binary(bytes))
            .then(|| (*what).to_owned());
    }
    match (bytes.get(..4), bytes.get(4..8), bytes.get(8..12)) {
        (Some(b"RIFF"), _, Some(b"WEBP")) => Some("images".to_owned()),
        (Some(b"RIFF"), _, Some(b"WAVE")) => Some("sound files".to_owned()),
        (_, Some(b"ftyp"), _) if looks_binary(bytes) => Some("films and sound files".to_owned()),
        _ => None,
    }
}

fn begins_as_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &[u8]| head.get(..tag.len()).is_some_and(|h| h.eq_ignore_ascii_case(tag));
    begins(b"<!doctype html") || begins(b"<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], name: &str, media_type: Option<&str>, expect: &str) {
        let verdict = match of(bytes, Hint { name, media_type }) {
            Verdict::Is(kind) => kind.to_string(),
            Verdict::Unsupported(what) => format!("not read: {what}"),
            Verdict::Mismatch { claimed, found } => format!("no {claimed}: {found}"),
        };
        assert_eq!(verdict, expect, "{name} {media_type:?}");
    }

    #[test]
    fn content_counts_before_media_type_before_name() {
        check(b"%PDF-1.4\n", "a.txt", Some("text/plain"), "PDF");
        check(b"# A", "a.md", None, "Markdown file");
        check(b"# A", "a.md", Some("text/plain"), "Markdown file");
        check(b"# A", "a.md", Some("text/html; charset=utf-8"), "HTML file");
        check(b"# A", "https://x.org/a.MD?b=c.txt#d", None, "Markdown file");
        check(b"words", "README", None, "text file");
        check(b"words", "a.docx", Some("text/plain"), "text file");
        check(b" <!DOCTYPE html><p>", "index", Some("application/octet-stream"), "HTML file");
        check(b"\x89PNG\r\n\x1a\n\0", "a.txt", None, "picture");
        check(b"a,b", "a.csv", None, "CSV table");
        check(b"the header %PDF-1.4 is", "a.txt", None, "text file");
    }

    #[test]
    fn what_is_not_read_is_named() {
        check(b"PK\x03\x04\0\0", "a.docx", None, "not read: office documents (.docx)");
        check(b"PK\x03\x04\0\0", "a.pdf", None, "not read: zip archives");
        check(b"a: b", "a.yaml", None, "not read: data files (.yaml)");
        check(b"fn main() {}", "main.rs", None, "not read: files ending in .rs");
        check(
            b"words",
            "x",
            Some("application/x-foo"),
            "not read: files of the type application/x-foo",
        );
        check(b"\0\x01\x02\xff\0\0", "x", None, "not read: binary files of an unknown kind");
    }

    #[test]
    fn what_is_not_what_it_is_called_is_told() {
        check(b"\0\x01\x02\xff\0\0", "a.pdf", None, "no PDF: binary data without a %PDF header");
        check(b"words", "a.pdf", None, "no PDF: plain text");
        check(b"\0\x01\x02\xff\0\0", "a.txt", None, "no text file: binary data");
        check(b"GIF8 is a prefix", "a.txt", None, "text file");
    }
}
