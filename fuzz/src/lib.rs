//! What the targets have in common: reading a document, and what must hold of every one.

use documents::{BlockKind, Extracted, Hint, Origin, extract};

/// Reads some bytes under a name. Panics where what is made of them breaks its own promises: marks
/// ascend; blocks and origins ascend and do not overlap; all are on character bounds of the text.
pub fn read(bytes: &[u8], name: &str, media_type: Option<&str>) -> Option<Extracted> {
    let extracted = extract(bytes, Hint { name, media_type }).ok()?;
    assert!(!extracted.text.trim().is_empty() && !extracted.text.contains('\r'));
    check(&extracted);
    Some(extracted)
}

/// Panics where marks, blocks and origins are not in order, or not places in the text.
pub fn check(extracted: &Extracted) {
    let Extracted { text, marks, blocks, origins, .. } = extracted;
    assert!(marks.iter().all(|mark| text.is_char_boundary(mark.offset)));
    assert!(marks.is_sorted_by_key(|mark| mark.offset));
    let mut end = 0;
    for block in blocks {
        assert!(end <= block.range.start && text.get(block.range.clone()).is_some());
        end = block.range.end;
        if let BlockKind::Table { body } = block.kind {
            assert!(text.is_char_boundary(body) && (block.range.start..=end).contains(&body));
        }
    }
    end = 0;
    for Origin { range, .. } in origins {
        assert!(end <= range.start && text.get(range.clone()).is_some());
        end = range.end;
    }
}
