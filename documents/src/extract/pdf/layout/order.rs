//! The order of a page's lines. That of drawing is kept, save where it is surely not the order of
//! reading: where something is drawn after what stands below it, and where the document threads its
//! articles through the page (beads).

use super::Line;
use crate::extract::pdf::frame::Area;

/// Groups of a page beyond which their order is left alone: such a page is a drawing.
const MOST_GROUPS: usize = 1_500;

/// Groups below others that stay where they are drawn, after which a page is left alone: there is no
/// order in it to be found, and looking on takes long.
const PATIENCE: usize = 40;

/// Puts lines into the order of reading. `beads` are the parts of articles, in their order.
pub(super) fn sort(lines: Vec<Line>, beads: &[Area]) -> Vec<Line> {
    let mut groups = groups(lines);
    if beads.len() > 1 {
        // What belongs to no bead comes first: it is mostly the page's head.
        groups.sort_by_key(|group| group.bead(beads).map_or(0, |bead| bead + 1));
    } else if groups.len() <= MOST_GROUPS {
        groups = from_top(groups);
    }
    groups.into_iter().flat_map(|group| group.lines).collect()
}

/// Lines that were drawn one after the other, one below the other.
struct Group {
    lines: Vec<Line>,
    angle: u16,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// Characters.
    weight: usize,
}

impl Group {
    fn of(line: Line) -> Self {
        Self {
            angle: line.angle,
            left: line.left,
            right: line.right,
            top: line.base + line.size * 0.7,
            bottom: line.base,
            weight: line.text.len(),
            lines: vec![line],
        }
    }

    fn takes(&self, line: &Line) -> bool {
        let size = line.size.max(0.01);
        let last = self.lines.last();
        let follows = last.is_some_and(|last| {
            let leading = (last.base - line.base) / size.max(last.size);
            (0.0..=1.9).contains(&leading)
        });
        line.angle == self.angle && follows && line.left < self.right && line.right > self.left
    }

    fn push(&mut self, line: Line) {
        self.left = self.left.min(line.left);
        self.right = self.right.max(line.right);
        self.top = self.top.max(line.base + line.size * 0.7);
        self.bottom = self.bottom.min(line.base);
        self.weight += line.text.len();
        self.lines.push(line);
    }

    /// Whether it is to be read before the other one because it stands above it.
    fn is_above(&self, other: &Self) -> bool {
        self.angle == other.angle
            && self.bottom >= other.top
            && self.left < other.right
            && self.right > other.left
    }

    /// The bead in which its middle lies.
    fn bead(&self, beads: &[Area]) -> Option<usize> {
        let (sin, cos) = f64::from(self.angle).to_radians().sin_cos();
        let (along, above) =
            (f64::midpoint(self.left, self.right), f64::midpoint(self.bottom, self.top));
        let (x, y) = (along * cos - above * sin, along * sin + above * cos);
        beads.iter().position(|[left, bottom, right, top]| {
            (*left..=*right).contains(&x) && (*bottom..=*top).contains(&y)
        })
    }
}

fn groups(lines: Vec<Line>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        match groups.last_mut() {
            Some(group) if group.takes(&line) => group.push(line),
            _ => groups.push(Group::of(line)),
        }
    }
    groups
}

/// Where groups are drawn after what stands below them, they are moved before it; unless they are
/// the bulk of the page, and what stands below them is a foot that was drawn first.
fn from_top(groups: Vec<Group>) -> Vec<Group> {
    let mut sorter = Sorter {
        is_placed: vec![false; groups.len()],
        order: Vec::with_capacity(groups.len()),
        groups: &groups,
    };
    let mut patience = PATIENCE;
    for index in 0..groups.len() {
        let above = if patience > 0 { sorter.unplaced_above(index) } else { Vec::new() };
        if sorter.weight(&above) <= sorter.weight_below(&above) {
            for index in above {
                sorter.place(index);
            }
        } else {
            patience -= 1;
        }
        sorter.place(index);
    }
    let order = sorter.order;
    let mut slots: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| slots.get_mut(index).and_then(Option::take)).collect()
}

