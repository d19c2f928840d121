//! Any bytes as a picture.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.png", "a.jpg"] {
        let _any = read(bytes, name, None);
    }
});
