//! Plain text, as it is.

use super::decode::decode;
use super::{Extracted, Kind};

pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let decoded = decode(bytes, charset);
    Extracted {
        text: decoded.text,
        marks: Vec::new(),
        title: None,
        kind: Kind::Text,
        warnings: decoded.warnings,
    }
}
