//! Any bytes as Markdown and as plain text.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.md", "a.txt"] {
        let _any = read(bytes, name, None);
    }
});
