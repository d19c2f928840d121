//! Any bytes as a picture.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.png", "a.jpg"] {
        let _any = extract(bytes, Hint { name, media_type: None });
    }
});
