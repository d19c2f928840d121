//! The heads and feet of pages: lines at the same height on several pages that are the same but for
//! the page's number. They part sentences and say nothing where they stand, so they are left out.
//!
//! Titles come back at the same height too. So what stands further in than a line that is no
//! furniture is none either, and a head that is set like a heading stays where it comes first.

use std::collections::HashMap;

use super::layout::Line;
use super::paper::Paper;
use crate::extracted::Warning;

/// Documents with fewer pages have no heads and feet.
const FEWEST: usize = 3;

/// Pages with fewer lines are left as they are.
const FEWEST_LINES: usize = 6;

/// Where lines come back on fewer pages than this, that says nothing.
const TIMES: usize = 3;

/// Pages so near that the same lines are looked for on them: chapters have heads of their own, left
/// and right pages too.
const REACH: usize = 6;

/// So many lines at each edge may be furniture.
const DEEPEST: usize = 4;

/// The part of a page's height at each edge in which heads and feet are.
const ZONE: f64 = 0.2;

/// Heights that differ by no more are the same.
const SAME_HEIGHT: f64 = 4.0;

/// Which edge of the page a line is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Edge {
    Top,
    Bottom,
}

/// What stands on one height near an edge of a page.
#[derive(Debug)]
struct Strip {
    page: usize,
    edge: Edge,
    /// The numbers of its lines on the page.
    lines: Vec<usize>,
    text: String,
    /// The numbers in its text.
    numbers: Vec<u64>,
    /// How far it is from the edge.
    distance: f64,
    /// How many strips are nearer to the edge.
    depth: usize,
    /// Whether it is set like a heading.
    is_heading: bool,
}

/// Takes heads and feet out of pages, and says which.
pub(super) fn remove(papers: &mut [Paper]) -> Option<Warning> {
    if papers.len() < FEWEST {
        return None;
    }
    let mut strips: HashMap<(Edge, String), Vec<Strip>> = HashMap::new();
    // A page of a few lines has no room for heads and feet.
    let long = papers.iter().enumerate().filter(|(_, paper)| paper.lines.len() >= FEWEST_LINES);
    for (page, paper) in long {
        for edge in [Edge::Top, Edge::Bottom] {
            for strip in strips_of(page, paper, edge) {
                strips.entry((edge, pattern(&strip.text))).or_default().push(strip);
            }
        }
    }
    let mut doomed: Vec<&Strip> = Vec::new();
    for alike in strips.values() {
        let near = |strip: &Strip| {
            // They are in the order of their pages.
            let first = alike.partition_point(|other| other.page + REACH < strip.page);
            let last = alike.partition_point(|other| other.page <= strip.page + REACH);
            alike.get(first..last).unwrap_or_default()
        };
        let comes_back = |strip: &&Strip| {
            let near = near(strip).iter();
            near.filter(|other| strip.is_like(other)).take(TIMES).count() >= TIMES
        };
        let is_first = |strip: &Strip| near(strip).iter().all(|other| other.page >= strip.page);
        let furniture = alike.iter().filter(comes_back);
        doomed.extend(furniture.filter(|strip| !strip.is_heading || !is_first(strip)));
    }
    let doomed = from_the_edge(doomed);
    let mut is_gone: Vec<Vec<bool>> =
        papers.iter().map(|paper| vec![false; paper.lines.len()]).collect();
    let mut told: Vec<String> = Vec::new();
    for strip in &doomed {
        for line in &strip.lines {
            if let Some(gone) = is_gone.get_mut(strip.page).and_then(|page| page.get_mut(*line)) {
                *gone = true;
            }
        }
        let pattern = pattern(&strip.text);
        if !told.contains(&pattern) && told.len() < 20 {
            told.push(pattern);
        }
    }
    for (paper, is_gone) in papers.iter_mut().zip(is_gone) {
        let mut is_gone = is_gone.into_iter();
        paper.lines.retain(|_| !is_gone.next().unwrap_or_default());
    }
    note(&told)
}

/// What is furniture with all that is nearer to the edge, in the order of pages.
fn from_the_edge(mut doomed: Vec<&Strip>) -> Vec<&Strip> {
    doomed.sort_by_key(|strip| (strip.page, strip.edge, strip.depth));
    let mut next = (0, Edge::Top, 0);
    doomed.retain(|strip| {
        let here = (strip.page, strip.edge, strip.depth);
        let follows = strip.depth == 0 || here == next;
        if follows {
            next = (strip.page, strip.edge, strip.depth + 1);
        }
        follows
    });
    doomed
}

fn note(told: &[String]) -> Option<Warning> {
    const MOST: usize = 4;
    const LONGEST: usize = 80;
    let short = |text: &String| format!("“{}”", text.chars().take(LONGEST).collect::<String>());
    let some: Vec<String> = told.iter().take(MOST).map(short).collect();
    let more = if told.len() > MOST { " and more" } else { "" };
    (!told.is_empty()).then(|| {
        Warning::note(format!(
            "lines that repeat at the heads and feet of pages are left out: {}{more}",
            some.join(", ")
        ))
    })
}

