//! A fax as a TIFF file: the data stay as they are, and get a directory that says how to read them.

use lopdf::{Dictionary, Object, Stream};

use super::samples::is_inverted;
use crate::extract::pdf::objects::{Pdf, as_dictionary, as_index};

/// Wraps the data of a picture whose last filter is `CCITTFaxDecode`.
pub(super) fn wrap<'a>(pdf: &Pdf<'a>, stream: &'a Stream, data: &[u8]) -> Option<Vec<u8>> {
    let parameters = parameters(pdf, &stream.dict);
    let get = |key: &[u8]| parameters.and_then(|parameters| pdf.get(parameters, key));
    let number = |key: &[u8]| get(key).and_then(as_index);
    let is_true = |key: &[u8]| matches!(get(key), Some(Object::Boolean(true)));
    // TIFF has no word for rows that begin on bytes.
    if is_true(b"EncodedByteAlign") {
        return None;
    }
    let height = number(b"Rows").filter(|rows| *rows > 0);
    let height = height.or_else(|| pdf.get(&stream.dict, b"Height").and_then(as_index))?;
    let width = number(b"Columns").unwrap_or(1728);
    let kind = get(b"K").and_then(|k| k.as_i64().ok()).unwrap_or(0);
    let (compression, options) = match kind {
        ..0 => (4, None),
        0 => (3, Some(0)),
        1.. => (3, Some(1)),
    };
    // Black runs are black, unless the samples are turned over on their way to the page.
    let photometric = u32::from(is_true(b"BlackIs1") != is_inverted(pdf, &stream.dict));
    let mut entries: Vec<(u16, u32)> = vec![
        (256, width),
        (257, height),
        (258, 1),
        (259, compression),
        (262, photometric),
        (273, 0),
        (277, 1),
        (278, height),
        (279, u32::try_from(data.len()).ok()?),
    ];
    entries.extend(options.map(|options| (292, options)));
    let length = 8 + 2 + entries.len() * 12 + 4;
    let mut file = Vec::with_capacity(length + data.len());
    file.extend(b"II*\0\x08\0\0\0");
    file.extend(u16::try_from(entries.len()).ok()?.to_le_bytes());
    for (tag, value) in entries {
        const LONG: u16 = 4;
        // The strip's data follow the directory.
        let value = if tag == 273 { u32::try_from(length).ok()? } else { value };
        file.extend(tag.to_le_bytes());
        file.extend(LONG.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(data);
    Some(file)
}

/// The parameters of the last filter.
fn parameters<'a>(pdf: &Pdf<'a>, picture: &'a Dictionary) -> Option<&'a Dictionary> {
    match pdf.get(picture, b"DecodeParms").or_else(|| pdf.get(picture, b"DP"))? {
        Object::Array(items) => as_dictionary(pdf.resolve(items.last()?)),
        parameters => as_dictionary(parameters),
    }
}
