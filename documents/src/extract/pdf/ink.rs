//! What a page holds besides text: straight lines, which may be those of tables, and pictures.

use lopdf::ObjectId;

use super::frame::{Area, common};

/// The most lines of a page that are kept; a page with more is a drawing.
const MOST_RULES: usize = 20_000;

/// The most pictures of a page that are kept.
const MOST_PICTURES: usize = 1_000;

/// What is thinner is a line, not an area.
const THICKEST: f64 = 3.0;

/// What is shorter is a dot.
const SHORTEST: f64 = 4.0;

/// A straight line that runs along one of the page's sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    /// Whether it runs up the page.
    pub(super) is_upright: bool,
    /// How far it is from the left edge where it is upright, else from the lower edge.
    pub(super) at: f64,
    /// Where it begins, from the other edge.
    pub(super) from: f64,
    /// Where it ends.
    pub(super) to: f64,
}

/// A picture, and where it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Picture {
    pub(super) area: Area,
    /// The picture's object; none where it stands in the content itself.
    pub(super) object: Option<ObjectId>,
}

/// The lines and pictures of a page.
#[derive(Debug, Default)]
pub(super) struct Ink {
    pub(super) rules: Vec<Rule>,
    pub(super) pictures: Vec<Picture>,
}

impl Ink {
    /// Adds a line from corner to corner of a thin area.
    pub(super) fn line(&mut self, [left, bottom, right, top]: Area) {
        let (width, height) = (right - left, top - bottom);
        let is_upright = height > width;
        let (thick, long) = if is_upright { (width, height) } else { (height, width) };
        if thick <= THICKEST && long >= SHORTEST && self.rules.len() < MOST_RULES {
            self.rules.push(if is_upright {
                let at = f64::midpoint(left, right);
                Rule { is_upright, at, from: bottom, to: top }
            } else {
                let at = f64::midpoint(bottom, top);
                Rule { is_upright, at, from: left, to: right }
            });
        }
    }

    /// Adds a picture.
    pub(super) fn picture(&mut self, area: Area, object: Option<ObjectId>) {
        if self.pictures.len() < MOST_PICTURES {
            self.pictures.push(Picture { area, object });
        }
    }

    /// Which part of a page of this size its pictures cover, 1 for all of it. Where they overlap
    /// that is counted twice: scans come in strips and layers.
    pub(super) fn covered(&self, width: f64, height: f64) -> f64 {
        let sizes = self.pictures.iter().map(|picture| picture.covers(width, height));
        sizes.sum::<f64>().min(1.0)
    }
}

impl Picture {
    /// Which part of a page of this size it covers.
    pub(super) fn covers(&self, width: f64, height: f64) -> f64 {
        let [left, bottom, right, top] = common(self.area, [0.0, 0.0, width, height]);
        (right - left).max(0.0) * (top - bottom).max(0.0) / (width * height).max(1.0)
    }
}
