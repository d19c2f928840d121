//! Any bytes as rich text.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let rich = [b"{\\rtf1", bytes].concat();
    let _any = extract(&rich, Hint { name: "a.rtf", media_type: None });
});
