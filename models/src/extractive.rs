//! The local answerer: no language model, it quotes.
//!
//! It picks the sentences of the retrieved passages that answer the question and quotes them word
//! for word, each on a line of its own with the marker of its passage, the best first. Where none
//! answers it says so, in the only words that are its own. The same request always gets the same
//! answer.
//!
//! It has no tokens. Where a count of them is asked for, one is taken for every four bytes of text,
//! markers left out; `max_tokens` bounds the quoted text so.

mod choice;
mod evidence;
mod grammar;
mod opposites;
mod question;
mod rarity;
mod reading;
mod sentences;
mod weigh;
mod words;

use async_trait::async_trait;
use corpus::{
    GenerateError, Generation, GenerationRequest, Generator, InferenceParameters, Passage,
    StopReason, Usage,
};

use choice::{Quote, choose};

/// What is answered where the passages do not answer the question.
const DECLINES: &str = "The retrieved passages do not answer the question.";

/// What is said to who shows a picture.
const BLIND: &str = "the local answerer reads no pictures: route the model to one that sees under \
                     [[models.generation]] in the configuration";

/// The bytes of text that count as a token.
const TOKEN: usize = 4;

/// Quotes what answers a question.
#[derive(Debug, Clone, Default)]
pub struct Extractive {}

#[async_trait]
impl Generator for Extractive {
    fn model(&self) -> &'static str {
        "extractive"
    }

    fn follows_instructions(&self) -> bool {
        false
    }

    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        if request.messages.iter().any(|message| !message.images.is_empty()) {
            return Err(GenerateError::Refused { reason: BLIND.to_owned() });
        }
        let quotes = choose(&request.question, &request.passages);
        let (lines, stop_reason) = limited(quotes, &request.inference);
        let usage = Usage {
            input_tokens: tokens(read(request)),
            output_tokens: tokens(lines.iter().map(|quote| quote.text.len()).sum()),
        };
        let lines: Vec<String> = lines.iter().map(|quote| quote.line(request.cites)).collect();
        let (text, stop_reason) = stopped(lines.join("\n"), stop_reason, &request.inference);
        Ok(Generation { text, stop_reason, usage })
    }
}

impl Quote<'_> {
    fn line(&self, cites: bool) -> String {
        let mut line = self.text.to_owned();
        if cites && !self.passages.is_empty() {
            line.push(' ');
            line.extend(self.passages.iter().map(|passage| format!("[{}]", passage + 1)));
        }
        line
    }
}

/// What `max_tokens` leaves of the quotes: those after the first whole or not at all, the first,
/// or the words that decline, up to a word's end.
fn limited<'a>(
    quotes: Vec<Quote<'a>>,
    inference: &InferenceParameters,
) -> (Vec<Quote<'a>>, StopReason) {
    let bytes = |tokens| usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(TOKEN);
    let mut room = inference.max_tokens.map_or(usize::MAX, bytes);
    let mut quotes = quotes.into_iter();
    let mut first = quotes.next().unwrap_or_else(|| Quote { text: DECLINES, passages: Vec::new() });
    if first.text.len() > room {
        first.text = shortened(first.text, room);
        return (vec![first], StopReason::MaxTokens);
    }
    room -= first.text.len();
    let mut lines = vec![first];
    lines.extend(quotes.take_while(|quote| match room.checked_sub(quote.text.len()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    }));
    (lines, StopReason::EndTurn)
}

/// The beginning of a text, of no more than so many bytes, cut after a word where it has several.
fn shortened(text: &str, room: usize) -> &str {
    let cut = &text[..text.floor_char_boundary(room)];
    cut.rfind(char::is_whitespace).map_or(cut, |end| &cut[..end]).trim_end()
}

/// The text up to the first stop sequence in it.
fn stopped(
    mut text: String,
    reason: StopReason,
    inference: &InferenceParameters,
) -> (String, StopReason) {
    let sequences = inference.stop_sequences.iter().filter(|sequence| !sequence.is_empty());
    match sequences.filter_map(|sequence| text.find(sequence.as_str())).min() {
        Some(end) => {
            text.truncate(end);
            (text, StopReason::StopSequence)
        }
        None => (text, reason),
    }
}

/// How many bytes were read for an answer.
fn read(request: &GenerationRequest) -> usize {
    let headings = |passage: &Passage| passage.headings.iter().map(String::len).sum::<usize>();
    let passages = request.passages.iter().map(|passage| passage.text.len() + headings(passage));
    request.question.len() + passages.sum::<usize>()
}

fn tokens(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(TOKEN)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
