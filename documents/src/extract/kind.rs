//! What some bytes are: by what they hold, then by the media type, then by the name's ending.
//!
//! Content is believed before names, because names lie: web exports are called `.xls`, zip archives
//! are renamed, and servers send `text/plain` for everything that they do not know.

mod claim;
mod container;
mod signature;
mod sniff;

use super::compound::is_compound;
use super::decode::looks_binary;
use super::{Hint, code};
use crate::extracted::Kind;
use claim::Claim;

/// What is to be done with some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are read as this.
    Is(Kind),
    /// They are of a kind that is not read: its name in the plural.
    Unsupported(String),
    /// They open only with a password.
    Locked(Kind),
    /// They are not what they are called.
    Mismatch { claimed: Kind, found: String },
}

/// The language of a source file of this name.
pub(super) fn language(name: &str) -> Option<&'static str> {
    code::language(&claim::extension(name)?)
}

/// Judges some bytes.
pub(super) fn of(bytes: &[u8], hint: Hint<'_>) -> Verdict {
    let claim = claim::of(hint);
    if is_pdf(bytes) {
        return Verdict::Is(Kind::Pdf);
    }
    if container::is_zip(bytes) {
        return container::zip(bytes, &claim);
    }
    if is_compound(bytes) {
        return container::compound(bytes, &claim);
    }
    if let Some(verdict) = signature::of(bytes) {
        return verdict;
    }
    if looks_binary(bytes) {
        return binary(claim);
    }
    match claim {
        Claim::Kind(kind) => text(bytes, kind, hint),
        Claim::Other(what) => Verdict::Unsupported(what),
        Claim::Nothing => Verdict::Is(sniff::of(bytes).unwrap_or(Kind::Text)),
    }
}

/// Bytes that are no text, and begin like nothing that is known.
fn binary(claim: Claim) -> Verdict {
    match claim {
        Claim::Kind(Kind::Pdf) => Verdict::Mismatch {
            claimed: Kind::Pdf,
            found: "binary data without a %PDF header".to_owned(),
        },
        // Endings of source files are those of other things too: `.ts` of films.
        Claim::Kind(Kind::Code) | Claim::Nothing => {
            Verdict::Unsupported("binary files of an unknown kind".to_owned())
        }
        Claim::Kind(claimed) => Verdict::Mismatch { claimed, found: "binary data".to_owned() },
        Claim::Other(what) => Verdict::Unsupported(what),
    }
}

/// A text that is said to be of this kind.
fn text(bytes: &[u8], claimed: Kind, hint: Hint<'_>) -> Verdict {
    Verdict::Is(match claimed {
        Kind::Xml | Kind::Code if sniff::begins_as_html(bytes) => Kind::Html,
        Kind::Json if sniff::is_json_lines(bytes) => Kind::JsonLines,
        Kind::Text
        | Kind::Code
        | Kind::Markdown
        | Kind::Html
        | Kind::Mail
        | Kind::Csv
        | Kind::Json
        | Kind::JsonLines
        | Kind::Xml => claimed,
        Kind::Pdf => return Verdict::Mismatch { claimed, found: "plain text".to_owned() },
        // Exports of web pages are called .xls and .doc, and tables sent as application/vnd.ms-excel.
        claimed => match (claim::by_name(hint.name), sniff::of(bytes)) {
            (Claim::Kind(named @ (Kind::Csv | Kind::Text | Kind::Xml | Kind::Html)), _) => named,
            (_, Some(kind)) => kind,
            (_, None) => return Verdict::Mismatch { claimed, found: "plain text".to_owned() },
        },
    })
}

/// The header stands within the first 1024 bytes, as readers have always accepted; but a text
/// that quotes it is no PDF.
fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    match head.windows(5).position(|window| window == b"%PDF-") {
        Some(0) => true,
        // An uncompressed PDF within an archive or a message is not the whole of it.
        Some(_) if container::is_zip(bytes) || is_compound(bytes) => false,
        Some(_) => looks_binary(bytes) || bytes.windows(9).any(|window| window == b"startxref"),
        None => false,
    }
}

#[cfg(test)]
mod tests;
