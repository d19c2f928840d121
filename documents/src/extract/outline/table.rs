//! Lists of records that are tables: flat records with the same few names.

use corpus::SourcePlace;

use super::{Form, Node, Outline};
use crate::writer::Row;

/// A table has at most so many columns.
const MOST_COLUMNS: usize = 40;

/// A longer value is text to be read, not a cell.
const LONGEST_CELL: u32 = 400;

impl Outline {
    /// Whether a node that is being closed is a table: two records or more, of two columns or more,
    /// half of whose cells are there.
    pub(super) fn is_table(&self, number: u32) -> bool {
        let Some(node) = self.node(number).filter(|node| node.form == Form::List) else {
            return false;
        };
        let Some(columns) = self.columns(number) else { return false };
        let rows = self.children(number).count();
        rows >= 2 && columns.len() >= 2 && node.leaves as usize * 2 >= rows * columns.len()
    }

    /// The names in a list's records, in order; none where they are not flat, or too many.
    fn columns(&self, number: u32) -> Option<Vec<&str>> {
        let mut columns: Vec<&str> = Vec::new();
        for child in self.children(number) {
            let record = self.node(child).filter(|node| node.form == Form::Record)?;
            if !record.is_flat {
                return None;
            }
            let mut seen = [false; MOST_COLUMNS];
            for cell in self.children(child) {
                let cell = self.node(cell).filter(|cell| cell.bytes <= LONGEST_CELL)?;
                let name = self.name(cell);
                let column = columns.iter().position(|column| *column == name);
                let column = column.unwrap_or_else(|| {
                    columns.push(name);
                    columns.len() - 1
                });
                // A name that comes twice in a record would need two cells.
                let seen = seen.get_mut(column).filter(|seen| !**seen)?;
                *seen = true;
            }
        }
        Some(columns)
    }

    /// A table's rows, its header first.
    pub(super) fn rows<'a>(
        &'a self,
        number: u32,
        place: impl Fn(&Node) -> Option<SourcePlace> + 'a,
    ) -> (usize, impl Iterator<Item = Row> + 'a) {
        let columns = self.columns(number).unwrap_or_default();
        let width = columns.len();
        let cells = columns.iter().map(|column| (*column).to_owned()).collect();
        let header = Row { cells, source: None };
        let rows = self.children(number).filter_map(move |child| {
            let record = self.node(child)?;
            let mut cells = vec![String::new(); columns.len()];
            for cell in self.children(child).filter_map(|cell| self.node(cell)) {
                let column = columns.iter().position(|column| *column == self.name(cell));
                if let Some(place) = column.and_then(|column| cells.get_mut(column)) {
                    self.text(cell).clone_into(place);
                }
            }
            Some(Row { cells, source: place(record) })
        });
        (width, std::iter::once(header).chain(rows))
    }
}
