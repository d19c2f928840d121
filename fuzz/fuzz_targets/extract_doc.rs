//! Any bytes as a document of Word 97.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.doc"] {
        let _any = extract(bytes, Hint { name, media_type: None });
    }
});
