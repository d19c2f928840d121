//! Any bytes as a PDF.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _any = read(bytes, "a.pdf", None);
});
