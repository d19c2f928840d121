//! An answer with its citations, as people read it: `[1]` after what rests on the first source,
//! then the sources with the words that were quoted.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::text;
use crate::terminal::{Terminal, plain, wrap};

/// The longest excerpt of a source, in characters.
const EXCERPT: usize = 320;

/// An answer, its sources numbered in the order of their first mention.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// The text, with the numbers of sources.
    pub(crate) text: String,
    /// The sources.
    pub(crate) sources: Vec<Source>,
}

/// A passage that an answer rests on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    /// Where the document is: a URI or an id.
    pub(crate) uri: String,
    /// The document in few words.
    pub(crate) document: String,
    /// The page that the passage begins on.
    pub(crate) page: Option<u64>,
    /// The headings above the passage.
    pub(crate) headings: Vec<String>,
    /// The words that the answer quotes; where it quotes none, the passage's beginning.
    pub(crate) quote: String,
    /// How well the passage fits the question.
    pub(crate) score: Option<f64>,
}

impl Answer {
    /// Reads the answer to a `RetrieveAndGenerate`. Documents below one of `roots` are named by
    /// their path below it.
    pub(crate) fn read(response: &Value, roots: &[String]) -> Self {
        let output: Vec<char> = text(&response["output"], "text").chars().collect();
        let mut numbers: HashMap<(String, String), usize> = HashMap::new();
        let mut sources = Vec::new();
        let mut marked = String::new();
        let mut done = 0;
        for citation in response["citations"].as_array().into_iter().flatten() {
            let references = citation["retrievedReferences"].as_array();
            let mut marks: Vec<usize> = Vec::new();
            for reference in references.into_iter().flatten() {
                let source = Source::read(reference, roots);
                let chunk = text(&reference["metadata"], "x-amz-bedrock-kb-chunk-id");
                let key = (chunk.to_owned(), source.quote.clone());
                let number = *numbers.entry(key).or_insert_with(|| {
                    sources.push(source);
                    sources.len()
                });
                if !marks.contains(&number) {
                    marks.push(number);
                }
            }
            // Bedrock's end is the last character, not the one after it.
            let span = &citation["generatedResponsePart"]["textResponsePart"]["span"];
            let end = span["end"].as_u64().and_then(|end| usize::try_from(end).ok());
            let end =
                end.map_or(output.len(), |end| end.saturating_add(1)).clamp(done, output.len());
            let part: String = output[done..end].iter().collect();
            let space = part.len() - part.trim_end().len();
            marked.push_str(part.trim_end());
            if !marks.is_empty() {
                let marks: Vec<String> = marks.iter().map(|number| format!("[{number}]")).collect();
                marked.push(' ');
                marked.push_str(&marks.concat());
            }
            marked.push_str(&part[part.len() - space..]);
            done = end;
        }
        marked.extend(&output[done..]);
        Self { text: marked, sources }
    }

    /// Prints the answer for people.
    pub(crate) fn print(&self, terminal: &Terminal) -> std::io::Result<()> {
        let width = Terminal::width();
        for paragraph in self.text.lines().filter(|line| !line.trim().is_empty()) {
            terminal.print(wrap(&plain(paragraph), "  ", width))?;
        }
        if !self.sources.is_empty() {
            terminal.print("")?;
        }
        for (index, source) in self.sources.iter().enumerate() {
            let mut place = vec![terminal.bold(plain(&source.document))];
            place.extend(source.page.map(|page| format!("page {page}")));
            if !source.headings.is_empty() {
                place.push(plain(&source.headings.join(" › ")));
            }
            place.extend(source.score.map(|score| terminal.dim(format_args!("score {score:.2}"))));
            terminal.print(format_args!("  [{}] {}", index + 1, place.join(" · ")))?;
            let quote = format!("“{}”", excerpt(&plain(&source.quote)));
            terminal.print(terminal.dim(wrap(&quote, "      ", width)))?;
        }
        Ok(())
    }

    /// The answer for programs.
    pub(crate) fn to_json(&self) -> Value {
        let sources = self.sources.iter().enumerate().map(|(index, source)| {
            json!({
                "number": index + 1,
                "document": source.document,
                "uri": source.uri,
                "page": source.page,
                "headings": source.headings,
                "quote": source.quote,
                "score": source.score,
            })
        });
        json!({"answer": self.text, "citations": sources.collect::<Vec<_>>()})
    }
}

