//! Any bytes as data: CSV, JSON, JSON Lines, XML.

#![no_main]

use fuzz::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.csv", "a.json", "a.jsonl", "a.xml"] {
        let _any = read(bytes, name, None);
    }
});
