//! Where the evaluation data is.

use std::path::PathBuf;

/// The evaluation data, or none, which is said aloud.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where data is")]
#[expect(clippy::print_stderr, reason = "what is skipped is said aloud")]
pub(crate) fn data() -> Option<PathBuf> {
    let data = std::env::var_os("OUTCROP_DATA").map(PathBuf::from);
    if data.is_none() {
        eprintln!("skipped: OUTCROP_DATA is not set");
    }
    data
}
