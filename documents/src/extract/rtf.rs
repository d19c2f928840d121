//! Rich text. Groups, control words and characters are gone through once; what a group is for (its
//! *destination*) decides what becomes of the characters in it.
//!
//! Invariant: groups nest on a list of bounded length, never by recursion.

mod charset;
mod lexer;
mod reader;
mod state;

use crate::extracted::{ExtractError, Extracted, Kind, Warning};
pub(super) use charset::of_page;

use reader::{Reader, Reads};

/// Reads rich text.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let start = bytes.windows(5).take(64).position(|window| window == b"{\\rtf");
    let Some(rich) = start.and_then(|start| bytes.get(start..)) else {
        return Err(ExtractError::damaged(Kind::Rtf, "it does not begin as rich text does"));
    };
    let read = |reads| {
        let mut reader = Reader::new(reads);
        let is_whole = reader.read(rich);
        let mut writer = reader.finish();
        if !is_whole {
            writer.warn(Warning::loss("the file ends before its text does"));
        }
        writer.finish()
    };
    let mut extracted = read(Reads::Text);
    if extracted.text.trim().is_empty() {
        // A letterhead, or a form that has all its words there.
        extracted = read(Reads::Pages);
    }
    if extracted.text.trim().is_empty() {
        let reason = "it holds no words; perhaps only pictures";
        return Err(ExtractError::no_text(Kind::Rtf, reason));
    }
    Ok(extracted)
}

#[cfg(test)]
mod tests;
