//! Which cells of a sheet belong together: rows between empty rows, and within them columns between
//! empty columns, where both sides are tables of their own.

use super::Cell;

/// Rows and columns are split in turn so often.
const ROUNDS: usize = 6;

/// Columns apart by more than this do not belong together, whatever they hold.
const WIDEST_GAP: u32 = 3;

/// The cells of a sheet in regions, from above to below, by rows.
pub(super) fn regions(mut cells: Vec<Cell>) -> Vec<Vec<Cell>> {
    cells.sort_by_key(|cell| (cell.row, cell.column));
    // A cell that stands there twice is the last of them, as the reading program shows it.
    cells.dedup_by(|later, earlier| {
        let is_same = (later.row, later.column) == (earlier.row, earlier.column);
        if is_same {
            std::mem::swap(later, earlier);
        }
        is_same
    });
    let mut regions = if cells.is_empty() { Vec::new() } else { vec![cells] };
    for _ in 0..ROUNDS {
        let before = regions.len();
        regions = regions.into_iter().flat_map(by_rows).flat_map(by_columns).collect();
        if regions.len() == before {
            break;
        }
    }
    let mut regions: Vec<Vec<Cell>> = regions.into_iter().flat_map(by_corners).collect();
    regions.sort_by_key(|region| region.first().map(|cell| (cell.row, cell.column)));
    regions
}

/// Splits at empty rows. The cells are sorted by row, and so are those of each part.
fn by_rows(cells: Vec<Cell>) -> Vec<Vec<Cell>> {
    let mut parts: Vec<Vec<Cell>> = Vec::new();
    let mut last = None;
    for cell in cells {
        let follows = last.is_some_and(|last: u32| cell.row - last <= 1);
        last = Some(cell.row);
        match parts.last_mut() {
            Some(part) if follows => part.push(cell),
            _ => parts.push(vec![cell]),
        }
    }
    parts
}

/// Splits at empty columns. One that stands between labels and their figures does not part them.
fn by_columns(cells: Vec<Cell>) -> Vec<Vec<Cell>> {
    let mut columns: Vec<u32> = cells.iter().map(|cell| cell.column).collect();
    columns.sort_unstable();
    columns.dedup();
    let (Some(first), Some(last)) = (columns.first().copied(), columns.last().copied()) else {
        return vec![cells];
    };
    let mut bounds = Vec::new();
    let mut start = first;
    for pair in columns.windows(2) {
        let [left, right] = *pair else { continue };
        let gap = right - left - 1;
        let are_tables = left > start && right < last;
        if gap > WIDEST_GAP || gap > 0 && are_tables {
            bounds.push(right);
            start = right;
        }
    }
    if bounds.is_empty() {
        return vec![cells];
    }
    let mut parts = vec![Vec::new(); bounds.len() + 1];
    for cell in cells {
        let place = bounds.partition_point(|bound| *bound <= cell.column);
        if let Some(part) = parts.get_mut(place) {
            part.push(cell);
        }
    }
    parts
}

/// Splits two tables of which one begins where the other ends, corner to corner.
fn by_corners(cells: Vec<Cell>) -> Vec<Vec<Cell>> {
    let mut next = 0;
    // What the columns are of all cells from one on.
    let mut spans = vec![(u32::MAX, 0)];
    for cell in cells.iter().rev() {
        let (first, last) = spans.last().copied().unwrap_or_default();
        spans.push((cell.column.min(first), cell.column.max(last)));
    }
    spans.reverse();
    let mut above = (u32::MAX, 0);
    while let Some(first) = cells.get(next) {
        let row = first.row;
        while let Some(cell) = cells.get(next).filter(|cell| cell.row == row) {
            above = (cell.column.min(above.0), cell.column.max(above.1));
            next += 1;
        }
        let below = spans.get(next).copied().unwrap_or_default();
        if next < cells.len() && (above.1 < below.0 || below.1 < above.0) {
            let mut cells = cells;
            let rest = cells.split_off(next);
            return vec![cells, rest];
        }
    }
    vec![cells]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of a sheet to the numbers of its regions.
    fn check(sheet: &[&str], expect: &[&str]) {
        let mut cells = Vec::new();
        for (row, line) in (0..).zip(sheet) {
            for (column, sign) in (0..).zip(line.chars()).filter(|(_, sign)| *sign != '.') {
                cells.push(Cell { row, column, text: sign.to_string().into(), is_number: false });
            }
        }
        let text = |region: &Vec<Cell>| region.iter().map(|cell| &*cell.text).collect::<String>();
        let found: Vec<String> = regions(cells).iter().map(text).collect();
        assert_eq!(found, expect, "{sheet:?}");
    }

    #[test]
    fn cells_that_stand_together_are_a_table() {
        check(&["ab", "c."], &["abc"]);
        check(&["a...", "....", "bc..", "de.."], &["a", "bcde"]);
        check(&["ab.cd", "ef.gh"], &["abef", "cdgh"]);
        check(&["a.c.e", "b.d.f"], &["acebdf"]);
        check(&["a....b"], &["a", "b"]);
        check(&["ab..", "cd..", "..ef", "..gh"], &["abcd", "efgh"]);
        check(&["ab.ef", "cd...", "...gh"], &["abcd", "ef", "gh"]);
        check(&[], &[]);
    }
}
