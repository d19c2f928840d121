//! How wide the characters of the fonts are that every reader has built in, for documents that
//! leave the widths out. Thousandths of the font size.

use unicode_normalization::UnicodeNormalization;

/// The widths of U+0020 to U+007E in one face.
type Face = [u16; 95];

#[rustfmt::skip]
const HELVETICA: Face = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
#[rustfmt::skip]
const HELVETICA_BOLD: Face = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];
#[rustfmt::skip]
const TIMES: Face = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];
#[rustfmt::skip]
const TIMES_BOLD: Face = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667,
    611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722,
    722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556,
    278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
];

/// The width of a character in the built-in font that `name` resembles.
pub(super) fn width(name: &str, c: Option<char>) -> f64 {
    const FIXED: [&str; 5] = ["Courier", "Mono", "Consol", "Typewriter", "Fixed"];
    const SERIF: [&str; 7] =
        ["Times", "Serif", "Georgia", "Roman", "Garamond", "Palatino", "Minion"];
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&FIXED) {
        return 600.0;
    }
    let bold = has(&["Bold", "Black", "Heavy"]);
    let (face, other) = match (has(&SERIF) && !name.contains("Sans"), bold) {
        (true, true) => (&TIMES_BOLD, 500.0),
        (true, false) => (&TIMES, 500.0),
        (false, true) => (&HELVETICA_BOLD, 556.0),
        (false, false) => (&HELVETICA, 556.0),
    };
    // A letter is as wide with an accent as without.
    let plain = c.and_then(|c| c.nfd().next()).map(|c| match c {
        '‘' | '’' | '‚' => '.',
        '“' | '”' | '„' | '·' => '-',
        'ı' => 'i',
        c => c,
    });
    let index = plain.and_then(|c| (c as usize).checked_sub(0x20));
    index.and_then(|index| face.get(index)).map_or(other, |width| f64::from(*width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_told_by_name() {
        let check = |name, c, expect: f64| {
            assert!((width(name, Some(c)) - expect).abs() < 0.1, "{name} {c}");
        };
        check("Helvetica", 'W', 944.0);
        check("ABCDEF+Arial-BoldMT", '~', 584.0);
        check("TimesNewRoman", 'z', 444.0);
        check("Times-BoldItalic", '%', 1000.0);
        check("DejaVuSansMono", 'i', 600.0);
        check("Helvetica", 'é', 556.0);
        check("Helvetica", 'í', 222.0);
        check("Times-Roman", '§', 500.0);
    }
}
