//! Markdown, as it is: only its headings are looked for. Headings are lines that begin with one to
//! six `#` (ATX) or are underlined with `=` or `-` (setext), outside of fenced code.

use super::decode::decode;
use crate::extracted::{Extracted, Kind, Landmark, Mark, Properties, title_of};

pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let decoded = decode(bytes, charset);
    let front = FrontMatter::of(&decoded.text);
    let marks = headings(&decoded.text, front.length);
    let first = marks.iter().find_map(|mark| match &mark.landmark {
        Landmark::Heading { level: 1, title } => Some(title.clone()),
        _ => None,
    });
    Extracted {
        marks,
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

fn headings(text: &str, from: usize) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut fence: Option<Fence> = None;
    // The line before, where it could be a setext heading.
    let mut above: Option<(usize, &str)> = None;
    let mut offset = from;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_end();
        if let Some(open) = &fence {
            if open.is_closed_by(line) {
                fence = None;
            }
            continue;
        }
        fence = Fence::opened_by(line);
        if fence.is_some() {
            above = None;
        } else if let Some((level, title)) = atx(line) {
            marks.push(mark(start, level, title));
            above = None;
        } else if let (Some(level), Some((start, title))) = (underline(line), above) {
            marks.push(mark(start, level, title));
            above = None;
        } else {
            above = could_be_heading(line).then_some((start, line));
        }
    }
    marks.retain(
        |mark| !matches!(&mark.landmark, Landmark::Heading { title, .. } if title.is_empty()),
    );
    marks
}

fn mark(offset: usize, level: u8, title: &str) -> Mark {
    let title = title_of(title).unwrap_or_default();
    Mark { offset, landmark: Landmark::Heading { level, title } }
}

/// Up to three blanks may stand before any mark; four make it code.
fn unindented(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len() <= 3).then_some(rest)
}

fn atx(line: &str) -> Option<(u8, &str)> {
    let line = unindented(line)?;
    let title = line.trim_start_matches('#');
    let level =
        u8::try_from(line.len() - title.len()).ok().filter(|level| (1..=6).contains(level))?;
    if !title.is_empty() && !title.starts_with([' ', '\t']) {
        return None;
    }
    let title = title.trim();
    // A closing run of `#` is decoration where a blank stands before it.
    let closed = title.trim_end_matches('#');
    Some((
        level,
        if closed.is_empty() || closed.ends_with(' ') { closed.trim_end() } else { title },
    ))
}

fn underline(line: &str) -> Option<u8> {
    let line = unindented(line)?;
    let all = |mark: char| line.len() >= 2 && line.chars().all(|c| c == mark);
    if all('=') {
        Some(1)
    } else if all('-') {
        Some(2)
    } else {
        None
    }
}

/// Whether an underline below this line would make it a heading, not a list, quote or table.
fn could_be_heading(line: &str) -> bool {
    unindented(line).is_some_and(|line| {
        line.starts_with(|c: char| {
            c.is_alphanumeric() || matches!(c, '*' | '_' | '`' | '[' | '"' | '(')
        }) && !line.starts_with("* ")
    })
}

/// An open block of fenced code.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let line = unindented(line)?;
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        (length >= 3 && !(mark == '`' && info.contains('`'))).then_some(Self { mark, length })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        unindented(line)
            .is_some_and(|line| line.len() >= self.length && line.chars().all(|c| c == self.mark))
    }
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
                Landmark::Page(_) => None,
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
        check("- item\n---\n\n| a | b |\n---\n", None, &[]);
    }

    #[test]
    fn code_and_front_matter_hold_no_headings() {
        check("```sh\n# no\n```\n# yes\n", Some("yes"), &[(15, 1, "yes")]);
        check("~~~~\n# no\n~~~\n# no\n~~~~\n## yes\n", None, &[(24, 2, "yes")]);
        check("---\ntitle: \"T\"\n# no\n---\n# yes\n", Some("T"), &[(24, 1, "yes")]);
        check("---\n# yes\n", Some("yes"), &[(4, 1, "yes")]);
    }
}
