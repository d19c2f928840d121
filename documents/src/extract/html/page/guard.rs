//! Stands between tokenizer and tree builder, and holds back tags that would make a tree too deep
//! or too large. The rules for broken markup look through all open elements for many a tag, and
//! multiply formatting elements; within these limits that costs no more than a factor.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use html5ever::interface::Tracer;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, local_name};

use super::sink::Sink;
use super::{DEEPEST, MOST_ELEMENTS};

/// A tree builder with limits.
pub(super) struct Guard {
    builder: TreeBuilder<usize, Sink>,
    /// Elements that were held back, and are not closed yet.
    held: RefCell<HashMap<LocalName, usize>>,
    flattened: Cell<usize>,
}

/// Counts what the tree builder holds open: elements, and formatting that is to be opened anew.
struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = usize;

    fn trace_handle(&self, _node: &usize) {
        self.0.set(self.0.get() + 1);
    }
}

impl Guard {
    pub(super) fn new(builder: TreeBuilder<usize, Sink>) -> Self {
        Self { builder, held: RefCell::default(), flattened: Cell::default() }
    }

    /// The tree, and how many elements were held back.
    pub(super) fn into_parts(self) -> (Sink, usize) {
        (self.builder.sink, self.flattened.get())
    }

    /// Whether a tag goes on to the tree builder.
    fn admits(&self, tag: &Tag) -> bool {
        let is_full = self.builder.sink.len() >= MOST_ELEMENTS;
        match tag.kind {
            TagKind::StartTag if is_full || (!is_void(&tag.name) && self.is_deep()) => {
                self.flattened.set(self.flattened.get() + 1);
                if !is_full {
                    *self.held.borrow_mut().entry(tag.name.clone()).or_default() += 1;
                }
                false
            }
            TagKind::StartTag => true,
            TagKind::EndTag if is_full => false,
            TagKind::EndTag => match self.held.borrow_mut().get_mut(&tag.name) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            },
        }
    }

    fn is_deep(&self) -> bool {
        let count = Count(Cell::new(0));
        self.builder.trace_handles(&count);
        count.0.get() >= DEEPEST
    }
}

impl TokenSink for Guard {
    type Handle = usize;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<usize> {
        match token {
            Token::TagToken(mut tag) if !self.admits(&tag) => {
                // What it held must not run into what stands around it.
                if self.builder.sink.len() >= MOST_ELEMENTS {
                    let blank = Token::CharacterTokens("\n".into());
                    return self.builder.process_token(blank, line_number);
                }
                tag.name = local_name!("br");
                tag.kind = TagKind::StartTag;
                tag.attrs.clear();
                self.builder.process_token(Token::TagToken(tag), line_number)
            }
            token => self.builder.process_token(token, line_number),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
