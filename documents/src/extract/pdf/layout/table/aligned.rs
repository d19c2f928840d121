//! Tables without rules: lines, one below the other, whose parts stand in columns. Text in columns
//! looks the same, so what is taken for a table must hold numbers, or many short cells.

use std::ops::Range;

use super::band::{self, Band, Span, is_value};
use super::{Found, Page, header};

/// A cell with more characters is prose.
const LONGEST_CELL: usize = 100;

/// A run is parted no more often than this, one part within the other.
const MOST_PARTS: usize = 6;

/// Lines with one cell that may follow each other within a table.
const MOST_SINGLE: usize = 3;

/// Lines of one table stand no further apart than so many font sizes.
const WIDEST_LEADING: f64 = 3.2;

/// Finds tables from the top of a page to its foot.
pub(super) fn find(page: &mut Page<'_>) -> Vec<Found> {
    let bands = band::of(page);
    let mut found = Vec::new();
    let mut at = 0;
    while at < bands.len() {
        let end = end_of_run(&bands, at);
        let before = found.len();
        tables(page, &bands, at..end, MOST_PARTS, &mut found);
        for table in found.get(before..).unwrap_or_default() {
            page.take(&table.lines);
        }
        at = end.max(at + 1);
    }
    found
}

/// Finds the tables of a run. Where its cells do not fit into columns it is parted where its bands
/// are furthest apart: that is where one table ends and another one begins.
fn tables(
    page: &Page<'_>,
    bands: &[Band<'_>],
    run: Range<usize>,
    parts: usize,
    found: &mut Vec<Found>,
) {
    let Some((table, fits)) = table(page, bands, run.clone()) else {
        if let Some(middle) = widest_gap(bands, &run).filter(|_| parts > 0) {
            tables(page, bands, run.start..middle, parts - 1, found);
            tables(page, bands, middle..run.end, parts - 1, found);
        }
        return;
    };
    if fits {
        found.push(table);
        return;
    }
    let before = found.len();
    if let Some(middle) = widest_gap(bands, &run).filter(|_| parts > 0) {
        tables(page, bands, run.start..middle, parts - 1, found);
        tables(page, bands, middle..run.end, parts - 1, found);
    }
    if found.len() == before {
        found.push(table);
    }
}

/// The first band below the widest gap of a run, where that is wider than most.
fn widest_gap(bands: &[Band<'_>], run: &Range<usize>) -> Option<usize> {
    let bands = bands.get(run.clone())?;
    let gaps = bands.iter().zip(bands.iter().skip(1)).map(|(above, band)| above.base - band.base);
    let mut gaps: Vec<(usize, f64)> = (run.start + 1..).zip(gaps).collect();
    gaps.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let (_, usual) = *gaps.get(gaps.len() / 2)?;
    let (middle, widest) = *gaps.last()?;
    (widest > 1.25 * usual).then_some(middle)
}

/// Where a table that begins at a band would end; right there, where none begins.
fn end_of_run(bands: &[Band<'_>], start: usize) -> usize {
    let is_row = |band: &Band<'_>| band.spans.len() > 1 && !is_prose(band);
    let mut end = start;
    let mut above: Option<&Band<'_>> = None;
    for (at, band) in bands.iter().enumerate().skip(start) {
        let is_far = above.is_some_and(|above| {
            above.base - band.base > WIDEST_LEADING * above.size.max(band.size)
        });
        // A line of its own in larger letters is the title of what comes next.
        let is_heading =
            above.is_some_and(|above| band.spans.len() == 1 && band.size > 1.1 * above.size);
        if is_far || is_heading {
            break;
        }
        if is_row(band) {
            end = at + 1;
        } else if at == start || is_prose(band) || at - end >= MOST_SINGLE {
            break;
        }
        above = Some(band);
    }
    end
}

/// Whether there is a sentence in a band, or columns of them.
fn is_prose(band: &Band<'_>) -> bool {
    const LINE_OF_COLUMN: usize = 32;
    let long = band.spans.iter().filter(|span| span.characters() >= LINE_OF_COLUMN);
    long.count() > 1 || band.spans.iter().any(|span| span.characters() > LONGEST_CELL)
}

/// A column: from where to where its cells reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The table that a run of bands makes, where it makes one, and whether all its cells fit.
fn table(page: &Page<'_>, bands: &[Band<'_>], run: Range<usize>) -> Option<(Found, bool)> {
    let Range { start, end } = run;
    let run = bands.get(start..end).filter(|run| !run.is_empty())?;
    let columns = columns(run)?;
    let grid = Grid::of(run, &columns);
    if !grid.is_table(&columns) {
        return None;
    }
    // Words that stand right above several columns belong to their titles.
    let titles = (1..=2_usize).take_while(|above| {
        let title =
            start.checked_sub(*above).and_then(|at| Some((bands.get(at)?, bands.get(at + 1)?)));
        title.is_some_and(|(title, below)| header::is_title(title, below, &columns))
    });
    let bands = bands.get(start - titles.count()..end)?;
    let table = header::table(page, bands, &columns);
    let lines = bands.iter().flat_map(|band| band.lines.iter().copied()).collect();
    Some((Found { table, lines }, grid.clashes == 0))
}

/// The columns of a run: where the cells of its fullest bands stand.
fn columns(run: &[Band<'_>]) -> Option<Vec<Column>> {
    let most = run.iter().map(|band| band.spans.len()).max().filter(|most| *most > 1)?;
    let full = run.iter().filter(|band| band.spans.len() > 1 && band.spans.len() * 10 >= most * 6);
    let mut spans: Vec<Column> = full
        .flat_map(|band| &band.spans)
        .map(|span| Column { left: span.left, right: span.right })
        .collect();
    spans.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut columns: Vec<Column> = Vec::new();
    for span in spans {
        match columns.last_mut() {
            Some(last) if span.left < last.right => last.right = last.right.max(span.right),
            _ => columns.push(span),
        }
    }
    (columns.len() > 1).then_some(columns)
}

/// Which column a span stands in: the one that it shares most with, else the nearest.
pub(super) fn column_of(span: &Span<'_>, columns: &[Column]) -> usize {
    // Below zero where they overlap.
    let distance = |column: &Column| column.left.max(span.left) - column.right.min(span.right);
    let nearest =
        columns.iter().enumerate().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    nearest.map_or(0, |(at, _)| at)
}

/// What the cells of a run hold.
struct Grid {
    /// Of each column, the texts, with their right edges.
    cells: Vec<Vec<(String, f64)>>,
    /// Bands with more than one cell, and those with one.
    rows: usize,
    singles: usize,
    /// Spans that share their cell with others.
    clashes: usize,
    size: f64,
}

impl Grid {
    fn of(run: &[Band<'_>], columns: &[Column]) -> Self {
        let rows = run.iter().filter(|band| band.spans.len() > 1).count();
        let mut grid = Self {
            cells: vec![Vec::new(); columns.len()],
            rows,
            singles: run.len() - rows,
            clashes: 0,
            size: run.iter().map(|band| band.size).fold(0.01, f64::max),
        };
        for band in run.iter().filter(|band| band.spans.len() > 1) {
            let mut last = None;
            for span in &band.spans {
                let column = column_of(span, columns);
                grid.clashes += usize::from(last == Some(column));
                last = Some(column);
                if let Some(cells) = grid.cells.get_mut(column) {
                    cells.push((span.text(), span.right));
                }
            }
        }
        grid
    }

    fn is_table(&self, columns: &[Column]) -> bool {
        let count: usize = self.cells.iter().map(Vec::len).sum();
        if self.clashes * 5 > count
            || count * 2 < self.rows * columns.len()
            || self.singles > self.rows * 2
            || self.cells.iter().any(|cells| self.is_prose(cells))
        {
            return false;
        }
        // A header and a single row: only where nothing is missing.
        if self.rows == 2 && columns.len() >= 4 && count == 2 * columns.len() && self.clashes == 0 {
            let values = |row: usize| {
                let cells = self.cells.iter().filter_map(|cells| cells.get(row));
                cells.filter(|(text, _)| is_value(text)).count()
            };
            return values(1) > values(0) + 1;
        }
        let has_values = self.cells.iter().skip(1).any(|cells| {
            let values = cells.iter().filter(|(text, _)| is_value(text)).count();
            values >= 2 && values * 2 >= cells.len()
        });
        if has_values {
            return self.rows >= 3 || (self.rows >= 2 && columns.len() >= 3);
        }
        let lengths = self.cells.iter().flatten().map(|(text, _)| text.chars().count());
        let mut lengths: Vec<usize> = lengths.collect();
        lengths.sort_unstable();
        columns.len() >= 3
            && self.rows >= 3
            && count * 10 >= self.rows * columns.len() * 7
            && lengths.get(lengths.len() / 2).is_some_and(|median| *median <= 20)
            && lengths.last().is_some_and(|longest| *longest <= 60)
    }

    /// Whether a column looks like lines of a text: long, and most of them full.
    fn is_prose(&self, cells: &[(String, f64)]) -> bool {
        let edge = cells.iter().map(|(_, right)| *right).fold(f64::NEG_INFINITY, f64::max);
        let full = cells.iter().filter(|(_, right)| edge - right < 1.5 * self.size).count();
        let characters: usize = cells.iter().map(|(text, _)| text.chars().count()).sum();
        cells.len() >= 4 && characters > 24 * cells.len() && full * 10 > cells.len() * 6
    }
}
