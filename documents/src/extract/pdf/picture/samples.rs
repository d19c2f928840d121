//! Samples without compression as a portable map.

use lopdf::{Dictionary, Object};

use crate::extract::pdf::objects::{Pdf, as_index, as_number};

/// What the samples of a picture mean.
enum Colours {
    Grey,
    Rgb,
    Cmyk,
    /// Each sample is the number of a colour: three bytes.
    Indexed(Vec<u8>),
}

/// A picture as a portable map; none where its samples are not understood.
pub(super) fn map<'a>(pdf: &Pdf<'a>, picture: &'a Dictionary, data: &[u8]) -> Option<Vec<u8>> {
    let size = |key: &[u8]| pdf.get(picture, key).and_then(as_index).map(|size| size as usize);
    let (width, height) = (size(b"Width")?, size(b"Height")?);
    let is_mask = matches!(pdf.get(picture, b"ImageMask"), Some(Object::Boolean(true)));
    let bits = if is_mask { 1 } else { size(b"BitsPerComponent")? };
    let colours = if is_mask { Colours::Grey } else { colours(pdf, picture)? };
    let inverts = is_inverted(pdf, picture);
    let head = |kind: &str, end: &str| format!("{kind}\n{width} {height}\n{end}").into_bytes();
    let samples = |each: usize| data.get(..width.checked_mul(height)?.checked_mul(each)?);
    let turned = |byte: u8| if inverts { !byte } else { byte };
    let map = match (colours, bits) {
        (Colours::Grey, 1) => {
            let rows = data.get(..width.div_ceil(8).checked_mul(height)?)?;
            // Bit maps have 1 for black, grey pictures 0.
            let bits = rows.iter().map(|byte| !turned(*byte));
            head("P4", "").into_iter().chain(bits).collect()
        }
        (Colours::Grey, 8) => {
            let grey = samples(1)?.iter().map(|byte| turned(*byte));
            head("P5", "255\n").into_iter().chain(grey).collect()
        }
        (Colours::Rgb, 8) => {
            let rgb = samples(3)?.iter().map(|byte| turned(*byte));
            head("P6", "255\n").into_iter().chain(rgb).collect()
        }
        (Colours::Cmyk, 8) => {
            let rgb = samples(4)?.chunks_exact(4).flat_map(|inks| {
                let ink = |at: usize| u16::from(turned(inks.get(at).copied().unwrap_or_default()));
                let light = move |at: usize| (255 - ink(at)) * (255 - ink(3)) / 255;
                [0, 1, 2].map(|at| u8::try_from(light(at)).unwrap_or(u8::MAX))
            });
            head("P6", "255\n").into_iter().chain(rgb.collect::<Vec<u8>>()).collect()
        }
        (Colours::Indexed(palette), 1 | 2 | 4 | 8) => {
            let stride = (width * bits).div_ceil(8);
            let rows = data.get(..stride.checked_mul(height)?)?;
            let mut map = head("P6", "255\n");
            for row in rows.chunks_exact(stride.max(1)) {
                for at in (0..width).map(|column| column * bits) {
                    let byte = row.get(at / 8).copied().unwrap_or_default();
                    let number = usize::from(byte >> (8 - bits - at % 8)) & ((1 << bits) - 1);
                    let colour = palette.get(number * 3..number * 3 + 3).unwrap_or(&[0; 3]);
                    map.extend(colour);
                }
            }
            map
        }
        _ => return None,
    };
    Some(map)
}

/// Whether the samples mean the opposite of what they say.
pub(super) fn is_inverted<'a>(pdf: &Pdf<'a>, picture: &'a Dictionary) -> bool {
    let first = pdf.array(picture, b"Decode").and_then(|decode| decode.first());
    first.and_then(|first| as_number(pdf.resolve(first))).is_some_and(|first| first > 0.5)
}

fn colours<'a>(pdf: &Pdf<'a>, picture: &'a Dictionary) -> Option<Colours> {
    let space = pdf.get(picture, b"ColorSpace")?;
    if let Object::Array(parts) = space
        && let [kind, base, _, table] = parts.as_slice()
        && matches!(pdf.resolve(kind), Object::Name(name) if name == b"Indexed" || name == b"I")
    {
        const MOST_TABLE: usize = 1 << 16;
        let table = match pdf.resolve(table) {
            Object::String(table, _) => table.clone(),
            Object::Stream(table) => pdf.decode(table, MOST_TABLE)?,
            _ => return None,
        };
        return match plain(pdf, pdf.resolve(base))? {
            Colours::Rgb => Some(Colours::Indexed(table)),
            Colours::Grey => {
                Some(Colours::Indexed(table.into_iter().flat_map(|grey| [grey; 3]).collect()))
            }
            _ => None,
        };
    }
    plain(pdf, space)
}

fn plain<'a>(pdf: &Pdf<'a>, space: &'a Object) -> Option<Colours> {
    let name = match space {
        Object::Name(name) => name.as_slice(),
        Object::Array(parts) => {
            let [kind, rest @ ..] = parts.as_slice() else { return None };
            let kind = pdf.resolve(kind).as_name().ok()?;
            if kind == b"ICCBased" {
                let profile = pdf.resolve(rest.first()?).as_stream().ok()?;
                return match pdf.get(&profile.dict, b"N").and_then(as_index)? {
                    1 => Some(Colours::Grey),
                    3 => Some(Colours::Rgb),
                    4 => Some(Colours::Cmyk),
                    _ => None,
                };
            }
            kind
        }
        _ => return None,
    };
    match name {
        b"DeviceGray" | b"CalGray" | b"G" => Some(Colours::Grey),
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(Colours::Rgb),
        b"DeviceCMYK" | b"CMYK" => Some(Colours::Cmyk),
        _ => None,
    }
}
