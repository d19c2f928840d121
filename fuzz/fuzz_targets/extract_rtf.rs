//! Any bytes as rich text.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let rich = [b"{\\rtf1", bytes].concat();
    let _any = read(&rich, "a.rtf", None);
});
