//! Messages of Outlook: each property in a stream of its own, each file that came with a message,
//! and each message, in a storage.

mod compressed;
mod properties;

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::compound::Compound;
use super::doc::date;
use super::letter::{Attachment, Body, Content, Letter, SEALED};
use super::nested::Nesting;
use super::rtf;
use crate::extracted::{ExtractError, Extracted, Kind};
use properties::{Head, Item};

pub(super) use compressed::inflate;

/// Of a message, so many files are looked at.
const MOST_ATTACHMENTS: usize = 1000;

/// Reads a message.
pub(super) fn extract(bytes: &[u8], nesting: &mut Nesting) -> Result<Extracted, ExtractError> {
    let mut compound = Compound::open(bytes, Kind::Msg)?;
    let mut extracted = message(&mut compound, "", Head::Whole, nesting);
    extracted.warnings.extend(compound.loss());
    if extracted.text.trim().is_empty() {
        return Err(ExtractError::no_text(Kind::Msg, "it has neither a subject nor a body"));
    }
    Ok(extracted)
}

/// Reads the message in a storage; the depth is bounded by `nesting`.
fn message(
    compound: &mut Compound<'_>,
    storage: &str,
    head: Head,
    nesting: &mut Nesting,
) -> Extracted {
    let mut item = Item::of(compound, storage, head);
    let from = match (item.text(0x0c1a), item.text(0x5d01).or_else(|| item.text(0x0c1f))) {
        (Some(name), Some(address)) if name != address && address.contains('@') => {
            format!("{name} <{address}>")
        }
        (name, address) => name.or(address).unwrap_or_default(),
    };
    let class = item.text(0x001a).unwrap_or_default();
    let mut letter = Letter {
        subject: item.text(0x0037).unwrap_or_default(),
        from,
        to: item.text(0x0e04).unwrap_or_default(),
        copy_to: item.text(0x0e03).unwrap_or_default(),
        date: item.number(0x0039).or_else(|| item.number(0x0e06)).and_then(date),
        bodies: body(&mut item).into_iter().collect(),
        attachments: Vec::new(),
    };
    let names = compound.names(&format!("{storage}/"));
    let attachments = names.into_iter().filter(|name| name.starts_with("__attach_version1.0_#"));
    for name in attachments.take(MOST_ATTACHMENTS) {
        let storage = format!("{storage}/{name}");
        letter.attachments.extend(attachment(compound, &storage, nesting));
    }
    let is_sealed = class.starts_with("IPM.Note.SMIME") && !class.ends_with("MultipartSigned")
        || letter.attachments.iter().any(is_envelope);
    let mut read = letter.write(Kind::Msg, nesting);
    if is_sealed {
        read.lose(SEALED);
    }
    read
}

/// Whether a file that came with a message is what it says, encrypted.
fn is_envelope(attachment: &Attachment<'_>) -> bool {
    let kinds = ["pgp-encrypted", "pkcs7-mime"];
    let kind = attachment.media_type.as_deref().unwrap_or_default();
    kinds.iter().any(|envelope| kind.ends_with(envelope))
}

/// A file that came with a message; none where it is a picture that the body shows.
fn attachment(
    compound: &mut Compound<'_>,
    storage: &str,
    nesting: &mut Nesting,
) -> Option<Attachment<'static>> {
    let mut item = Item::of(compound, storage, Head::Part);
    let name = item.text(0x3707).or_else(|| item.text(0x3704)).or_else(|| item.text(0x3001));
    let media_type = item.text(0x370e);
    // Bit 2 says that the body shows it.
    let is_shown = item.number(0x3714).is_some_and(|flags| flags & 4 != 0);
    let content = if let Some(bytes) = item.binary(0x3701) {
        Content::Bytes(Cow::Owned(bytes))
    } else {
        let inner = format!("{storage}/__substg1.0_3701000D");
        if compound.names(&format!("{inner}/")).is_empty() {
            return None;
        }
        let read = nesting.within(0, |nesting| message(compound, &inner, Head::Inner, nesting));
        Content::Letter(read.map(Box::new))
    };
    let is_picture = media_type.as_ref().is_some_and(|kind| kind.starts_with("image/"));
    let name = name.unwrap_or_default();
    (!(is_shown && is_picture)).then_some(Attachment { name, media_type, content })
}

/// What a message says: its plain text, else its web page, else its rich text.
fn body(item: &mut Item<'_, '_>) -> Option<Body<'static>> {
    if let Some(text) = item.text(0x1000).filter(|text| !text.trim().is_empty()) {
        return Some(Body::Plain(Cow::Owned(text)));
    }
    if let Some(page) = item.binary(0x1013) {
        let charset = item.encoding(0x3fde).map_or(WINDOWS_1252.name(), |page| page.name());
        return Some(Body::Html(Cow::Owned(page), Some(charset)));
    }
    if let Some(page) = item.text(0x1013) {
        return Some(Body::Html(Cow::Owned(page.into_bytes()), Some("utf-8")));
    }
    let rich = inflate(&item.binary(0x1009)?)?;
    rtf::extract(&rich).ok().map(|read| Body::Read(Box::new(read)))
}

#[cfg(test)]
mod tests;
