//! Messages as mail servers keep them (RFC 5322, MIME).

use std::borrow::Cow;

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::letter::{Attachment, Body, Content, Letter};
use super::nested::Nesting;
use crate::extracted::{ExtractError, Extracted, Kind};

/// Reads a message.
pub(super) fn extract(bytes: &[u8], nesting: &mut Nesting) -> Result<Extracted, ExtractError> {
    let damaged = |reason: &str| ExtractError::damaged(Kind::Mail, reason);
    let bytes = without_deep_messages(bytes);
    let message = MessageParser::default().parse(bytes.as_ref());
    let message = message.ok_or_else(|| damaged("it has no headers"))?;
    let is_said = |name: &str| message.header(name).is_some();
    if !["From", "To", "Subject", "Date", "Received", "Message-ID"].iter().any(|name| is_said(name))
    {
        return Err(damaged("it names neither sender, subject nor date"));
    }
    Ok(letter(&message, nesting).write(Kind::Mail, nesting))
}

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
    for part in message.attachments() {
        let name = part.attachment_name().unwrap_or_default().to_owned();
        let kind = part.content_type();
        let media_type = kind.map(|kind| {
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_lowercase()
        });
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

/// A message within another; the depth is bounded by `nesting`.
fn letter_of(message: &Message<'_>, nesting: &mut Nesting) -> Extracted {
    letter(message, nesting).write(Kind::Mail, nesting)
}

/// A picture that the body shows: it has no name that anybody gave it, and says nothing.
fn is_picture_of_page(part: &MessagePart<'_>) -> bool {
    let is_picture =
        part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
    is_picture
        && part.content_id().is_some()
        && !part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment)
}

/// What a message says: as plain text where there is about as much of it as of the web page.
fn bodies<'a>(message: &'a Message<'_>) -> Vec<Body<'a>> {
    let plain: Vec<&MessagePart<'_>> = message.text_bodies().collect();
    let rich: Vec<&MessagePart<'_>> = message.html_bodies().collect();
    let is_plain = |part: &&MessagePart<'_>| matches!(part.body, PartType::Text(_));
    let words = |parts: &[&MessagePart<'_>]| -> usize {
        parts
            .iter()
            .map(|part| part.text_contents().unwrap_or_default().split_whitespace().count())
            .sum()
    };
    // A page without its text is sent by some with the words "your program shows no HTML".
    let (said, shown) = (words(&plain), words(&rich));
    let has_text = plain.iter().all(is_plain) && said > 0;
    let is_stub = said < 30 && shown > 10 * said;
    let parts = if has_text && !is_stub { plain } else { rich };
    let bodies = parts.into_iter().filter_map(|part| match &part.body {
        PartType::Text(text) if is_flowed(part) => Some(Body::Plain(Cow::Owned(unfold(text)))),
        PartType::Text(text) => Some(Body::Plain(Cow::Borrowed(text.as_ref()))),
        PartType::Html(html) => Some(Body::Html(Cow::Borrowed(html.as_bytes()), Some("utf-8"))),
        _ => None,
    });
    bodies.collect()
}

fn is_flowed(part: &MessagePart<'_>) -> bool {
    let format = part.content_type().and_then(|kind| kind.attribute("format"));
    format.is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
}

/// Joins lines that end in a blank with those that follow (RFC 3676).
fn unfold(text: &str) -> String {
    let mut unfolded = String::with_capacity(text.len());
    for line in text.lines() {
        unfolded.push_str(line);
        let is_signature = line.trim_start_matches('>').trim_start() == "-- ";
        if !line.ends_with(' ') || is_signature || line.starts_with('>') {
            unfolded.push('\n');
        }
    }
    unfolded
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
