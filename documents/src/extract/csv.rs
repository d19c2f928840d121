//! Tables of values between commas, or what stands for them: a Markdown table, a record on each
//! line, so that no record is cut and each knows its bytes in the file.
//!
//! Invariant: a table is read twice and never held; what is written is bounded by the writer.

mod sniff;

use corpus::SourcePlace;
use csv::StringRecord;

use super::decode::{Exact, decode_exact};
use crate::extracted::{Extracted, Kind, Warning};
use crate::writer::{Row, Writer};
use sniff::{Dialect, reader};

/// A table of more columns than this is written with so many.
const MOST_COLUMNS: usize = 16_384;

/// A field with more line breaks than this has lost its closing quote.
const MOST_LINES_IN_FIELD: usize = 500;

/// Reads a table of values.
pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let mut exact = decode_exact(bytes, charset);
    let mut writer = Writer::new(Kind::Csv);
    let mut dialect = Dialect::of(&exact.text);
    let mut survey = Survey::of(&exact.text, dialect);
    if survey.has_open_quote {
        dialect.quoting = false;
        survey = Survey::of(&exact.text, dialect);
        writer.warn(Warning::note("a quotation mark is never closed; quotes are read as text"));
    }
    for warning in std::mem::take(&mut exact.warnings) {
        writer.warn(warning);
    }
    if survey.width > MOST_COLUMNS {
        writer.warn(Warning::loss(format!("columns after the {MOST_COLUMNS}th are left out")));
    }
    let width = survey.width.min(MOST_COLUMNS);
    let headers = usize::from(survey.has_header);
    writer.table_of(Rows::of(&exact, dialect, width), width, headers);
    writer.finish()
}

/// What a first reading tells of a table.
#[derive(Debug, Default)]
struct Survey {
    width: usize,
    has_header: bool,
    has_open_quote: bool,
}

impl Survey {
    fn of(text: &str, dialect: Dialect) -> Self {
        let mut survey = Self::default();
        let mut record = StringRecord::new();
        let mut reader = reader(text, dialect);
        let mut number = 0_usize;
        // Bytes that are characters, read from memory, cannot fail to be records.
        while reader.read_record(&mut record).unwrap_or(false) {
            survey.width = survey.width.max(record.len());
            if number == 0 {
                survey.has_header = names_columns(&record);
            }
            number += 1;
            survey.has_open_quote |= dialect.quoting
                && record.iter().any(|field| {
                    field.bytes().filter(|byte| *byte == b'\n').count() > MOST_LINES_IN_FIELD
                });
        }
        survey.has_header &= number > 1;
        survey
    }
}

/// Whether a record looks like the names of columns: words, no two the same, and no numbers.
fn names_columns(record: &StringRecord) -> bool {
    let mut names: Vec<&str> = record.iter().map(str::trim).collect();
    // The column of row names, and columns at the end, are often without one.
    let named = names.iter().filter(|name| !name.is_empty()).count();
    let is_number = |name: &&str| {
        let digits: String = name.chars().filter(|c| !"., %€$£+-:/".contains(*c)).collect();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    // Years are names of columns.
    let is_year = |name: &&str| name.len() == 4 && name.starts_with(['1', '2']);
    let numbers = names.iter().filter(|name| is_number(name) && !is_year(name)).count();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    named > 0 && numbers * 4 <= named && names.len() == all
}

/// The records of a text as rows, with their places in the source.
struct Rows<'a> {
    exact: &'a Exact<'a>,
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
    width: usize,
    /// Where in the text the first record begins.
    first: usize,
    /// Where in the text, and where in the source, the next record begins.
    text_at: usize,
    source_at: usize,
}

impl<'a> Rows<'a> {
    fn of(exact: &'a Exact<'a>, dialect: Dialect, width: usize) -> Self {
        let reader = reader(&exact.text, dialect);
        let record = StringRecord::new();
        let text_at = dialect.start;
        let skipped = exact.text.get(..text_at).and_then(|head| exact.source_length(head));
        let source_at = exact.start() + skipped.unwrap_or_default();
        Self { exact, reader, record, width, first: text_at, text_at, source_at }
    }

