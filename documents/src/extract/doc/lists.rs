//! Lists: how the items of each are numbered.

use std::collections::{HashMap, HashSet};

use super::super::little::{byte, long, offset, short, utf16};
use crate::extract::numeral::Numeral;

/// A list has so many levels.
const DEEPEST: usize = 9;

/// Paragraphs call their list by its place among no more than these.
const MOST_NAMES: usize = 4096;

/// A level's text is no longer: a number of each level, and what is between.
const LONGEST: usize = 128;

/// How the items of one level are marked.
#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    numeral: Option<Numeral>,
    /// What is written, with the characters 0 to 8 for the numbers of the levels.
    text: String,
    /// Numbers of the levels above are written in digits.
    is_legal: bool,
}

/// What paragraphs call a list by; it may change levels of it.
#[derive(Debug, Default)]
struct Name {
    list: u32,
    levels: HashMap<usize, Level>,
    starts: HashMap<usize, u32>,
}

/// The lists of a document, and how far they are counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    by_id: HashMap<u32, Vec<Level>>,
    names: Vec<Name>,
    counts: HashMap<u32, [u32; DEEPEST]>,
    /// Names whose own starts have been taken.
    started: HashSet<(u16, usize)>,
}

impl Lists {
    /// The lists that are described at `lists`, and their names at `names`.
    pub(super) fn of(table: &[u8], lists: usize, names: usize) -> Self {
        let mut found = Self::default();
        let count = usize::from(short(table, lists).unwrap_or_default());
        let mut at = lists + 2 + count * 28;
        for number in 0..count {
            let head = lists + 2 + number * 28;
            let (Some(id), Some(flags)) = (long(table, head), byte(table, head + 26)) else {
                break;
            };
            let depth = if flags & 1 == 1 { 1 } else { DEEPEST };
            let mut levels = Vec::new();
            for _ in 0..depth {
                let Some((level, length)) = Level::of(table, at) else { break };
                levels.push(level);
                at += length;
            }
            found.by_id.insert(id, levels);
        }
        found.names = self::names(table, names).unwrap_or_default();
        found
    }

    /// The mark before the next item of a list: `3.`; none for bullets.
    pub(super) fn mark(&mut self, name: u16, depth: u8) -> Option<String> {
        let called = self.names.get(usize::from(name).checked_sub(1)?)?;
        let depth = usize::from(depth).min(DEEPEST - 1);
        let levels = self.by_id.get(&called.list)?;
        let level = |depth: usize| called.levels.get(&depth).or_else(|| levels.get(depth));
        let own = level(depth)?;
        let counts = self.counts.entry(called.list).or_insert([0; DEEPEST]);
        if let Some(start) = called.starts.get(&depth)
            && self.started.insert((name, depth))
        {
            // Counted from the level's own start.
            counts[depth] = start.saturating_sub(own.start);
        }
        counts[depth] = counts[depth].saturating_add(1);
        counts.get_mut(depth + 1..)?.fill(0);
        let counts = *counts;
        let number = |place: usize| {
            let level = level(place)?;
            // A level that was passed over stands at its first number.
            let number = level.start.saturating_add(counts.get(place)?.saturating_sub(1));
            let is_digits = own.is_legal && place < depth;
            let numeral = if is_digits { Numeral::Decimal } else { level.numeral? };
            Some(numeral.write(number))
        };
        if matches!(own.numeral?, Numeral::Bullet | Numeral::None) {
            return None;
        }
        let mut mark = String::new();
        for character in own.text.chars() {
            match usize::try_from(u32::from(character)) {
                Ok(place @ 0..DEEPEST) => mark.push_str(&number(place).unwrap_or_default()),
                _ => mark.push(character),
            }
        }
        let mark = mark.trim();
        // A letter alone would be taken for a bullet: those of symbol fonts are letters, too.
        let end = if mark.chars().count() == 1 { "." } else { "" };
        (!mark.is_empty()).then(|| format!("{mark}{end}"))
    }
}

/// What paragraphs call the lists by.
fn names(table: &[u8], start: usize) -> Option<Vec<Name>> {
    const LENGTH: usize = 16;
    let count = offset(table, start)?.min(MOST_NAMES);
    let mut names = Vec::new();
    // Changes of levels stand behind all names, in their order.
    let mut at = start + 4 + count * LENGTH;
    let mut are_known = true;
    for number in 0..count {
        let head = start + 4 + number * LENGTH;
        let (Some(list), Some(changes)) = (long(table, head), byte(table, head + 12)) else {
            break;
        };
        let mut name = Name { list, ..Name::default() };
        at += 4;
        for _ in 0..changes {
            let change = are_known.then(|| name.change(table, at)).flatten();
            are_known = change.is_some();
            at += change.unwrap_or_default();
        }
        names.push(name);
    }
    Some(names)
}