struct Sorter<'g> {
    groups: &'g [Group],
    is_placed: Vec<bool>,
    order: Vec<usize>,
}

impl Sorter<'_> {
    fn place(&mut self, index: usize) {
        if let Some(is_placed @ false) = self.is_placed.get_mut(index) {
            *is_placed = true;
            self.order.push(index);
        }
    }

    fn weight(&self, indices: &[usize]) -> usize {
        indices.iter().filter_map(|index| self.groups.get(*index)).map(|group| group.weight).sum()
    }

    /// The weight of what stands below some groups, is drawn before all of them, and has not come
    /// yet.
    fn weight_below(&self, indices: &[usize]) -> usize {
        let first = indices.iter().min().copied().unwrap_or(0);
        let earlier = self.groups.iter().zip(&self.is_placed).take(first);
        earlier
            .filter(|(group, is_placed)| {
                let is_below = |index: &usize| {
                    self.groups.get(*index).is_some_and(|above| above.is_above(group))
                };
                !**is_placed && indices.iter().any(is_below)
            })
            .map(|(group, _)| group.weight)
            .sum()
    }

    /// What has to come before a group and has not come yet, directly or not, in an order that
    /// could be read.
    fn unplaced_above(&self, index: usize) -> Vec<usize> {
        let Some(group) = self.groups.get(index) else { return Vec::new() };
        let mut above: Vec<(usize, &Group)> = Vec::new();
        let mut frontier = vec![group];
        let mut is_seen = self.is_placed.clone();
        while let Some(below) = frontier.pop() {
            for (index, group) in self.groups.iter().enumerate() {
                if is_seen.get(index) == Some(&false) && group.is_above(below) {
                    if let Some(seen) = is_seen.get_mut(index) {
                        *seen = true;
                    }
                    above.push((index, group));
                    frontier.push(group);
                }
            }
        }
        // From top to bottom nothing comes before what is above it.
        above.sort_by(|(_, a), (_, b)| b.top.total_cmp(&a.top));
        above.into_iter().map(|(index, _)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, left: f64, right: f64, base: f64) -> Line {
        let text = text.to_owned();
        Line {
            text,
            angle: 0,
            left,
            right,
            base,
            size: 10.0,
            has_gaps: false,
            is_bold: false,
            code: None,
            cells: Vec::new(),
        }
    }

    fn check(lines: Vec<Line>, beads: &[Area], expect: &str) {
        let order: Vec<String> = sort(lines, beads).into_iter().map(|line| line.text).collect();
        assert_eq!(order.join(" "), expect);
    }

    #[test]
    fn columns_keep_the_order_of_drawing() {
        let lines = vec![
            line("title", 0.0, 200.0, 300.0),
            line("a1", 0.0, 90.0, 250.0),
            line("a2", 0.0, 90.0, 100.0),
            line("b1", 110.0, 200.0, 250.0),
            line("b2", 110.0, 200.0, 100.0),
        ];
        check(lines, &[], "title a1 a2 b1 b2");
    }

    #[test]
    fn a_title_that_is_drawn_late_comes_first() {
        let lines = vec![
            line("a long text on the left side", 0.0, 90.0, 250.0),
            line("b long text on the right side", 110.0, 200.0, 250.0),
            line("title", 0.0, 200.0, 300.0),
        ];
        check(lines, &[], "title a long text on the left side b long text on the right side");
    }

    #[test]
    fn a_foot_that_is_drawn_early_stays_first() {
        let lines = vec![
            line("7", 95.0, 105.0, 20.0),
            line("some text", 0.0, 200.0, 250.0),
            line("more text", 0.0, 200.0, 100.0),
        ];
        check(lines, &[], "7 some text more text");
    }

    #[test]
    fn articles_are_threaded_through_the_page() {
        let lines = vec![
            line("b", 110.0, 200.0, 250.0),
            line("head", 0.0, 200.0, 300.0),
            line("a", 0.0, 90.0, 250.0),
        ];
        let beads = [[0.0, 0.0, 100.0, 270.0], [100.0, 0.0, 200.0, 270.0]];
        check(lines, &beads, "head a b");
    }
}
