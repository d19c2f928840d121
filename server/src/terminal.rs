//! What the commands print: results to standard output, progress to standard error. Bold and dim
//! only for people: on a terminal, and where `NO_COLOR` is not set.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use indicatif::MultiProgress;

use crate::config::Environment;

/// Where a command writes.
#[derive(Debug, Clone)]
pub(crate) struct Terminal {
    styled: bool,
    json: Json,
    /// Whether somebody watches the progress.
    pub(crate) watched: bool,
    /// The progress bars, which log lines and results must not tear.
    pub(crate) bars: MultiProgress,
}

/// Who reads the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Json {
    /// A person.
    No,
    /// A program.
    Yes,
}

impl Terminal {
    /// The terminal of this process.
    pub(crate) fn new(environment: &Environment, json: Json) -> Self {
        let plain = environment.get("NO_COLOR").is_some()
            || environment.get("TERM").is_some_and(|term| term == "dumb");
        Self {
            styled: io::stdout().is_terminal() && !plain,
            json,
            watched: io::stderr().is_terminal(),
            bars: MultiProgress::new(),
        }
    }

    /// Whether results are for a program.
    pub(crate) fn json(&self) -> bool {
        self.json == Json::Yes
    }

    /// Prints a line of a result.
    pub(crate) fn print(&self, line: impl Display) -> io::Result<()> {
        self.bars.suspend(|| writeln!(io::stdout(), "{line}"))
    }

    /// Prints a line for people, not for programs.
    pub(crate) fn say(&self, line: impl Display) -> io::Result<()> {
        if self.json() { Ok(()) } else { self.print(line) }
    }

    /// Prints a result for programs.
    pub(crate) fn print_json(&self, value: &serde_json::Value) -> io::Result<()> {
        self.print(format_args!("{value:#}"))
    }

    /// A line on standard error, about what is going on.
    pub(crate) fn note(&self, line: impl Display) -> io::Result<()> {
        self.bars.suspend(|| writeln!(io::stderr(), "{line}"))
    }

    /// Columns of a line of text: the terminal's, within reason.
    pub(crate) fn width() -> usize {
        let (_, columns) = console::Term::stdout().size();
        usize::from(columns).clamp(40, 100)
    }

    /// A text in bold.
    pub(crate) fn bold(&self, text: impl Display) -> String {
        self.styled_as("1", text)
    }

    /// A text that stands back.
    pub(crate) fn dim(&self, text: impl Display) -> String {
        self.styled_as("2", text)
    }

    fn styled_as(&self, code: &str, text: impl Display) -> String {
        if self.styled { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Text of others, as documents are, without what a terminal would obey; spaces and line breaks
/// become single spaces.
pub(crate) fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !character.is_control())
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as one word of a shell's command.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "-_./:,@%+=".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Breaks a text into lines of at most `width` columns, each after `indent`.
pub(crate) fn wrap(text: &str, indent: &str, width: usize) -> String {
    let room = width.saturating_sub(indent.chars().count()).max(20);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| {
            line.is_empty()
                || console::measure_text_width(line) + 1 + console::measure_text_width(word) <= room
        });
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}

/// Columns that line up.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table with these heads.
    pub(crate) fn new(heads: [&str; N]) -> Self {
        Self { rows: vec![heads.map(str::to_owned)] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, row: [String; N]) {
        self.rows.push(row.map(|cell| plain(&cell)));
    }

    /// Prints the table, if it has rows.
    pub(crate) fn print(&self, terminal: &Terminal) -> io::Result<()> {
        let Some((head, rows)) = self.rows.split_first().filter(|(_, rows)| !rows.is_empty())
        else {
            return Ok(());
        };
        terminal.print(terminal.dim(self.line(head)))?;
        rows.iter().try_for_each(|row| terminal.print(self.line(row)))
    }

    fn line(&self, row: &[String; N]) -> String {
        let width = |cell: &String| console::measure_text_width(cell);
        let mut line = String::from(" ");
        for (column, cell) in row.iter().enumerate() {
            let widest = self.rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
            line.push(' ');
            line.push_str(cell);
            line.push_str(&" ".repeat(widest - width(cell) + 1));
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(["name", "n"]);
        table.row(["資料".to_owned(), "1".to_owned()]);
        table.row(["handbook".to_owned(), "22".to_owned()]);
        let lines: Vec<String> = table.rows.iter().map(|row| table.line(row)).collect();
        assert_eq!(lines, ["  name      n", "  資料      1", "  handbook  22"]);
    }

    #[test]
    fn text_of_others_cannot_command_the_terminal() {
        assert_eq!(plain("a\u{1b}[31m  b\n\tc\u{7}"), "a[31m b c");
    }

    #[test]
    fn a_shell_reads_one_word() {
        assert_eq!(quoted("/data/a-b_1"), "/data/a-b_1");
        assert_eq!(quoted("What's new?"), r"'What'\''s new?'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn lines_are_wrapped() {
        assert_eq!(
            wrap("one two three four five six", "  ", 22),
            "  one two three four\n  five six"
        );
    }
}
