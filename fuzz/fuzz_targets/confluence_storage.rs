//! Any text as a body of Confluence: it becomes Markdown without a panic, and does not swell.

#![no_main]

use connectors::storage_markdown;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|storage: &str| {
    let markdown = storage_markdown("title", storage);
    assert!(markdown.starts_with("# title\n"));
    assert!(markdown.len() < 10_000 + 100 * storage.len());
});
