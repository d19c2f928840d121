//! Running text in the making: words with single blanks between them, line breaks where the page
//! has them, and the links in it.

use super::super::links::Base;

/// A block of running text.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: String,
    /// Whether a blank, or a line break, stands before the next word.
    blank: bool,
    breaks: bool,
    /// The elements that its first and last words stand in.
    span: Option<(usize, usize)>,
    /// The open link: where it begins, and where it leads.
    link: Option<(usize, String)>,
    links: Vec<Link>,
}

#[derive(Debug)]
struct Link {
    start: usize,
    end: usize,
    target: String,
}

impl Line {
    /// Writes text that stands in a block; all white space is one blank.
    pub(super) fn text(&mut self, text: &str, block: usize) {
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.trim_start();
            self.blank |= word.len() < rest.len();
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            let (word, behind) = word.split_at(end);
            self.word(word, block);
            rest = behind;
        }
    }

    fn word(&mut self, word: &str, block: usize) {
        if word.chars().all(is_invisible) {
            return;
        }
        if !self.text.is_empty() && self.breaks {
            self.text.push('\n');
        } else if !self.text.is_empty() && self.blank {
            self.text.push(' ');
        }
        (self.blank, self.breaks) = (false, false);
        if let Some((start, _)) = self.link.as_mut().filter(|(start, _)| *start == usize::MAX) {
            *start = self.text.len();
        }
        self.text.extend(word.chars().filter(|c| !is_invisible(*c)));
        let first = self.span.map_or(block, |(first, _)| first);
        self.span = Some((first, block));
    }

    /// Sets the next word apart from the last.
    pub(super) fn part(&mut self) {
        self.blank = true;
    }

    /// Ends a line.
    pub(super) fn end(&mut self) {
        self.breaks = true;
    }

    /// The element that the last word stands in.
    pub(super) fn block(&self) -> Option<usize> {
        self.span.map(|(_, last)| last)
    }

    /// The elements that the first and the last word stand in; none where there is no text.
    pub(super) fn span(&self) -> Option<(usize, usize)> {
        self.span
    }

    pub(super) fn open_link(&mut self, target: Option<&str>) {
        self.close_link();
        self.link = target.map(|target| (usize::MAX, target.to_owned()));
    }

    pub(super) fn close_link(&mut self) {
        if let Some((start, target)) = self.link.take()
            && start < self.text.len()
        {
            self.links.push(Link { start, end: self.text.len(), target });
        }
    }

    /// The text; where it is one link and nothing else, with its address.
    pub(super) fn with_link(mut self, base: &Base) -> String {
        self.close_link();
        let link = self
            .links
            .first()
            .filter(|link| self.links.len() == 1 && link.start == 0 && link.end == self.text.len());
        match link.and_then(|link| base.resolve(&link.target)) {
            Some(address) if !self.text.contains('\n') => {
                let text = self.text.replace('[', "\\[").replace(']', "\\]");
                format!("[{text}]({address})")
            }
            _ => self.text,
        }
    }
}

/// Text without soft hyphens and marks of zero width, which come between readers and words.
pub(in super::super) fn readable(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}')
}
