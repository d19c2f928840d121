//! XML that is no format of its own: prose as paragraphs under its titles, data as an outline with
//! the names of its elements, feeds as the articles in them.
//!
//! Invariant: elements are gone through one after the other, never by recursion, and an entity gives
//! no more bytes than are bounded for the whole file.

mod data;
mod events;
mod feed;
mod prose;
mod survey;

use super::decode::decode_exact;
use super::nested::Nesting;
use super::office::flat;
use super::text;
use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use events::Malformed;
use survey::{Shape, Survey};

/// Reads an XML file; what is not well-formed is read as the text that it is.
pub(super) fn extract(
    bytes: &[u8],
    charset: Option<&str>,
    nesting: &mut Nesting,
) -> Result<Extracted, ExtractError> {
    let declared = charset.map(str::to_owned).or_else(|| declared_encoding(bytes));
    let exact = decode_exact(bytes, declared.as_deref());
    if let Some(format) = flat::format(&exact.text) {
        return flat::extract(&exact.text, format, nesting);
    }
    let mut writer = Writer::new(Kind::Xml);
    exact.warnings.iter().for_each(|warning| writer.warn(warning.clone()));
    let written = Survey::of(&exact.text).and_then(|survey| match survey.shape() {
        Shape::Feed => feed::write(&exact, &mut writer),
        Shape::Prose => prose::write(&exact, &survey, &mut writer),
        Shape::Data => data::write(&exact, &mut writer),
    });
    match written {
        Ok(()) => {
            let extracted = writer.finish();
            if extracted.text.trim().is_empty() {
                return Err(ExtractError::no_text(Kind::Xml, "its elements hold no words"));
            }
            Ok(extracted)
        }
        Err(Malformed { at, what }) => {
            let line = exact.text.get(..at).unwrap_or(&exact.text).split('\n').count();
            let mut extracted = text::extract(bytes, declared.as_deref());
            extracted.warnings.push(Warning::note(format!(
                "it is no well-formed XML (line {line}: {what}), and was read as plain text"
            )));
            Ok(extracted)
        }
    }
}

/// The encoding that the declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..256).unwrap_or(bytes));
    let declaration = head.split("?>").next()?;
    let (_, value) = declaration.strip_prefix("<?xml")?.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests;
