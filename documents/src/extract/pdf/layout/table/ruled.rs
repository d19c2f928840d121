//! Tables whose rules make a grid: rules that touch each other, at least two cells wide and high.

use super::{Found, Page, Table, TableRow};
use crate::extract::pdf::frame::{Area, common, moved, united};
use crate::extract::pdf::ink::Rule;
use crate::extract::pdf::layout::Line;
use crate::extract::pdf::matrix::Matrix;

/// Rules of a page beyond which no grids are looked for: such a page is a drawing.
const MOST_RULES: usize = 1_200;

/// Rules nearer than this are one, and touch.
const NEAR: f64 = 3.0;

/// A cell with more characters than this, and with most of the grid's, is a frame around a text.
const LONGEST_CELL: usize = 600;

/// Finds the grids of a page that hold tables.
pub(super) fn find(page: &mut Page<'_>, rules: &[Rule]) -> Vec<Found> {
    if !page.angle.is_multiple_of(90) {
        return Vec::new();
    }
    let rules = joined(rules.iter().map(|rule| turned(*rule, page.angle)).collect());
    if rules.len() > MOST_RULES {
        return Vec::new();
    }
    let mut found = Vec::new();
    for grid in grids(&rules) {
        if let Some(table) = table(page, &grid) {
            page.take(&table.lines);
            found.push(table);
        }
    }
    found
}

/// A rule as it is seen by who reads text that runs in a direction.
fn turned(rule: Rule, angle: u16) -> Rule {
    let Rule { is_upright, at, from, to } = rule;
    let area = if is_upright { [at, from, at, to] } else { [from, at, to, at] };
    let [left, bottom, right, top] = moved(area, Matrix::rotation((360 - angle) % 360));
    if right - left < top - bottom {
        Rule { is_upright: true, at: left, from: bottom, to: top }
    } else {
        Rule { is_upright: false, at: bottom, from: left, to: right }
    }
}

