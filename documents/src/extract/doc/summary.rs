//! The summary that Office keeps beside a document: title, author, date.

use encoding_rs::WINDOWS_1252;

use super::super::little::{offset, part, short, utf16, wide};
use super::super::rtf::of_page;
use crate::extracted::{Properties, title_of};

/// Reads a summary.
pub(in super::super) fn read(bytes: &[u8], properties: &mut Properties) {
    let Some(section) = offset(bytes, 44).and_then(|at| bytes.get(at..)) else { return };
    let count = offset(section, 4).unwrap_or_default().min(100);
    let value = |wanted: usize| {
        (0..count).find_map(|number| {
            let at = 8 + number * 8;
            (offset(section, at)? == wanted).then(|| section.get(offset(section, at + 4)?..))?
        })
    };
    let page = value(1).and_then(|value| short(value, 4)).map_or(1252, u32::from);
    let text = |wanted: usize| {
        let value = value(wanted)?;
        let length = offset(value, 4)?;
        let text = match short(value, 0)? {
            0x1e if page == 1200 => utf16(part(value, 8, length)?),
            0x1e => {
                let encoding = of_page(page).unwrap_or(WINDOWS_1252);
                encoding.decode_without_bom_handling(part(value, 8, length)?).0.into_owned()
            }
            0x1f => utf16(part(value, 8, length.checked_mul(2)?)?),
            _ => return None,
        };
        title_of(text.split('\0').next().unwrap_or_default())
    };
    properties.title = text(2);
    properties.author = text(4);
    properties.date = value(13).or_else(|| value(12)).and_then(|value| date(wide(value, 4)?));
}

/// A time of Windows, in tenths of microseconds since 1601, as RFC 3339.
pub(in super::super) fn date(ticks: u64) -> Option<String> {
    const SECONDS_TO_1970: i64 = 11_644_473_600;
    let seconds = i64::try_from(ticks / 10_000_000).ok()? - SECONDS_TO_1970;
    // Nothing was written before there were computers.
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).ok().filter(|_| seconds > 0)?;
    time.format(&time::format_description::well_known::Rfc3339).ok()
}