impl Source {
    fn read(reference: &Value, roots: &[String]) -> Self {
        let metadata = &reference["metadata"];
        let uri = text(metadata, "x-amz-bedrock-kb-source-uri").to_owned();
        let headings = metadata["x-outcrop-headings"].as_array();
        let headings = headings.into_iter().flatten().filter_map(|heading| heading.as_str());
        Self {
            document: name(&uri, roots),
            uri,
            page: metadata["x-amz-bedrock-kb-document-page-number"].as_f64().map(|page| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "pages are small whole numbers; the wire has them as doubles"
                )]
                let page = page as u64;
                page
            }),
            headings: headings.map(str::to_owned).collect(),
            quote: quote(reference)
                .unwrap_or_else(|| text(&reference["content"], "text").to_owned()),
            score: metadata["x-outcrop-score"].as_f64(),
        }
    }
}

/// The quoted part of a passage: both spans count code points of the document.
fn quote(reference: &Value) -> Option<String> {
    let metadata = &reference["metadata"];
    let at = |name: &str| usize::try_from(metadata[name].as_u64()?).ok();
    let passage = at("x-outcrop-span-start")?;
    let start = at("x-outcrop-quote-start")?.checked_sub(passage)?;
    let end = at("x-outcrop-quote-end")?.checked_sub(passage)?;
    let characters = text(&reference["content"], "text").chars();
    let quote: String = characters.skip(start).take(end.checked_sub(start)?).collect();
    (!quote.trim().is_empty()).then_some(quote)
}

/// A document in few words: its path below a root, or all of its URI.
fn name(uri: &str, roots: &[String]) -> String {
    let Some(path) = uri.strip_prefix("file://") else { return uri.to_owned() };
    let path = decoded(path);
    let below = roots.iter().filter_map(|root| {
        Path::new(&path).strip_prefix(root).ok().map(|below| below.to_string_lossy().into_owned())
    });
    below.min_by_key(String::len).unwrap_or(path)
}

/// The text that a percent-encoded one stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        None => text.to_owned(),
        Some((end, _)) => {
            let cut = &text[..end];
            format!("{} …", cut.rsplit_once(' ').map_or(cut, |(whole, _)| whole))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(chunk: &str, span: (u64, u64, u64)) -> Value {
        let (passage, start, end) = span;
        json!({
            "content": {"type": "TEXT", "text": "Ünder the roof it is dry. Not outside."},
            "metadata": {
                "x-amz-bedrock-kb-source-uri": "file:///books/hand%20book/a.md",
                "x-amz-bedrock-kb-chunk-id": chunk,
                "x-amz-bedrock-kb-document-page-number": 2.0,
                "x-outcrop-headings": ["House", "Roof"],
                "x-outcrop-span-start": passage,
                "x-outcrop-quote-start": start,
                "x-outcrop-quote-end": end,
                "x-outcrop-score": 0.5,
            },
        })
    }

    #[test]
    fn sources_are_numbered_where_they_are_first_used() {
        let part = |start: u64, end: u64, references: Vec<Value>| {
            json!({
                "generatedResponsePart": {"textResponsePart": {"span": {"start": start, "end": end}}},
                "retrievedReferences": references,
            })
        };
        let first = reference("1", (100, 100, 125));
        let second = reference("2", (0, 26, 38));
        let response = json!({
            "output": {"text": "It is dry. Not outside. Is it?"},
            "citations": [
                part(0, 9, vec![first.clone()]),
                part(11, 22, vec![second, first]),
                part(24, 29, vec![]),
            ],
        });
        let answer = Answer::read(&response, &["/books".to_owned(), "/books/hand book".to_owned()]);
        assert_eq!(answer.text, "It is dry. [1] Not outside. [2][1] Is it?");
        let quotes: Vec<&str> = answer.sources.iter().map(|source| source.quote.as_str()).collect();
        assert_eq!(quotes, ["Ünder the roof it is dry.", "Not outside."]);
        assert_eq!(answer.sources[0].document, "a.md");
        assert_eq!(answer.sources[0].page, Some(2));
    }

    #[test]
    fn an_answer_without_citations_is_its_text() {
        let response = json!({"output": {"text": "Sorry."}, "citations": []});
        let answer = Answer::read(&response, &[]);
        assert_eq!((answer.text.as_str(), answer.sources.len()), ("Sorry.", 0));
    }
}
