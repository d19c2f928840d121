//! EXIF: what cameras and scanners write.

use std::io::Cursor;

use exif::{Exif, In, Reader, Tag, Value};

use super::describe::{Description, set};
use crate::extract::little::utf16;

/// Reads the EXIF of a JPEG, TIFF, PNG, WebP or HEIF.
pub(super) fn read(bytes: &[u8], description: &mut Description) {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let exif = match reader.read_from_container(&mut Cursor::new(bytes)) {
        Ok(exif) => exif,
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return,
    };
    // Windows writes its own fields, in UTF-16.
    let windows = |number: u16| {
        let tag = Tag(exif::Context::Tiff, number);
        let Value::Byte(bytes) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
        Some(utf16(bytes))
    };
    set(&mut description.title, windows(0x9c9b).as_deref());
    if let Some(text) = text(&exif, Tag::ImageDescription) {
        description.text(&text);
    }
    for number in [0x9c9c, 0x9c9e, 0x9c9f] {
        description.text(&windows(number).unwrap_or_default());
    }
    if let Some(comment) = comment(&exif) {
        description.text(&comment);
    }
    set(&mut description.author, text(&exif, Tag::Artist).as_deref());
    set(&mut description.author, windows(0x9c9d).as_deref());
    set(&mut description.copyright, text(&exif, Tag::Copyright).as_deref());
    let date = text(&exif, Tag::DateTimeOriginal).or_else(|| text(&exif, Tag::DateTime));
    set(&mut description.date, date.and_then(|date| rfc3339(&date)).as_deref());
    let (make, model) = (text(&exif, Tag::Make), text(&exif, Tag::Model));
    let camera = match (make, model) {
        (Some(make), Some(model)) if !model.starts_with(make.trim()) => {
            Some(format!("{} {model}", make.trim()))
        }
        (make, model) => model.or(make),
    };
    set(&mut description.camera, camera.as_deref());
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| String::from_utf8_lossy(part)).collect();
            Some(parts.join(" "))
        }
        _ => None,
    }
}

/// The user's comment begins with eight bytes that name its encoding.
fn comment(exif: &Exif) -> Option<String> {
    let Value::Undefined(bytes, _) = &exif.get_field(Tag::UserComment, In::PRIMARY)?.value else {
        return None;
    };
    let (encoding, text) = bytes.split_at_checked(8)?;
    match encoding {
        b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" => Some(String::from_utf8_lossy(text).into_owned()),
        b"UNICODE\0" => {
            let units = text.chunks_exact(2).map(|pair| match (pair, exif.little_endian()) {
                ([a, b], true) => u16::from_le_bytes([*a, *b]),
                ([a, b], false) => u16::from_be_bytes([*a, *b]),
                _ => 0,
            });
            Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect())
        }
        _ => None,
    }
}

/// `2024:05:06 07:08:09` as others write it; none for the zeros of a clock that was never set.
fn rfc3339(date: &str) -> Option<String> {
    let (day, hour) = date.trim().split_once(' ')?;
    let year: u16 = day.split(':').next()?.parse().ok()?;
    (year > 0 && day.len() == 10).then(|| format!("{}T{}", day.replace(':', "-"), hour.trim()))
}
