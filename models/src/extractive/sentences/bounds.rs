//! Where sentences begin and end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Line;

/// The longest sentence that is quoted whole, in characters; what is longer is cut at its weaker
/// bounds.
const LONGEST: usize = 400;

/// The longest row of a table that is quoted whole, in characters.
const LONGEST_ROW: usize = 2000;

/// The row that a range of the text is; none where it is only lines.
pub(super) fn row(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    trimmed(text, range).map(|range| cut(text, range, LONGEST_ROW)).unwrap_or_default()
}

/// The sentences in a range of the text, by its flattened form.
pub(super) fn prose(text: &str, flat: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, piece) in flat[range.clone()].split_sentence_bound_indices() {
        let start = open.unwrap_or(range.start + at);
        let end = range.start + at + piece.len();
        open = ends_in_abbreviation(&flat[start..end]).then_some(start);
        if open.is_none() {
            found.push(start..end);
        }
    }
    found.extend(open.map(|start| start..range.end));
    let trimmed = found.into_iter().filter_map(|range| trimmed(text, range));
    trimmed.flat_map(|range| cut(text, range, LONGEST)).collect()
}

/// The text with the line breaks inside its sentences made spaces, byte for byte as long.
pub(super) fn flattened(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let content = line.trim_end();
        let goes_on = lines.peek().is_some_and(|next| continues(content, next));
        match line.strip_suffix('\n') {
            Some(rest) if goes_on => {
                flat.push_str(rest);
                flat.push(' ');
            }
            _ => flat.push_str(line),
        }
    }
    flat
}

/// Whether a line goes on in the next: it ends in the middle of a sentence, the next begins with
/// a small letter or a digit, and neither mark says otherwise.
fn continues(line: &str, next: &str) -> bool {
    line.chars().next_back().is_some_and(|last| last.is_alphanumeric() || ",;-–—(&".contains(last))
        && next
            .trim_start()
            .chars()
            .next()
            .is_some_and(|first| first.is_lowercase() || first.is_numeric())
        && matches!(Line::of(line).0, Line::Prose | Line::Item)
        && Line::of(next).0 == Line::Prose
}

/// Whether what seems a sentence ends in an initial or an abbreviation.
fn ends_in_abbreviation(piece: &str) -> bool {
    const ABBREVIATIONS: [&str; 26] = [
        "dr", "mr", "mrs", "ms", "st", "prof", "gen", "col", "lt", "rev", "hon", "vs", "no", "fig",
        "ca", "approx", "inc", "bzw", "nr", "str", "vgl", "sr", "sra", "mme", "al", "cf",
    ];
    if piece.ends_with('\n') {
        return false;
    }
    let Some(body) = piece.trim_end().strip_suffix('.') else { return false };
    let last = body.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let letters = last.chars().filter(|c| c.is_alphabetic()).count();
    let initial = letters == 1 && last.chars().all(char::is_uppercase);
    let dotted = last.contains('.') && last.split('.').all(|part| part.chars().count() == 1);
    initial || dotted || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

/// A range without blanks at its ends; `None` where it has no word.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(range.clone())?;
    let start = range.start + piece.len() - piece.trim_start().len();
    let end = start + piece.trim().len();
    text[start..end].chars().any(char::is_alphanumeric).then_some(start..end)
}

/// Cuts what is longer than so many characters at line breaks and semicolons, else at commas, else
/// where a word ends.
fn cut(text: &str, range: Range<usize>, longest: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = range;
    while let Some((limit, _)) = text[rest.clone()].char_indices().nth(longest) {
        let head = &text[rest.start..rest.start + limit];
        let bound = ["\n", ";", "；", ",", "、", "，", " "].iter().find_map(|mark| {
            head.rfind(mark).map(|at| at + mark.len()).filter(|at| *at > limit / 3)
        });
        let middle = rest.start + bound.unwrap_or(limit);
        pieces.extend(trimmed(text, rest.start..middle));
        rest.start = middle;
    }
    pieces.extend(trimmed(text, rest));
    pieces
}
