//! Any bytes as an e-book.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.epub"] {
        let _any = extract(bytes, Hint { name, media_type: None });
    }
});
