//! The character map of a TrueType font, read backwards: which character a glyph is for. It helps
//! where the document leaves out what its codes mean.

use std::collections::HashMap;

/// The most entries that are read of one map.
const MOST_ENTRIES: usize = 100_000;

/// Characters by the numbers of their glyphs.
#[derive(Debug, Default)]
pub(super) struct Program {
    characters: HashMap<u32, char>,
    /// Glyphs by the codes of a simple font.
    codes: HashMap<u32, u32>,
}

impl Program {
    /// Reads a font program; what is broken in it is left out.
    pub(super) fn read(font: &[u8]) -> Self {
        let mut program = Self::default();
        let Some(cmap) = table(font, *b"cmap") else { return program };
        let count = u16_at(cmap, 2).unwrap_or(0);
        for record in (4..).step_by(8).take(usize::from(count)) {
            let (Some(platform), Some(encoding), Some(offset)) =
                (u16_at(cmap, record), u16_at(cmap, record + 2), u32_at(cmap, record + 4))
            else {
                break;
            };
            let map = cmap.get(offset as usize..).unwrap_or_default();
            let mut visit: Box<dyn FnMut(u32, u32)> = match (platform, encoding) {
                (0, _) | (3, 1 | 10) => Box::new(|code, glyph| {
                    if let Some(c) = char::from_u32(code).filter(|c| !c.is_control()) {
                        program.characters.entry(glyph).or_insert(c);
                    }
                }),
                // Symbol fonts keep their codes in a private area; Macintosh ones as they are.
                (3, 0) => Box::new(|code, glyph| {
                    program.codes.entry(code & 0xff).or_insert(glyph);
                }),
                (1, 0) => Box::new(|code, glyph| {
                    program.codes.entry(code).or_insert(glyph);
                }),
                _ => continue,
            };
            entries(map, visit.as_mut());
        }
        program
    }

    /// The character of a glyph.
    pub(super) fn character(&self, glyph: u32) -> Option<char> {
        self.characters.get(&glyph).copied()
    }

    /// The character of a code of a simple font.
    pub(super) fn character_of_code(&self, code: u32) -> Option<char> {
        self.character(*self.codes.get(&code)?)
    }
}

fn table(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let count = u16_at(font, 4)?;
    let mut records = (12..).step_by(16).take(usize::from(count));
    let record = records.find(|record| font.get(*record..record + 4) == Some(&tag))?;
    font.get(u32_at(font, record + 8)? as usize..)
}

/// Goes through the entries of a map: codes and glyphs.
fn entries(map: &[u8], visit: &mut dyn FnMut(u32, u32)) {
    let mut visit = |code, glyph| {
        if glyph != 0 {
            visit(code, glyph);
        }
    };
    match u16_at(map, 0) {
        Some(0) => {
            for (code, glyph) in (0..256).zip(map.get(6..).unwrap_or_default()) {
                visit(code, u32::from(*glyph));
            }
        }
        Some(4) => segments(map, &mut visit),
        Some(6) => {
            let (first, count) = (u16_at(map, 6).unwrap_or(0), u16_at(map, 8).unwrap_or(0));
            for (index, code) in (0..usize::from(count)).zip(u32::from(first)..) {
                let Some(glyph) = u16_at(map, 10 + 2 * index) else { break };
                visit(code, u32::from(glyph));
            }
        }
        Some(12) => {
            let count = u32_at(map, 12).unwrap_or(0) as usize;
            let mut room = MOST_ENTRIES;
            for group in (16..).step_by(12).take(count.min(MOST_ENTRIES)) {
                let (Some(first), Some(last), Some(glyph)) =
                    (u32_at(map, group), u32_at(map, group + 4), u32_at(map, group + 8))
                else {
                    break;
                };
                for (code, glyph) in (first..=last).zip(glyph..).take(room) {
                    room -= 1;
                    visit(code, glyph);
                }
            }
        }
        _ => {}
    }
}

/// Format 4: segments of codes with a distance to their glyphs, or a list of them.
fn segments(map: &[u8], visit: &mut dyn FnMut(u32, u32)) {
    let twice = usize::from(u16_at(map, 6).unwrap_or(0)) & !1;
    let mut room = MOST_ENTRIES;
    for at in (0..twice).step_by(2) {
        let field =
            |index: usize| u16_at(map, 14 + at + index * twice + if index > 0 { 2 } else { 0 });
        let (Some(last), Some(first), Some(delta), Some(offset)) =
            (field(0), field(1), field(2), field(3))
        else {
            return;
        };
        for code in (first..=last).take(room) {
            room -= 1;
            let glyph = if offset == 0 {
                code.wrapping_add(delta)
            } else {
                let here = 16 + at + 3 * twice;
                let place = here + usize::from(offset) + 2 * usize::from(code - first);
                match u16_at(map, place) {
                    Some(0) | None => continue,
                    Some(glyph) => glyph.wrapping_add(delta),
                }
            };
            visit(u32::from(code), u32::from(glyph));
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A font of one table, whose one map is for Unicode.
    fn font(platform: u16, encoding: u16, map: &[u16]) -> Vec<u8> {
        let mut words = vec![0, 1, 1, 0, 0, 0];
        words.extend([0x636d, 0x6170, 0, 0, 0, 28, 0, 0]);
        words.extend([0, 1, platform, encoding, 0, 12]);
        words.extend(map);
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn segments_are_read_backwards() {
        // Two segments: A to C by a distance, then the end.
        let map = [4, 32, 0, 4, 0, 0, 0, 0x43, 0xffff, 0, 0x41, 0xffff, 0xffc0, 1, 0, 0];
        let program = Program::read(&font(3, 1, &map));
        assert_eq!([1, 3, 4].map(|glyph| program.character(glyph)), [Some('A'), Some('C'), None]);
    }

    #[test]
    fn groups_are_read_backwards() {
        let map = [12, 0, 0, 28, 0, 0, 0, 1, 1, 0xf600, 1, 0xf601, 0, 7];
        let program = Program::read(&font(0, 4, &map));
        assert_eq!(program.character(8), Some('😁'));
    }

    #[test]
    fn broken_fonts_have_no_characters() {
        for cut in 0..60 {
            let map = [4, 32, 0, 4, 0, 0, 0, 0x43, 0xffff, 0, 0x41, 0xffff, 0xffc0, 1, 0, 0];
            let font = font(3, 1, &map);
            Program::read(font.get(..cut).unwrap_or(&font));
        }
        let map = [12, 0, 0, 28, 0, 0, 0xffff, 0xffff, 0, 0, 0xffff, 0xffff, 0, 0];
        Program::read(&font(0, 4, &map));
    }
}
