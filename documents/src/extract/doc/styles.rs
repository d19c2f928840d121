//! The style sheet: which styles are those of headings.

use super::super::little::{part, short};
use super::properties::Paragraph;

/// A style, as far as it matters.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    level: Option<u8>,
    base: u16,
    list: u16,
    depth: u8,
}

/// The styles of a document, by number.
#[derive(Debug)]
pub(super) struct Styles(Vec<Style>);

impl Styles {
    pub(super) fn of(sheet: &[u8]) -> Self {
        let mut styles = Vec::new();
        let head = usize::from(short(sheet, 0).unwrap_or_default());
        let count = usize::from(short(sheet, 2).unwrap_or_default());
        let fixed = usize::from(short(sheet, 4).unwrap_or_default());
        let mut at = 2 + head;
        for _ in 0..count {
            let Some(length) = short(sheet, at).map(usize::from) else { break };
            let style = part(sheet, at + 2, length).unwrap_or_default();
            styles.push(Style::of(style, fixed).unwrap_or_default());
            // Each style begins at an even place.
            at += 2 + length + (length & 1);
        }
        Self(styles)
    }

    /// What a paragraph has from its style, or from those that it derives from: the level of a
    /// heading, and the list with its depth.
    pub(super) fn look_up(&self, number: u16) -> (Option<u8>, u16, u8) {
        let (mut level, mut list, mut depth) = (None, 0, 0);
        let mut number = number;
        // Styles that derive from themselves are broken.
        for _ in 0..12 {
            let Some(style) = self.0.get(usize::from(number)) else { break };
            level = level.or(style.level);
            if list == 0 {
                (list, depth) = (style.list, style.depth);
            }
            number = style.base;
        }
        (level, list, depth)
    }
}

impl Style {
    fn of(style: &[u8], fixed: usize) -> Option<Self> {
        let built_in = short(style, 0)? & 0xfff;
        let kind_and_base = short(style, 2)?;
        let parts = short(style, 4)? & 0xf;
        let is_paragraph = kind_and_base & 0xf == 1;
        let base = kind_and_base >> 4;
        let level = match built_in {
            1..=9 => u8::try_from(built_in).ok(),
            62 => Some(1),
            _ => None,
        };
        let mut found = Self { level, base, list: 0, depth: 0 };
        // Behind the name stand its properties: those of the paragraph first.
        let name = fixed + 2 + usize::from(short(style, fixed)?) * 2 + 2;
        if is_paragraph && parts >= 2 {
            let start = name + (name & 1);
            let length = usize::from(short(style, start).unwrap_or_default());
            let paragraph = Paragraph::of(part(style, start + 2, length).unwrap_or_default());
            (found.list, found.depth) = (paragraph.list, paragraph.depth);
            let outline = paragraph.outline.filter(|outline| *outline < 9);
            found.level = found.level.or(outline.map(|outline| outline + 1));
        }
        Some(found)
    }
}
