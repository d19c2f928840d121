//! From a text to its BM25 vector.
//!
//! One analysis serves every language, since the language of a short question cannot be told and
//! documents and questions must agree: texts are cut into words, folded to lower case without
//! accents, stripped of English suffixes (which leaves most words of other languages alone) and of
//! English function words. Scripts that write no spaces are cut into overlapping pairs of
//! characters, so that any word of two or more is found without a dictionary; documents also carry
//! the single characters, for questions of one.
//!
//! The engine's own multilingual analyser is not used: it drops numbers, and it picks the
//! segmentation by the language it guesses, so that a question in kanji alone is cut as Chinese
//! while the Japanese document that answers it is not.

use corpus::VectorStoreError;
use qdrant_edge::SparseVector;
use qdrant_edge::TokenizerType;
use qdrant_edge::bm25_embed::{EdgeBm25, EdgeBm25Config};
use qdrant_edge::external::ordered_float::NotNan;

/// The words that a chunk has on average, function words left out: chunks aim at 300 of a model's
/// tokens. Longer ones are worth a little less per match, shorter ones a little more.
const AVERAGE_WORDS: f64 = 128.0;

/// Makes BM25 vectors. Document frequencies are not in them; the index multiplies those in.
#[derive(Debug)]
pub(crate) struct Lexical(EdgeBm25);

impl Lexical {
    /// Prepares the analysis.
    pub(crate) fn new() -> Result<Self, VectorStoreError> {
        let failed = |reason: String| VectorStoreError::Failed { reason };
        let config = EdgeBm25Config {
            avg_len: NotNan::new(AVERAGE_WORDS).map_err(|error| failed(error.to_string()))?,
            tokenizer: TokenizerType::Whitespace,
            language: Some("english".to_owned()),
            lowercase: Some(true),
            ascii_folding: Some(true),
            ..EdgeBm25Config::default()
        };
        EdgeBm25::new(config).map(Self).map_err(|error| failed(error.to_string()))
    }

    /// The vector of a chunk's text; empty where it has no words.
    pub(crate) fn document(&self, text: &str) -> SparseVector {
        self.0.embed_document(&words(text, Singles::Always))
    }

    /// The vector of a question; empty where it has no words.
    pub(crate) fn query(&self, text: &str) -> SparseVector {
        self.0.embed_query(&words(text, Singles::WhereAlone))
    }
}

/// When a single character of a script without spaces is a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Singles {
    Always,
    WhereAlone,
}

/// The words of a text, with a space after each.
fn words(text: &str, singles: Singles) -> String {
    let mut words = String::with_capacity(text.len() + text.len() / 4);
    let mut previous = Kind::Gap;
    // The characters since the last gap, where they are of a script without spaces.
    let mut run = Vec::new();
    for character in text.chars().map(narrow) {
        let kind = Kind::of(character);
        if kind != previous {
            end_run(&mut words, &mut run, singles);
            if previous == Kind::Word {
                words.push(' ');
            }
        }
        match kind {
            Kind::Gap => {}
            Kind::Word => words.push(character),
            Kind::Unspaced => run.push(character),
        }
        previous = kind;
    }
    end_run(&mut words, &mut run, singles);
    words
}

fn end_run(words: &mut String, run: &mut Vec<char>, singles: Singles) {
    if singles == Singles::Always || run.len() == 1 {
        for character in run.iter() {
            words.extend([*character, ' ']);
        }
    }
    for pair in run.windows(2) {
        words.extend([pair[0], pair[1], ' ']);
    }
    run.clear();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gap,
    Word,
    Unspaced,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            // Thai, Lao, Burmese, Khmer (vowel and tone marks included, digits not).
            '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ece}' | '\u{1000}'..='\u{103f}'
            | '\u{1780}'..='\u{17d3}'
            // Hangul, kana, bopomofo, ideographs and their iteration marks.
            | '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}' => {
                Self::Unspaced
            }
            _ if character.is_alphanumeric() => Self::Word,
            _ => Self::Gap,
        }
    }
}

/// Full-width letters, digits and signs as their ordinary ones.
fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn shared(document: &str, query: &str) -> usize {
        let lexical = Lexical::new().unwrap();
        let (document, query) = (lexical.document(document), lexical.query(query));
        query.indices.iter().filter(|index| document.indices.contains(index)).count()
    }

    #[test]
    fn words_are_cut_at_gaps_and_pairs_overlap() {
        assert_eq!(words("Ab-1, c", Singles::Always), "Ab 1 c");
        assert_eq!(words("緑茶を3杯", Singles::WhereAlone), "緑茶 茶を 3 杯 ");
        assert_eq!(words("緑茶", Singles::Always), "緑 茶 緑茶 ");
        assert_eq!(words("ＡＢ１", Singles::Always), "AB1");
    }

    #[test]
    fn inflected_english_is_found() {
        assert_eq!(shared("The invoices were approved.", "approving an invoice"), 2);
    }

    #[test]
    fn function_words_alone_find_nothing() {
        assert_eq!(shared("What is it about?", "what is it"), 0);
    }

    #[test]
    fn german_is_found_with_or_without_its_marks() {
        assert_eq!(shared("Die Kündigungsfrist beträgt 30 Tage", "KUNDIGUNGSFRIST"), 1);
        assert_eq!(shared("Die Kündigungsfrist beträgt 30 Tage", "30 Tage Kündigungsfrist"), 3);
    }

    #[test]
    fn numbers_are_words() {
        assert_eq!(shared("Form E-1042 of 2024", "E-1042"), 2);
    }

    #[test]
    fn scripts_without_spaces_are_found_by_their_parts() {
        assert!(shared("経費は翌月末までに精算してください。", "経費の精算") >= 2);
        assert!(shared("报销必须在月底之前提交", "月底报销") >= 2);
        assert!(shared("연차 휴가를 신청하세요", "연차휴가") >= 2);
        assert!(shared("วันหยุดประจำปี", "วันหยุด") >= 4);
        assert_eq!(shared("緑茶を飲む", "茶"), 1);
        assert_eq!(shared("経費は翌月末", "休暇"), 0);
    }
}
