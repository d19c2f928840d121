//! Markdown in the making: blocks that are done, and the line of text that is being written.

/// A piece of Markdown that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A list, which may follow a paragraph within a list closely.
    List(String),
    /// Anything else.
    Text(String),
}

impl Block {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::List(text) | Self::Text(text) => text,
        }
    }
}

/// What an element holds so far.
#[derive(Debug, Default)]
pub(super) struct Flow {
    blocks: Vec<Block>,
    line: String,
}

impl Flow {
    /// A flow that holds some text within a line.
    pub(super) fn of_line(line: String) -> Self {
        Self { blocks: Vec::new(), line }
    }

    /// Whether there is nothing to read in it.
    pub(super) fn is_blank(&self) -> bool {
        self.blocks.is_empty() && self.line.trim().is_empty()
    }

    /// Adds text in which white space is only a separator.
    pub(super) fn push_text(&mut self, text: &str) {
        for character in text.chars() {
            // A non-breaking space is white space for readers and models alike.
            if !(character.is_whitespace() || character == '\u{a0}') {
                self.line.push(character);
            } else if !self.line.ends_with([' ', '\n']) {
                self.line.push(' ');
            }
        }
    }

    /// Adds text as it is.
    pub(super) fn push_raw(&mut self, text: &str) {
        self.line.push_str(text);
    }

    /// Breaks the line.
    pub(super) fn push_break(&mut self) {
        self.line.truncate(self.line.trim_end_matches(' ').len());
        self.line.push('\n');
    }

    /// Ends the paragraph, if one was begun.
    pub(super) fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.line);
        let paragraph = paragraph.trim();
        if !paragraph.is_empty() {
            self.blocks.push(Block::Text(guarded(paragraph)));
        }
    }

    /// Adds a block of its own.
    pub(super) fn push_block(&mut self, block: Block) {
        self.end_paragraph();
        if !block.text().trim().is_empty() {
            self.blocks.push(block);
        }
    }

    /// Takes over what an element within this one held, its last line going on with ours.
    pub(super) fn absorb(&mut self, inner: Self) {
        if !inner.blocks.is_empty() {
            self.end_paragraph();
            self.blocks.extend(inner.blocks);
        }
        let continued = if self.line.ends_with([' ', '\n']) || self.line.is_empty() {
            inner.line.trim_start_matches(' ')
        } else {
            &inner.line
        };
        self.line.push_str(continued);
    }

    /// The text on one line or more, as within a paragraph, if there is nothing but that.
    pub(super) fn into_line(self) -> Result<String, Self> {
        if self.blocks.is_empty() { Ok(self.line) } else { Err(self) }
    }

    /// All the text on one line.
    pub(super) fn into_one_line(self) -> String {
        let text = self.into_text();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text as it was added, without a frame of white space lines.
    pub(super) fn into_raw(self) -> String {
        let mut raw: String =
            self.blocks.iter().map(|block| format!("{}\n", block.text())).collect();
        raw.push_str(&self.line);
        raw
    }

    /// All blocks.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        self.end_paragraph();
        self.blocks
    }

    /// All blocks with blank lines between them.
    pub(super) fn into_text(self) -> String {
        joined(&self.into_blocks())
    }
}

/// Blocks with blank lines between them.
pub(super) fn joined(blocks: &[Block]) -> String {
    blocks.iter().map(Block::text).collect::<Vec<_>>().join("\n\n")
}

/// Blocks of an item of a list, with blank lines between paragraphs.
pub(super) fn joined_closely(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push_str(if matches!(block, Block::List(_)) { "\n" } else { "\n\n" });
        }
        text.push_str(block.text());
    }
    text
}

/// A block with something before each of its lines, the first apart.
pub(super) fn prefixed(text: &str, first: &str, others: &str) -> String {
    let mut prefixed = String::with_capacity(text.len() + first.len());
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            prefixed.push('\n');
        }
        let prefix = if number == 0 { first } else { others };
        prefixed.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        prefixed.push_str(line);
    }
    prefixed
}

/// A fenced block of code; the fence is longer than any within.
pub(super) fn fenced(language: &str, code: &str) -> String {
    let longest = code.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{code}\n{fence}")
}

/// A paragraph that no reader takes for a heading or for code.
fn guarded(paragraph: &str) -> String {
    let guard = |line: &str| {
        let is_mark = line.starts_with('#') || line.starts_with("```") || line.starts_with("~~~");
        if is_mark { format!("\\{line}") } else { line.to_owned() }
    };
    let fences = |line: &str| line.starts_with(['#', '`', '~']);
    if paragraph.lines().any(fences) {
        paragraph.lines().map(guard).collect::<Vec<_>>().join("\n")
    } else {
        paragraph.to_owned()
    }
}
