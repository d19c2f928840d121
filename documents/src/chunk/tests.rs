#![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

use std::time::Instant;

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::extracted::{Kind, Landmark, Mark};

/// Tokens are words and single marks; ideographs, each one.
fn words(window: u32) -> Measure<'static> {
    Measure::new(window, |text| {
        let words = text.split_word_bound_indices().filter(|(_, word)| !word.trim().is_empty());
        words.map(|(at, word)| at..at + word.len()).collect()
    })
}

/// A model that knows half of all words and spells the others, so that a part of a word may have
/// more tokens than the whole.
fn speller(window: u32) -> Measure<'static> {
    Measure::new(window, |text| {
        let mut tokens = Vec::new();
        for (at, word) in text.split_word_bound_indices() {
            if word.trim().is_empty() {
                continue;
            }
            if word.bytes().fold(7, |hash: u32, byte| hash * 31 % 1009 + u32::from(byte)) % 2 == 0 {
                tokens.push(at..at + word.len());
            } else {
                tokens.extend(word.char_indices().map(|(i, c)| at + i..at + i + c.len_utf8()));
            }
        }
        tokens
    })
}

fn extracted(text: &str, kind: Kind) -> Extracted {
    Extracted::new(text.to_owned(), kind)
}

fn texts(text: &str, strategy: ChunkingStrategy, measure: &Measure<'_>) -> Vec<String> {
    let chunks = chunk(&extracted(text, Kind::Markdown), strategy, measure);
    chunks.into_iter().map(|chunk| chunk.text).collect()
}

fn fixed(max_tokens: u32, overlap_percentage: u32) -> ChunkingStrategy {
    ChunkingStrategy::FixedSize { max_tokens, overlap_percentage }
}

#[test]
fn chunks_end_where_the_text_does() {
    let fake = words(8);
    let check = |text: &str, expect: &[&str]| {
        assert_eq!(texts(text, ChunkingStrategy::Default, &fake), expect, "{text}");
    };
    check("", &[]);
    check(" \n\n\t ", &[]);
    check("One two three.", &["One two three."]);
    check(
        "One two three. Four five six. Seven eight nine.",
        &["One two three.", "Four five six.", "Seven eight nine."],
    );
    check(
        "one two three four\n\nfive six seven\n\neight nine ten",
        &["one two three four", "five six seven", "eight nine ten"],
    );
    check(
        "a b c d e\n\n# Title\n\nf g\n\n## Part\n\nh i j k l",
        &["a b c d e", "# Title\n\nf g", "## Part\n\nh i j k l"],
    );
    check("One two:\n- three\n- four five six\n", &["One two:\n- three", "- four five six"]);
    check("| a | b |\n| c | d |\n| e | f |", &["| a | b |", "| c | d |", "| e | f |"]);
}

#[test]
fn wrapped_lines_are_cut_at_sentences() {
    let fake = words(16);
    let text = "This is the first sentence in a text with\nlong lines. This is the second sentence, and it is\nlonger.";
    assert_eq!(
        texts(text, ChunkingStrategy::Default, &fake),
        [
            "This is the first sentence in a text with\nlong lines.",
            "This is the second sentence, and it is\nlonger."
        ]
    );
}

#[test]
fn scripts_without_blanks_are_cut_at_sentences_and_words() {
    let fake = words(12);
    let text = "私は学生です。東京に住んでいます。毎日大学へ行きます。";
    assert_eq!(
        texts(text, ChunkingStrategy::Default, &fake),
        ["私は学生です。", "東京に住んでいます。", "毎日大学へ行きます。"]
    );
}

#[test]
fn the_size_is_the_default_s_or_the_window_s() {
    let text = "word ".repeat(1000);
    let sizes = |window| {
        let fake = words(window);
        texts(&text, ChunkingStrategy::Default, &fake).iter().map(|t| t.len().div_ceil(5)).max()
    };
    assert!(sizes(256) <= Some(256));
    assert!((Some(257)..=Some(300)).contains(&sizes(8192)) || sizes(8192) > sizes(256));
}

#[test]
fn fixed_sizes_overlap() {
    let text = (0..100).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    let chunks = texts(&text, fixed(20, 25), &words(256));
    assert!(chunks.iter().all(|chunk| chunk.split(' ').count() <= 20));
    for pair in chunks.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let shared = after.split(' ').take_while(|word| before.split(' ').any(|w| w == *word));
        assert_eq!(shared.count(), 5, "{before} | {after}");
    }
    assert_eq!(texts("a b c", fixed(20, 25), &words(256)), ["a b c"]);
}

#[test]
fn an_overlap_begins_with_a_sentence_where_it_can() {
    let text = "One two three four. Five six. Seven eight nine ten eleven. Twelve.";
    assert_eq!(
        texts(text, fixed(10, 40), &words(256)),
        [
            "One two three four.",
            "two three four. Five six.",
            "Five six. Seven eight nine ten eleven.",
            "nine ten eleven. Twelve."
        ]
    );
}

