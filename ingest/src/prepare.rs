//! From the bytes of a document to pieces that can be embedded: extraction and chunking, on a
//! thread of their own, within time.

use std::sync::Arc;
use std::time::Duration;

use catalog::Likeness;
use corpus::{
    Chunk, ChunkingStrategy, ContentHash, Embedder, GenerateError, Metadata, MetadataValue,
    ModelTask, Reading, RecordStructure, SidecarContents, SourceDocument,
};
use documents::{Extracted, Measure, Sentences, chunk};

use crate::document::{Fault, Run};
use crate::extractor::ReadError;
use crate::likeness::likeness;
use crate::meaning::distances;
use crate::parsers::Overrun;
use crate::records::{self, RecordsError};

/// A chunk with what it has besides its document's attributes.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) chunk: Chunk,
    pub(crate) attributes: Metadata,
}

/// What extraction and chunking made of a document.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) pieces: Vec<Piece>,
    /// What was lost on the way.
    pub(crate) losses: Vec<String>,
    /// What there is to say besides.
    pub(crate) notes: Vec<String>,
    /// What the text is like, where texts are compared.
    pub(crate) likeness: Option<Likeness>,
}

/// Why a document has no chunks.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Overrun(#[from] Overrun),
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Model(GenerateError),
    #[error("the model read nothing, and no text was found without it: {reason}")]
    Unseen { reason: String },
    #[error("the model saw nothing that can be read")]
    Blank,
}

/// What is made of a document at first.
enum Begun {
    Done(Cut),
    /// Where the meaning turns is for the embedding model to say.
    Undivided(Box<Undivided>),
}

/// A text in chunks.
struct Cut {
    prepared: Prepared,
    text: String,
}

/// A text that is cut where its meaning turns.
struct Undivided {
    extracted: Extracted,
    sentences: Sentences,
    likeness: Option<Likeness>,
}

impl Run {
    /// Reads the document where it does no harm, and chunks its text on a thread, within time.
    pub(crate) async fn prepare(
        &self,
        document: &SourceDocument,
        records: Option<RecordStructure>,
        bytes: Vec<u8>,
    ) -> Result<Prepared, Refusal> {
        tracing::debug!(document.key = %document.key, "parse document");
        let (chunking, embedder) = (self.chunking, Arc::clone(&self.embedder));
        let is_compared = self.is_compared;
        let limit = Duration::from_secs(self.config.parse_timeout_seconds.get());
        if let Some(structure) = records {
            let work = move || {
                let pieces = records::pieces(&bytes, &structure, chunking, embedder.as_ref())?;
                Ok(Prepared { pieces, losses: Vec::new(), notes: Vec::new(), likeness: None })
            };
            return self.parsers.run(limit, work).await?;
        }
        let (extracted, notes) = self.read_text(document, bytes).await?;
        let work = move || {
            let likeness_of = is_compared.then_some(likeness as fn(&str) -> Likeness);
            begin(extracted, chunking, embedder.as_ref(), likeness_of)
        };
        let Cut { mut prepared, text } = match self.parsers.run(limit, work).await? {
            Begun::Done(cut) => cut,
            Begun::Undivided(undivided) => {
                let batch = self.embedder.model().max_batch;
                let embed = |texts: Vec<String>| async move { self.embed(&texts).await };
                let Undivided { extracted, sentences, .. } = &*undivided;
                let distances = distances(extracted, sentences, batch, embed).await?;
                let embedder = Arc::clone(&self.embedder);
                let work = move || undivided.cut(&distances, chunking, embedder.as_ref());
                self.parsers.run(limit, work).await?
            }
        };
        prepared.notes.extend(notes);
        let unsituated = self.situate(document, &text, &mut prepared.pieces).await?;
        prepared.notes.extend(unsituated);
        Ok(prepared)
    }
}

impl Undivided {
    fn cut(self, distances: &[f32], chunking: ChunkingStrategy, embedder: &dyn Embedder) -> Cut {
        let Self { extracted, sentences, likeness } = self;
        let ChunkingStrategy::Semantic { max_tokens, breakpoint_percentile, .. } = chunking else {
            return cut(extracted, Vec::new(), likeness);
        };
        let measure = Measure::of(embedder);
        let chunks =
            sentences.cut(&extracted, distances, breakpoint_percentile, max_tokens, &measure);
        cut(extracted, chunks, likeness)
    }
}

fn begin(
    extracted: Extracted,
    chunking: ChunkingStrategy,
    embedder: &dyn Embedder,
    likeness_of: Option<fn(&str) -> Likeness>,
) -> Begun {
    let likeness = likeness_of.map(|likeness_of| likeness_of(&extracted.text));
    if let ChunkingStrategy::Semantic { buffer_size, .. } = chunking {
        let sentences = Sentences::of(&extracted, buffer_size);
        return Begun::Undivided(Box::new(Undivided { extracted, sentences, likeness }));
    }
    let chunks = chunk(&extracted, chunking, &Measure::of(embedder));
    Begun::Done(cut(extracted, chunks, likeness))
}

