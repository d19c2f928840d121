//! The kinds of file that are read, and what they are called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Source code of a programming language.
    Code,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// A PDF.
    Pdf,
    /// A text document of Word (`.docx`).
    Docx,
    /// A presentation (`.pptx`).
    Pptx,
    /// A workbook of Excel (`.xlsx`, `.xlsm`, `.xlsb`).
    Xlsx,
    /// A text document of Word before 2007 (`.doc`).
    Doc,
    /// A workbook of Excel before 2007 (`.xls`).
    Xls,
    /// A text in the open format of offices (`.odt`).
    Odt,
    /// A spreadsheet in it (`.ods`).
    Ods,
    /// A presentation in it (`.odp`).
    Odp,
    /// Rich text (`.rtf`).
    Rtf,
    /// An e-book (`.epub`).
    Epub,
    /// A message as mail servers keep it (`.eml`).
    Mail,
    /// A message of Outlook (`.msg`).
    Msg,
    /// A table of comma-separated values (`.csv`, `.tsv`).
    Csv,
    /// JSON.
    Json,
    /// A JSON value on each line.
    JsonLines,
    /// XML that is none of the formats above.
    Xml,
    /// A picture.
    Image,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text file",
            Self::Code => "source file",
            Self::Markdown => "Markdown file",
            Self::Html => "HTML file",
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Pptx => "PowerPoint presentation",
            Self::Xlsx => "Excel workbook",
            Self::Doc => "Word 97 document",
            Self::Xls => "Excel 97 workbook",
            Self::Odt => "OpenDocument text",
            Self::Ods => "OpenDocument spreadsheet",
            Self::Odp => "OpenDocument presentation",
            Self::Rtf => "RTF document",
            Self::Epub => "EPUB book",
            Self::Mail => "mail message",
            Self::Msg => "Outlook message",
            Self::Csv => "CSV table",
            Self::Json => "JSON file",
            Self::JsonLines => "JSON Lines file",
            Self::Xml => "XML file",
            Self::Image => "picture",
        })
    }
}
