//! Words that are parted at the ends of lines. A hyphen there joins what it parted, unless the
//! document writes the word with a hyphen elsewhere, where no line ends.

use std::collections::HashSet;

use super::Line;

/// The most words with hyphens that are remembered.
const MOST_WORDS: usize = 50_000;

/// The words of a document that are written with a hyphen within a line.
#[derive(Debug, Default)]
pub(in super::super) struct Compounds(HashSet<String>);

impl Compounds {
    /// Remembers what stands on a line.
    pub(in super::super) fn learn(&mut self, line: &Line) {
        if !line.text.contains(is_hyphen) || self.0.len() >= MOST_WORDS {
            return;
        }
        for word in line.text.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if let Some((before, behind)) = word.split_once(is_hyphen)
                && !before.is_empty()
                && !behind.is_empty()
            {
                self.0.insert(key(before, behind));
            }
        }
    }

    /// Adds a line to a text.
    pub(in super::super) fn join(&self, text: &mut String, line: &str) {
        if text.is_empty() || line.is_empty() {
            text.push_str(line);
            return;
        }
        match self.seam(text, line) {
            Seam::Blank => text.push(' '),
            Seam::None => {}
            Seam::Hyphen => {
                text.pop();
            }
        }
        text.push_str(line);
    }

    /// Whether a word goes on from the end of a text to the beginning of another.
    pub(in super::super) fn parts_word(&self, text: &str, next: &str) -> bool {
        text.ends_with(is_hyphen) && self.seam(text, next) != Seam::Blank
    }

    fn seam(&self, text: &str, line: &str) -> Seam {
        if text.ends_with(is_ideograph) && line.starts_with(is_ideograph) {
            return Seam::None;
        }
        let Some(before) = text.strip_suffix(is_hyphen) else { return Seam::Blank };
        let is_word = |c: char| c.is_alphanumeric();
        if !before.ends_with(is_word) || !line.starts_with(is_word) {
            return Seam::Blank;
        }
        let is_end = |c: char| !is_word(c) && !is_hyphen(c);
        let first = before.rsplit(is_end).next().unwrap_or_default();
        let second = line.split(is_end).next().unwrap_or_default();
        let is_split = text.ends_with('\u{ad}')
            || (before.ends_with(char::is_alphabetic) && line.starts_with(char::is_lowercase));
        if is_split && !self.0.contains(&key(first, second)) { Seam::Hyphen } else { Seam::None }
    }
}

/// What is between two lines of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seam {
    Blank,
    /// Nothing is.
    None,
    /// Nothing, and the hyphen goes.
    Hyphen,
}

fn key(before: &str, behind: &str) -> String {
    format!("{before}-{behind}").replace(is_hyphen, "-").to_lowercase()
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{ad}')
}

/// Characters of scripts that write no blanks between words.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_join_what_they_parted() {
        let mut compounds = Compounds::default();
        compounds.0.insert(key("third", "party"));
        let check = |text: &str, line: &str, expect: &str| {
            let mut joined = text.to_owned();
            compounds.join(&mut joined, line);
            assert_eq!(joined, expect);
        };
        check("the exam-", "ple of", "the example of");
        check("a Third-", "party’s", "a Third-party’s");
        check("COVID-", "19 was", "COVID-19 was");
        check("Anglo-", "American", "Anglo-American");
        check("a dash -", "and more", "a dash - and more");
        check("two", "words", "two words");
        check("漢字", "仮名", "漢字仮名");
        check("", "a", "a");
    }
}
