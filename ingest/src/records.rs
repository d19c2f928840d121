//! Tables whose rows are units of their own: a CSV file with the structure that its sidecar gives
//! it. One column is the text, the others are attributes of the chunks that come of it.
//!
//! The text of such a document, to which the spans of its chunks refer, is that column, with an
//! empty line between two rows. A row without text has no chunk.

use corpus::{ChunkingStrategy, Embedder, Metadata, MetadataValue, RecordStructure};
use csv::{ByteRecord, ErrorKind, StringRecord};
use documents::{Extracted, Kind, Measure, chunk};

use crate::prepare::Piece;

/// What stands between the texts of two rows.
const GAP: u64 = 2;

/// Why a table has no chunks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordsError {
    #[error("the table is not UTF-8 in line {line}: save it as \"CSV UTF-8\"")]
    NotUtf8 { line: u64 },
    #[error(
        "the table has no column \"{column}\", which its sidecar names; its columns are {columns}"
    )]
    NoColumn { column: String, columns: String },
    #[error("the table has two columns \"{column}\": give them different names")]
    Ambiguous { column: String },
    #[error("line {line} of the table has {found} fields where its header has {expected}")]
    Uneven { line: u64, found: u64, expected: u64 },
    #[error("the table cannot be read: {reason}")]
    Malformed { reason: String },
    #[error("no row of the table has text in the column \"{column}\"")]
    NoText { column: String },
}

/// Which columns of a table are what.
#[derive(Debug)]
struct Columns {
    content: usize,
    attributes: Vec<(usize, String)>,
}

/// Cuts the rows of a table into chunks, each with its row's attributes.
pub(crate) fn pieces(
    bytes: &[u8],
    structure: &RecordStructure,
    chunking: ChunkingStrategy,
    embedder: &dyn Embedder,
) -> Result<Vec<Piece>, RecordsError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = Columns::of(reader.headers().map_err(|error| refusal(&error))?, structure)?;
    let measure = Measure::of(embedder);
    let mut pieces = Vec::new();
    let mut offset = 0;
    let mut row = ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(|error| refusal(&error))? {
        let line = row.position().map_or(0, csv::Position::line);
        let not_utf8 = |_| RecordsError::NotUtf8 { line };
        let row = StringRecord::from_byte_record(std::mem::take(&mut row)).map_err(not_utf8)?;
        let text = row.get(columns.content).unwrap_or_default();
        if text.trim().is_empty() {
            continue;
        }
        let attributes = columns.attributes(&row);
        let first = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        let extracted = Extracted::new(text.replace("\r\n", "\n"), Kind::Text);
        for mut chunk in chunk(&extracted, chunking, &measure) {
            chunk.ordinal += first;
            chunk.place.span.start += offset;
            chunk.place.span.end += offset;
            pieces.push(Piece { chunk, attributes: attributes.clone() });
        }
        offset += extracted.text.chars().count() as u64 + GAP;
    }
    if pieces.is_empty() {
        return Err(RecordsError::NoText { column: structure.content_field.clone() });
    }
    Ok(pieces)
}

impl Columns {
    fn of(header: &StringRecord, structure: &RecordStructure) -> Result<Self, RecordsError> {
        let place = |column: &String| {
            header.iter().position(|name| name == column).ok_or_else(|| RecordsError::NoColumn {
                column: column.clone(),
                columns: header.iter().collect::<Vec<_>>().join(", "),
            })
        };
        let content = place(&structure.content_field)?;
        let included = structure.fields_to_include.iter().map(place);
        let included = included.collect::<Result<Vec<usize>, _>>()?;
        let mut attributes: Vec<(usize, String)> = Vec::new();
        for (index, name) in header.iter().enumerate() {
            if header.iter().take(index).any(|before| before == name && !name.is_empty()) {
                return Err(RecordsError::Ambiguous { column: name.to_owned() });
            }
            let wanted = included.is_empty() || included.contains(&index);
            let unwanted = structure.fields_to_exclude.iter().any(|excluded| excluded == name);
            if index != content && wanted && !unwanted && !name.is_empty() {
                attributes.push((index, name.to_owned()));
            }
        }
        Ok(Self { content, attributes })
    }

