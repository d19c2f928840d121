//! Any bytes as Markdown and as plain text: nothing but line ends and control characters is lost of
//! what is valid UTF-8, and marks are places in the text.

#![no_main]

use documents::{Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["a.md", "a.txt"] {
        let Ok(extracted) = extract(bytes, Hint { name, media_type: None }) else { continue };
        assert!(extracted.marks.iter().all(|mark| extracted.text.is_char_boundary(mark.offset)));
        assert!(extracted.marks.is_sorted_by_key(|mark| mark.offset));
        assert!(!extracted.text.contains('\r'));
    }
});
