//! What parts the fields of a table: the mark by which the first records come out most alike.

use csv::{ReaderBuilder, StringRecord};

/// So many records are looked at.
const SAMPLE: usize = 200;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between fields.
    pub(super) delimiter: u8,
    /// Whether quotation marks hold fields together.
    pub(super) quoting: bool,
    /// Where the first record begins.
    pub(super) start: usize,
}

impl Dialect {
    /// The dialect of a text.
    pub(super) fn of(text: &str) -> Self {
        if let Some(dialect) = Self::declared(text) {
            return dialect;
        }
        let dialect = |delimiter| Self { delimiter, quoting: true, start: 0 };
        let best = b",;\t|".iter().map(|mark| (likeness(text, dialect(*mark)), *mark));
        // Of equals, the first is the likelier.
        let best = best.reduce(|best, other| if other.0 > best.0 { other } else { best });
        dialect(best.map_or(b',', |(_, mark)| mark))
    }

    /// Excel reads a first line `sep=;` as a setting.
    fn declared(text: &str) -> Option<Self> {
        let rest = text.get(..4).filter(|head| head.eq_ignore_ascii_case("sep="))?;
        let line = text.get(rest.len()..)?.split_inclusive('\n').next()?;
        match line.trim_end_matches(['\r', '\n']).as_bytes() {
            [delimiter] if delimiter.is_ascii() && *delimiter != b'"' => {
                Some(Self { delimiter: *delimiter, quoting: true, start: rest.len() + line.len() })
            }
            _ => None,
        }
    }
}

/// Reads the records of a text.
pub(super) fn reader(text: &str, dialect: Dialect) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .quoting(dialect.quoting)
        .from_reader(text.get(dialect.start..).unwrap_or_default().as_bytes())
}

/// How many fields of the first records stand in records of the commonest width, in thousandths of
/// a record; nothing where that width is one.
fn likeness(text: &str, dialect: Dialect) -> usize {
    let mut widths = [0_usize; 64];
    let mut record = StringRecord::new();
    let mut reader = reader(text, dialect);
    let mut records = 0;
    while records < SAMPLE && reader.read_record(&mut record).unwrap_or(false) {
        records += 1;
        let width = record.len().min(widths.len() - 1);
        if let Some(count) = widths.get_mut(width) {
            *count += 1;
        }
    }
    let commonest = widths.iter().enumerate().skip(2).max_by_key(|(_, count)| **count);
    let Some((width, count)) = commonest.filter(|(_, count)| **count > 0) else { return 0 };
    // Being alike weighs more than being many.
    count * count * 1000 / (records * records).max(1) * 100 + width
}
