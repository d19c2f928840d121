//! One call of the embedder: its texts to windows, and the vectors of the windows to embeddings.
//!
//! Long texts flow through: a slice of text is tokenised at a time, its windows are queued, and
//! vectors are added up as they come, so that a text of any length needs little memory.

use std::collections::VecDeque;
use std::sync::Arc;

use corpus::{EmbedError, Embedding};

use super::engine::Reply;
use super::pooling::normalise;
use super::tokens::{PIECE_BYTES, Tokens, pieces};

/// Shorter slices are tokenised on the spot: that takes less than the way to another thread.
const SHORT_SLICE_BYTES: usize = 1024;

/// Windows of one call that wait or whose vectors do.
const MOST_PENDING: usize = 128;

/// The state of a call.
#[derive(Debug)]
pub(super) struct Call<'t> {
    texts: &'t [String],
    lead: &'static str,
    /// The text that comes next, and how much of it is gone.
    next: (usize, usize),
    window: usize,
    /// Tokens of the text at hand that fill no window yet.
    open: Vec<u32>,
    sums: Vec<Sum>,
    pending: VecDeque<Pending>,
}

#[derive(Debug)]
struct Pending {
    text: usize,
    tokens: usize,
    reply: Reply,
}

/// The vectors of a text's windows, each as often as it has tokens.
#[derive(Debug, Clone, Default)]
struct Sum {
    vector: Vec<f32>,
    windows: usize,
    tokens: usize,
}

/// A window of a text: its tokens, without special ones.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) text: usize,
    pub(super) ids: Vec<u32>,
}

impl<'t> Call<'t> {
    /// A call for some texts, with windows of `window` tokens; `lead` is put before each text.
    pub(super) fn new(texts: &'t [String], lead: &'static str, window: usize) -> Self {
        let sums = vec![Sum::default(); texts.len()];
        Self { texts, lead, next: (0, 0), window, open: Vec::new(), sums, pending: VecDeque::new() }
    }

    /// The next pieces of the texts, to be tokenised together.
    pub(super) fn next_slice(&mut self) -> Option<Slice> {
        let mut slice = Slice::default();
        while let (text, gone) = self.next
            && text < self.texts.len()
            && slice.bytes < PIECE_BYTES
        {
            let rest = &self.texts[text][gone..];
            let piece = pieces(rest, PIECE_BYTES).next().unwrap_or_default();
            let last = piece.len() == rest.len();
            slice.bytes += piece.len();
            let lead = if gone == 0 { self.lead } else { "" };
            slice.pieces.push(Piece { text, content: [lead, piece].concat(), last });
            self.next = if last { (text + 1, 0) } else { (text, gone + piece.len()) };
        }
        (!slice.pieces.is_empty()).then_some(slice)
    }

    /// The windows that a slice fills or ends. A text without tokens has one window, of none.
    pub(super) fn windows_of(&mut self, slice: Vec<Tokenised>) -> Vec<Window> {
        let mut windows = Vec::new();
        for piece in slice {
            let text = piece.text;
            self.open.extend(piece.ids);
            let mut ids = std::mem::take(&mut self.open);
            while ids.len() > self.window {
                let others = ids.split_off(self.window);
                windows.push(Window { text, ids });
                self.sums[text].windows += 1;
                ids = others;
            }
            if piece.last && (!ids.is_empty() || self.sums[text].windows == 0) {
                self.sums[text].windows += 1;
                windows.push(Window { text, ids });
            } else {
                self.open = ids;
            }
        }
        windows
    }

    /// Notes that the vector of a window of `tokens` comes; adds up others where many are awaited.
    pub(super) async fn expect(
        &mut self,
        text: usize,
        tokens: usize,
        reply: Reply,
    ) -> Result<(), EmbedError> {
        self.pending.push_back(Pending { text, tokens, reply });
        while self.pending.len() > MOST_PENDING {
            self.add_next().await?;
        }
        Ok(())
    }

    /// The embeddings of the texts, in their order, when all vectors have come.
    pub(super) async fn embeddings(mut self) -> Result<Vec<Embedding>, EmbedError> {
        while !self.pending.is_empty() {
            self.add_next().await?;
        }
        Ok(self.sums.into_iter().map(Sum::embedding).collect())
    }

    async fn add_next(&mut self) -> Result<(), EmbedError> {
        let Some(Pending { text, tokens, reply }) = self.pending.pop_front() else {
            return Ok(());
        };
        let stopped = |_| unavailable("it was stopped");
        let vector = reply.await.map_err(stopped)?;
        // The network has no moods: what fails would fail again.
        let vector = vector.map_err(|reason| EmbedError::Refused { reason })?;
        self.sums[text].add(&vector, tokens);
        Ok(())
    }
}

impl Sum {
    #[expect(clippy::cast_precision_loss, reason = "a window has few tokens")]
    fn add(&mut self, vector: &[f32], tokens: usize) {
        let weight = tokens.max(1) as f32;
        self.vector.resize(vector.len(), 0.0);
        self.vector.iter_mut().zip(vector).for_each(|(sum, x)| *sum += weight * x);
        self.tokens += tokens;
    }

    fn embedding(mut self) -> Embedding {
        normalise(&mut self.vector);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Embedding {
            vector: self.vector,
            windows: number(self.windows),
            tokens: number(self.tokens),
        }
    }
}

/// Pieces of texts that are tokenised together.
#[derive(Debug, Default)]
pub(super) struct Slice {
    pieces: Vec<Piece>,
    bytes: usize,
}

#[derive(Debug)]
struct Piece {
    text: usize,
    content: String,
    last: bool,
}

/// The tokens of a piece.
#[derive(Debug)]
pub(super) struct Tokenised {
    text: usize,
    ids: Vec<u32>,
    /// Whether the text ends here.
    last: bool,
}

impl Slice {
    /// The slice's tokens, made on another thread unless it is short.
    pub(super) async fn tokenised(self, tokens: Arc<Tokens>) -> Result<Vec<Tokenised>, EmbedError> {
        if self.bytes <= SHORT_SLICE_BYTES {
            return self.tokenise(&tokens);
        }
        let work = tokio::task::spawn_blocking(move || self.tokenise(&tokens));
        work.await.map_err(|_panic| unavailable("its tokenizer panicked"))?
    }

    fn tokenise(self, tokens: &Tokens) -> Result<Vec<Tokenised>, EmbedError> {
        let pieces = self.pieces.into_iter().map(|Piece { text, content, last }| {
            let ids = tokens.ids(&content).map_err(|reason| EmbedError::Refused { reason })?;
            Ok(Tokenised { text, ids, last })
        });
        pieces.collect()
    }
}

fn unavailable(reason: &str) -> EmbedError {
    EmbedError::Unavailable { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
