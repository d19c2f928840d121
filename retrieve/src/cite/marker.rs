//! Markers in generated text, and how they are told from brackets that it quotes.
//!
//! `[3]` may be a marker, or a footnote or an index (`array[3]`) of a source that is quoted. It is
//! quoted where it stands in a passage with the words around it.

use std::ops::Range;

use super::is_closing;

/// Words beside a bracket that must stand in a passage with it, where the line has as many.
const WORDS: usize = 3;

/// Reads the markers of a text that was made of some passages.
#[derive(Debug)]
pub(super) struct Markers {
    /// The passages, white space as single spaces.
    passages: Vec<String>,
}

/// Markers that stand together, and cite together.
#[derive(Debug)]
pub(super) struct Run<'t> {
    /// The text before.
    pub(super) before: &'t str,
    /// The passages, from 0, in order.
    pub(super) cited: Vec<usize>,
    /// The text after.
    pub(super) after: &'t str,
}

impl Markers {
    /// Those that name one of the passages, from 1.
    pub(super) fn of(passages: &[&str]) -> Self {
        Self { passages: passages.iter().map(|passage| single_spaced(passage)).collect() }
    }

    /// The next run of markers in a text.
    pub(super) fn next<'t>(&self, text: &'t str) -> Option<Run<'t>> {
        let mut from = 0;
        while let Some(found) = text[from..].find('[') {
            let open = from + found;
            if let Some((mut cited, mut end)) = self.read(text, open) {
                while let Some((more, further)) = self.read(text, after_blanks(text, end)) {
                    cited.extend(more);
                    end = further;
                }
                cited.sort_unstable();
                cited.dedup();
                return Some(Run { before: &text[..open], cited, after: &text[end..] });
            }
            from = open + 1;
        }
        None
    }

    /// What a marker at a place cites, and where it ends.
    fn read(&self, text: &str, open: usize) -> Option<(Vec<usize>, usize)> {
        let (cited, end) = self.numbers(text, open)?;
        (!self.is_quoted(text, open..end, &cited)).then_some((cited, end))
    }

    /// Reads `[1]` or `[1, 2]` at a place; every number is a passage's.
    fn numbers(&self, text: &str, open: usize) -> Option<(Vec<usize>, usize)> {
        let (inside, _) = text[open..].strip_prefix('[')?.split_once(']')?;
        let cited = inside
            .split([',', ';'])
            .map(|number| {
                let number: usize = number.trim().parse().ok()?;
                (1..=self.passages.len()).contains(&number).then(|| number - 1)
            })
            .collect::<Option<Vec<usize>>>()?;
        Some((cited, open + inside.len() + 2))
    }

    /// Whether a bracket with numbers stands in a passage together with the words before it, or
    /// with those after it.
    ///
    /// One that ends a sentence and names the very passage that it stands in says the same either
    /// way; it is a marker, unless another follows that says it.
    fn is_quoted(&self, text: &str, bracket: Range<usize>, cited: &[usize]) -> bool {
        let before = text[..bracket.start].rsplit(is_line_break).next().unwrap_or_default();
        let after = text[bracket.end..].split(is_line_break).next().unwrap_or_default();
        let inner = single_spaced(&text[bracket.clone()]);
        let words: Vec<&str> = before.split_whitespace().collect();
        let left = words[words.len().saturating_sub(WORDS)..].join(" ");
        let right = after.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ");
        let space = |is_there: bool| if is_there { " " } else { "" };
        let with_left =
            [left.as_str(), space(before.ends_with(char::is_whitespace)), &inner].concat();
        let with_right =
            [&inner, space(after.starts_with(char::is_whitespace)), right.as_str()].concat();
        let stands_in = |passage: &String| {
            !left.is_empty() && passage.contains(&with_left)
                || !right.is_empty() && passage.contains(&with_right)
        };
        if !self.passages.iter().any(stands_in) {
            return false;
        }
        let own = cited.iter().any(|number| stands_in(&self.passages[*number]));
        let behind = after.trim_start_matches(is_closing);
        let ends_sentence =
            behind.trim().is_empty() || before.trim_end().ends_with(['.', '!', '?', '。']);
        let next = after_blanks(text, bracket.end + after.len() - behind.len());
        !(own && ends_sentence && self.numbers(text, next).is_none())
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The place after the blanks at a place, on the same line.
fn after_blanks(text: &str, from: usize) -> usize {
    let blank = |character: char| character.is_whitespace() && !is_line_break(character);
    text.len() - text[from..].trim_start_matches(blank).len()
}

/// Whether a character ends a line.
pub(super) fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
