//! Scripts that are written from right to left. Pages hold their glyphs in the order of sight; text
//! is in the order of reading.

use super::line::Spot;

/// Letters of Hebrew, Arabic and their kin.
pub(super) fn is_rtl(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && !is_rtl_digit(c)
}

/// The digits of Arabic, which are written from left to right.
fn is_rtl_digit(c: char) -> bool {
    matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Vowel points, which stand above or below the letter before.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}')
}

/// Puts vowel points to the left edge of their letters, so that they follow them when the line is
/// read from right to left.
pub(super) fn attach_marks(spots: &mut [Spot<'_>]) {
    let mut letter: Option<f64> = None;
    for spot in spots {
        if spot.text.chars().all(is_mark) {
            if let Some(left) = letter {
                // Just left of it: sorting by place keeps the two together.
                spot.left = left - 1e-6;
                spot.right = left;
            }
        } else {
            letter = Some(spot.left);
        }
    }
}

/// Puts pieces that are in the order of sight into the order of reading.
pub(super) fn to_logical(pieces: &[&str]) -> String {
    let kinds: Vec<Kind> = pieces.iter().map(|piece| Kind::of(piece)).collect();
    // Most words decide, not most letters: names in Latin letters are long. Numbers are no words.
    let words = |kind: Kind| {
        let before = [None].into_iter().chain(kinds.iter().map(Some));
        let begins =
            kinds.iter().zip(before).map(|(now, last)| *now == kind && last != Some(&kind));
        let words = pieces.iter().zip(begins).filter(|(_, begins)| *begins);
        words.filter(|(piece, _)| piece.contains(char::is_alphabetic)).count()
    };
    let is_rtl = words(Kind::Rtl) >= words(Kind::Ltr);
    let mut order: Vec<(&str, Kind)> = pieces.iter().copied().zip(kinds).collect();
    let against = if is_rtl {
        order.reverse();
        Kind::Ltr
    } else {
        Kind::Rtl
    };
    let mut text = String::new();
    let mut rest = order.as_mut_slice();
    while !rest.is_empty() {
        let run = length_of_run(rest, against);
        let (here, behind) = rest.split_at_mut(run.max(1));
        if run > 0 {
            here.reverse();
        }
        let reads_rtl = is_rtl == (run == 0);
        for (piece, kind) in here {
            match (reads_rtl, *kind) {
                (true, Kind::Neutral) => text.extend(piece.chars().map(mirrored)),
                _ => text.push_str(piece),
            }
        }
        rest = behind;
    }
    text
}

/// Whether the direction of writing changes between two pieces.
pub(super) fn turns(one: &str, other: &str) -> bool {
    matches!((Kind::of(one), Kind::of(other)), (Kind::Ltr, Kind::Rtl) | (Kind::Rtl, Kind::Ltr))
}

/// In which direction a piece is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ltr,
    Rtl,
    /// Blanks and punctuation go along with what they stand between.
    Neutral,
}

impl Kind {
    fn of(piece: &str) -> Self {
        if piece.chars().any(is_rtl) {
            Self::Rtl
        } else if piece.chars().any(char::is_alphanumeric) {
            Self::Ltr
        } else {
            Self::Neutral
        }
    }
}

/// How many pieces at the beginning are of a kind, with neutral ones between them.
fn length_of_run(pieces: &[(&str, Kind)], kind: Kind) -> usize {
    if pieces.first().is_none_or(|(_, first)| *first != kind) {
        return 0;
    }
    let mut length = 0;
    for (at, (_, other)) in pieces.iter().enumerate() {
        if *other == kind {
            length = at + 1;
        } else if *other != Kind::Neutral {
            break;
        }
    }
    length
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sight: &str, reading: &str) {
        let pieces: Vec<String> = sight.chars().map(String::from).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        assert_eq!(to_logical(&pieces), reading);
    }

    #[test]
    fn lines_are_put_into_the_order_of_reading() {
        check("םולש", "שלום");
        check(".Python תפש", "שפת Python.");
        check("(2 + 3) הנש", "שנה (2 + 3)");
        check("The word םולש here", "The word שלום here");
        check("two םולש תפש words and more", "two שפת שלום words and more");
    }

    #[test]
    fn ligatures_stay_whole() {
        assert_eq!(to_logical(&["ة", "ي", "ج", "لإ", "ا"]), "الإجية");
    }
}
