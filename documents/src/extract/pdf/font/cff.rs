//! The encoding that a Compact Font Format program (`FontFile3`) has built in: which glyph a code
//! shows, and what the glyph is called.

use super::glyphs::Glyphs;

/// The characters of the standard strings from 1 on: most glyphs are called by one of them. From
/// 229 on they are those of expert fonts, in which ligatures, small capitals, and old-style and
/// raised figures are.
const STANDARD: &str = " !\"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\
                        ‘abcdefghijklmnopqrstuvwxyz{|}~¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ–†‡·¶•‚„”»…‰¿`´ˆ˜¯˘˙¨˚¸˝˛ˇ—\
                        ÆªŁØŒºæıłøœß¹¬µ™Ð½±Þ¼÷¦°þ¾²®−ð×³©ÁÂÄÀÅÃÇÉÊËÈÍÎÏÌÑÓÔÖÒÕŠÚÛÜÙÝŸŽ\
                        áâäàåãçéêëèíîïìñóôöòõšúûüùýÿž\
                        !˝$$&´()‥․0123456789,—.?ab¢deilmnorstﬀﬃﬄ()ˆ-`abcdefghijklmnopqrstuvwxyz\
                        ₡1¤˜¡¢łšž¨˘ˇ˙¯‒-˛˚¸¿⅛⅜⅝⅞⅓⅔⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉¢$.,\
                        àáâãäåæçèéêëìíîïðñòóôõöœøùúûüýþÿ";

/// Strings from here on are in the font itself.
const FIRST_OWN_STRING: usize = 391;

/// The characters of the 256 codes; none where the font does not tell.
pub(super) fn encoding(font: &[u8], glyphs: &mut Glyphs) -> Option<Vec<Option<String>>> {
    let (_, at) = index(font, usize::from(*font.get(2)?))?;
    let (dictionaries, at) = index(font, at)?;
    let (strings, _) = index(font, at)?;
    let top = Top::read(dictionaries.first()?);
    if top.is_keyed_by_cid {
        return None;
    }
    let (programs, _) = index(font, top.programs)?;
    let names = charset(font, top.charset, programs.len());
    let by_code = codes(font, top.encoding, &names)?;
    let codes = by_code.into_iter().map(|name| {
        let name = name?;
        match name.checked_sub(FIRST_OWN_STRING) {
            Some(own) => glyphs.characters(strings.get(own)?),
            None => STANDARD.chars().nth(name.checked_sub(1)?).map(String::from),
        }
    });
    let codes: Vec<Option<String>> = codes.collect();
    codes.iter().any(Option::is_some).then_some(codes)
}