impl Strip {
    /// Whether two strips of the same pattern are the same piece of furniture.
    fn is_like(&self, other: &Self) -> bool {
        let pages = self.page.abs_diff(other.page) as u64;
        let count_on = self.numbers.iter().zip(&other.numbers).all(|(one, two)| {
            let ascends = (self.page < other.page) == (one < two);
            one == two || (one.abs_diff(*two) == pages && ascends)
        });
        let is_number = self.text.chars().all(|c| c.is_ascii_digit());
        // A page's number alone is one at whatever height the page ends.
        let floats = is_number && self.depth == 0 && other.depth == 0;
        let counts = !is_number || self.page == other.page || self.numbers != other.numbers;
        count_on && counts && (floats || (self.distance - other.distance).abs() <= SAME_HEIGHT)
    }
}

/// How most of a page is set.
struct Look {
    size: f64,
    is_bold_rare: bool,
}

impl Look {
    fn of(paper: &Paper) -> Self {
        let mut sizes: Vec<(f64, usize)> =
            paper.lines.iter().map(|line| (line.size, line.text.len())).collect();
        sizes.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let all: usize = sizes.iter().map(|(_, length)| length).sum();
        let mut passed = 0;
        let middle = sizes.iter().find(|(_, length)| {
            passed += length;
            passed * 2 >= all
        });
        let bold = paper.lines.iter().filter(|line| line.is_bold);
        let bold: usize = bold.map(|line| line.text.len()).sum();
        Self { size: middle.map_or(0.0, |(size, _)| *size), is_bold_rare: bold * 4 <= all }
    }

    fn is_heading(&self, line: &Line) -> bool {
        let is_set_off = line.size >= 1.15 * self.size || (line.is_bold && self.is_bold_rare);
        is_set_off && line.text.chars().filter(|c| c.is_alphabetic()).count() > 3
    }
}

/// What stands near an edge of a page, outermost first.
fn strips_of(page: usize, paper: &Paper, edge: Edge) -> Vec<Strip> {
    let height = paper.frame.height;
    let distance = |line: &Line| match edge {
        Edge::Top => height - line.base,
        Edge::Bottom => line.base,
    };
    let upright = paper.lines.iter().enumerate().filter(|(_, line)| line.angle == 0);
    let mut lines: Vec<(usize, &Line)> = upright.collect();
    lines.sort_by(|(_, a), (_, b)| {
        distance(a).total_cmp(&distance(b)).then(a.left.total_cmp(&b.left))
    });
    let look = Look::of(paper);
    let mut strips: Vec<Strip> = Vec::new();
    let mut cells = Vec::new();
    for (number, line) in lines {
        match strips.last_mut() {
            Some(strip) if distance(line) - strip.distance < 0.4 * line.size => {
                strip.lines.push(number);
                strip.is_heading &= look.is_heading(line);
                strip.text.push(' ');
                strip.text.push_str(&line.text);
            }
            last => {
                let is_outermost = last.is_none();
                let depth = strips.len();
                if depth >= DEEPEST || (!is_outermost && distance(line) > ZONE * height) {
                    break;
                }
                strips.push(Strip {
                    page,
                    edge,
                    lines: vec![number],
                    text: line.text.clone(),
                    numbers: Vec::new(),
                    distance: distance(line),
                    depth,
                    is_heading: edge == Edge::Top && look.is_heading(line),
                });
                cells.push(0);
            }
        }
        if let Some(count) = cells.last_mut() {
            *count += line.cells.len().max(1);
        }
    }
    let mut cells = cells.into_iter();
    // What has many cells and stands further in is the header of a table that goes on.
    strips.retain(|strip| cells.next().unwrap_or_default() < 3 || strip.depth == 0);
    for strip in &mut strips {
        strip.numbers = numbers(&strip.text);
    }
    strips
}

/// The text with each number as `#`.
fn pattern(text: &str) -> String {
    if let Some(number) = roman(text) {
        return if number > 0 { "#".to_owned() } else { text.to_owned() };
    }
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !c.is_ascii_digit() => pattern.push(c),
            _ if pattern.ends_with('#') => {}
            _ => pattern.push('#'),
        }
    }
    pattern
}

fn numbers(text: &str) -> Vec<u64> {
    if let Some(number) = roman(text) {
        return vec![number];
    }
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}

/// The number that a text is which is made of Roman numerals only, as prefaces are numbered.
fn roman(text: &str) -> Option<u64> {
    const LONGEST: usize = 8;
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let value = |c: char| match c {
        'i' => Some(1_u64),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    let values: Option<Vec<u64>> = text.chars().map(value).collect();
    let values = values?;
    let next = values.iter().skip(1).copied().chain([0]);
    let (mut plus, mut minus) = (0, 0);
    for (value, next) in values.iter().zip(next) {
        if *value < next { minus += value } else { plus += value }
    }
    Some(plus.saturating_sub(minus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_read() {
        assert_eq!(pattern("Page 12 of 340"), "Page # of #");
        assert_eq!(numbers("Page 12 of 340"), [12, 340]);
        assert_eq!(numbers("xiv"), [14]);
        assert_eq!(pattern("xiv"), "#");
        assert_eq!(pattern("six"), "six");
    }
}
