//! Items of lists: what they begin with, and how deep they are.

/// What an item begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// As Markdown has it: `-`, or `3.`.
    pub(super) written: String,
    /// Its bytes in the text.
    pub(super) length: usize,
    /// Its number, where it has one.
    pub(super) number: Option<u32>,
}

impl Marker {
    /// The marker that a text begins with.
    pub(super) fn of(text: &str) -> Option<Self> {
        /// Signs that are nothing but bullets, and those that may be something else.
        const BULLETS: &str = "•◦▪■●○‣⁃➢➤✓❑□▸►·";
        const DASHES: &str = "–-*§o—";
        let (first, rest) = text.split_once(' ')?;
        let rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut signs = first.chars();
        if let (Some(sign), None) = (signs.next(), signs.next()) {
            let is_text = rest.starts_with(|c: char| c.is_alphabetic() || "“\"'[".contains(c));
            // A sign that comes back parts the words of a line.
            let is_bullet = BULLETS.contains(sign) && !rest.contains(&format!(" {sign} "));
            let is_private = matches!(sign, '\u{e000}'..='\u{f8ff}');
            if is_bullet || is_private || (DASHES.contains(sign) && is_text) {
                let written = "-".to_owned();
                return Some(Self { written, length: first.len(), number: None });
            }
        }
        let number = first.strip_suffix(['.', ')'])?;
        let is_short = (1..=3).contains(&number.len());
        let value = number.parse().ok().filter(|_| is_short)?;
        Some(Self { written: format!("{number}."), length: first.len(), number: Some(value) })
    }

    /// Whether an item can follow one with such a number: numbers begin at 1 and count on.
    pub(super) fn follows(&self, last: Option<u32>) -> bool {
        self.number.is_none_or(|number| number == 1 || last.is_some_and(|last| number == last + 1))
    }
}

/// How deep an item is that begins so far to the right of the outermost ones.
pub(super) fn depth(indent: f64, size: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let depth = (indent / (1.6 * size.max(1.0))).round().clamp(0.0, 6.0) as usize;
    // A step is two or three times as wide as a letter is high.
    depth.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_by_their_beginning() {
        let check = |text, expect: Option<&str>| {
            let marker = Marker::of(text);
            assert_eq!(marker.as_ref().map(|marker| marker.written.as_str()), expect, "{text}");
        };
        check("• one", Some("-"));
        check("– one", Some("-"));
        check("· one · two · three", None);
        check("- 5", None);
        check("3) three", Some("3."));
        check("1.5 litres", None);
        check("2022. The year", None);
        check("a word", None);
        assert!(Marker::of("1. a").is_some_and(|marker| marker.follows(None)));
        assert!(Marker::of("7. a").is_some_and(|marker| !marker.follows(Some(5))));
    }
}
