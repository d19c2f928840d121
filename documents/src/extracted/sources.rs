//! Places in a source, as few as say where a span of the text came from.

use std::ops::Range;

use corpus::SourcePlace;

use super::Origin;

/// The most places that are told of one span.
const MOST_PLACES: usize = 16;

impl Origin {
    /// The place of the part of it that a span has. Only bytes that were taken over one by one can
    /// be told apart; of everything else, it is the whole.
    pub(super) fn within(&self, range: &Range<usize>) -> SourcePlace {
        let inside = range.start.max(self.range.start)..range.end.min(self.range.end);
        match self.source {
            SourcePlace::Bytes { start, end } if end - start == self.range.len() as u64 => {
                let from = start + (inside.start - self.range.start) as u64;
                SourcePlace::Bytes { start: from, end: from + inside.len() as u64 }
            }
            ref whole => whole.clone(),
        }
    }
}

/// Places in reading order, those of one page, sheet or file as one.
pub(super) fn merged(places: impl Iterator<Item = SourcePlace>) -> Vec<SourcePlace> {
    let mut merged: Vec<SourcePlace> = Vec::new();
    for place in places {
        let is_joined = merged.last_mut().is_some_and(|last| join(last, &place));
        if !is_joined {
            if merged.len() == MOST_PLACES {
                break;
            }
            merged.push(place);
        }
    }
    merged
}

/// Draws a place out to another, where the two can be said as one.
fn join(place: &mut SourcePlace, other: &SourcePlace) -> bool {
    match (place, other) {
        (SourcePlace::Bytes { start, end }, SourcePlace::Bytes { start: from, end: to }) => {
            *start = (*start).min(*from);
            *end = (*end).max(*to);
            true
        }
        (
            SourcePlace::Area { page, left, top, right, bottom },
            SourcePlace::Area { page: on, left: l, top: t, right: r, bottom: b },
        ) if page == on => {
            (*left, *top) = ((*left).min(*l), (*top).min(*t));
            (*right, *bottom) = ((*right).max(*r), (*bottom).max(*b));
            true
        }
        (
            SourcePlace::Elements { part, last, .. },
            SourcePlace::Elements { part: of, last: to, .. },
        ) if part == of => {
            last.clone_from(to);
            true
        }
        (
            SourcePlace::Cells { sheet, first, last },
            SourcePlace::Cells { sheet: of, first: from, last: to },
        ) if sheet == of => {
            *first = corner(first, from, Ord::min);
            *last = corner(last, to, Ord::max);
            true
        }
        _ => false,
    }
}

/// The cell in the one's column and the other's row, whichever is further in that direction.
fn corner(one: &str, other: &str, further: fn(u64, u64) -> u64) -> String {
    let (Some((column, row)), Some((column_too, row_too))) = (cell(one), cell(other)) else {
        return other.to_owned();
    };
    let mut letters = Vec::new();
    let mut column = further(column, column_too);
    while column > 0 {
        letters.push(char::from(b'A' + u8::try_from((column - 1) % 26).unwrap_or_default()));
        column = (column - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", further(row, row_too))
}

/// The column and row, from 1, of a cell's name.
fn cell(name: &str) -> Option<(u64, u64)> {
    let row = name.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters =
        name.get(..name.len() - row.len()).filter(|letters| (1..=4).contains(&letters.len()))?;
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + u64::from(letter - b'A') + 1);
    Some((column, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(page: u32, left: i32) -> SourcePlace {
        SourcePlace::Area { page, left, top: 1, right: left + 5, bottom: 9 }
    }

    fn cells(sheet: &str, first: &str, last: &str) -> SourcePlace {
        SourcePlace::Cells { sheet: sheet.into(), first: first.into(), last: last.into() }
    }

    fn elements(part: Option<&str>, first: &str, last: &str) -> SourcePlace {
        SourcePlace::Elements {
            part: part.map(str::to_owned),
            first: first.into(),
            last: last.into(),
        }
    }

    #[test]
    fn places_of_one_part_are_one() {
        let check = |places: &[SourcePlace], expect: &[SourcePlace]| {
            assert_eq!(merged(places.iter().cloned()), expect);
        };
        let bytes = |start, end| SourcePlace::Bytes { start, end };
        check(&[bytes(1, 2), bytes(5, 9)], &[bytes(1, 9)]);
        let both = SourcePlace::Area { page: 1, left: 2, top: 1, right: 12, bottom: 9 };
        check(&[area(1, 7), area(1, 2), area(2, 3)], &[both, area(2, 3)]);
        check(&[cells("S", "B9", "Z9"), cells("S", "A10", "AA10")], &[cells("S", "A9", "AA10")]);
        check(&[elements(None, "a", "a"), elements(None, "b", "c")], &[elements(None, "a", "c")]);
        let apart = [elements(Some("x"), "a", "a"), elements(Some("y"), "b", "b")];
        check(&apart, &apart);
        assert_eq!(merged((0..99).map(|page| area(page, 0))).len(), MOST_PLACES);
    }

    #[test]
    fn bytes_that_were_taken_over_are_told_exactly() {
        let check =
            |range: Range<usize>, source: (u64, u64), within: Range<usize>, expect: (u64, u64)| {
                let source = SourcePlace::Bytes { start: source.0, end: source.1 };
                let expect = SourcePlace::Bytes { start: expect.0, end: expect.1 };
                assert_eq!(Origin { range, source }.within(&within), expect);
            };
        check(10..20, (3, 13), 12..15, (5, 8));
        check(10..20, (3, 13), 0..15, (3, 8));
        check(10..20, (3, 14), 12..15, (3, 14));
    }
}
