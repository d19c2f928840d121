//! Footnotes, endnotes and comments: numbered where the text refers to them, written at the end.

use std::collections::HashMap;

use super::Context;
use super::body::Body;
use crate::extract::office::package::Relations;
use crate::extract::office::xml::Node;
use crate::writer::Writer;

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NoteKind {
    Footnote,
    Endnote,
    Comment,
}

/// All kinds, in the order in which they are written.
pub(super) const KINDS: [NoteKind; 3] = [NoteKind::Footnote, NoteKind::Endnote, NoteKind::Comment];

/// The notes that the text has referred to.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The place of each in the order of their kind, from 1.
    numbers: HashMap<(NoteKind, String), usize>,
    /// How many footnotes and endnotes there have been, and how many comments.
    below: usize,
    aside: usize,
}

impl NoteKind {
    /// The kind of the part that holds them.
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Footnote => "footnotes",
            Self::Endnote => "endnotes",
            Self::Comment => "comments",
        }
    }

    fn mark(self, number: usize) -> String {
        match self {
            Self::Footnote | Self::Endnote => number.to_string(),
            Self::Comment => format!("comment-{number}"),
        }
    }
}

impl Notes {
    /// The mark of a note. Footnotes and endnotes are counted together.
    pub(super) fn refer(&mut self, kind: NoteKind, id: &str) -> String {
        let count = if kind == NoteKind::Comment { &mut self.aside } else { &mut self.below };
        let number = *self.numbers.entry((kind, id.to_owned())).or_insert_with(|| {
            *count += 1;
            *count
        });
        kind.mark(number)
    }

    fn number(&self, kind: NoteKind, id: &str) -> Option<usize> {
        self.numbers.get(&(kind, id.to_owned())).copied()
    }
}

/// Writes the notes of a part that the text has referred to.
pub(super) fn write(
    root: Node<'_>,
    kind: NoteKind,
    part: &str,
    relations: &Relations,
    context: &mut Context,
    writer: &mut Writer,
) {
    let mut notes: Vec<(usize, Node<'_>)> = root
        .children()
        .filter_map(|note| Some((context.notes.number(kind, &note.attribute("id")?)?, note)))
        .collect();
    notes.sort_by_key(|(number, _)| *number);
    for (number, note) in notes {
        let text = Body::new(part, relations, context, writer).flat(note);
        let author = note.attribute("author").filter(|author| !author.trim().is_empty());
        let text = match author {
            Some(author) if kind == NoteKind::Comment => format!("{author}: {text}"),
            _ => text,
        };
        writer.paragraph(&format!("[^{}]: {text}", kind.mark(number)), None);
    }
}
