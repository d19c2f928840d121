//! Short hashes, to tell whether something is as it was.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The hash of some bytes: 32 hexadecimal digits.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let number =
        digest.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("{number:032x}")
}

/// The hash of a value, by its JSON.
pub(crate) fn of(value: &impl Serialize) -> String {
    of_bytes(&serde_json::to_vec(value).unwrap_or_default())
}
