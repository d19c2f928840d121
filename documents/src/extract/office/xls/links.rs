//! Links of cells to pages: a record names the cells, and holds the address among much else.

use crate::extract::little::{long, offset, part, short, utf16};

/// What tells that an address of the web follows.
const ADDRESS: [u8; 16] = [
    0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0x00, 0xaa, 0x00, 0x4b, 0xa9, 0x0b,
];

/// Where the fields of a record begin whose presence its flags tell.
const FIELDS: usize = 32;

/// The cell that a record is about, and where it leads; none where that is no address of the web.
pub(super) fn read(record: &[u8]) -> Option<((u32, u32), String)> {
    let cell = (u32::from(short(record, 0)?), u32::from(short(record, 4)?));
    let flags = long(record, 28)?;
    let mut at = FIELDS;
    // The words that are shown, and the window that is meant.
    for flag in [0x10, 0x80] {
        if flags & flag != 0 {
            at = at.checked_add(4 + offset(record, at)?.checked_mul(2)?)?;
        }
    }
    let has_address = flags & 1 != 0 && flags & 0x100 == 0;
    if !has_address || part(record, at, 16)? != ADDRESS {
        return None;
    }
    let address = utf16(part(record, at + 20, offset(record, at + 16)?)?);
    let address = address.split('\0').next().unwrap_or_default().trim();
    (!address.is_empty()).then(|| (cell, address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_behind_the_words() {
        let units =
            |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut record = vec![3, 0, 3, 0, 2, 0, 2, 0];
        record.extend([0; 16]);
        record.extend([2, 0, 0, 0, 0x17, 0, 0, 0]);
        record.extend([2, 0, 0, 0]);
        record.extend(units("x\0"));
        record.extend(ADDRESS);
        record.extend([28, 0, 0, 0]);
        record.extend(units("https://x.org\0"));
        assert_eq!(read(&record), Some(((3, 2), "https://x.org".to_owned())));
        for end in 0..record.len() {
            assert_eq!(read(&record[..end]), None);
        }
    }
}
