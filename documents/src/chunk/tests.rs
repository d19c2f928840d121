#![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

use std::cell::Cell;
use std::ops::Range;
use std::time::Instant;

use corpus::{Parent, SourcePlace};

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::extract::{Hint, extract};
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
        1 => Just("\n\n| a | b |\n|---|---|\n| c | d |\n".to_owned()),
        1 => Just("\n| e | fg |\n".to_owned()),
        1 => "[東京タワー。]{1,20}",
        1 => "[a-z0-9\\p{L}]{50,200}",
        1 => "\\PC{1,10}",
        1 => Just("e\u{301}\u{301}\u{200d}👩\u{200d}🚀".to_owned()),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// What must be true of any chunks of any text.
fn check_chunks(text: &str, strategy: ChunkingStrategy, budget: usize, measure: &Measure<'_>) {
    let markdown = extract(text.as_bytes(), Hint { name: "a.md", media_type: None });
    let documents = [extracted(text, Kind::Text), extracted(text, Kind::Pdf)];
    for document in documents.into_iter().chain(markdown) {
        check_cover(&document, &chunk(&document, strategy, measure), budget, measure);
    }
}

/// Chunks are the text at their spans, in order, within budget and within their parents, and cover
/// all but white space.
fn check_cover(document: &Extracted, chunks: &[Chunk], budget: usize, measure: &Measure<'_>) {
    let characters: Vec<char> = document.text.chars().collect();
    let range = |chunk: &Chunk| {
        let span = chunk.place.span;
        usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()
    };
    let mut covered = 0;
    let mut last_start = None;
    for (number, chunk) in (0..).zip(chunks) {
        let Range { start, end } = range(chunk);
        assert_eq!(chunk.ordinal, number);
        assert_eq!(chunk.text, characters[start..end].iter().collect::<String>());
        assert!(!chunk.text.trim().is_empty());
        assert!(last_start < Some(start), "chunks begin in order");
        last_start = Some(start);
        let missing = characters.get(covered..start).unwrap_or_default();
        assert!(missing.iter().all(|c| c.is_whitespace()), "not covered: {missing:?}");
        assert!(end > covered, "each chunk brings something new");
        covered = end;
        let tokens = measure.tokens(&chunk.shown()).len();
        assert!(tokens <= budget || end - start == 1, "{tokens} tokens: {:?}", chunk.shown());
        let window = measure.window as usize;
        let searched = measure.tokens(&chunk.searched()).len();
        assert_eq!(searched.div_ceil(window), tokens.div_ceil(window), "{:?}", chunk.context);
        if let Some(Parent::Carried(parent)) = &chunk.parent {
            let of = range(parent);
            assert_eq!(parent.text, characters[of.clone()].iter().collect::<String>());
            assert!(of.start <= start && end <= of.end);
        }
    }
    assert!(characters[covered..].iter().all(|c| c.is_whitespace()), "the end is not covered");
}

#[test]
fn tables_go_on_with_their_header() {
    let text = "# Prices\n\nAll in euro:\n\n| what | price |\n|---|---|\n| rope | 1 |\n| radio | 2 |\n| tea | 3 |\n";
    let document = extract(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
    let chunks = chunk(&document, fixed(30, 1), &words(256));
    let shown: Vec<_> = chunks.iter().map(Chunk::shown).collect();
    let header = "| what | price |\n|---|---|\n";
    assert!(shown.len() > 1);
    assert!(shown[1..].iter().all(|shown| shown.starts_with(header)), "{shown:?}");
    let last = chunks.last().unwrap();
    assert_eq!(last.context, "Prices\n\n");
    let SourcePlace::Bytes { start, end } = last.place.sources[0] else { unreachable!() };
    let bytes = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
    assert_eq!(&text[bytes], last.text);
}

#[test]
fn a_header_is_measured_once_for_all_its_rows() {
    let rows = "| rope | 1 |\n".repeat(500);
    let text = format!("| what | price |\n|---|---|\n{rows}");
    let document = extract(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
    let (tokens, measured) = (words(256), Cell::new(0));
    let counting = Measure::new(256, |text| {
        let is_header = text.starts_with("| what") && !text.contains("rope");
        measured.set(measured.get() + usize::from(is_header));
        tokens.tokens(text)
    });
    assert!(chunk(&document, fixed(30, 1), &counting).len() > 50);
    assert!((1..10).contains(&measured.get()), "{}", measured.get());
}

#[test]
fn code_is_cut_between_definitions() {
    let text = "```rust\nfn one() {\n    let a;\n\n    let b;\n}\n\nfn two() {\n    let c;\n    let d;\n}\n```\n";
    let document = extract(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
    let chunks = chunk(&document, fixed(30, 1), &words(256));
    let found: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
    let (one, two) = text.trim_end().split_once("\n\nfn two").unwrap();
    assert_eq!(found, [one.to_owned(), format!("fn two{two}")]);
}

#[test]
fn chunks_are_found_by_what_they_stand_under() {
    let check = |window, expect: &[(&str, &str)]| {
        let text = "# Guide\n\n## Ropes\n\nOne two three four five six.\n\n## Tea\n\nSeven.";
        let document = extract(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
        let chunks = chunk(&document, fixed(8, 1), &words(window));
        let found: Vec<(&str, &str)> = chunks
            .iter()
            .map(|chunk| (chunk.context.as_str(), chunk.text.split(' ').next_back().unwrap()))
            .collect();
        assert_eq!(found, expect);
    };
    check(256, &[("", "Ropes"), ("Guide › Ropes\n\n", "six."), ("Guide\n\n", "Tea\n\nSeven.")]);
    // One token is a quarter of the window: what is outermost goes first.
    check(8, &[("", "Ropes"), ("Ropes\n\n", "six."), ("Guide\n\n", "Tea\n\nSeven.")]);
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

    #[test]
    fn children_lie_within_their_parents(
        text in any_text(), child in 1_u32..20, times in 1_u32..6, overlap in 1_u32..20,
    ) {
        let strategy = ChunkingStrategy::Hierarchical {
            parent_tokens: child * times,
            child_tokens: child,
            overlap_tokens: overlap.min(child - 1),
        };
        check_chunks(&text, strategy, child as usize, &words(256));
        check_chunks(&text, strategy, child as usize, &speller(8));
    }

    #[test]
    fn turns_of_any_kind_are_within_budget(
        text in any_text(), most in 1_u32..40, percentile in 50_u32..100, buffer in 0_u32..2, seed: u32,
    ) {
        let document = extracted(&text, Kind::Markdown);
        let sentences = Sentences::of(&document, buffer);
        let distances: Vec<f32> = (0_u16..).take(sentences.count().saturating_sub(1))
            .map(|index| f32::from(u16::try_from(seed % 1009).unwrap().wrapping_mul(index) % 101))
            .collect();
        let chunks = sentences.cut(&document, &distances, percentile, most, &words(256));
        check_cover(&document, &chunks, most as usize, &words(256));
    }
}
