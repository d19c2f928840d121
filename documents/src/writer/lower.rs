//! Puts the headings of a text further down, so that it can stand within another.

use crate::extracted::{Extracted, Landmark};

/// Headings go no deeper than this.
const DEEPEST: u8 = 6;

/// Puts all headings down by `levels`, in the marks and in the text.
pub(super) fn lower(mut text: Extracted, levels: u8) -> Extracted {
    if levels == 0 {
        return text;
    }
    // Where signs were put in, and how many up to there.
    let mut added: Vec<(usize, usize)> = Vec::new();
    let mut lowered = String::with_capacity(text.text.len());
    let mut copied = 0;
    for mark in &mut text.marks {
        let Landmark::Heading { level, .. } = &mut mark.landmark else { continue };
        let below = level.saturating_add(levels).min(DEEPEST);
        let signs = usize::from(below.saturating_sub(*level));
        *level = below;
        let is_atx = text.text.get(mark.offset..).is_some_and(|line| line.starts_with('#'));
        if is_atx && mark.offset >= copied {
            lowered.push_str(text.text.get(copied..mark.offset).unwrap_or_default());
            lowered.extend(std::iter::repeat_n('#', signs));
            copied = mark.offset;
            let before = added.last().map_or(0, |(_, count)| *count);
            added.push((mark.offset, before + signs));
        }
    }
    lowered.push_str(text.text.get(copied..).unwrap_or_default());
    // What begins where signs were put in begins with them.
    let to = |offset: usize| {
        let before = added.partition_point(|(at, _)| *at < offset);
        let count = before.checked_sub(1).and_then(|last| added.get(last));
        offset + count.map_or(0, |(_, count)| *count)
    };
    Extracted {
        text: lowered,
        marks: text.marks.into_iter().map(|mark| mark.moved(to)).collect(),
        blocks: text.blocks.into_iter().map(|block| block.moved(to)).collect(),
        origins: text.origins.into_iter().map(|origin| origin.moved(to)).collect(),
        ..text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extracted::{Kind, Mark};
    use crate::writer::Writer;

    #[test]
    fn headings_go_down_and_offsets_with_them() {
        let mut writer = Writer::new(Kind::Docx);
        writer.heading(1, "A", None);
        writer.paragraph("a", None);
        writer.heading(5, "B", None);
        writer.paragraph("b", None);
        let lowered = lower(writer.finish(), 2);
        assert_eq!(lowered.text, "### A\n\na\n\n###### B\n\nb");
        let heading = |offset, level, title: &str| Mark {
            offset,
            landmark: Landmark::Heading { level, title: title.to_owned() },
        };
        assert_eq!(lowered.marks, [heading(0, 3, "A"), heading(10, 6, "B")]);
        let blocks: Vec<&str> =
            lowered.blocks.iter().map(|block| &lowered.text[block.range.clone()]).collect();
        assert_eq!(blocks, ["a", "b"]);
    }
}
