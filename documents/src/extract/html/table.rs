//! A table, written as rows of Markdown.

/// The most empty cells that one cell adds for the columns that it spans.
const MOST_EMPTY: u32 = 20;

/// A table that is being read.
#[derive(Debug, Default)]
pub(super) struct Table {
    caption: String,
    in_caption: bool,
    rows: Vec<Row>,
    /// Tables within this one, which are read as part of its cells.
    pub(super) nested: usize,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<String>,
    /// Whether all cells are headers.
    is_header: bool,
}

impl Table {
    pub(super) fn begin_caption(&mut self) {
        self.in_caption = true;
    }

    pub(super) fn end_caption(&mut self) {
        self.in_caption = false;
    }

    pub(super) fn begin_row(&mut self) {
        self.rows.push(Row { cells: Vec::new(), is_header: true });
    }

    pub(super) fn begin_cell(&mut self, is_header: bool) {
        if self.rows.is_empty() {
            self.begin_row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.cells.push(String::new());
            row.is_header &= is_header;
        }
    }

    /// Ends a cell that spans so many columns.
    pub(super) fn end_cell(&mut self, columns: u32) {
        if let Some(row) = self.rows.last_mut() {
            let empty = columns.saturating_sub(1).min(MOST_EMPTY);
            row.cells.extend((0..empty).map(|_| String::new()));
        }
    }

    /// Adds text to the open cell or caption.
    pub(super) fn push(&mut self, text: &str) {
        if self.in_caption {
            self.caption.push_str(text);
        } else if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            cell.push_str(text);
        }
    }

    /// The caption and the rows, each on a line; empty ones left out.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let caption = on_one_line(&self.caption);
        lines.extend((!caption.is_empty()).then_some(caption));
        let mut is_first = true;
        for row in &self.rows {
            let cells: Vec<String> =
                row.cells.iter().map(|cell| on_one_line(cell).replace('|', "\\|")).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            lines.push(format!("| {} |", cells.join(" | ")));
            if row.is_header && is_first {
                lines.push(format!("|{}", " --- |".repeat(cells.len())));
            }
            is_first = false;
        }
        lines
    }
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
