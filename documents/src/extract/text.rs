//! Plain text, as it is.

use super::decode::decode;
use super::origins::origins;
use crate::extracted::{Extracted, Kind};

pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let decoded = decode(bytes, charset);
    Extracted {
        origins: origins(bytes, &decoded),
        warnings: decoded.warnings,
        ..Extracted::new(decoded.text, Kind::Text)
    }
}
