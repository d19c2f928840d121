//! Bands: what stands on one height of a page, from left to right.

use super::Page;
use crate::extract::pdf::layout::Line;

/// Heights that differ by less than this many font sizes are one.
const SAME_BASE: f64 = 0.3;

/// What stands on one height.
#[derive(Debug)]
pub(super) struct Band<'l> {
    pub(super) base: f64,
    pub(super) size: f64,
    pub(super) spans: Vec<Span<'l>>,
    /// The numbers of its lines.
    pub(super) lines: Vec<usize>,
}

/// A piece of text between gaps.
#[derive(Debug, Clone)]
pub(super) struct Span<'l> {
    /// Its words; a currency's sign and what stands far behind it are two.
    texts: Vec<&'l str>,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Span<'_> {
    pub(super) fn text(&self) -> String {
        self.texts.join(" ")
    }

    pub(super) fn characters(&self) -> usize {
        self.texts.iter().map(|text| text.chars().count()).sum()
    }
}

/// The bands of a page, from top to bottom.
pub(super) fn of<'l>(page: &Page<'l>) -> Vec<Band<'l>> {
    let mut lines: Vec<(usize, &Line)> = page.free().collect();
    lines.sort_by(|(_, a), (_, b)| b.base.total_cmp(&a.base));
    let mut bands: Vec<Band<'l>> = Vec::new();
    for (number, line) in lines {
        let is_new = bands.last().is_none_or(|band| {
            band.base - line.base > SAME_BASE * band.size.min(line.size).max(0.01)
        });
        if is_new {
            let (base, size) = (line.base, line.size);
            bands.push(Band { base, size, spans: Vec::new(), lines: Vec::new() });
        }
        let Some(band) = bands.last_mut() else { continue };
        band.lines.push(number);
        let span = |text: &'l str, left, right| Span { texts: vec![text], left, right };
        if line.cells.is_empty() {
            band.spans.push(span(&line.text, line.left, line.right));
        } else {
            let cells = line.cells.iter();
            band.spans.extend(cells.map(|cell| span(&cell.text, cell.left, cell.right)));
        }
    }
    bands.iter_mut().for_each(Band::join);
    bands
}

impl Band<'_> {
    /// Joins spans that are one value.
    fn join(&mut self) {
        self.spans.sort_by(|a, b| a.left.total_cmp(&b.left));
        let size = self.size;
        self.spans.dedup_by(|span, last| {
            let belongs = belongs(last, span, size);
            if belongs {
                last.texts.append(&mut span.texts);
                last.right = last.right.max(span.right);
            }
            belongs
        });
    }
}

/// Whether two spans that stand apart are one value: a currency's sign before a number, or a
/// bracket or per cent sign behind one; or whether they do not stand apart.
fn belongs(last: &Span<'_>, span: &Span<'_>, size: f64) -> bool {
    let (Some(before), Some(behind)) = (last.texts.last(), span.texts.first()) else {
        return false;
    };
    let is_sign = |text: &str| text.chars().all(|c| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '('));
    let is_value =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "($€£.,-–—−".contains(c));
    let is_end = |text: &str| text.chars().all(|c| matches!(c, ')' | '%' | '*' | '†'));
    let gap = span.left - last.right;
    gap < 0.3 * size
        || (is_sign(before) && is_value(behind))
        || (is_end(behind) && gap < 3.0 * size && before.ends_with(|c: char| c.is_ascii_digit()))
}

/// Whether a cell holds a number, an amount, a share, or a dash in place of one.
pub(super) fn is_value(text: &str) -> bool {
    const LONGEST: usize = 24;
    let is_dash = |c: char| matches!(c, '-' | '–' | '—' | '−');
    let (mut digits, mut letters, mut length) = (0, 0, 0);
    for c in text.chars() {
        length += 1;
        digits += usize::from(c.is_numeric());
        letters += usize::from(c.is_alphabetic());
    }
    let is_nothing = length > 0 && text.chars().all(|c| is_dash(c) || c == ' ' || c == '$');
    is_nothing || (digits > 0 && digits >= letters && length <= LONGEST)
}

/// Whether a cell holds nothing but a year, as headers do.
pub(super) fn is_year(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    text.len() == 4 && text.parse().is_ok_and(|year: u16| (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_words() {
        let check = |text, expect| assert_eq!(is_value(text), expect, "{text}");
        check("$ 5,931", true);
        check("(67)", true);
        check("12.5 %", true);
        check("—", true);
        check("250 bps", true);
        check("October 30, 2022", false);
        check("Level 2", false);
        check("", false);
        assert!(is_year("2022") && is_year("2021*") && !is_year("2,483") && !is_year("5931"));
    }
}
