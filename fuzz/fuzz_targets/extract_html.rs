//! Any bytes as HTML.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _any = read(bytes, "https://example.org/a/b.html", Some("text/html"));
});
