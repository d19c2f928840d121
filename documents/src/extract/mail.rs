//! Messages as mail servers keep them (RFC 5322, MIME), one in a file or many.

mod body;
mod mailbox;
mod tnef;

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::decode::unicode_of;
use super::letter::{Attachment, Body, Content, Letter, SEALED};
use super::nested::Nesting;
use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use body::bodies;
use tnef::Tnef;

/// Reads a message, or a mailbox of many.
pub(super) fn extract(bytes: &[u8], nesting: &mut Nesting) -> Result<Extracted, ExtractError> {
    let bytes = in_ascii(bytes);
    if mailbox::is_mailbox(&bytes) {
        return Ok(read_mailbox(&bytes, nesting));
    }
    let damaged = |reason: &str| ExtractError::damaged(Kind::Mail, reason);
    let bytes = without_deep_messages(&bytes);
    let message = MessageParser::default().parse(bytes.as_ref());
    let message = message.ok_or_else(|| damaged("it has no headers"))?;
    if !HEADERS.iter().any(|name| message.header(*name).is_some()) {
        return Err(damaged("it names neither sender, subject nor date"));
    }
    Ok(letter_of(&message, nesting))
}

/// Messages have one of these; parts of pages that were saved with their pictures, the last.
const HEADERS: [&str; 7] =
    ["From", "To", "Subject", "Date", "Received", "Message-ID", "MIME-Version"];

/// Headers are ASCII; a program that saved them as UTF-16 has put a zero beside each character.
fn in_ascii(bytes: &[u8]) -> Cow<'_, [u8]> {
    match unicode_of(bytes) {
        Some((encoding, rest, _)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            Cow::Owned(encoding.decode_without_bom_handling(rest).0.into_owned().into_bytes())
        }
        Some((_, rest, _)) => Cow::Borrowed(rest),
        None => Cow::Borrowed(bytes),
    }
}

/// Reads all messages of a mailbox, one after the other.
fn read_mailbox(bytes: &[u8], nesting: &mut Nesting) -> Extracted {
    let mut writer = Writer::new(Kind::Mail);
    let mut told = 0;
    for bytes in mailbox::messages(bytes) {
        if writer.is_full() {
            break;
        }
        let bytes = without_deep_messages(&bytes);
        let Some(message) = MessageParser::default().parse(bytes.as_ref()) else { continue };
        nesting.renew_files();
        let mut read = letter_of(&message, nesting);
        told += read.warnings.len();
        if told > MOST_WARNINGS {
            read.warnings.clear();
        }
        writer.properties().attachments.append(&mut read.properties.attachments);
        writer.append(read, 0);
    }
    if told > MOST_WARNINGS {
        let message = "files within some more messages were not read, or not wholly";
        writer.warn(Warning::loss(message));
    }
    writer.finish()
}

/// Of the messages in a mailbox, so many warnings are told one by one.
const MOST_WARNINGS: usize = 100;

/// A message within a message, and so on, is taken apart by the library without a limit. Beyond
/// this number they are made to be ordinary files.
const MOST_MESSAGES: usize = 500;

fn without_deep_messages(bytes: &[u8]) -> Cow<'_, [u8]> {
    const MARKS: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
    let mut copy = Cow::Borrowed(bytes);
    let mut count = 0;
    for (at, window) in bytes.windows(6).enumerate() {
        if !matches!(window, [b'r' | b'R' | b'g' | b'G' | b'd' | b'D', ..])
            || !MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(window))
        {
            continue;
        }
        let head = bytes.get(at.saturating_sub(400)..at).unwrap_or_default();
        // Only within a header that tells the type: elsewhere these are words.
        let is_type = head.windows(12).any(|name| name.eq_ignore_ascii_case(b"content-type"));
        count += usize::from(is_type);
        if is_type
            && count > MOST_MESSAGES
            && let Some(byte) = copy.to_mut().get_mut(at)
        {
            *byte = b'x';
        }
    }
    copy
}

fn letter<'a>(message: &'a Message<'_>, nesting: &mut Nesting) -> Letter<'a> {
    let mut letter = Letter {
        subject: message.subject().unwrap_or_default().to_owned(),
        from: people(message.from()),
        to: people(message.to()),
        copy_to: people(message.cc()),
        date: message.date().map(mail_parser::DateTime::to_rfc3339),
        bodies: bodies(message),
        attachments: Vec::new(),
    };
    if is_sealed(message) {
        return letter;
    }
    for part in message.attachments() {
        let name = part.attachment_name().unwrap_or_default().to_owned();
        let kind = part.content_type();
        let media_type = kind.map(|kind| {
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_lowercase()
        });
        let is_tnef = media_type.as_deref().is_some_and(|kind| kind.ends_with("ms-tnef"))
            || name.eq_ignore_ascii_case("winmail.dat");
        if let Some(tnef) = is_tnef.then(|| Tnef::read(part.contents())).flatten() {
            let body = tnef.body.filter(|_| letter.bodies.iter().all(Body::is_blank));
            letter.bodies.extend(body);
            letter.attachments.extend(tnef.files);
            continue;
        }
        let content = match &part.body {
            PartType::Message(inner) => {
                let size = inner.raw_message.len();
                let read = nesting.within(size, |nesting| letter_of(inner, nesting));
                Content::Letter(read.map(Box::new))
            }
            _ if is_picture_of_page(part) => continue,
            _ => Content::Bytes(Cow::Borrowed(part.contents())),
        };
        let name = match &part.body {
            PartType::Message(inner) if name.is_empty() => {
                inner.subject().unwrap_or("message").to_owned()
            }
            _ => name,
        };
        letter.attachments.push(Attachment { name, media_type, content });
    }
    letter
}

/// Reads a message; how deep it may hold others is bounded by `nesting`.
fn letter_of(message: &Message<'_>, nesting: &mut Nesting) -> Extracted {
    let mut read = letter(message, nesting).write(Kind::Mail, nesting);
    if is_sealed(message) {
        read.lose(SEALED);
    }
    read
}

/// Whether what the message says stands within an envelope.
fn is_sealed(message: &Message<'_>) -> bool {
    message.content_type().is_some_and(|kind| {
        let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
        matches!(subtype.as_str(), "encrypted" | "pkcs7-mime" | "x-pkcs7-mime")
    })
}

/// A picture that the body shows: it has no name that anybody gave it, and says nothing.
fn is_picture_of_page(part: &MessagePart<'_>) -> bool {
    let is_picture =
        part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
    is_picture
        && part.content_id().is_some()
        && !part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment)
}

/// Names and addresses: `Ann <ann@x.org>, bo@x.org`.
fn people(address: Option<&Address<'_>>) -> String {
    let people = address.into_iter().flat_map(Address::iter).take(100).map(|person| {
        match (person.name(), person.address()) {
            (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
            (name, address) => address.or(name).unwrap_or_default().to_owned(),
        }
    });
    people.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests;
