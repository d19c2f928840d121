//! What the elements of the storage format are.

/// A start tag.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute, where it says something.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whom a `ri:user` means: an account id on Cloud, a user key on Data Center.
    pub(super) fn person(&self) -> Option<&str> {
        self.attribute("ri:account-id").or_else(|| self.attribute("ri:userkey"))
    }

    fn span(&self, name: &str) -> usize {
        self.attribute(name).and_then(|span| span.parse().ok()).unwrap_or(1)
    }

    fn is_of_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split_whitespace().any(|one| one == class))
    }
}

/// An element, and what it needs to know of itself when it closes.
#[derive(Debug)]
pub(super) enum Element {
    /// Its content goes on in the line around it.
    Inline,
    /// Its content stands in blocks of its own.
    Block,
    /// Nothing of it is kept.
    Dropped,
    /// `h1` to `h6`.
    Heading(usize),
    /// Text between marks: `**`.
    Marked(&'static str),
    /// `code`.
    Code,
    /// `pre`: white space counts.
    Preformatted,
    /// `blockquote`.
    Quote,
    /// `ul`, and `ac:task-list`.
    Bullets(Vec<String>),
    /// `ol`, with the number of its next item.
    Numbers(Vec<String>, usize),
    /// `li`.
    Item,
    /// `ac:task`: whether it is done.
    Task(TaskState),
    /// `ac:task-status`.
    TaskStatus,
    /// `a`, with its target.
    Anchor(Option<String>),
    /// `ac:link`, with the name of its target.
    Link(Option<String>),
    /// `ac:image`.
    Image { alternative: Option<String>, source: Option<String>, caption: Option<String> },
    /// `ac:caption`.
    Caption,
    /// `table`.
    Table(Vec<Vec<Cell>>),
    /// `tr`.
    Row(Vec<Cell>),
    /// `td`, `th`.
    Cell { kind: CellKind, rows: usize, columns: usize },
    /// `ac:structured-macro`.
    Macro(Macro),
    /// `ac:parameter`, with its name.
    Parameter(String),
    /// `ac:plain-text-body`.
    PlainText,
    /// `ac:adf-extension`: either of the two forms of its content.
    Extension { fallback: Option<super::flow::Flow> },
    /// `ac:adf-fallback`.
    Fallback,
}

/// Whether a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskState {
    Open,
    Done,
}

/// What a cell of a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Header,
    Data,
    /// The number of the row, which Confluence writes by itself.
    Numbering,
}

/// A cell of a table.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) kind: CellKind,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) text: String,
}

/// A macro that is open.
#[derive(Debug, Default)]
pub(super) struct Macro {
    pub(super) name: String,
    pub(super) parameters: Vec<(String, String)>,
    /// Its body, where that is plain text.
    pub(super) plain: Option<String>,
    /// What a page or an attachment that it is about is called.
    pub(super) about: Option<String>,
}

impl Macro {
    /// A parameter, where it says something.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

impl Element {
    /// What a start tag begins.
    pub(super) fn of(tag: &Tag) -> Self {
        match tag.name.as_str() {
            "p" | "div" | "section" | "article" | "header" | "footer" | "center" | "dl" | "dt"
            | "dd" | "details" | "summary" | "figure" | "figcaption" | "ac:layout"
            | "ac:layout-section" | "ac:layout-cell" | "ac:rich-text-body" | "thead" | "tbody"
            | "tfoot" | "caption" | "ac:task-body" | "ac:adf-content" => Self::Block,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "strong" | "b" => Self::Marked("**"),
            "em" | "i" => Self::Marked("*"),
            "del" | "s" | "strike" => Self::Marked("~~"),
            "code" | "tt" | "kbd" | "samp" => Self::Code,
            "pre" => Self::Preformatted,
            "blockquote" => Self::Quote,
            "ul" | "ac:task-list" => Self::Bullets(Vec::new()),
            "ol" => Self::Numbers(Vec::new(), tag.span("start")),
            "li" => Self::Item,
            "ac:task" => Self::Task(TaskState::Open),
            "ac:task-status" => Self::TaskStatus,
            "a" => Self::Anchor(tag.attribute("href").map(str::to_owned)),
            "ac:link" => Self::Link(None),
            "ac:image" => Self::Image {
                alternative: tag.attribute("ac:alt").map(str::to_owned),
                source: None,
                caption: None,
            },
            "ac:caption" => Self::Caption,
            "table" => Self::Table(Vec::new()),
            "tr" => Self::Row(Vec::new()),
            "th" => Self::cell(tag, CellKind::Header),
            "td" => Self::cell(tag, CellKind::Data),
            "ac:structured-macro" | "ac:macro" => Self::Macro(Macro {
                name: tag.attribute("ac:name").unwrap_or_default().to_owned(),
                ..Macro::default()
            }),
            "ac:parameter" | "ac:default-parameter" => {
                Self::Parameter(tag.attribute("ac:name").unwrap_or_default().to_owned())
            }
            "ac:plain-text-body" => Self::PlainText,
            "ac:adf-extension" => Self::Extension { fallback: None },
            "ac:adf-fallback" => Self::Fallback,
            "ac:task-id" | "ac:task-uuid" | "ac:placeholder" | "ac:adf-attribute" | "colgroup"
            | "script" | "style" | "template" => Self::Dropped,
            _ => Self::Inline,
        }
    }

    fn cell(tag: &Tag, kind: CellKind) -> Self {
        let kind = if tag.is_of_class("numberingColumn") { CellKind::Numbering } else { kind };
        Self::Cell { kind, rows: tag.span("rowspan"), columns: tag.span("colspan") }
    }

    /// Whether white space counts within it.
    pub(super) fn is_raw(&self) -> bool {
        matches!(self, Self::Preformatted | Self::PlainText)
    }
}
