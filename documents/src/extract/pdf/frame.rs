//! How a page is shown: which part of it, and which side is up. Everything that is laid out is laid
//! out in the frame of the page as it is shown, with the origin in its lower left corner.

use corpus::SourcePlace;

use super::matrix::Matrix;

/// A rectangle: left, bottom, right, top.
pub(super) type Area = [f64; 4];

/// What is shown of a page, and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    /// From the user's space to the page as shown.
    pub(super) matrix: Matrix,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What is shown where a page does not say: US letter.
const LETTER: Area = [0.0, 0.0, 612.0, 792.0];

impl Frame {
    /// The frame of a page with such boxes, turned clockwise by some degrees.
    pub(super) fn of(media: Option<Area>, crop: Option<Area>, degrees: f64) -> Self {
        let is_wide = |area: &Area| {
            let [left, bottom, right, top] = *area;
            right - left >= 1.0 && top - bottom >= 1.0
        };
        let media = media.map(ordered).filter(is_wide).unwrap_or(LETTER);
        // What is cropped lies within the medium; otherwise the box is a mistake.
        let crop = crop.map(|crop| common(ordered(crop), media)).filter(is_wide).unwrap_or(media);
        let [left, bottom, right, top] = crop;
        let (width, height) = (right - left, top - bottom);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 3")]
        let turns = (degrees / 90.0).round().rem_euclid(4.0) as u16;
        let (matrix, width, height) = match turns {
            1 => ([0.0, -1.0, 1.0, 0.0, -bottom, right], height, width),
            2 => ([-1.0, 0.0, 0.0, -1.0, right, top], width, height),
            3 => ([0.0, 1.0, -1.0, 0.0, top, -left], height, width),
            _ => ([1.0, 0.0, 0.0, 1.0, -left, -bottom], width, height),
        };
        Self { matrix: Matrix(matrix), width, height }
    }

    /// An area of the user's space, as it is shown.
    pub(super) fn shown(&self, area: Area) -> Area {
        moved(area, self.matrix)
    }

    /// The place of an area that is in this frame; what lies outside of the page is not shown.
    pub(super) fn place(&self, page: u32, area: Area) -> Option<SourcePlace> {
        let [left, bottom, right, top] = common(area, [0.0, 0.0, self.width, self.height]);
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and pages are small")]
        let whole = |x: f64| x as i32;
        (left < right && bottom < top).then(|| SourcePlace::Area {
            page,
            left: whole(left.floor()),
            top: whole((self.height - top).floor()),
            right: whole(right.ceil()),
            bottom: whole((self.height - bottom).ceil()),
        })
    }
}

/// The area that holds an area's corners after they were moved.
pub(super) fn moved([left, bottom, right, top]: Area, matrix: Matrix) -> Area {
    let corners = [(left, bottom), (left, top), (right, bottom), (right, top)];
    let corners = corners.map(|(x, y)| matrix.apply(x, y));
    let [x, y] = [corners.map(|(x, _)| x), corners.map(|(_, y)| y)];
    let least = |numbers: [f64; 4]| numbers.into_iter().fold(f64::INFINITY, f64::min);
    let most = |numbers: [f64; 4]| numbers.into_iter().fold(f64::NEG_INFINITY, f64::max);
    [least(x), least(y), most(x), most(y)]
}

/// The area that holds both.
pub(super) fn united(one: Area, other: Area) -> Area {
    let ([left, bottom, right, top], [x, y, u, v]) = (one, other);
    [left.min(x), bottom.min(y), right.max(u), top.max(v)]
}

/// What two areas have in common; turned inside out where that is nothing.
pub(super) fn common(one: Area, other: Area) -> Area {
    let ([left, bottom, right, top], [x, y, u, v]) = (one, other);
    [left.max(x), bottom.max(y), right.min(u), top.min(v)]
}

/// A rectangle by two of its corners, whichever they are.
pub(super) fn ordered([x, y, u, v]: Area) -> Area {
    [x.min(u), y.min(v), x.max(u), y.max(v)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cropped_and_turned() {
        let media = Some([0.0, 0.0, 200.0, 100.0]);
        let check = |crop, degrees, expect: [i32; 4]| {
            let frame = Frame::of(media, crop, degrees);
            let shown = frame.shown([10.0, 20.0, 30.0, 25.0]);
            let [left, top, right, bottom] = expect;
            let place = SourcePlace::Area { page: 1, left, top, right, bottom };
            assert_eq!(frame.place(1, shown), Some(place), "{crop:?} {degrees}");
        };
        check(None, 0.0, [10, 75, 30, 80]);
        check(Some([0.0, 10.0, 200.0, 90.0]), 0.0, [10, 65, 30, 70]);
        check(None, 90.0, [20, 10, 25, 30]);
        check(None, 180.0, [170, 20, 190, 25]);
        check(None, -90.0, [75, 170, 80, 190]);
        let frame = Frame::of(media, None, 0.0);
        assert_eq!(frame.place(1, [300.0, 0.0, 310.0, 10.0]), None);
    }
}
