//! How much text, links and prose each element of a page holds.

use super::super::page::{Content, Page};
use super::super::write::is_inline;
use super::Choice;

/// What an element holds, with all that is within it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// Letters and digits; a sign of a script that writes words by one or two counts for three.
    pub(super) text: usize,
    /// Of them, those in links.
    pub(super) linked: usize,
    /// Of them, those in blocks of prose, links aside.
    pub(super) prose: usize,
    /// How many links.
    pub(super) links: usize,
    /// Marks at the ends of sentences and their parts.
    pub(super) marks: usize,
    /// Preformatted text.
    pub(super) code: usize,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.text += other.text;
        self.linked += other.linked;
        self.prose += other.prose;
        self.links += other.links;
        self.marks += other.marks;
        self.code += other.code;
    }

    /// Letters that are in no link.
    pub(super) fn plain(&self) -> usize {
        self.text.saturating_sub(self.linked)
    }

    /// Whether more of it is links than a percentage.
    pub(super) fn is_linked_over(&self, percent: usize) -> bool {
        self.linked * 100 > self.text * percent
    }
}

/// The measures of all elements of a page.
#[derive(Debug)]
pub(super) struct Measures {
    /// Of each element, with what is within it.
    whole: Vec<Measure>,
    /// Of each element that sets text apart, only what stands in it directly.
    own: Vec<Measure>,
}

impl Measures {
    /// Measures what is not left out.
    pub(super) fn of(page: &Page, choice: &Choice) -> Self {
        let count = page.nodes.len();
        let mut own = vec![Measure::default(); count];
        let (mut link_until, mut code_until) = (0, 0);
        // The elements that set text apart and are open.
        let mut blocks: Vec<usize> = vec![0];
        let mut index = 0;
        while let Some(node) = page.nodes.get(index) {
            if choice.leaves_out(index) {
                index = node.end;
                continue;
            }
            while blocks.len() > 1
                && blocks.last().is_some_and(|block| page.within(*block).end <= index)
            {
                blocks.pop();
            }
            let block = blocks.last().copied().unwrap_or_default();
            match &node.content {
                Content::Text(text) => {
                    if let Some(measure) = own.get_mut(block) {
                        let (letters, marks) = count_letters(text);
                        measure.text += letters;
                        measure.marks += marks;
                        measure.linked += if index < link_until { letters } else { 0 };
                        measure.code += if index < code_until { letters } else { 0 };
                    }
                }
                Content::Element(element) => match element.name() {
                    "head" => {
                        index = node.end;
                        continue;
                    }
                    "a" if element.attribute("href").is_some() => {
                        link_until = node.end;
                        if let Some(measure) = own.get_mut(block) {
                            measure.links += 1;
                        }
                    }
                    name => {
                        if name == "pre" {
                            code_until = node.end;
                        }
                        if !is_inline(name) && name != "br" {
                            blocks.push(index);
                        }
                    }
                },
            }
            index += 1;
        }
        for (index, measure) in own.iter_mut().enumerate() {
            let is_heading = matches!(page.name(index), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
            if !is_heading && is_prose(measure) {
                measure.prose = measure.plain();
            }
        }
        let mut whole = own.clone();
        for index in (1..count).rev() {
            let measure = whole.get(index).copied().unwrap_or_default();
            if let Some(parent) = page.nodes.get(index).map(|node| node.parent)
                && let Some(parent) = whole.get_mut(parent)
            {
                parent.add(measure);
            }
        }
        Self { whole, own }
    }

    /// What an element holds.
    pub(super) fn whole(&self, index: usize) -> Measure {
        self.whole.get(index).copied().unwrap_or_default()
    }

    /// What stands in an element directly, not in one within it that sets text apart.
    pub(super) fn own(&self, index: usize) -> Measure {
        self.own.get(index).copied().unwrap_or_default()
    }
}

/// Whether a block is sentences rather than a label, a date or a list of links.
fn is_prose(measure: &Measure) -> bool {
    let plain = measure.plain();
    (plain >= 80 && !measure.is_linked_over(if measure.marks > 1 { 85 } else { 70 }))
        || (plain >= 25 && measure.marks > 0 && !measure.is_linked_over(50))
}

/// The letters of a text, and its marks of punctuation.
fn count_letters(text: &str) -> (usize, usize) {
    let (mut letters, mut marks) = (0, 0);
    for c in text.chars() {
        match c {
            '.' | ',' | '!' | '?' | ';' | ':' | '…' | '。' | '、' | '，' | '！' | '？' | '；'
            | '：' | '।' | '،' | '؟' | '؛' => marks += 1,
            '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
            | '\u{e00}'..='\u{eff}' => letters += 3,
            c if c.is_alphanumeric() => letters += 1,
            _ => {}
        }
    }
    (letters, marks)
}
