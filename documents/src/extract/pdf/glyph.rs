//! The glyphs of a page, in the order in which they are drawn.

use unicode_normalization::UnicodeNormalization;

use super::font::Face;
use super::frame::Area;

/// A glyph on a page: its characters and where its baseline lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// Its characters, in [`Glyphs::text`].
    text: (u32, u32),
    /// Where its baseline begins.
    pub(super) start: (f64, f64),
    /// Where its baseline ends.
    pub(super) end: (f64, f64),
    /// Its font size on the page.
    pub(super) size: f64,
    /// The direction of its baseline, in whole degrees, 0 to 359.
    pub(super) angle: u16,
    /// How it looks.
    pub(super) face: Face,
    /// The link that it is a part of, from 1; 0 for none.
    pub(super) link: u16,
}

/// Where and how a glyph is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pose {
    pub(super) start: (f64, f64),
    pub(super) end: (f64, f64),
    pub(super) size: f64,
    pub(super) angle: u16,
    pub(super) face: Face,
}

/// All glyphs of a page.
#[derive(Debug, Default)]
pub(super) struct PageGlyphs {
    text: String,
    glyphs: Vec<Glyph>,
    /// Glyphs whose characters the font does not tell.
    pub(super) unknown: usize,
    /// How links end in Markdown: `](target)`. A glyph's link is the number of one, from 1.
    pub(super) links: Vec<String>,
}

impl PageGlyphs {
    /// The most glyphs of a page; more are left out.
    pub(super) const MOST: usize = 1_000_000;

    pub(super) fn push(&mut self, text: &str, pose: Pose) {
        let spelt = spelt_out(text);
        let text = spelt.as_deref().unwrap_or(text);
        let from = u32::try_from(self.text.len());
        let to = u32::try_from(self.text.len() + text.len());
        if let (Ok(from), Ok(to)) = (from, to)
            && self.glyphs.len() < Self::MOST
        {
            self.text.push_str(text);
            let Pose { start, end, size, angle, face } = pose;
            let text = (from, to);
            self.glyphs.push(Glyph { text, start, end, size, angle, face, link: 0 });
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.glyphs.len() >= Self::MOST
    }

    pub(super) fn len(&self) -> usize {
        self.glyphs.len()
    }

    /// The glyphs with their characters.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Glyph, &str)> {
        self.glyphs.iter().map(|glyph| {
            let (from, to) = glyph.text;
            (glyph, self.text.get(from as usize..to as usize).unwrap_or_default())
        })
    }

    /// Leaves out what stands outside of a page of this size, unless that is everything; how many
    /// characters that are.
    pub(super) fn crop(&mut self, width: f64, height: f64) -> usize {
        let is_shown = |glyph: &Glyph| {
            let slack = 0.5 * glyph.size;
            let x = f64::midpoint(glyph.start.0, glyph.end.0);
            let y = f64::midpoint(glyph.start.1, glyph.end.1);
            (-slack..=width + slack).contains(&x) && (-slack..=height + slack).contains(&y)
        };
        let (all, shown) = (self.glyphs.len(), self.glyphs.iter().filter(|g| is_shown(g)).count());
        if shown == 0 || shown == all {
            return 0;
        }
        self.glyphs.retain(is_shown);
        all - shown
    }

    /// Says that the glyphs in an area lead somewhere.
    pub(super) fn link(&mut self, area: Area, target: &str) {
        let [left, bottom, right, top] = area;
        self.links.push(format!("]({target})"));
        let Ok(link) = u16::try_from(self.links.len()) else { return };
        for glyph in &mut self.glyphs {
            // A glyph is linked where its middle is, which lies above its baseline.
            let ((sin, cos), up) =
                (f64::from(glyph.angle).to_radians().sin_cos(), glyph.size * 0.3);
            let x = f64::midpoint(glyph.start.0, glyph.end.0) - up * sin;
            let y = f64::midpoint(glyph.start.1, glyph.end.1) + up * cos;
            if (left..=right).contains(&x) && (bottom..=top).contains(&y) {
                glyph.link = link;
            }
        }
    }

    /// Replaces what was pushed since there were `count` glyphs by one glyph of these characters.
    pub(super) fn replace_since(&mut self, count: usize, text: &str) {
        let replaced = self.glyphs.get(count..).unwrap_or_default();
        if let (Some(first), Some(last)) = (replaced.first().copied(), replaced.last().copied()) {
            self.glyphs.truncate(count);
            let Glyph { start, size, angle, face, .. } = first;
            self.push(text, Pose { start, end: last.end, size, angle, face });
        }
    }
}

/// Characters in place of those that Unicode has only for the shapes of glyphs: ligatures, the
/// forms that letters of Arabic take at the ends and in the middle of words, punctuation in lines
/// that run down the page, and what Adobe's glyph
/// list puts into the private area: figures and small capitals, each with the code of its character.
fn spelt_out(text: &str) -> Option<String> {
    let is_form = |c: char| {
        matches!(c, '\u{fb00}'..='\u{fdff}' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe48}'
            | '\u{fe70}'..='\u{fefe}')
    };
    let is_small = |c: char| matches!(c, '\u{f721}'..='\u{f77a}' | '\u{f7a1}'..='\u{f7ff}');
    let plain = |c: char| match u32::from(c) {
        code @ 0xf721..=0xf7ff if is_small(c) => char::from_u32(code - 0xf700).unwrap_or(c),
        _ => c,
    };
    let has_shapes = text.contains(|c| is_form(c) || is_small(c));
    has_shapes.then(|| text.chars().map(plain).nfkc().filter(|c| *c != ' ').collect())
}

/// The direction of a baseline, in whole degrees.
pub(super) fn angle_of((x, y): (f64, f64)) -> u16 {
    let degrees = y.atan2(x).to_degrees().round().rem_euclid(360.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 360")]
    let degrees = degrees as u16;
    // A line that is nearly straight is straight.
    match degrees % 90 {
        rest @ 0..=2 => (degrees - rest) % 360,
        rest @ 88.. => (degrees + 90 - rest) % 360,
        _ => degrees % 360,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_spelt_out() {
        let check = |text, expect: Option<&str>| {
            assert_eq!(spelt_out(text).as_deref(), expect, "{text}");
        };
        check("ﬁ", Some("fi"));
        check("ﻼ", Some("لا"));
        check("\u{f731}\u{f761}\u{f7e9}", Some("1aé"));
        check("é", None);
    }

    #[test]
    fn what_is_outside_of_the_page_is_left_out() {
        let check = |places: &[f64], expect: usize| {
            let mut glyphs = PageGlyphs::default();
            for x in places {
                let (start, end) = ((*x, 10.0), (x + 5.0, 10.0));
                glyphs.push("a", Pose { start, end, size: 10.0, angle: 0, face: Face::default() });
            }
            assert_eq!(glyphs.crop(100.0, 100.0), expect, "{places:?}");
            assert_eq!(glyphs.len(), places.len() - expect, "{places:?}");
        };
        check(&[10.0, 98.0, 120.0, -30.0], 2);
        check(&[120.0, 130.0], 0);
        check(&[], 0);
    }

    #[test]
    fn angles_are_whole_and_straightened() {
        let check = |x, y, expect| assert_eq!(angle_of((x, y)), expect, "{x} {y}");
        check(1.0, 0.0, 0);
        check(1.0, -0.01, 0);
        check(0.01, 1.0, 90);
        check(-1.0, 0.0, 180);
        check(0.0, -2.0, 270);
        check(1.0, 1.0, 45);
        check(0.0, 0.0, 0);
    }
}
