//! Accents that are drawn on their own, over the letter before or behind them: TeX writes
//! `Schr`, `¨`, `odinger`.

use super::line::Spot;

/// Puts accents behind the letters that they are drawn over, as marks that join them. The glyphs
/// are those of a line, from left to right.
pub(super) fn attach(spots: &mut [Spot<'_>]) {
    for at in 0..spots.len() {
        let Some(accent) = spots.get(at).copied() else { return };
        let Some(mark) = mark_of(accent.text) else { continue };
        let middle = f64::midpoint(accent.left, accent.right);
        let is_under = |place: &usize| {
            spots.get(*place).is_some_and(|spot| {
                (spot.left..=spot.right).contains(&middle)
                    && spot.text.starts_with(char::is_alphabetic)
            })
        };
        let around = [Some(at + 1), at.checked_sub(1)];
        let Some(place) = around.into_iter().flatten().find(is_under) else { continue };
        let Some(mut letter) = spots.get(place).copied() else { continue };
        letter.text = match letter.text {
            "ı" => "i",
            "ȷ" => "j",
            text => text,
        };
        // The mark takes no room, and is a part of the same link.
        let mut behind = letter;
        (behind.text, behind.left) = (mark, letter.right);
        let first = at.min(place);
        if let Some([one, other]) = spots.get_mut(first..first + 2) {
            (*one, *other) = (letter, behind);
        }
    }
}

/// The mark that is drawn as an accent on its own.
fn mark_of(text: &str) -> Option<&'static str> {
    Some(match text {
        "`" => "\u{300}",
        "´" => "\u{301}",
        "ˆ" => "\u{302}",
        "˜" => "\u{303}",
        "¯" => "\u{304}",
        "˘" => "\u{306}",
        "˙" => "\u{307}",
        "¨" => "\u{308}",
        "˚" => "\u{30a}",
        "˝" => "\u{30b}",
        "ˇ" => "\u{30c}",
        "¸" => "\u{327}",
        "˛" => "\u{328}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use crate::extract::pdf::font::Face;
    use crate::extract::pdf::glyph::{PageGlyphs, Pose};

    fn check(glyphs: &[(&str, f64, f64)], expect: &str) {
        let mut page = PageGlyphs::default();
        for (text, left, right) in glyphs {
            let (start, end) = ((*left, 0.0), (*right, 0.0));
            page.push(text, Pose { start, end, size: 10.0, angle: 0, face: Face::default() });
        }
        let lines = line::of(&page, &[]);
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), [expect]);
    }

    #[test]
    fn accents_join_the_letters_that_they_are_drawn_over() {
        check(&[("r", 0.0, 4.0), ("¨", 4.0, 9.0), ("o", 4.0, 9.0), ("d", 9.0, 14.0)], "röd");
        check(&[("a", 0.0, 5.0), ("¨", 4.0, 9.0), ("ı", 5.0, 8.0), ("v", 8.0, 13.0)], "aïv");
        check(&[("s", 0.0, 4.0), ("¸", 0.0, 4.0), ("a", 4.0, 8.0)], "şa");
        check(&[("´", 0.0, 3.0), ("a", 3.0, 8.0), ("´", 8.0, 11.0)], "´a´");
    }
}
