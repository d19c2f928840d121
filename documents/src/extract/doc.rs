//! Text documents of Word 97 to 2003. The text lies in pieces, which a table puts in order; what a
//! paragraph or a run of characters is stands in pages of properties, found by where its bytes lie.
//!
//! Invariant: each offset is looked up, never trusted; what points nowhere says nothing.

mod header;
mod lists;
mod pieces;
mod properties;
mod styles;
mod summary;
mod text;

pub(super) use summary::date;

use super::compound::{Compound, objects};
use super::flow::Flow;
use crate::extracted::{ExtractError, Extracted, Kind};
use crate::writer::Writer;
use header::Header;

/// Reads a document.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let damaged = |reason: &str| ExtractError::damaged(Kind::Doc, reason);
    let mut compound = Compound::open(bytes, Kind::Doc)?;
    let main = compound.read("/WordDocument").ok_or_else(|| damaged("it holds no document"))?;
    let header = Header::of(&main).ok_or_else(|| damaged("its beginning is cut off"))?;
    if header.is_old {
        return Err(ExtractError::Unsupported {
            what: "documents of Word 6 and 95 (.doc)".to_owned(),
        });
    }
    if header.is_encrypted {
        return Err(ExtractError::Locked { kind: Kind::Doc });
    }
    let table = compound.read(header.table).or_else(|| compound.read(header.other_table));
    let table = table.ok_or_else(|| damaged("the table of its pieces is missing"))?;
    let mut flow = Flow::new(Writer::new(Kind::Doc));
    if let Some(summary) = compound.read("/\u{5}SummaryInformation") {
        summary::read(&summary, flow.writer.properties());
    }
    text::read(&main, &table, &header, &mut flow);
    let mut writer = flow.finish();
    compound.loss().into_iter().for_each(|loss| writer.warn(loss));
    writer.properties().attachments = objects(&mut compound, "/ObjectPool", "_");
    Ok(writer.finish())
}

#[cfg(test)]
mod tests;
