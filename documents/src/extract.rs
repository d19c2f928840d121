//! Bytes to text. What the bytes are is decided by looking at them; then the media type that the
//! source told, then the name's ending.
//!
//! Invariant: whatever the bytes, extraction ends in time linear in their number (and bounded by
//! the limits of each format), does not panic, and says what it left out: in [`ExtractError`] when
//! there is no text, in [`Warning`](crate::Warning)s when there is less of it than there was.

mod decode;
mod html;
mod kind;
mod markdown;
mod pdf;
mod text;

use crate::extracted::{ExtractError, Extracted, Kind};
use kind::Verdict;

/// What is known about some bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Hint<'a> {
    /// A file name, path or URL; its ending counts.
    pub name: &'a str,
    /// The media type, where the source tells one.
    pub media_type: Option<&'a str>,
}

/// The text of some bytes.
pub fn extract(bytes: &[u8], hint: Hint<'_>) -> Result<Extracted, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let extracted = match kind::of(bytes, hint) {
        Verdict::Is(Kind::Pdf) => pdf::extract(bytes)?,
        Verdict::Is(Kind::Html) => html::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Markdown) => markdown::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Text) => text::extract(bytes, charset(hint)),
        Verdict::Is(kind) => return Err(ExtractError::Unsupported { what: format!("{kind}s") }),
        Verdict::Unsupported(what) => return Err(ExtractError::Unsupported { what }),
        Verdict::Mismatch { claimed, found } => {
            return Err(ExtractError::Mismatch { claimed, found });
        }
    };
    if extracted.text.trim().is_empty() {
        return Err(ExtractError::NoText {
            kind: extracted.kind,
            reason: "it holds only blanks".to_owned(),
        });
    }
    Ok(extracted)
}

/// The text of Markdown that is a text already.
pub(crate) fn markdown(text: &str) -> Extracted {
    markdown::extract(text.as_bytes(), Some("utf-8"))
}

/// Whether some bytes are read as a PDF.
pub(crate) fn is_pdf(bytes: &[u8], hint: Hint<'_>) -> bool {
    matches!(kind::of(bytes, hint), Verdict::Is(Kind::Pdf))
}

/// The charset parameter of the media type: `text/html; charset=iso-8859-1`.
fn charset(hint: Hint<'_>) -> Option<&str> {
    let (_, parameters) = hint.media_type?.split_once(';')?;
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_found_in_the_media_type() {
        let check = |media_type, expect| {
            assert_eq!(charset(Hint { name: "", media_type: Some(media_type) }), expect);
        };
        check("text/html; charset=\"ISO-8859-1\"", Some("ISO-8859-1"));
        check("text/html;boundary=x; Charset=utf-8", Some("utf-8"));
        check("text/html", None);
    }
}