fn cut(extracted: Extracted, chunks: Vec<Chunk>, likeness: Option<Likeness>) -> Cut {
    let piece = |chunk| Piece { chunk, attributes: Metadata::new() };
    let prepared = Prepared {
        pieces: chunks.into_iter().map(piece).collect(),
        losses: extracted.losses().collect(),
        notes: Vec::new(),
        likeness,
    };
    Cut { prepared, text: extracted.text }
}

/// What is embedded before the text of each chunk: the attributes that its sidecar names for that,
/// a line for each, and an empty line.
pub(crate) fn preamble(contents: &SidecarContents) -> String {
    let mut lines = String::new();
    for (name, value) in &contents.metadata {
        if contents.for_embedding.contains(name) {
            lines.extend([name, ": ", &words(value), "\n"]);
        }
    }
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines
}

fn words(value: &MetadataValue) -> String {
    match value {
        MetadataValue::Boolean(value) => value.to_string(),
        MetadataValue::Number(value) => value.to_string(),
        MetadataValue::String(value) => value.clone(),
        MetadataValue::StringList(values) => values.join(", "),
    }
}

/// Counts the ways in which documents have been cut and embedded: chunks of an earlier one are not
/// carried over to a new revision.
const MAKING: u32 = 2;

/// See [`corpus::Document::recipe`].
pub(crate) fn recipe(contents: &SidecarContents, reading: &Reading) -> String {
    let preamble = preamble(contents);
    let is_plain = preamble.is_empty() && contents.records.is_none();
    if is_plain && !reading.asks_models() {
        return MAKING.to_string();
    }
    // Each part with its length before it, so that no two recipes read the same.
    let mut parts = Vec::new();
    let mut add = |part: &str| parts.extend(format!("{}:{part}", part.len()).into_bytes());
    add(&preamble);
    if let Some(structure) = &contents.records {
        add(&structure.content_field);
        for fields in [&structure.fields_to_include, &structure.fields_to_exclude] {
            add(&fields.len().to_string());
            for field in fields {
                add(field);
            }
        }
    }
    for (what, task) in [("seen", &reading.transcription), ("situated", &reading.situating)] {
        if let Some(ModelTask { model_arn, prompt }) = task {
            [what, model_arn, prompt.as_deref().unwrap_or_default()].into_iter().for_each(&mut add);
        }
    }
    format!("{MAKING} {}", ContentHash::of(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(for_embedding: &[&str], content_field: Option<&str>) -> SidecarContents {
        let text = |text: &str| MetadataValue::String(text.to_owned());
        SidecarContents {
            metadata: Metadata::from([
                ("author".to_owned(), text("Ann")),
                ("topics".to_owned(), MetadataValue::StringList(vec!["a".into(), "b".into()])),
                ("year".to_owned(), MetadataValue::Number(2024.0)),
            ]),
            for_embedding: for_embedding.iter().map(ToString::to_string).collect(),
            records: content_field.map(|content_field| RecordStructure {
                content_field: content_field.to_owned(),
                fields_to_include: Vec::new(),
                fields_to_exclude: Vec::new(),
            }),
        }
    }

    #[test]
    fn named_attributes_are_lines_before_the_text() {
        let check = |names: &[&str], expect: &str| {
            assert_eq!(preamble(&contents(names, None)), expect);
        };
        check(&[], "");
        check(&["missing"], "");
        check(&["year", "author"], "author: Ann\nyear: 2024\n\n");
        check(&["topics"], "topics: a, b\n\n");
    }

    #[test]
    fn a_recipe_tells_what_shapes_chunks_and_nothing_else() {
        let plain = |contents: &SidecarContents| recipe(contents, &Reading::default());
        let task = |prompt: Option<&str>| {
            Some(ModelTask { model_arn: "m".to_owned(), prompt: prompt.map(str::to_owned) })
        };
        let read = |transcription, situating| {
            recipe(&contents(&[], None), &Reading { transcription, situating })
        };
        let recipes = [
            read(task(None), None),
            read(None, task(None)),
            read(None, task(Some("Say"))),
            read(task(None), task(None)),
            plain(&contents(&[], None)),
            plain(&contents(&["author"], None)),
            plain(&contents(&["year"], None)),
            plain(&contents(&[], Some("note"))),
            plain(&contents(&[], Some("text"))),
        ];
        assert_eq!(recipes[4], "2");
        for (index, one) in recipes.iter().enumerate() {
            assert!(!recipes[..index].contains(one), "{index}");
        }
        let mut other = contents(&["author"], None);
        other.metadata.remove("year");
        assert_eq!(plain(&other), recipes[5]);
    }
}
