//! What an element is to its reader, by its name.

use super::super::survey::Survey;

/// What an element is to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    List,
    Item,
    Table,
    TableRow,
    Cell,
    Code,
    Skipped,
    /// It stands within a sentence.
    Inline,
    /// It says what its text is only by its name: `publisher`.
    Named,
    Block,
}

impl Role {
    /// The role of an element.
    pub(super) fn of(name: &str, survey: &Survey) -> Self {
        match name {
            "itemizedlist" | "orderedlist" | "simplelist" | "variablelist" | "ul" | "ol"
            | "list" => Self::List,
            "listitem" | "li" | "list-item" | "item" | "member" => Self::Item,
            "table" | "informaltable" | "simpletable" => Self::Table,
            "tr" | "row" | "strow" | "sthead" => Self::TableRow,
            "td" | "th" | "entry" | "cell" | "stentry" => Self::Cell,
            "programlisting" | "screen" | "codeblock" | "literallayout" | "pre" | "eg"
            | "preformat" => Self::Code,
            "style" | "script" => Self::Skipped,
            "tspan" => Self::Inline,
            _ if survey.is_inline(name) && !is_paragraph(name) => Self::Inline,
            "title" | "head" | "heading" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            | "article-title" => Self::Title,
            _ if is_paragraph(name) || is_sentence(name) => Self::Block,
            _ => Self::Named,
        }
    }
}

/// Never within a sentence, though text may stand beside it.
fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "para" | "simpara" | "ab" | "lg" | "blockquote" | "section" | "div")
}

/// Names that a reader need not be told.
fn is_sentence(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "l",
        "line",
        "verse",
        "v",
        "speaker",
        "stage",
        "note",
        "text",
        "desc",
        "term",
        "subtitle",
        "quote",
        "caption",
        "label",
        "seg",
        "s",
        "abstract",
        "body",
        "shortdesc",
        "g",
    ];
    NAMES.contains(&name)
}

/// Whether an element tells about the one around it.
pub(super) fn is_about(name: &str) -> bool {
    const ENDINGS: [&str; 8] = [
        "info",
        "header",
        "front",
        "title-group",
        "titlestmt",
        "filedesc",
        "article-meta",
        "prolog",
    ];
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether an element's title is a caption, not a heading.
pub(super) fn is_captioned(name: &str) -> bool {
    matches!(name, "figure" | "fig" | "table" | "example" | "list" | "caption" | "informaltable")
}
