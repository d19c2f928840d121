//! Character maps embedded in a PDF: from codes to Unicode (`ToUnicode`) or to the numbers of
//! glyphs (CIDs).

use std::collections::HashMap;

use super::super::lexer::{Lexer, Token};

/// The most entries of a map; real ones have at most 65,536.
const MOST_ENTRIES: usize = 200_000;

/// A map from codes to `T`, by single codes and by ranges.
#[derive(Debug, Clone)]
pub(super) struct CMap<T> {
    single: HashMap<u32, T>,
    ranges: Vec<(u32, u32, T)>,
    /// Which codes there are: their bytes, the lowest, the highest.
    pub(super) codespaces: Vec<(usize, u32, u32)>,
    /// Whether it says that the font is written from top to bottom.
    pub(super) is_vertical: bool,
}

impl<T> CMap<T> {
    fn new() -> Self {
        Self {
            single: HashMap::new(),
            ranges: Vec::new(),
            codespaces: Vec::new(),
            is_vertical: false,
        }
    }

    fn has_room(&self) -> bool {
        self.single.len() + self.ranges.len() < MOST_ENTRIES
    }

    /// What a code maps to, and how far it lies behind the beginning of its range.
    fn find(&self, code: u32) -> Option<(&T, u32)> {
        if let Some(value) = self.single.get(&code) {
            return Some((value, 0));
        }
        let after = self.ranges.partition_point(|(low, _, _)| *low <= code);
        // Ranges should not overlap; where some do, a few steps back find the one that is meant.
        let near = self.ranges.get(after.saturating_sub(8)..after)?;
        let (low, _, value) = near.iter().rev().find(|(_, high, _)| *high >= code)?;
        Some((value, code - low))
    }
}

impl CMap<Vec<u16>> {
    /// Reads a `ToUnicode` map.
    pub(super) fn to_unicode(bytes: &[u8]) -> Self {
        let mut map = parse(bytes, [b"endbfchar", b"endbfrange"], |token| match token {
            Token::Text(text) => Some(utf16(text)),
            _ => None,
        });
        map.ranges.sort_by_key(|(low, _, _)| *low);
        map
    }

    /// The characters of a code.
    pub(super) fn characters(&self, code: u32) -> Option<String> {
        let (units, behind) = self.find(code)?;
        let (last, first) = units.split_last()?;
        let last = u32::from(*last) + behind;
        let mut text = String::from_utf16_lossy(first);
        match (first.last(), u16::try_from(last)) {
            // A surrogate pair counts on in its second half.
            (Some(0xd800..=0xdbff), Ok(last)) => {
                text = String::from_utf16_lossy(&[first, &[last]].concat());
            }
            _ => text.push(char::from_u32(last)?),
        }
        text.retain(|c| c != '\0' && c != char::REPLACEMENT_CHARACTER);
        (!text.is_empty()).then_some(text)
    }
}

impl CMap<u32> {
    /// Reads a map to CIDs.
    pub(super) fn to_cids(bytes: &[u8]) -> Self {
        let mut map = parse(bytes, [b"endcidchar", b"endcidrange"], |token| match token {
            Token::Number(number) if (0.0..65_536.0).contains(number) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range"
                )]
                let cid = *number as u32;
                Some(cid)
            }
            _ => None,
        });
        map.ranges.sort_by_key(|(low, _, _)| *low);
        map
    }

    /// The CID of a code.
    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        let (first, behind) = self.find(code)?;
        Some(first + behind)
    }
}

