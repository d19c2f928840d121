//! Bytes to text. What the bytes are is decided by looking at them; then the media type that the
//! source told, then the name's ending.
//!
//! Invariant: whatever the bytes, extraction ends in time linear in their number (and bounded by
//! the limits of each format), does not panic, and says what it left out: in [`ExtractError`] when
//! there is no text, in [`Warning`](crate::Warning)s when there is less of it than there was.

mod code;
mod compound;
mod csv;
mod decode;
mod doc;
mod epub;
mod flow;
mod html;
mod image;
mod json;
mod kind;
mod letter;
mod little;
mod mail;
mod markdown;
mod msg;
mod nested;
mod numeral;
mod office;
mod origins;
mod outline;
mod pdf;
mod rtf;
mod text;
mod xml;

use crate::extracted::{ExtractError, Extracted, Kind};
use kind::Verdict;
use nested::Nesting;

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
    let mut extracted = extract_within(bytes, hint, &mut Nesting::default())?;
    code::mark_statements(&mut extracted);
    Ok(extracted)
}

/// The text of some bytes, of which the files within them may take so much.
fn extract_within(
    bytes: &[u8],
    hint: Hint<'_>,
    nesting: &mut Nesting,
) -> Result<Extracted, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let extracted = match kind::of(bytes, hint) {
        Verdict::Is(Kind::Pdf) => pdf::extract(bytes)?,
        Verdict::Is(Kind::Html) => html::extract(bytes, charset(hint), hint.name),
        Verdict::Is(Kind::Markdown) => markdown::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Text) => text::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Code) => code::extract(bytes, charset(hint), kind::language(hint.name)),
        Verdict::Is(Kind::Docx) => office::docx::extract(bytes, nesting)?,
        Verdict::Is(Kind::Pptx) => office::pptx::extract(bytes)?,
        Verdict::Is(Kind::Xlsx) => office::xlsx::extract(bytes)?,
        Verdict::Is(Kind::Xls) => office::xls::extract(bytes)?,
        Verdict::Is(kind @ (Kind::Odt | Kind::Ods | Kind::Odp)) => {
            office::odf::extract(bytes, kind)?
        }
        Verdict::Is(Kind::Csv) => csv::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Json) => json::extract(bytes, charset(hint)),
        Verdict::Is(Kind::JsonLines) => json::extract_lines(bytes, charset(hint)),
        Verdict::Is(Kind::Xml) => xml::extract(bytes, charset(hint), nesting)?,
        Verdict::Is(Kind::Mail) => mail::extract(bytes, nesting)?,
        Verdict::Is(Kind::Epub) => epub::extract(bytes)?,
        Verdict::Is(Kind::Image) => image::extract(bytes)?,
        Verdict::Is(Kind::Rtf) => rtf::extract(bytes)?,
        Verdict::Is(Kind::Doc) => doc::extract(bytes)?,
        Verdict::Is(Kind::Msg) => msg::extract(bytes, nesting)?,
        Verdict::Locked(kind) => return Err(ExtractError::Locked { kind }),
        Verdict::Unsupported(what) => return Err(ExtractError::Unsupported { what }),
        Verdict::Mismatch { claimed, found } => {
            return Err(ExtractError::Mismatch { claimed, found });
        }
    };
    if extracted.text.trim().is_empty() {
        return Err(ExtractError::no_text(extracted.kind, nothing_found(&extracted)));
    }
    Ok(extracted)
}

fn nothing_found(extracted: &Extracted) -> String {
    let files = &extracted.properties.attachments;
    match extracted.kind {
        Kind::Text | Kind::Code | Kind::Markdown | Kind::Html => "it holds only blanks".to_owned(),
        _ if files.is_empty() => "it is empty, or holds only pictures".to_owned(),
        _ => format!("it holds only files, which are not read: {}", files.join(", ")),
    }
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
