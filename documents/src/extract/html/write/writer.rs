//! Writes words, lines and blocks, with the gaps between them and what each line begins with.

/// How far two pieces of text stand apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Gap {
    /// They may touch.
    #[default]
    None,
    /// A new line.
    Line,
    /// An empty line.
    Blank,
}

/// Lists and quotes nested deeper than this are written as deep as this.
const DEEPEST: usize = 8;

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// The gap before the next word.
    gap: Gap,
    /// Whether a blank stands before the next word.
    blank: bool,
    prefixes: Vec<Prefix>,
    /// Preformatted text, while it is open, and how many of it are within each other.
    code: Option<(String, usize)>,
    /// The open heading: where it and its words begin.
    heading: Option<(usize, usize)>,
}

/// What lines within a list item or a quote begin with.
#[derive(Debug)]
struct Prefix {
    /// The first line's, until it is written.
    first: Option<String>,
    /// All others'.
    rest: String,
}

impl Writer {
    /// Asks for a gap before what comes next; the widest asked for is made.
    pub(super) fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
        self.blank |= gap > Gap::None;
    }

    /// Writes text, all white space being one blank.
    pub(super) fn text(&mut self, text: &str) {
        if let Some((code, _)) = &mut self.code {
            code.push_str(text);
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.trim_start();
            self.blank |= word.len() < rest.len();
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            let (word, behind) = word.split_at(end);
            if !word.is_empty() {
                self.word(word);
            }
            rest = behind;
        }
    }

    fn word(&mut self, word: &str) {
        let begins_line = self.make_gap();
        if self.blank && !begins_line {
            self.out.push(' ');
        }
        self.blank = false;
        // Soft hyphens and marks of zero width would come between readers and words.
        self.out.extend(word.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}')));
    }

    /// Makes the gap that was asked for; tells whether a line begins.
    fn make_gap(&mut self) -> bool {
        if let Some((_, words)) = self.heading {
            // A heading is one line.
            self.gap = Gap::None;
            return self.out.len() == words;
        }
        if self.out.is_empty() {
            self.gap = Gap::Line;
        } else {
            let newlines = match self.gap {
                Gap::None => return false,
                Gap::Line => "\n",
                Gap::Blank => "\n\n",
            };
            self.out.push_str(newlines);
        }
        if self.gap > Gap::None {
            self.prefix();
        }
        self.gap = Gap::None;
        true
    }

    fn prefix(&mut self) {
        for prefix in self.prefixes.iter_mut().take(DEEPEST) {
            match prefix.first.take() {
                Some(first) => self.out.push_str(&first),
                None => self.out.push_str(&prefix.rest),
            }
        }
    }

    /// Writes a whole line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.part(Gap::Line);
        self.make_gap();
        self.out.push_str(line);
        self.part(Gap::Line);
    }

    /// Begins a list item.
    pub(super) fn indent(&mut self, marker: &str) {
        let rest = " ".repeat(marker.len());
        self.prefixes.push(Prefix { first: Some(marker.to_owned()), rest });
    }

    /// Begins a quote.
    pub(super) fn quote(&mut self) {
        self.prefixes.push(Prefix { first: None, rest: "> ".to_owned() });
    }

    /// Ends a list item or a quote.
    pub(super) fn outdent(&mut self) {
        self.prefixes.pop();
    }

    pub(super) fn begin_code(&mut self) {
        match &mut self.code {
            Some((_, depth)) => *depth += 1,
            None if self.heading.is_some() => {}
            None => self.code = Some((String::new(), 1)),
        }
    }

    pub(super) fn end_code(&mut self) {
        match &mut self.code {
            Some((_, depth)) if *depth > 1 => *depth -= 1,
            _ => {
                if let Some((code, _)) = self.code.take() {
                    self.code_block(&code);
                }
            }
        }
    }

    fn code_block(&mut self, code: &str) {
        let code = code.trim_matches('\n').trim_end();
        if code.is_empty() {
            return;
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.clamp(2, 50) + 1);
        self.part(Gap::Blank);
        self.line(&fence);
        for line in code.lines() {
            self.line(line);
        }
        self.line(&fence);
        self.part(Gap::Blank);
    }

    /// Begins a heading, unless one is open already.
    pub(super) fn begin_heading(&mut self, level: u8) {
        if self.heading.is_some() || self.code.is_some() {
            return;
        }
        self.part(Gap::Blank);
        self.make_gap();
        let start = self.out.len();
        self.out.extend(std::iter::repeat_n('#', usize::from(level)));
        self.out.push(' ');
        self.heading = Some((start, self.out.len()));
    }

    /// Ends a heading: where it began, and its words. One without words leaves no trace.
    pub(super) fn end_heading(&mut self) -> Option<(usize, &str)> {
        let (start, words) = self.heading.take()?;
        self.part(Gap::Blank);
        if self.out.len() == words {
            self.out.truncate(start);
            self.out.truncate(self.out.trim_end().len());
            return None;
        }
        Some((start, self.out.get(words..)?))
    }

    pub(super) fn finish(mut self) -> String {
        if let Some((code, _)) = self.code.take() {
            self.code_block(&code);
        }
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}