/// Reads a map whose sections of single codes and of ranges end in these words.
fn parse<T>(
    bytes: &[u8],
    [end_single, end_ranges]: [&[u8]; 2],
    value: impl Fn(&Token<'_>) -> Option<T>,
) -> CMap<T> {
    let mut map = CMap::new();
    let mut section: Vec<Token<'_>> = Vec::new();
    for token in Lexer::new(bytes) {
        let Token::Word(word) = token else {
            if section.len() < MOST_ENTRIES {
                section.push(token);
            }
            continue;
        };
        if word == b"endcodespacerange" {
            map.codespaces.extend(section.chunks_exact(2).take(100).filter_map(codespace));
        } else if word == end_single {
            for pair in section.chunks_exact(2) {
                if let [Token::Text(code), target] = pair
                    && map.has_room()
                    && let Some(target) = value(target)
                {
                    map.single.insert(number(code), target);
                }
            }
        } else if word == end_ranges {
            ranges(&mut map, &section, &value);
        } else if word == b"def"
            && let [.., Token::Name(name), Token::Number(number)] = section.as_slice()
            && name == b"WMode"
        {
            map.is_vertical = *number > 0.5;
        }
        section.clear();
    }
    map
}

/// `<low> <high> target`, or `<low> <high> [targets]`.
fn ranges<T>(map: &mut CMap<T>, section: &[Token<'_>], value: &impl Fn(&Token<'_>) -> Option<T>) {
    let mut rest = section;
    while let [Token::Text(low), Token::Text(high), target, behind @ ..] = rest
        && map.has_room()
    {
        let (low, high) = (number(low), number(high));
        rest = behind;
        if *target == Token::Open {
            let end = rest.iter().position(|token| *token == Token::Close).unwrap_or(rest.len());
            let targets = rest.get(..end).unwrap_or_default();
            rest = rest.get(end + 1..).unwrap_or_default();
            for (code, target) in (low..=high).zip(targets) {
                if let Some(target) = value(target) {
                    map.single.insert(code, target);
                }
            }
        } else if let Some(target) = value(target)
            && low <= high
        {
            map.ranges.push((low, high, target));
        }
    }
}

fn codespace(pair: &[Token<'_>]) -> Option<(usize, u32, u32)> {
    match pair {
        [Token::Text(low), Token::Text(high)] if (1..=4).contains(&low.len()) => {
            Some((low.len(), number(low), number(high)))
        }
        _ => None,
    }
}

/// A code of up to four bytes as a number.
pub(super) fn number(code: &[u8]) -> u32 {
    code.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> Vec<u16> {
    /// The longest real targets are ligatures.
    const LONGEST: usize = 64;
    match bytes {
        [byte] => vec![u16::from(*byte)],
        bytes => bytes
            .chunks_exact(2)
            .take(LONGEST)
            .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_characters() {
        let map = CMap::to_unicode(
            b"1 begincodespacerange <00> <ffff> endcodespacerange
              2 beginbfchar <01> <00660069> <02> <d835dc00> endbfchar
              3 beginbfrange <10> <12> <0041> <20> <21> [<0061> <0078>]
              <30> <3f> <d835dc00> endbfrange",
        );
        let check = |code, expect: Option<&str>| {
            assert_eq!(map.characters(code).as_deref(), expect, "{code:x}");
        };
        check(0x01, Some("fi"));
        check(0x02, Some("𝐀"));
        check(0x10, Some("A"));
        check(0x12, Some("C"));
        check(0x13, None);
        check(0x21, Some("x"));
        check(0x31, Some("𝐁"));
        assert_eq!(map.codespaces, [(1, 0, 0xffff)]);
    }

    #[test]
    fn codes_become_cids() {
        let map = CMap::to_cids(
            b"/WMode 1 def 1 begincidrange <8140> <817e> 633 endcidrange
              1 begincidchar <20> 1 endcidchar",
        );
        assert_eq!(map.cid(0x8141), Some(634));
        assert_eq!(map.cid(0x20), Some(1));
        assert_eq!(map.cid(0x21), None);
        assert!(map.is_vertical);
    }

    #[test]
    fn a_range_over_everything_costs_nothing() {
        let map = CMap::to_unicode(b"beginbfrange <00000000> <ffffffff> <0000> endbfrange");
        assert_eq!(map.characters(0x41).as_deref(), Some("A"));
        assert_eq!(map.characters(0xffff_ffff), None);
    }
}
