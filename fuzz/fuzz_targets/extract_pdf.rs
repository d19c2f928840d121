//! Any bytes as a PDF: extraction ends without a panic, and its marks are places in the text.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(extracted) = extract(bytes, Hint { name: "a.pdf", media_type: None }) {
        assert!(extracted.marks.iter().all(|mark| extracted.text.is_char_boundary(mark.offset)));
        assert!(extracted.marks.is_sorted_by_key(|mark| mark.offset));
    }
});