impl Name {
    /// Takes a change of a level; how many bytes it takes up.
    fn change(&mut self, table: &[u8], at: usize) -> Option<usize> {
        let (start, flags) = (long(table, at)?, long(table, at + 4)?);
        let depth = usize::try_from(flags & 0xf).ok()?;
        if flags & 0x10 != 0 {
            self.starts.insert(depth, start);
        }
        if flags & 0x20 == 0 {
            return Some(8);
        }
        let (level, length) = Level::of(table, at + 8)?;
        self.levels.insert(depth, level);
        Some(8 + length)
    }
}

impl Level {
    /// A level, and how many bytes it takes up.
    fn of(table: &[u8], at: usize) -> Option<(Self, usize)> {
        let start = long(table, at)?;
        let numeral = numeral(byte(table, at + 4)?);
        let is_legal = byte(table, at + 5)? & 4 != 0;
        let characters = usize::from(byte(table, at + 24)?);
        let paragraph = usize::from(byte(table, at + 25)?);
        let head = at + 28 + characters + paragraph;
        let length = usize::from(short(table, head)?) * 2;
        let text = table.get(head + 2..head + 2 + length.min(LONGEST)).unwrap_or_default();
        let level = Self { start, numeral, text: utf16(text), is_legal };
        Some((level, head + 2 + length - at))
    }
}

/// How a format's numbers are written; none where that is not known.
fn numeral(format: u8) -> Option<Numeral> {
    Some(match format {
        0 => Numeral::Decimal,
        1 => Numeral::UpperRoman,
        2 => Numeral::LowerRoman,
        3 => Numeral::UpperLetter,
        4 => Numeral::LowerLetter,
        5 => Numeral::Ordinal,
        10 | 11 | 33 | 35 | 37 | 39 => Numeral::Han,
        18 => Numeral::Circled,
        22 => Numeral::Padded,
        23 => Numeral::Bullet,
        255 => Numeral::None,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(start: u32, format: u8, text: &str) -> Vec<u8> {
        let mut level = vec![0; 28];
        level[..4].copy_from_slice(&start.to_le_bytes());
        level[4] = format;
        let units: Vec<u16> = text.encode_utf16().collect();
        level.extend(u16::try_from(units.len()).unwrap_or_default().to_le_bytes());
        level.extend(units.into_iter().flat_map(u16::to_le_bytes));
        level
    }

    #[test]
    fn numbers_are_written_as_lists_do() {
        let mut table = vec![2, 0];
        for (id, flags) in [(7_u8, 1_u8), (9, 0)] {
            let mut head = [0; 28];
            (head[0], head[26]) = (id, flags);
            table.extend(head);
        }
        table.extend(level(3, 0, "\0."));
        table.extend(level(1, 4, "\0)"));
        table.extend(level(1, 2, "\0.\u{1}"));
        for _ in 2..9 {
            table.extend(level(1, 23, "\u{b7}"));
        }
        let names = table.len();
        table.extend([3, 0, 0, 0]);
        // The third calls the first list, and starts it at 8.
        for (list, changes) in [(9, 0), (7, 0), (7, 1)] {
            let mut name = [0; 16];
            (name[0], name[12]) = (list, changes);
            table.extend(name);
        }
        table.extend([0xff; 12]);
        table.extend([8, 0, 0, 0, 0x10, 0, 0, 0]);
        let mut lists = Lists::of(&table, 0, names);
        let mut check = |name, depth, expect: &str| {
            assert_eq!(lists.mark(name, depth).unwrap_or_default(), expect);
        };
        check(2, 0, "3.");
        check(2, 0, "4.");
        check(1, 0, "a)");
        check(1, 1, "a.i");
        check(1, 1, "a.ii");
        check(1, 2, "");
        check(1, 0, "b)");
        check(1, 1, "b.i");
        check(3, 0, "8.");
        check(3, 0, "9.");
        check(5, 0, "");
        for end in 0..table.len() {
            let _any = Lists::of(&table[..end], 0, names);
        }
    }
}