/// Rules with those joined that are pieces of one: cells are often ruled one by one.
fn joined(mut rules: Vec<Rule>) -> Vec<Rule> {
    // Near heights come together, whatever the order of pieces within one.
    rules.sort_by(|a, b| {
        (a.is_upright, a.at).partial_cmp(&(b.is_upright, b.at)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut whole: Vec<Rule> = Vec::new();
    let is_new = |one: &Rule, other: &Rule| {
        one.is_upright != other.is_upright || other.at - one.at > NEAR / 2.0
    };
    for level in rules.chunk_by_mut(|one, other| !is_new(one, other)) {
        level.sort_by(|a, b| a.from.total_cmp(&b.from));
        let before = whole.len();
        for rule in level {
            match whole.get_mut(before..).and_then(<[Rule]>::last_mut) {
                Some(last) if rule.from <= last.to + NEAR => last.to = last.to.max(rule.to),
                _ => whole.push(*rule),
            }
        }
    }
    whole
}

/// The lines of a grid: where its columns and rows part.
#[derive(Debug)]
struct Grid {
    /// From left to right.
    columns: Vec<f64>,
    /// From top to bottom.
    rows: Vec<f64>,
}

/// The grids that rules make: each a set of rules that touch each other.
fn grids(rules: &[Rule]) -> Vec<Grid> {
    let first_upright = rules.partition_point(|rule| !rule.is_upright);
    let (flat, upright) = rules.split_at_checked(first_upright).unwrap_or_default();
    let mut groups: Vec<usize> = (0..rules.len()).collect();
    for (row, line) in flat.iter().enumerate() {
        for (column, post) in upright.iter().enumerate() {
            if touch(line, post) {
                let (one, other) = (root(&groups, row), root(&groups, first_upright + column));
                if let Some(group) = groups.get_mut(one) {
                    *group = other;
                }
            }
        }
    }
    let mut members: Vec<Vec<Rule>> = vec![Vec::new(); rules.len()];
    for (at, rule) in rules.iter().enumerate() {
        if let Some(group) = members.get_mut(root(&groups, at)) {
            group.push(*rule);
        }
    }
    members.iter().filter_map(|rules| Grid::of(rules)).collect()
}

fn touch(line: &Rule, post: &Rule) -> bool {
    (line.from - NEAR..=line.to + NEAR).contains(&post.at)
        && (post.from - NEAR..=post.to + NEAR).contains(&line.at)
}

fn root(groups: &[usize], mut at: usize) -> usize {
    while let Some(above) = groups.get(at).filter(|above| **above != at) {
        at = *above;
    }
    at
}

impl Grid {
    fn of(rules: &[Rule]) -> Option<Self> {
        let ends = |is_upright: bool| {
            let across = rules.iter().filter(move |rule| rule.is_upright != is_upright);
            let [from, to] = across.fold([f64::INFINITY, f64::NEG_INFINITY], |[from, to], rule| {
                [from.min(rule.from), to.max(rule.to)]
            });
            let along = rules.iter().filter(|rule| rule.is_upright == is_upright);
            // A table may be open at its sides.
            let mut places: Vec<f64> = along.map(|rule| rule.at).chain([from, to]).collect();
            places.sort_by(f64::total_cmp);
            places.dedup_by(|next, last| *next - *last <= NEAR + 1.0);
            places
        };
        if rules.len() < 4 {
            return None;
        }
        let (columns, mut rows) = (ends(true), ends(false));
        rows.reverse();
        (columns.len() > 2 && rows.len() > 1).then_some(Self { columns, rows })
    }

    /// The row and column in which a line stands.
    fn cell(&self, line: &Line) -> Option<(usize, usize)> {
        let height = line.base + 0.3 * line.size;
        // What is wider than its cell begins in it.
        let x = (line.left + 0.4 * line.size).min(f64::midpoint(line.left, line.right));
        let row = self.rows.iter().take_while(|row| **row >= height).count();
        let column = self.columns.iter().take_while(|column| **column <= x).count();
        let is_inside = row < self.rows.len() && column < self.columns.len();
        if is_inside { Some((row.checked_sub(1)?, column.checked_sub(1)?)) } else { None }
    }
}

/// The table in a grid, where there is one.
fn table(page: &Page<'_>, grid: &Grid) -> Option<Found> {
    let (height, width) = (grid.rows.len() - 1, grid.columns.len() - 1);
    if height.saturating_mul(width) > 20_000 {
        return None;
    }
    let mut cells: Vec<Vec<Vec<usize>>> = vec![vec![Vec::new(); width]; height];
    let mut lines = Vec::new();
    for (number, line) in page.free() {
        let Some((row, column)) = grid.cell(line) else { continue };
        if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
            cell.push(number);
            lines.push(number);
        }
    }
    let all = cells.iter().flatten().filter(|cell| !cell.is_empty()).count();
    let mixed = cells.iter().flatten().filter(|cell| is_mixed(page, cell)).count();
    if mixed * 6 > all {
        return None;
    }
    let mut rows: Vec<Vec<Vec<usize>>> =
        cells.into_iter().flat_map(|row| parted(page, row)).collect();
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    let is_used =
        |column: usize| rows.iter().any(|row| row.get(column).is_some_and(|c| !c.is_empty()));
    let used: Vec<usize> = (0..width).filter(|column| is_used(*column)).collect();
    if rows.len() < 2 || used.len() < 2 {
        return None;
    }
    let rows: Vec<TableRow> = rows
        .iter()
        .map(|row| TableRow {
            cells: used
                .iter()
                .map(|column| row.get(*column).map_or_else(String::new, |cell| text(page, cell)))
                .collect(),
            area: page.area(&row.concat()),
        })
        .collect();
    is_table(&rows, used.len()).then_some(Found { table: Table { rows, headers: 1 }, lines })
}

/// Whether a cell holds columns of its own: then the rules are not those of the table's cells.
fn is_mixed(page: &Page<'_>, cell: &[usize]) -> bool {
    let lines: Vec<&Line> = cell.iter().filter_map(|line| page.lines.get(*line)).collect();
    lines.iter().any(|line| line.has_gaps)
        || lines.iter().enumerate().take(50).any(|(at, one)| {
            lines.iter().skip(at + 1).take(50).any(|other| {
                let gap = (other.left - one.right).max(one.left - other.right);
                (one.base - other.base).abs() < 0.3 * one.size && gap > 1.5 * one.size
            })
        })
}

fn is_table(rows: &[TableRow], width: usize) -> bool {
    let lengths = || rows.iter().flat_map(|row| &row.cells).map(|cell| cell.chars().count());
    let filled = lengths().filter(|length| *length > 0).count();
    let (all, longest): (usize, usize) = (lengths().sum(), lengths().max().unwrap_or_default());
    let areas = rows.iter().map(|row| row.area);
    // Rows that overlap were no rows.
    let overlapping = areas.clone().zip(areas.skip(1)).filter(|(one, other)| overlap(*one, *other));
    filled * 3 >= rows.len() * width
        && !(longest > LONGEST_CELL && longest * 2 > all)
        && overlapping.count() * 3 < rows.len() + 1
}

fn overlap(one: Area, other: Area) -> bool {
    let [left, bottom, right, top] = common(one, other);
    let [_, low, _, high] = united(one, other);
    left < right && top - bottom > 0.5 * (high - low)
}

/// A row of a grid that rules do not part any further: where all its cells have their lines on the
/// same heights, each height is a row.
fn parted(page: &Page<'_>, row: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    const FEWEST: usize = 3;
    let bases = |cell: &Vec<usize>| {
        let lines = cell.iter().filter_map(|line| page.lines.get(*line));
        let mut bases: Vec<f64> = lines.map(|line| line.base).collect();
        bases.sort_by(|a, b| b.total_cmp(a));
        bases.dedup_by(|next, last| *last - *next < 2.0);
        bases
    };
    let heights: Vec<Vec<f64>> = row.iter().map(bases).filter(|bases| !bases.is_empty()).collect();
    let Some((first, others)) = heights.split_first() else { return vec![row] };
    let is_same = |other: &Vec<f64>| {
        other.len() == first.len() && first.iter().zip(other).all(|(a, b)| (a - b).abs() < 2.0)
    };
    if first.len() < FEWEST || others.is_empty() || !others.iter().all(is_same) {
        return vec![row];
    }
    let at = |height: f64, line: &&usize| {
        page.lines.get(**line).is_some_and(|line| (line.base - height).abs() < 2.0)
    };
    let rows = first.iter().map(|height| {
        row.iter()
            .map(|cell| cell.iter().filter(|line| at(*height, line)).copied().collect())
            .collect()
    });
    rows.collect()
}

/// The text of a cell: its lines from top to bottom.
fn text(page: &Page<'_>, cell: &[usize]) -> String {
    let mut lines: Vec<&Line> = cell.iter().filter_map(|line| page.lines.get(*line)).collect();
    // Heights that differ by little are one, so that words stay in order.
    let height = |line: &Line| (line.base / 2.0).round();
    lines.sort_by(|a, b| height(b).total_cmp(&height(a)).then(a.left.total_cmp(&b.left)));
    let mut text = String::new();
    for line in lines {
        page.compounds.join(&mut text, &line.text);
    }
    text
}
