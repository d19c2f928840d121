//! Affine transformations of the plane, as PDF writes them: `[a b c d e f]`.

/// A transformation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn translation(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// A turn around the origin, against the clock.
    pub(super) fn rotation(degrees: u16) -> Self {
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        Self([cos, sin, -sin, cos, 0.0, 0.0])
    }

    /// This one first, then the other. What cannot be calculated becomes 0.
    #[must_use]
    pub(super) fn then(self, other: Self) -> Self {
        let Self([right_x, right_y, up_x, up_y, left, bottom]) = self;
        let origin = other.apply(left, bottom);
        // Directions do not move along with the origin.
        let turn = |x: f64, y: f64| {
            let Self([a, b, c, d, ..]) = other;
            (a * x + c * y, b * x + d * y)
        };
        let (right, up) = (turn(right_x, right_y), turn(up_x, up_y));
        let product = [right.0, right.1, up.0, up.1, origin.0, origin.1];
        Self(product.map(|x: f64| if x.is_finite() { x } else { 0.0 }))
    }

    /// Where a point comes to lie.
    pub(super) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [right_x, right_y, up_x, up_y, left, bottom] = self.0;
        (right_x * x + up_x * y + left, right_y * x + up_y * y + bottom)
    }

    /// The direction in which lines of text run, and how high they are.
    pub(super) fn text_axes(self) -> ((f64, f64), f64) {
        let [a, b, c, d, ..] = self.0;
        ((a, b), c.hypot(d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transformations_follow_each_other() {
        let twice = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        let moved = Matrix::translation(1.0, 1.0);
        assert_eq!(moved.then(twice).apply(1.0, 0.0), (4.0, 2.0));
        assert_eq!(twice.then(moved).apply(1.0, 0.0), (3.0, 1.0));
    }
}
