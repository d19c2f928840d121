//! Lists: how the items of each are numbered.

use std::collections::HashMap;

use super::super::little::{byte, long, offset, short};

/// How the items of a list are marked, for each of its levels.
#[derive(Debug, Clone, Default)]
struct List {
    levels: Vec<Level>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Level {
    start: u32,
    format: u8,
}

/// The lists of a document, and how far they are counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    by_id: HashMap<u32, List>,
    /// What a paragraph calls its list.
    names: Vec<u32>,
    counts: HashMap<u32, [u32; DEEPEST]>,
}

const DEEPEST: usize = 9;

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
            let mut list = List::default();
            for _ in 0..depth {
                let Some((level, length)) = Level::of(table, at) else { break };
                list.levels.push(level);
                at += length;
            }
            found.by_id.insert(id, list);
        }
        let count = offset(table, names).unwrap_or_default().min(4096);
        found.names = (0..count).map_while(|number| long(table, names + 4 + number * 16)).collect();
        found
    }

    /// The mark before the next item of a list: `3.`; none for bullets.
    pub(super) fn mark(&mut self, name: u16, depth: u8) -> Option<String> {
        let id = *self.names.get(usize::from(name).checked_sub(1)?)?;
        let depth = usize::from(depth).min(DEEPEST - 1);
        let levels = &self.by_id.get(&id)?.levels;
        let level = levels.get(depth)?;
        let counts = self.counts.entry(id).or_insert([0; DEEPEST]);
        let (count, deeper) = counts.get_mut(depth..)?.split_first_mut()?;
        *count += 1;
        deeper.fill(0);
        let number = level.start.saturating_add(*count - 1);
        Some(match level.format {
            0 | 5 | 22 => format!("{number}."),
            1 => format!("{}.", roman(number).to_uppercase()),
            2 => format!("{}.", roman(number)),
            3 => format!("{}.", letter(number).to_ascii_uppercase()),
            4 => format!("{}.", letter(number)),
            _ => return None,
        })
    }
}

impl Level {
    /// A level, and how many bytes it takes up.
    fn of(table: &[u8], at: usize) -> Option<(Self, usize)> {
        let start = long(table, at)?;
        let format = byte(table, at + 4)?;
        let characters = usize::from(byte(table, at + 24)?);
        let paragraph = usize::from(byte(table, at + 25)?);
        let text = at + 28 + characters + paragraph;
        let length = usize::from(short(table, text)?) * 2 + 2;
        Some((Self { start, format }, text + length - at))
    }
}

fn letter(number: u32) -> char {
    let index = u8::try_from(number.saturating_sub(1) % 26).unwrap_or_default();
    char::from(b'a' + index)
}

fn roman(mut number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number > 4000 {
        return number.to_string();
    }
    let mut roman = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            roman.push_str(digit);
            number -= value;
        }
    }
    roman
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_lists_do() {
        assert_eq!((roman(4), roman(1990), letter(28)), ("iv".into(), "mcmxc".into(), 'b'));
        let level = |start: u32, format: u8| {
            let mut level = [0; 30];
            level[..4].copy_from_slice(&start.to_le_bytes());
            level[4] = format;
            level
        };
        let mut table = vec![2, 0];
        for (id, flags) in [(7_u8, 1_u8), (9, 0)] {
            let mut head = [0; 28];
            (head[0], head[26]) = (id, flags);
            table.extend(head);
        }
        table.extend(level(3, 0));
        for depth in 0..9 {
            table.extend(level(1, if depth == 0 { 4 } else { 23 }));
        }
        let names = table.len();
        table.extend([2, 0, 0, 0, 9]);
        table.resize(names + 4 + 16, 0);
        table.push(7);
        table.resize(names + 4 + 32, 0);
        let mut lists = Lists::of(&table, 0, names);
        let mark = |lists: &mut Lists, name, depth| lists.mark(name, depth).unwrap_or_default();
        assert_eq!(mark(&mut lists, 2, 0), "3.");
        assert_eq!(mark(&mut lists, 2, 0), "4.");
        assert_eq!(mark(&mut lists, 1, 0), "a.");
        assert_eq!(mark(&mut lists, 1, 1), "");
        assert_eq!(mark(&mut lists, 1, 0), "b.");
        assert_eq!(mark(&mut lists, 5, 0), "");
        for end in 0..table.len() {
            let _any = Lists::of(&table[..end], 0, names);
        }
    }
}