#[test]
fn a_document_may_be_one_chunk() {
    let chunks = texts(" a\n\nb c \n", ChunkingStrategy::None, &words(1));
    assert_eq!(chunks, ["a\n\nb c"]);
}

#[test]
fn chunks_know_their_place() {
    let text = "# É\n\nöne two\n\n## B\n\nthree fôur\n\nfive";
    let heading = |offset, level, title: &str| Mark {
        offset,
        landmark: Landmark::Heading { level, title: title.to_owned() },
    };
    let document = Extracted {
        marks: vec![
            Mark { offset: 0, landmark: Landmark::Page(1) },
            heading(0, 1, "É"),
            heading(text.find("## B").unwrap(), 2, "B"),
            Mark { offset: text.find("five").unwrap(), landmark: Landmark::Page(2) },
        ],
        ..extracted(text, Kind::Pdf)
    };
    let chunks = chunk(&document, fixed(5, 1), &words(256));
    let found: Vec<(&str, Option<u32>, String)> = chunks
        .iter()
        .map(|c| (c.text.as_str(), c.place.page, c.place.headings.join("/")))
        .collect();
    assert_eq!(
        found,
        [
            ("# É\n\nöne two", Some(1), "É".to_owned()),
            ("## B\n\nthree fôur", Some(1), "É/B".to_owned()),
            ("five", Some(2), "É/B".to_owned()),
        ]
    );
    let spans: Vec<(u64, u64)> =
        chunks.iter().map(|chunk| (chunk.place.span.start, chunk.place.span.end)).collect();
    assert_eq!(spans, [(0, 12), (14, 30), (32, 36)]);
}

#[test]
fn text_without_any_boundary_is_cut_in_time() {
    let fake = words(256);
    let check = |piece: &str, bytes: usize| {
        let text = piece.repeat(bytes / piece.len());
        let started = Instant::now();
        let chunks = chunk(&extracted(&text, Kind::Markdown), ChunkingStrategy::Default, &fake);
        assert!(started.elapsed().as_secs() < 30, "{piece:?}: {:?}", started.elapsed());
        assert!(chunks.iter().all(|chunk| chunk.text.len() <= 40 * 256), "{piece:?}");
    };
    check("x", 10_000_000);
    check("東京", 10_000_000);
    for piece in ["a.", "é\u{301}", "\u{301}", "- ", "x ", "\n\n", "#", "👨\u{200d}👩\u{200d}👧"]
    {
        check(piece, 1_000_000);
    }
}

/// Texts of words, lines, headings, and much that is none of these.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zé]{1,12}",
        4 => Just(" ".to_owned()),
        2 => Just(". ".to_owned()),
        2 => "[ \n\t\u{3000}]{1,4}",
        1 => Just("\n\n## ".to_owned()),
        1 => Just("\n```\n".to_owned()),
        1 => "[東京タワー。]{1,20}",
        1 => "[a-z0-9\\p{L}]{50,200}",
        1 => "\\PC{1,10}",
        1 => Just("e\u{301}\u{301}\u{200d}👩\u{200d}🚀".to_owned()),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// What must be true of any chunks of any text.
fn check_chunks(text: &str, strategy: ChunkingStrategy, budget: usize, measure: &Measure<'_>) {
    let characters: Vec<char> = text.chars().collect();
    for kind in [Kind::Text, Kind::Pdf] {
        let chunks = chunk(&extracted(text, kind), strategy, measure);
        let mut covered = 0;
        let mut last_start = None;
        for (number, chunk) in (0..).zip(&chunks) {
            let (start, end) = (
                usize::try_from(chunk.place.span.start).unwrap(),
                usize::try_from(chunk.place.span.end).unwrap(),
            );
            assert_eq!(chunk.ordinal, number);
            assert_eq!(chunk.text, characters[start..end].iter().collect::<String>());
            assert!(!chunk.text.trim().is_empty());
            assert!(last_start < Some(start), "chunks begin in order");
            last_start = Some(start);
            let missing = characters.get(covered..start).unwrap_or_default();
            assert!(missing.iter().all(|c| c.is_whitespace()), "not covered: {missing:?}");
            assert!(end > covered, "each chunk brings something new");
            covered = end;
            let tokens = measure.tokens(&chunk.text).len();
            assert!(tokens <= budget || end - start == 1, "{tokens} tokens: {:?}", chunk.text);
        }
        assert!(characters[covered..].iter().all(|c| c.is_whitespace()), "the end is not covered");
    }
}

proptest! {
    #[test]
    fn any_text_is_covered_within_budget(text in any_text(), window in 1_u32..40) {
        check_chunks(&text, ChunkingStrategy::Default, window as usize, &words(window));
        check_chunks(&text, ChunkingStrategy::Default, window as usize, &speller(window));
    }

    #[test]
    fn overlapping_chunks_are_within_budget(text in any_text(), most in 1_u32..40, share in 1_u32..100) {
        check_chunks(&text, fixed(most, share), most as usize, &words(256));
        check_chunks(&text, fixed(most, share), most as usize, &speller(8));
    }
}
