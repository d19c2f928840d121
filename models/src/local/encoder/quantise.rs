//! Matrices as 8-bit numbers, each column with its own scale.

/// The largest number that is used.
///
/// Processors without instructions for 8-bit dot products add two products in 16 bits, which
/// overflow beyond seven bits.
fn largest() -> f32 {
    if exact_dot_products() { 127.0 } else { 63.0 }
}

/// Whether this machine adds 8-bit products without overflow.
pub(in crate::local) fn exact_dot_products() -> bool {
    #[cfg(target_arch = "x86_64")]
    let exact = std::arch::is_x86_feature_detected!("avx512vnni");
    #[cfg(not(target_arch = "x86_64"))]
    let exact = true;
    exact
}

/// What each column is multiplied by after the product.
pub(super) fn scales(matrix: &[f32], columns: usize) -> Vec<f32> {
    let mut most = vec![0.0_f32; columns];
    for row in matrix.chunks_exact(columns) {
        most.iter_mut().zip(row).for_each(|(most, x)| *most = most.max(x.abs()));
    }
    // A column of zeros may have any scale but zero.
    most.into_iter().map(|most| if most > 0.0 { most / largest() } else { 1.0 }).collect()
}

/// The matrix's numbers, each divided by its column's scale, as bytes.
pub(super) fn quantised(matrix: &[f32], columns: usize) -> Vec<u8> {
    let scales = scales(matrix, columns);
    let rows = matrix.chunks_exact(columns);
    let scaled = rows.flat_map(|row| row.iter().zip(&scales).map(|(x, scale)| x / scale));
    #[expect(clippy::cast_possible_truncation, reason = "the scale bounds it")]
    scaled.map(|x| (x.round() as i8).to_le_bytes()[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_numbers_within_half_a_step() {
        let matrix = [1.0, -200.0, 0.0, -0.7, 13.0, 0.0, 0.301, 77.7, 0.0];
        let (scales, bytes) = (scales(&matrix, 3), quantised(&matrix, 3));
        for (at, (x, byte)) in matrix.iter().zip(bytes).enumerate() {
            let scale = scales[at % 3];
            let back = f32::from(i8::from_le_bytes([byte])) * scale;
            assert!((x - back).abs() <= scale * 0.501, "{x} became {back}");
        }
    }
}
