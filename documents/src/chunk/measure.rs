//! How long texts are to the embedding model.

use std::fmt;
use std::ops::Range;

use corpus::Embedder;
use text_splitter::ChunkSizer;

/// Where the tokens of a text stand.
type Tokens<'m> = dyn Fn(&str) -> Vec<Range<usize>> + 'm;

/// Measures texts in the tokens of an embedding model.
pub struct Measure<'m> {
    /// Tokens that the model sees at once.
    pub window: u32,
    tokens: Box<Tokens<'m>>,
}

impl<'m> Measure<'m> {
    /// That of a model which sees `window` tokens at once, and whose tokens stand where `tokens`
    /// says (see [`Embedder::tokens`]).
    pub fn new(window: u32, tokens: impl Fn(&str) -> Vec<Range<usize>> + 'm) -> Self {
        Self { window, tokens: Box::new(tokens) }
    }

    /// That of an embedder's model.
    pub fn of(embedder: &'m dyn Embedder) -> Self {
        Self::new(embedder.model().window, |text| embedder.tokens(text))
    }

    /// Where the tokens of a text stand.
    pub(super) fn tokens(&self, text: &str) -> Vec<Range<usize>> {
        (self.tokens)(text)
    }

    /// How many tokens a text has.
    pub(super) fn size(&self, text: &str) -> usize {
        self.tokens(text).len()
    }
}

impl ChunkSizer for Measure<'_> {
    fn size(&self, chunk: &str) -> usize {
        self.size(chunk)
    }
}

impl fmt::Debug for Measure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measure").field("window", &self.window).finish_non_exhaustive()
    }
}
