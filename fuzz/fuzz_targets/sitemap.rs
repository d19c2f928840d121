//! Any bytes as a sitemap: reading ends without a panic, and within bounds.

#![no_main]

use connectors::locations_of;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let locations = locations_of(bytes, 100);
    assert!(locations.len() <= 100);
    assert!(locations.iter().all(|location| !location.trim().is_empty()));
});
