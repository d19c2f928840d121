//! Tables: where rules make a grid, its cells; else where what stands on several lines is aligned in
//! columns.

mod aligned;
mod band;
mod header;
mod ruled;

use super::Line;
use super::hyphen::Compounds;
use crate::extract::pdf::frame::{Area, united};
use crate::extract::pdf::ink::Rule;

/// Lines of a page beyond which no tables are looked for: such a page is a drawing.
const MOST_LINES: usize = 3_000;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Table {
    pub(in super::super) rows: Vec<TableRow>,
    /// How many of the rows, from the first, are its header.
    pub(in super::super) headers: usize,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct TableRow {
    pub(in super::super) cells: Vec<String>,
    /// Where it is on the page as shown.
    pub(in super::super) area: Area,
}

/// What a page consists of, in the order of reading.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Line(Line),
    Table(Table),
}

/// A table that was found, and the lines that it is made of.
#[derive(Debug)]
struct Found {
    table: Table,
    lines: Vec<usize>,
}

/// Finds the tables among a page's lines. A table stands where the first of its lines stood.
pub(super) fn find(lines: Vec<Line>, rules: &[Rule], compounds: &Compounds) -> Vec<Item> {
    if lines.len() > MOST_LINES {
        return lines.into_iter().map(Item::Line).collect();
    }
    let angle = direction(&lines);
    let mut page = Page { lines: &lines, is_taken: vec![false; lines.len()], angle, compounds };
    let mut found = ruled::find(&mut page, rules);
    // The columns of code are not those of a table.
    let code = lines.iter().enumerate().filter(|(_, line)| line.code.is_some());
    page.take(&code.map(|(at, _)| at).collect::<Vec<usize>>());
    found.extend(aligned::find(&mut page));
    let mut owners: Vec<Option<usize>> = vec![None; lines.len()];
    for (number, table) in found.iter().enumerate() {
        for line in &table.lines {
            if let Some(owner) = owners.get_mut(*line) {
                *owner = Some(number);
            }
        }
    }
    let mut tables: Vec<Option<Table>> = found.into_iter().map(|found| Some(found.table)).collect();
    let mut items = Vec::with_capacity(lines.len());
    for (line, owner) in lines.into_iter().zip(owners) {
        match owner.map(|owner| tables.get_mut(owner).and_then(Option::take)) {
            None => items.push(Item::Line(line)),
            Some(table) => items.extend(table.map(Item::Table)),
        }
    }
    items
}

/// The direction in which most of a page's text runs.
fn direction(lines: &[Line]) -> u16 {
    let mut weights: Vec<(u16, usize)> = Vec::new();
    for line in lines {
        match weights.iter_mut().find(|(angle, _)| *angle == line.angle) {
            Some((_, weight)) => *weight += line.text.len(),
            None => weights.push((line.angle, line.text.len())),
        }
    }
    weights.into_iter().max_by_key(|(_, weight)| *weight).map_or(0, |(angle, _)| angle)
}

/// The lines of a page, and which of them belong to tables already.
struct Page<'l> {
    lines: &'l [Line],
    is_taken: Vec<bool>,
    angle: u16,
    compounds: &'l Compounds,
}

impl<'l> Page<'l> {
    /// The lines that may belong to a table, with their numbers.
    fn free(&self) -> impl Iterator<Item = (usize, &'l Line)> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter(|(at, line)| line.angle == self.angle && self.is_taken.get(*at) == Some(&false))
    }

    fn take(&mut self, lines: &[usize]) {
        for line in lines {
            if let Some(is_taken) = self.is_taken.get_mut(*line) {
                *is_taken = true;
            }
        }
    }

    /// Where some lines are on the page.
    fn area(&self, lines: &[usize]) -> Area {
        let areas = lines.iter().filter_map(|line| self.lines.get(*line)).map(Line::area);
        areas.reduce(united).unwrap_or_default()
    }
}
