//! Markdown, as it is: only its structure is looked for, by `CommonMark`'s rules and those of `GitHub`'s
//! tables.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::decode::decode;
use super::origins::origins;
use crate::extracted::{
    Block, BlockKind, Extracted, Kind, Landmark, Mark, Properties, first_heading, title_of,
};

pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let decoded = decode(bytes, charset);
    let front = FrontMatter::of(&decoded.text);
    let Structure { marks, blocks, .. } = Structure::of(&decoded.text, front.length);
    let first = first_heading(&marks);
    Extracted {
        marks,
        blocks,
        origins: origins(bytes, &decoded),
        properties: Properties { title: front.title.or(first), ..Properties::default() },
        warnings: decoded.warnings,
        ..Extracted::new(decoded.text, Kind::Markdown)
    }
}

/// The block of settings between `---` lines that some tools put first.
struct FrontMatter {
    /// Its bytes, 0 where there is none.
    length: usize,
    title: Option<String>,
}

impl FrontMatter {
    fn of(text: &str) -> Self {
        let none = Self { length: 0, title: None };
        let Some(rest) = text.strip_prefix("---\n") else { return none };
        let mut length = text.len() - rest.len();
        let mut title = None;
        for line in rest.split_inclusive('\n') {
            length += line.len();
            if matches!(line.trim_end(), "---" | "...") {
                return Self { length, title };
            }
            if let Some(value) = line.strip_prefix("title:") {
                title = title_of(value.trim().trim_matches(['"', '\'']));
            }
        }
        none
    }
}

/// Finds the headings and the outermost blocks of a text.
struct Structure<'t> {
    text: &'t str,
    /// Where the text that is parsed begins.
    from: usize,
    marks: Vec<Mark>,
    blocks: Vec<Block>,
}

impl<'t> Structure<'t> {
    fn of(text: &'t str, from: usize) -> Self {
        let mut structure = Self { text, from, marks: Vec::new(), blocks: Vec::new() };
        let options =
            Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
        let body = text.get(from..).unwrap_or_default();
        let events = Parser::new_ext(body, options).into_offset_iter();
        // How deep the event is in blocks that are open.
        let mut depth = 0_u32;
        let mut heading: Option<(usize, u8, String)> = None;
        for (event, range) in events {
            let range = from + range.start..from + range.end;
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    // The blanks before it are its own.
                    let before = text.get(..range.start).unwrap_or_default();
                    let offset = before.trim_end_matches([' ', '\t']).len().max(from);
                    heading = Some((offset, level as u8, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((offset, level, title)) = heading.take()
                        && let Some(title) = title_of(&title)
                    {
                        let landmark = Landmark::Heading { level, title };
                        structure.marks.push(Mark { offset, landmark });
                    }
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some((_, _, title)) = &mut heading {
                        title.push_str(&words);
                    }
                }
                Event::SoftBreak | Event::HardBreak => {
                    if let Some((_, _, title)) = &mut heading {
                        title.push(' ');
                    }
                }
                Event::Start(Tag::TableRow) if depth == 1 => structure.row(range.start),
                Event::Start(tag) => {
                    if depth == 0 {
                        structure.block(&tag, range);
                    }
                    depth += u32::from(ends_block(tag.to_end()));
                }
                Event::End(end) => depth -= u32::from(ends_block(end)).min(depth),
                _ => {}
            }
        }
        structure
    }

