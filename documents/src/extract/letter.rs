//! Messages, however they are kept: the subject as the heading, who wrote to whom and when, the
//! body, and the files that came with it, each under its name.

use std::borrow::Cow;

use super::Hint;
use super::html;
use super::nested::Nesting;
use crate::extracted::{Extracted, Kind, Warning};
use crate::writer::Writer;

/// Told of a message whose words stand within an envelope (S/MIME, PGP) that is not opened.
pub(super) const SEALED: &str =
    "the message is encrypted, or signed in a form that hides it; it was not read";

/// A message.
#[derive(Debug, Default)]
pub(super) struct Letter<'a> {
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) copy_to: String,
    pub(super) date: Option<String>,
    pub(super) bodies: Vec<Body<'a>>,
    pub(super) attachments: Vec<Attachment<'a>>,
}

/// A part of what a message says.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// Lines of text.
    Plain(Cow<'a, str>),
    /// A web page, with its charset where it is known from outside.
    Html(Cow<'a, [u8]>, Option<&'static str>),
    /// What was read of something else.
    Read(Box<Extracted>),
}

impl Body<'_> {
    /// Whether it is known to hold no words.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Plain(text) if text.trim().is_empty())
    }
}

/// A file that came with a message.
#[derive(Debug)]
pub(super) struct Attachment<'a> {
    /// Its name; empty where it has none.
    pub(super) name: String,
    pub(super) media_type: Option<String>,
    pub(super) content: Content<'a>,
}

/// What came with a message.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// A file.
    Bytes(Cow<'a, [u8]>),
    /// A message, read already; none where it stands too deep.
    Letter(Option<Box<Extracted>>),
}

impl Letter<'_> {
    /// Writes a message out.
    pub(super) fn write(self, kind: Kind, nesting: &mut Nesting) -> Extracted {
        let mut writer = Writer::new(kind);
        writer.heading(1, &self.subject, None);
        writer.properties().author = Some(self.from.clone()).filter(|from| !from.is_empty());
        writer.properties().date.clone_from(&self.date);
        let date = self.date.unwrap_or_default();
        let head = [("From", self.from), ("To", self.to), ("Cc", self.copy_to), ("Date", date)];
        let head = head.iter().filter(|(_, value)| !value.is_empty());
        let head: Vec<String> = head.map(|(name, value)| format!("{name}: {value}")).collect();
        writer.paragraph(&head.join("\n"), None);
        for body in self.bodies {
            match body {
                Body::Plain(text) => paragraphs(&text, &mut writer),
                Body::Html(bytes, charset) => {
                    writer.append(html::extract_whole(&bytes, charset), 1);
                }
                Body::Read(extracted) => writer.append(*extracted, 1),
            }
        }
        for attachment in self.attachments {
            attachment.write(nesting, &mut writer);
        }
        writer.finish()
    }
}

impl Attachment<'_> {
    fn write(self, nesting: &mut Nesting, writer: &mut Writer) {
        let name = if self.name.is_empty() { "attachment" } else { self.name.as_str() };
        let read = match self.content {
            Content::Bytes(bytes) => {
                let hint = Hint { name, media_type: self.media_type.as_deref() };
                nesting.extract(&bytes, hint)
            }
            Content::Letter(extracted) => extracted.map(|extracted| Ok(*extracted)),
        };
        match read {
            Some(Ok(extracted)) => {
                writer.heading(2, name, None);
                let inner = &extracted.properties.attachments;
                writer.properties().attachments.extend(inner.iter().cloned());
                writer.append(extracted, 2);
            }
            Some(Err(error)) => {
                if !error.is_unsupported() {
                    writer.warn(Warning::note(format!("{name} was not read: {error}")));
                }
                writer.properties().attachments.push(name.to_owned());
            }
            None => {
                writer.warn(Warning::loss(format!(
                    "{name} was not read: too many files stand within this one, or too deep"
                )));
                writer.properties().attachments.push(name.to_owned());
            }
        }
    }
}

/// Writes lines of text; blank lines part paragraphs.
fn paragraphs(text: &str, writer: &mut Writer) {
    let mut paragraph = String::new();
    for line in text.lines().map(str::trim_end).chain([""]) {
        if line.trim().is_empty() {
            writer.paragraph(&paragraph, None);
            paragraph.clear();
        } else {
            paragraph.extend([if paragraph.is_empty() { "" } else { "\n" }, line]);
        }
    }
}