    /// The attributes of a row: all are texts, as they are in the table.
    fn attributes(&self, row: &StringRecord) -> Metadata {
        let attribute = |(index, name): &(usize, String)| {
            let value = row.get(*index).unwrap_or_default();
            (name.clone(), MetadataValue::String(value.to_owned()))
        };
        self.attributes.iter().map(attribute).collect()
    }
}

fn refusal(error: &csv::Error) -> RecordsError {
    match error.kind() {
        ErrorKind::Utf8 { pos, .. } => {
            RecordsError::NotUtf8 { line: pos.as_ref().map_or(1, csv::Position::line) }
        }
        ErrorKind::UnequalLengths { pos, expected_len, len } => RecordsError::Uneven {
            line: pos.as_ref().map_or(0, csv::Position::line),
            found: *len,
            expected: *expected_len,
        },
        _ => RecordsError::Malformed { reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use fixtures::embedder::FakeEmbedder;

    use super::*;

    fn structure(content: &str, include: &[&str], exclude: &[&str]) -> RecordStructure {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        RecordStructure {
            content_field: content.to_owned(),
            fields_to_include: names(include),
            fields_to_exclude: names(exclude),
        }
    }

    fn read(csv: &[u8], structure: &RecordStructure) -> Result<Vec<Piece>, RecordsError> {
        pieces(csv, structure, ChunkingStrategy::None, &FakeEmbedder::new())
    }

    /// The texts of a table's rows with the names of their attributes.
    fn check(csv: &str, structure: &RecordStructure, expect: &[(&str, &str)]) {
        let found = read(csv.as_bytes(), structure).unwrap();
        let found: Vec<(&str, String)> = found
            .iter()
            .map(|piece| {
                let attributes = piece.attributes.iter().map(|(name, value)| match value {
                    MetadataValue::String(value) => format!("{name}={value}"),
                    other => format!("{name} is {other:?}"),
                });
                (piece.chunk.text.as_str(), attributes.collect::<Vec<_>>().join(";"))
            })
            .collect();
        let found: Vec<_> = found.iter().map(|(text, names)| (*text, names.as_str())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn rows_become_chunks_with_their_columns() {
        let csv = "\u{feff}id,note,price\r\n1,\"Ropes, \"\"red\"\"\r\nand blue\",2\r\n\r\n,,\r\n2,Radios,03\r\n";
        let ropes = "Ropes, \"red\"\nand blue";
        let check = |include: &[&str], exclude: &[&str], first: &str, second: &str| {
            let structure = structure("note", include, exclude);
            check(csv, &structure, &[(ropes, first), ("Radios", second)]);
        };
        check(&[], &[], "id=1;price=2", "id=2;price=03");
        check(&["price"], &[], "price=2", "price=03");
        check(&[], &["price"], "id=1", "id=2");
    }

    #[test]
    fn spans_lead_to_the_rows_joined_by_an_empty_line() {
        let csv = "text\nÜber eins.\n\"  \"\nzwei\n";
        let found = read(csv.as_bytes(), &structure("text", &[], &[])).unwrap();
        let text: Vec<char> = "Über eins.\n\nzwei".chars().collect();
        for (ordinal, piece) in (0..).zip(&found) {
            let span = piece.chunk.place.span;
            let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
            assert_eq!(text[range].iter().collect::<String>(), piece.chunk.text);
            assert_eq!(piece.chunk.ordinal, ordinal);
        }
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_is_wrong_with_a_table_is_named() {
        let note = structure("note", &[], &[]);
        let check = |csv: &[u8], structure: &RecordStructure, part: &str| {
            let error = read(csv, structure).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        check(b"id,text\n1,a\n", &note, "no column \"note\"");
        check(b"", &note, "no column \"note\"");
        check(b"note\na\n", &structure("note", &["price"], &[]), "no column \"price\"");
        check(b"note,a,a\nx,1,2\n", &note, "two columns \"a\"");
        check(b"note,a\nx,1\ny\n", &note, "line 3 of the table has 1 fields");
        check(b"note,a\nx,\xff\n", &note, "not UTF-8 in line 2");
        check(b"note,a\n,1\n", &note, "no row of the table has text");
    }
}