/// Reads an index: its items, and where it ends.
fn index(font: &[u8], at: usize) -> Option<(Vec<&[u8]>, usize)> {
    let count = number(font, at, 2)?;
    if count == 0 {
        return Some((Vec::new(), at + 2));
    }
    let width = usize::from(*font.get(at + 2)?);
    if !(1..=4).contains(&width) {
        return None;
    }
    let data = at + 2 + (count + 1) * width;
    let offset =
        |item: usize| number(font, at + 3 + item * width, width).map(|offset| data + offset);
    let mut items = Vec::new();
    for item in 0..count {
        items.push(font.get(offset(item)?..offset(item + 1)?)?);
    }
    Some((items, offset(count)?))
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// What the font's dictionary says of where things are.
#[derive(Debug, Default)]
struct Top {
    charset: usize,
    encoding: usize,
    programs: usize,
    is_keyed_by_cid: bool,
}

impl Top {
    fn read(dictionary: &[u8]) -> Self {
        let mut top = Self::default();
        let mut operand = 0;
        let mut rest = dictionary;
        while let Some((first, behind)) = rest.split_first() {
            let first_byte = usize::from(*first);
            let (length, value) = match first {
                28 => (2, number(behind, 0, 2)),
                29 => (4, number(behind, 0, 4)),
                30 => {
                    // A real number ends with a nibble of ones.
                    let end = behind.iter().position(|byte| byte & 0xf == 0xf || byte >> 4 == 0xf);
                    (end.map_or(behind.len(), |end| end + 1), None)
                }
                32..=246 => (0, first_byte.checked_sub(139)),
                247..=250 => {
                    (1, number(behind, 0, 1).map(|low| (first_byte - 247) * 256 + low + 108))
                }
                251..=254 => (1, None),
                12 => {
                    top.is_keyed_by_cid |= behind.first() == Some(&30);
                    (1, None)
                }
                _ => {
                    match first {
                        15 => top.charset = operand,
                        16 => top.encoding = operand,
                        17 => top.programs = operand,
                        _ => {}
                    }
                    (0, None)
                }
            };
            operand = value.unwrap_or(0);
            rest = behind.get(length..).unwrap_or_default();
        }
        top
    }
}

/// The names (numbers of strings) of the glyphs.
fn charset(font: &[u8], at: usize, count: usize) -> Vec<usize> {
    let mut names = vec![0];
    if at <= 2 {
        // The predefined sets begin with the standard strings, in order.
        names.extend(1..count.min(229));
        return names;
    }
    let format = font.get(at).copied().unwrap_or(0);
    let width = match format {
        0 => 0,
        1 => 1,
        _ => 2,
    };
    let mut at = at + 1;
    while names.len() < count {
        let (Some(first), Some(more)) = (number(font, at, 2), number(font, at + 2, width)) else {
            break;
        };
        let room = count - names.len();
        names.extend((first..=first + more).take(room));
        at += 2 + width;
    }
    names
}

/// The names of the glyphs of the codes.
fn codes(font: &[u8], at: usize, names: &[usize]) -> Option<Vec<Option<usize>>> {
    if at <= 1 {
        // One of the predefined encodings, which the caller knows.
        return None;
    }
    let mut codes = vec![None; 256];
    let format = *font.get(at)?;
    // The highest bit says that there are more codes at the end.
    let is_list = matches!(format, 0 | 0x80);
    let count = usize::from(*font.get(at + 1)?);
    let mut glyphs = names.iter().skip(1).copied();
    let mut end = at + 2;
    for _ in 0..count {
        let first = usize::from(*font.get(end)?);
        let more = if is_list { 0 } else { usize::from(*font.get(end + 1)?) };
        end += if is_list { 1 } else { 2 };
        for code in first..=first + more {
            let name = glyphs.next();
            if let Some(entry) = codes.get_mut(code) {
                *entry = name;
            }
        }
    }
    if format & 0x80 != 0 {
        let count = usize::from(*font.get(end)?);
        for at in (end + 1..).step_by(3).take(count) {
            if let Some(entry) = codes.get_mut(usize::from(*font.get(at)?)) {
                *entry = number(font, at + 1, 2);
            }
        }
    }
    Some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A font with the glyphs `fi`, `eacute` (an own string) and `A` at the codes 1, 2 and 65.
    fn font() -> Vec<u8> {
        let mut font = vec![1, 0, 4, 1];
        font.extend([0, 1, 1, 1, 2, b'F']);
        // Charset at 48, encoding at 55, programs at 61.
        let top = [139 + 48, 15, 139 + 55, 16, 139 + 61, 17];
        font.extend([0, 1, 1, 1, 7]);
        font.extend(top);
        font.extend([0, 1, 1, 1, 7]);
        font.extend(b"eacute");
        font.extend([0, 0]);
        font.resize(48, 0);
        font.extend([0, 0, 109, 1, 135, 0, 34]);
        font.extend([1, 2, 1, 1, 65, 0]);
        font.extend([0, 4, 1, 1, 2, 3, 4, 5, 14, 14, 14, 14]);
        font
    }

    #[test]
    fn the_built_in_encoding_is_read() {
        let codes = encoding(&font(), &mut Glyphs::default()).unwrap_or_default();
        let check = |code: usize, expect: Option<&str>| {
            assert_eq!(codes.get(code).cloned().flatten().as_deref(), expect, "{code}");
        };
        check(1, Some("ﬁ"));
        check(2, Some("é"));
        check(65, Some("A"));
        check(66, None);
    }

    #[test]
    fn the_standard_strings_are_in_their_places() {
        let check = |number: usize, c| assert_eq!(STANDARD.chars().nth(number - 1), Some(c), "{c}");
        check(34, 'A');
        check(95, '~');
        check(110, 'ﬂ');
        check(137, '—');
        check(149, 'ß');
        check(170, '©');
        check(228, 'ž');
        check(239, '0');
        check(266, 'ﬀ');
        check(274, 'a');
        check(320, '⅛');
        check(342, '₉');
        check(378, 'ÿ');
    }

    #[test]
    fn broken_fonts_have_no_encoding() {
        let font = font();
        for cut in 0..font.len() {
            encoding(font.get(..cut).unwrap_or_default(), &mut Glyphs::default());
            let mut broken = font.clone();
            broken[cut] = 0xff;
            encoding(&broken, &mut Glyphs::default());
        }
    }
}
