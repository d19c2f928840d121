//! Numbers as their cells show them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::words::on_one_line;
use ssfmt::{FormatOptions, NumberFormat};

/// The days from the first of 1900 to that of 1904, as Excel counts them.
const DAYS_TO_1904: f64 = 1462.0;

/// Excel allows no longer format.
const LONGEST_FORMAT: usize = 255;

/// The formats of a workbook, by the number of the style that uses them.
#[derive(Debug, Default)]
pub(in crate::extract::office) struct Formats {
    styles: Vec<Option<Rc<NumberFormat>>>,
    is_1904: bool,
}

impl Formats {
    /// Formats for styles that have these formats' ids; `custom` are those that the workbook
    /// defines.
    pub(in crate::extract::office) fn new(
        ids: &[u32],
        custom: &[(u32, String)],
        is_1904: bool,
    ) -> Self {
        let custom: HashMap<u32, &str> =
            custom.iter().map(|(id, code)| (*id, code.as_str())).collect();
        let mut parsed = HashMap::new();
        let styles = ids.iter().map(|id| {
            let format = parsed
                .entry(*id)
                .or_insert_with(|| parse(custom.get(id).copied().or_else(|| builtin(*id))?));
            format.clone()
        });
        Self { styles: styles.collect(), is_1904 }
    }

    /// A number as a cell of this style shows it.
    pub(in crate::extract::office) fn show(&self, number: f64, style: usize) -> String {
        let Some(format) = self.styles.get(style).and_then(Option::as_ref) else {
            return general(number);
        };
        let is_date = format.is_date_format();
        let days = if is_date && self.is_1904 { number + DAYS_TO_1904 } else { number };
        match format.try_format(days, &FormatOptions::default()) {
            // There are no days before the first; Excel fills such a cell with #.
            Ok(shown) if is_date && (shown.is_empty() || shown.contains("##")) => general(number),
            // Padding, which lines up columns of figures.
            Ok(shown) => on_one_line(&shown),
            Err(_) => general(number),
        }
    }
}

fn parse(code: &str) -> Option<Rc<NumberFormat>> {
    let is_plain = code.eq_ignore_ascii_case("general") || code == "@" || code.is_empty();
    if is_plain || code.len() > LONGEST_FORMAT {
        return None;
    }
    NumberFormat::parse(code).ok().map(Rc::new)
}

/// The format that an id stands for. Dates whose order depends on the reader's country are written
/// so that all readers agree on them.
fn builtin(id: u32) -> Option<&'static str> {
    match id {
        14 | 27..=31 | 36 | 50..=54 | 57 | 58 => Some("yyyy-mm-dd"),
        22 => Some("yyyy-mm-dd hh:mm"),
        id => ssfmt::builtin_formats::format_code_from_id(id),
    }
}

/// A number where there is no format. Excel keeps fifteen digits, and shows fewer; numbers that are
/// longer name cards and accounts, and are looked for in full.
pub(in crate::extract::office) fn general(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-9..1e18).contains(&size) {
        let text = format!("{number:.10e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = if digits.contains('.') { digits.trim_end_matches('0') } else { digits };
        return format!("{}E{exponent}", digits.trim_end_matches('.'));
    }
    let whole = if size < 1.0 { 0 } else { general_digits(size) };
    let text = format!("{number:.*}", 10_usize.saturating_sub(whole).max(2));
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn general_digits(size: f64) -> usize {
    format!("{size:.0}").len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_formats_say() {
        let check = |code: &str, number: f64, expect: &str| {
            let formats = Formats::new(&[164], &[(164, code.to_owned())], false);
            assert_eq!(formats.show(number, 0), expect, "{code}");
        };
        check("0.00%", 0.1234, "12.34%");
        check("#,##0.00", 1_234_567.891, "1,234,567.89");
        check("yyyy-mm-dd", 45_000.0, "2023-03-15");
        check("dd.mm.yyyy hh:mm", 45_000.5, "15.03.2023 12:00");
        check("_-* #,##0.00\\ \"€\"_-", 1234.5, "1,234.50 €");
        check("[Red]-0.0;0", -2.0, "2");
        check("General", 0.1 + 0.2, "0.3");
        check("yyyy", -1.0, "-1");
        check("0\"", 1.0, "1");
    }

    #[test]
    fn numbers_without_a_format_are_plain() {
        let check = |number, expect: &str| assert_eq!(general(number), expect);
        check(1.0, "1");
        check(-0.0, "0");
        check(1234.5678, "1234.5678");
        check(123_456_789_012.0, "123456789012");
        check(2.0 / 3.0, "0.6666666667");
        check(1_234_567_890_123_456.0, "1234567890123456");
        check(1e20, "1E20");
        check(1.5e-12, "1.5E-12");
        check(f64::NAN, "");
    }

    #[test]
    fn dates_that_countries_write_differently_are_plain() {
        let formats = Formats::new(&[0, 14, 9], &[], true);
        assert_eq!(formats.show(0.0, 1), "1904-01-01");
        assert_eq!(formats.show(0.5, 2), "50%");
        assert_eq!(formats.show(0.5, 7), "0.5");
    }
}
