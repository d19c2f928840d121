//! The properties of a message, or of a file that came with it.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::super::compound::Compound;
use super::super::little::{short, utf16, wide};
use super::super::rtf::of_page;

/// What the list of properties begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// The file is the message.
    Whole,
    /// A message within another.
    Inner,
    /// A file, or a recipient.
    Part,
}

/// A message, or a file that came with one.
#[derive(Debug)]
pub(super) struct Item<'a, 'b> {
    compound: &'a mut Compound<'b>,
    storage: String,
    /// The properties of fixed size.
    fixed: Vec<u8>,
}

impl<'a, 'b> Item<'a, 'b> {
    pub(super) fn of(compound: &'a mut Compound<'b>, storage: &str, head: Head) -> Self {
        let list = compound.read(&format!("{storage}/__properties_version1.0"));
        let head = match head {
            Head::Whole => 32,
            Head::Inner => 24,
            Head::Part => 8,
        };
        let fixed = list.and_then(|list| list.get(head..).map(<[u8]>::to_vec));
        Self { compound, storage: storage.to_owned(), fixed: fixed.unwrap_or_default() }
    }

    /// A property that is a text.
    pub(super) fn text(&mut self, number: u16) -> Option<String> {
        let text = if let Some(bytes) = self.stream(number, 0x001f) {
            utf16(&bytes)
        } else {
            let bytes = self.stream(number, 0x001e)?;
            let encoding = self.encoding(0x3ffd).or_else(|| self.encoding(0x3fde));
            let encoding = encoding.unwrap_or(WINDOWS_1252);
            encoding.decode_without_bom_handling(&bytes).0.into_owned()
        };
        let text = text.trim_end_matches('\0');
        (!text.trim().is_empty()).then(|| text.to_owned())
    }

    /// A property that is bytes.
    pub(super) fn binary(&mut self, number: u16) -> Option<Vec<u8>> {
        self.stream(number, 0x0102).filter(|bytes| !bytes.is_empty())
    }

    /// A property that is a number or a time.
    pub(super) fn number(&self, number: u16) -> Option<u64> {
        let entry = self.fixed.chunks_exact(16).find(|entry| short(entry, 2) == Some(number))?;
        let value = wide(entry, 8)?;
        match short(entry, 0)? {
            0x0003 => Some(value & u64::from(u32::MAX)),
            0x0040 => Some(value),
            _ => None,
        }
    }

    /// A property that is a code page.
    pub(super) fn encoding(&self, number: u16) -> Option<&'static Encoding> {
        of_page(u32::try_from(self.number(number)?).ok()?)
    }

    fn stream(&mut self, number: u16, kind: u16) -> Option<Vec<u8>> {
        self.compound.read(&format!("{}/__substg1.0_{number:04X}{kind:04X}", self.storage))
    }
}