    /// The bytes of the record that was read, up to `end` of the text, without blanks around it.
    fn source(&mut self, end: usize) -> Option<SourcePlace> {
        let part = self.exact.text.get(self.text_at..end)?;
        self.text_at = end;
        let length = self.exact.source_length(part)?;
        let before = &part[..part.len() - part.trim_start().len()];
        let after = &part[part.trim_end().len()..];
        let start = self.source_at + self.exact.source_length(before)?;
        self.source_at += length;
        let end = self.source_at - self.exact.source_length(after)?;
        (start < end).then_some(SourcePlace::Bytes { start: start as u64, end: end as u64 })
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if !self.reader.read_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let cells = self.record.iter().take(self.width).map(str::to_owned).collect();
        let read = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let source = self.source(self.first.saturating_add(read));
        Some(Row { cells, source })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expect: &str) {
        assert_eq!(extract(bytes, None).text, expect);
    }

    #[test]
    fn a_record_is_a_line() {
        let expect = "| name | age |\n| --- | --- |\n| Ann, A. | 3 |\n| Bo \\| b | 4 |";
        check(b"name,age\r\n\"Ann, A.\",3\r\n\"Bo\n| b\",4\r\n", expect);
        check(b"\xef\xbb\xbfname;age\n\"Ann, A.\";3\n\n\"Bo | b\";4", expect);
        check(b"name\tage\nAnn, A.\t3\n\"Bo | b\"\t4", expect);
        check(b"sep=!\nname!age\nAnn, A.!3\nBo | b!4", expect);
        let utf16: Vec<u8> =
            "name,age\nAnn,3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf16, "| name | age |\n| --- | --- |\n| Ann | 3 |");
    }

    #[test]
    fn numbers_are_no_header() {
        check(b"1,2\n3,4\n", "| 1 | 2 |\n| 3 | 4 |");
        check(b",2023,2024\na,4,5\n", "|  | 2023 | 2024 |\n| --- | --- | --- |\n| a | 4 | 5 |");
        check(b"only one line\n", "| only one line |");
        check(b"a,b\n1,2,3\n4\n", "| a | b |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 4 |  |  |");
    }

    #[test]
    fn a_quote_that_stays_open_is_text() {
        let rows = "x,2\n".repeat(600);
        let extracted = extract(format!("a,b\n\"inch,1\n{rows}").as_bytes(), None);
        assert_eq!(extracted.text.lines().count(), 603);
        assert_eq!(extracted.warnings.len(), 1);
    }

    #[test]
    fn records_know_their_bytes() {
        let check = |bytes: &[u8], charset, expect: &[&[u8]]| {
            let extracted = extract(bytes, charset);
            let found: Vec<&[u8]> = extracted
                .origins
                .iter()
                .map(|origin| match origin.source {
                    SourcePlace::Bytes { start, end } => {
                        &bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()]
                    }
                    _ => panic!("{origin:?}"),
                })
                .collect();
            assert_eq!(found, expect);
        };
        check(b"\xef\xbb\xbfa,b\r\n\r\n1,\"2\r\n3\"\r\n", None, &[b"a,b", b"1,\"2\r\n3\""]);
        check(b"a,\xfc\nb,\xe4\n", Some("latin1"), &[b"a,\xfc", b"b,\xe4"]);
        check(b"\xfe\xff\0a\0,\0b\0\n\0c\0,\0d", None, &[b"\0a\0,\0b", b"\0c\0,\0d"]);
        check(b"sep=;\na;b\n", None, &[b"a;b"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(records in proptest::collection::vec(
            proptest::collection::vec("[a-z,;|\"\n ]{0,6}x", 3), 2..20,
        )) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for record in &records {
                writer.write_record(record).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let dialect = Dialect { delimiter: b',', quoting: true, start: 0 };
            let exact = decode_exact(&bytes, None);
            let rows: Vec<Vec<String>> =
                Rows::of(&exact, dialect, 3).map(|row| row.cells).collect();
            prop_assert_eq!(rows, records);
        }
    }
}