    /// Adds an outermost block.
    fn block(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let kind = match tag {
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                BlockKind::Paragraph
            }
            Tag::List(_) => BlockKind::List,
            Tag::CodeBlock(kind) => BlockKind::Code { language: language(kind) },
            Tag::Table(_) => BlockKind::Table { body: range.end },
            _ => return,
        };
        let block = self.text.get(range.clone()).unwrap_or_default();
        let end = range.start + block.trim_end().len();
        let kind = match kind {
            BlockKind::Table { body } => BlockKind::Table { body: body.min(end) },
            kind => kind,
        };
        if range.start < end {
            self.blocks.push(Block { range: range.start..end, kind });
        }
    }

    /// Notes where the first row behind a table's header begins: at its line's beginning.
    fn row(&mut self, start: usize) {
        if let Some(Block { kind: BlockKind::Table { body }, range }) = self.blocks.last_mut()
            && *body == range.end
        {
            let line = self.text.get(self.from..start).and_then(|before| before.rfind('\n'));
            *body = line.map_or(start, |at| self.from + at + 1).max(range.start);
        }
    }
}

/// The language that a block of code is said to be in.
fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else { return None };
    let word = info.split(|c: char| c.is_whitespace() || c == ',').next()?;
    let word = word.trim_matches(['{', '}', '.']).to_lowercase();
    (!word.is_empty()).then_some(word)
}

fn ends_block(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::FootnoteDefinition
            | TagEnd::HtmlBlock
            | TagEnd::List(_)
            | TagEnd::Paragraph
            | TagEnd::Table
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, title: Option<&str>, expect: &[(usize, u8, &str)]) {
        let extracted = extract(text.as_bytes(), None);
        assert_eq!(extracted.text, text);
        assert_eq!(extracted.properties.title.as_deref(), title);
        let found: Vec<(usize, u8, &str)> = extracted
            .marks
            .iter()
            .filter_map(|mark| match &mark.landmark {
                Landmark::Heading { level, title } => Some((mark.offset, *level, title.as_str())),
                Landmark::Page(_) | Landmark::Statement { .. } => None,
            })
            .collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn headings_are_found() {
        check("# A\n\ntext\n## B ##\n", Some("A"), &[(0, 1, "A"), (10, 2, "B")]);
        check(
            "A title\n===\n\nPart\n---\n",
            Some("A title"),
            &[(0, 1, "A title"), (13, 2, "Part")],
        );
        check("   ### C# and D#\n", None, &[(0, 3, "C# and D#")]);
        check("#hash\n####### seven\n    # code\n#\n", None, &[]);
        check("- item\n---\n", None, &[]);
        check("## The `x` of\n", None, &[(0, 2, "The x of")]);
    }

    #[test]
    fn code_and_front_matter_hold_no_headings() {
        check("```sh\n# no\n```\n# yes\n", Some("yes"), &[(15, 1, "yes")]);
        check("~~~~\n# no\n~~~\n# no\n~~~~\n## yes\n", None, &[(24, 2, "yes")]);
        check("---\ntitle: \"T\"\n# no\n---\n# yes\n", Some("T"), &[(24, 1, "yes")]);
        check("---\n# yes\n", Some("yes"), &[(4, 1, "yes")]);
    }

    #[test]
    fn blocks_are_told_apart() {
        let check = |text: &str, expect: &[(&str, BlockKind)]| {
            let extracted = extract(text.as_bytes(), None);
            let found: Vec<_> = extracted
                .blocks
                .into_iter()
                .map(|block| (&text[block.range], block.kind))
                .collect();
            assert_eq!(found, expect);
        };
        let code = |language: &str| BlockKind::Code { language: Some(language.to_owned()) };
        let table = "| a | b |\n|---|---|\n| c | d |";
        check(
            &format!("# T\n\none\ntwo\n\n- a\n\n  ```\n  x\n  ```\n- b\n\n{table}\n"),
            &[
                ("one\ntwo", BlockKind::Paragraph),
                ("- a\n\n  ```\n  x\n  ```\n- b", BlockKind::List),
                (table, BlockKind::Table { body: 60 }),
            ],
        );
        check("```Rust,ignore\n# no\n```", &[("```Rust,ignore\n# no\n```", code("rust"))]);
        check("| a |\n|---|", &[("| a |\n|---|", BlockKind::Table { body: 11 })]);
        check("---\ntitle: x\n---\ntext", &[("text", BlockKind::Paragraph)]);
    }
}
