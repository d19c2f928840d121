//! Records: a type, a length and so many bytes; what does not fit goes on in records that say so.

use crate::extract::little::short;

pub(super) const BEGIN: u16 = 0x809;
pub(super) const END: u16 = 0x0a;
pub(super) const LOCKED: u16 = 0x2f;
pub(super) const ENCODING: u16 = 0x42;
pub(super) const DATES: u16 = 0x22;
pub(super) const FORMAT: u16 = 0x41e;
pub(super) const STYLE: u16 = 0xe0;
pub(super) const SHEET: u16 = 0x85;
pub(super) const STRINGS: u16 = 0xfc;
pub(super) const SHARED_TEXT: u16 = 0xfd;
pub(super) const TEXT: u16 = 0x204;
pub(super) const RICH_TEXT: u16 = 0xd6;
pub(super) const NUMBER: u16 = 0x203;
pub(super) const SHORT_NUMBER: u16 = 0x27e;
pub(super) const SHORT_NUMBERS: u16 = 0xbd;
pub(super) const TRUTH: u16 = 0x205;
pub(super) const FORMULA: u16 = 0x06;
pub(super) const RESULT: u16 = 0x207;
pub(super) const MERGED: u16 = 0xe5;
pub(super) const BOX: u16 = 0x1b6;
pub(super) const LINK: u16 = 0x1b8;
const GOES_ON: u16 = 0x3c;

/// A record.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) bytes: &'a [u8],
    /// The bytes of the records that go on with it.
    pub(super) more: Vec<&'a [u8]>,
}

/// The records of a stream.
#[derive(Debug)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let (kind, length) = (short(self.rest, 0)?, usize::from(short(self.rest, 2)?));
        let (bytes, rest) = self.rest.get(4..)?.split_at_checked(length)?;
        self.rest = rest;
        Some((kind, bytes))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, bytes) = self.one()?;
        let mut more = Vec::new();
        while short(self.rest, 0) == Some(GOES_ON)
            && let Some((_, bytes)) = self.one()
        {
            more.push(bytes);
        }
        Some(Record { kind, bytes, more })
    }
}
