//! Short names of what decides a model's vectors.

use sha2::{Digest, Sha256};

/// A short hash of some parts; where one part ends and the next begins counts.
pub(crate) fn short<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    hex(&digest.finalize()[..6])
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        assert_eq!(short(["ab", "c"]).len(), 12);
        assert_eq!(hex(&[0, 0x1f, 0xa0, 0xff]), "001fa0ff");
        assert_eq!(short(["ab", "c"]), short(["ab", "c"]));
        assert_ne!(short(["ab", "c"]), short(["a", "bc"]));
        assert_ne!(short(["ab", ""]), short(["ab"]));
    }
}
