//! What a text looks like to the splitter: as long as the text, byte by byte, with line breaks that
//! say how strong a boundary is. Where lines are only wrapped, there is none; four stand before a
//! heading, two between paragraphs, one between lines.

use std::ops::Range;

/// A text as the splitter sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Skeleton {
    pub(super) text: String,
    /// Where titles of headings begin, and where their marks do, by ascending place.
    pub(super) titles: Vec<(usize, usize)>,
}

/// Whether lines may have been wrapped by an editor: a break within a sentence means nothing then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Each line is one on purpose.
    Meant,
    /// Lines may be wrapped.
    Wrapped,
}

/// Lines that are shorter are not wrapped, they end.
const SHORTEST_WRAPPED: usize = 40;

/// Draws the skeleton of a text.
pub(super) fn draw(text: &str, lines: Lines) -> Skeleton {
    let mut skeleton = Drawer { bytes: text.as_bytes().to_vec(), titles: Vec::new() };
    let mut above: Option<Line<'_>> = None;
    let mut in_code = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let range = offset..offset + line.len();
        offset = range.end;
        let Some(line) = Line::of(line, range) else { continue };
        let toggles = line.is_fence();
        if let Some(above) = &above {
            let gap = above.end..line.start;
            let parts = text.get(gap.clone()).unwrap_or_default().matches('\n').count() > 1;
            let title = if in_code { None } else { line.title() };
            if let Some(title) = title {
                skeleton.heading(gap, line.start, title);
            } else if parts {
                skeleton.gap(gap, 2);
            } else if lines == Lines::Wrapped && !in_code && !toggles && line.goes_on(above) {
                skeleton.gap(gap, 0);
            } else {
                skeleton.gap(gap, 1);
            }
        } else if let Some(title) = line.title() {
            skeleton.titles.push((title, line.start));
            skeleton.blank(line.start..title);
        }
        in_code ^= toggles;
        above = Some(line);
    }
    Skeleton {
        // Only white space and marks, which are ASCII, were written over.
        text: String::from_utf8(skeleton.bytes).unwrap_or_else(|_| text.to_owned()),
        titles: skeleton.titles,
    }
}

/// A line that is not empty.
struct Line<'t> {
    /// Its words, without the white space around them.
    words: &'t str,
    /// How far it is indented.
    indent: usize,
    start: usize,
    end: usize,
}

impl<'t> Line<'t> {
    fn of(line: &'t str, range: Range<usize>) -> Option<Self> {
        let words = line.trim();
        let indent = line.len() - line.trim_start().len();
        let start = range.start + indent;
        (!words.is_empty()).then(|| Self { words, indent, start, end: start + words.len() })
    }

    fn is_fence(&self) -> bool {
        self.words.starts_with("```") || self.words.starts_with("~~~")
    }

    /// Where the title of a heading begins.
    fn title(&self) -> Option<usize> {
        let marked = self.words.trim_start_matches('#');
        let level = self.words.len() - marked.len();
        let title = marked.trim_start_matches([' ', '\t']);
        let is_heading = (1..=6).contains(&level)
            && title.len() < marked.len()
            && title.starts_with(|c: char| !c.is_whitespace());
        is_heading.then(|| self.start + self.words.len() - title.len())
    }

    /// Whether this line is the rest of the one above, wrapped.
    fn goes_on(&self, above: &Self) -> bool {
        let is_prose =
            |line: &Self| !line.words.starts_with(['|', '#', '>', '+', '=']) && !line.begins_item();
        above.words.chars().nth(SHORTEST_WRAPPED).is_some()
            && (above.begins_item() || is_prose(above))
            && is_prose(self)
            && self.indent < 4 + above.indent
            && above.title().is_none()
            && !above.words.ends_with('\\')
    }

    fn begins_item(&self) -> bool {
        let (first, rest) = self.words.split_once(' ').unwrap_or((self.words, ""));
        let number = first.trim_end_matches(['.', ')']);
        !rest.is_empty()
            && (matches!(first, "-" | "*" | "+" | "•" | "–")
                || (number.len() < first.len()
                    && number.len() <= 3
                    && number.bytes().all(|byte| byte.is_ascii_alphanumeric())))
    }
}

struct Drawer {
    bytes: Vec<u8>,
    titles: Vec<(usize, usize)>,
}

impl Drawer {
    /// Fills white space: so many line breaks, as far as there is room, then blanks.
    fn gap(&mut self, range: Range<usize>, breaks: usize) {
        let Some(bytes) = self.bytes.get_mut(range) else { return };
        // White space of other scripts has several bytes: it is left as it is.
        if bytes.is_ascii() {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = if index < breaks { b'\n' } else { b' ' };
            }
        }
    }

    fn blank(&mut self, range: Range<usize>) {
        self.gap(range, 0);
    }

    /// Makes a heading's mark part of the gap before it.
    fn heading(&mut self, gap: Range<usize>, mark: usize, title: usize) {
        self.titles.push((title, mark));
        self.blank(mark..title);
        self.gap(gap.start..title, 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, lines: Lines, expect: &str, titles: &[(usize, usize)]) {
        let skeleton = draw(text, lines);
        assert_eq!(skeleton.text, expect);
        assert_eq!(skeleton.titles, titles, "{text:?}");
        assert_eq!(skeleton.text.len(), text.len());
    }

    #[test]
    fn boundaries_have_their_strength() {
        check("a\nb\n\n\n  c", Lines::Meant, "a\nb\n\n   c", &[]);
        check("# A\n\nb\n## C\nd", Lines::Meant, "  A\n\nb\n\n\n\nC\nd", &[(2, 0), (10, 7)]);
        check("é\u{3000}\n\nü", Lines::Meant, "é\u{3000}\n\nü", &[]);
    }

    #[test]
    fn wrapped_lines_go_on() {
        let long = "This is a line that is long enough to be wrapped";
        check(
            &format!("{long}\nhere.\n- {long}\n  here\n- item"),
            Lines::Wrapped,
            &format!("{long} here.\n- {long}   here\n- item"),
            &[],
        );
        check(&format!("{long}\nhere"), Lines::Meant, &format!("{long}\nhere"), &[]);
        check("short\nlines", Lines::Wrapped, "short\nlines", &[]);
        check(&format!("| {long} |\n| b |"), Lines::Wrapped, &format!("| {long} |\n| b |"), &[]);
    }

    #[test]
    fn code_is_left_alone() {
        let text = "```\n# no heading in here, and no wrapped line at all\nx\n```";
        check(text, Lines::Wrapped, text, &[]);
    }
}
