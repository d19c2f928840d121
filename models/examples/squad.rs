//! How well the local answerer answers: questions with known answers over Wikipedia.
//!
//! `cargo run --release -p models --example squad [folder]`, where the folder, or else the variable
//! `OUTCROP_DATA`, has `retrieval/<set>/{corpus.jsonl,queries.jsonl,qrels.trec}`. Each question is
//! asked with the five paragraphs that BM25 finds best. Counted are, of the questions that have an
//! answer, the answers that contain it and those that are declined; and of the questions that have
//! none, those that are declined. Beside it stands what quoting the first sentence of the first
//! paragraph would give, which declines nothing.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

#[path = "squad/bm25.rs"]
mod bm25;
#[path = "squad/data.rs"]
mod data;

use std::path::{Path, PathBuf};

use corpus::{GenerateError, GenerationRequest, Generator, Passage};
use futures::executor::block_on;
use models::Extractive;
use unicode_segmentation::UnicodeSegmentation;

use bm25::Bm25;
use data::{DataError, Paragraph, Query, Set};

const SETS: [&str; 9] = [
    "squad2-en",
    "xquad/en",
    "xquad/de",
    "xquad/es",
    "xquad/ru",
    "xquad/ar",
    "xquad/zh",
    "jaquad-ja",
    "cmrc2018-zh",
];

/// How many paragraphs the answerer gets.
const PARAGRAPHS: usize = 5;

/// The words in which it declines.
const DECLINES: &str = "The retrieved passages do not answer the question.";

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
enum ExampleError {
    #[error("cannot read the data")]
    Data(#[from] DataError),
    #[error("cannot answer")]
    Answer(#[from] GenerateError),
}

/// What is counted over a set.
#[derive(Debug, Default)]
struct Counts {
    /// Questions with an answer.
    answerable: u32,
    /// Of these, those whose answer contains it.
    right: u32,
    /// Of these, those that are declined.
    refused: u32,
    /// Of these, those that the first sentence answers.
    baseline: u32,
    /// Questions without an answer.
    unanswerable: u32,
    /// Of these, those that are declined.
    declined: u32,
    /// Sentences quoted.
    quotes: usize,
}

fn main() -> Result<(), ExampleError> {
    let Some(folder) = folder().filter(|folder| folder.is_dir()) else {
        println!("skipped: there is no data folder; name it, or set OUTCROP_DATA");
        return Ok(());
    };
    println!("set           asked  answered  baseline  declined falsely  declined rightly  quotes");
    for name in SETS {
        let folder = folder.join("retrieval").join(name);
        if folder.is_dir() {
            println!("{name:12} {}", measure(&folder)?);
        } else {
            println!("{name:12} skipped: {} is no folder", folder.display());
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "an example is its own program")]
fn folder() -> Option<PathBuf> {
    let named = std::env::args_os().nth(1).or_else(|| std::env::var_os("OUTCROP_DATA"));
    named.map(PathBuf::from)
}

fn measure(folder: &Path) -> Result<Counts, ExampleError> {
    let set = Set::read(folder)?;
    let texts: Vec<String> = set.paragraphs.iter().map(Paragraph::titled).collect();
    let index = Bm25::new(&texts);
    let answerer = Extractive::default();
    let mut counts = Counts::default();
    for query in &set.queries {
        let found = index.best(&query.text, PARAGRAPHS);
        let passages = found.iter().map(|number| passage(&set.paragraphs[*number])).collect();
        let request = GenerationRequest {
            question: query.text.clone(),
            passages,
            ..GenerationRequest::default()
        };
        let answer = block_on(answerer.generate(&request))?.text;
        counts.count(query, &request.passages, &answer);
    }
    Ok(counts)
}

fn passage(paragraph: &Paragraph) -> Passage {
    let headings = Some(paragraph.title.clone()).filter(|title| !title.is_empty());
    Passage { text: paragraph.text.clone(), headings: headings.into_iter().collect() }
}

impl Counts {
    fn count(&mut self, query: &Query, passages: &[Passage], answer: &str) {
        let declines = answer == DECLINES;
        if !query.answerable {
            self.unanswerable += 1;
            self.declined += u32::from(declines);
            return;
        }
        self.answerable += 1;
        self.refused += u32::from(declines);
        self.right += u32::from(!declines && query.is_answered_by(answer));
        let first = passages.first().and_then(|passage| passage.text.unicode_sentences().next());
        self.baseline += u32::from(first.is_some_and(|sentence| query.is_answered_by(sentence)));
        self.quotes += if declines { 0 } else { answer.lines().count() };
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = |part: u32, whole: u32| match whole {
            0 => "–".to_owned(),
            _ => format!("{:.1} %", 100.0 * f64::from(part) / f64::from(whole)),
        };
        let answers = f64::from((self.answerable - self.refused).max(1));
        let quotes = f64::from(u32::try_from(self.quotes).unwrap_or(u32::MAX)) / answers;
        write!(
            f,
            "{:6}  {:>8}  {:>8}  {:>16}  {:>16}  {quotes:6.2}",
            self.answerable + self.unanswerable,
            percent(self.right, self.answerable),
            percent(self.baseline, self.answerable),
            percent(self.refused, self.answerable),
            percent(self.declined, self.unanswerable),
        )
    }
}
