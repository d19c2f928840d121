//! Odd PDFs: none may crash, hang, take much memory, or lose the text that others find. A program of
//! its own, so that the memory it took is theirs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use documents::{ExtractError, Hint, extract};
use support::data;

/// The most memory that any of the files may take, in kB.
const MOST_MEMORY: u64 = 500 << 10;

/// The most memory that this program ever had, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
fn odd_pdfs_are_read_or_refused_in_time_and_memory() {
    let Some(data) = data() else { return };
    let expectations = std::fs::read_to_string(data.join("pdf/robust_expect.jsonl")).unwrap();
    let mut count = 0;
    for line in expectations.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = expected["file"].as_str().unwrap();
        let bytes = std::fs::read(data.join("pdf/robust").join(name)).unwrap();
        let started = Instant::now();
        let result = extract(&bytes, Hint { name, media_type: None });
        assert!(started.elapsed() < Duration::from_secs(20), "{name}: {:?}", started.elapsed());
        assert!(peak().is_none_or(|peak| peak < MOST_MEMORY), "{name}: {:?} kB", peak());
        count += 1;
        // Some have a password that is only asked of who wants to change them.
        let has_password = expected["password"].as_str().is_some_and(|word| !word.is_empty());
        if has_password && matches!(result, Err(ExtractError::Locked { .. })) {
            continue;
        }
        if expected["status"] == "text" {
            let text = result.unwrap().text;
            let found = text.chars().filter(|c| !c.is_whitespace()).count();
            let chars = expected["chars"].as_array().unwrap().iter();
            let least = chars.filter_map(serde_json::Value::as_u64).min();
            assert!(found as u64 * 10 >= least.unwrap() * 8, "{name}: {found} of {least:?}");
        }
    }
    assert_eq!(count, 52);
}
