//! Any bytes as HTML: extraction ends without a panic, and marks, blocks and origins are places in
//! the text, in order.

#![no_main]

use documents::{BlockKind, Hint, extract};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let hint = Hint { name: "https://example.org/a/b.html", media_type: Some("text/html") };
    let Ok(extracted) = extract(bytes, hint) else { return };
    let text = &extracted.text;
    assert!(extracted.marks.iter().all(|mark| text.is_char_boundary(mark.offset)));
    assert!(extracted.marks.is_sorted_by_key(|mark| mark.offset));
    let mut end = 0;
    for block in &extracted.blocks {
        assert!(end <= block.range.start && text.get(block.range.clone()).is_some());
        end = block.range.end;
        if let BlockKind::Table { body } = block.kind {
            assert!(text.is_char_boundary(body) && block.range.contains(&body) || body == end);
        }
    }
    end = 0;
    for origin in &extracted.origins {
        assert!(end <= origin.range.start && text.get(origin.range.clone()).is_some());
        end = origin.range.end;
    }
});
