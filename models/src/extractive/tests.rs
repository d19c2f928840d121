#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const ROPES: &str = "Ropes last five years. Radios are charged.";

fn request(question: &str, passages: &[&str]) -> GenerationRequest {
    let passage = |text: &&str| Passage { text: (*text).to_owned(), headings: Vec::new() };
    GenerationRequest {
        question: question.to_owned(),
        passages: passages.iter().map(passage).collect(),
        cites: true,
        ..GenerationRequest::default()
    }
}

fn answer(request: &GenerationRequest) -> Generation {
    futures::executor::block_on(Extractive::default().generate(request)).unwrap()
}

fn check(change: impl FnOnce(&mut GenerationRequest), text: &str, reason: StopReason) {
    let mut request = request("How long do ropes last?", &[ROPES]);
    change(&mut request);
    let generation = answer(&request);
    assert_eq!((generation.text.as_str(), generation.stop_reason), (text, reason));
}

#[test]
fn answers_keep_to_the_request() {
    use StopReason::{EndTurn, MaxTokens, StopSequence};
    check(|_| {}, "Ropes last five years. [1]", EndTurn);
    check(|request| request.cites = false, "Ropes last five years.", EndTurn);
    check(|request| request.question = "Why?".to_owned(), DECLINES, EndTurn);
    check(|request| request.passages.clear(), DECLINES, EndTurn);
    check(|request| request.inference.max_tokens = Some(6), "Ropes last five years. [1]", EndTurn);
    check(|request| request.inference.max_tokens = Some(4), "Ropes last five [1]", MaxTokens);
    check(|request| request.inference.max_tokens = Some(0), " [1]", MaxTokens);
    let stop = |request: &mut GenerationRequest| {
        request.inference.stop_sequences = vec![String::new(), " five".to_owned()];
    };
    check(stop, "Ropes last", StopSequence);
}

#[test]
fn four_bytes_are_a_token() {
    let usage = answer(&request("How long do ropes last?", &[ROPES])).usage;
    assert_eq!(usage, Usage { input_tokens: (23 + 42_u64).div_ceil(4), output_tokens: 6 });
}

#[test]
fn it_meets_the_contract() {
    futures::executor::block_on(fixtures::generator_contract::check(&Extractive::default()));
}

/// Long texts that nobody writes are answered while the caller waits: two of them in a second or
/// two. The limit leaves room for a busy machine and a build without optimisation.
#[test]
fn hostile_texts_are_read_in_time() {
    let mut words = String::new();
    for number in 0..10_000 {
        write!(words, "Rope{number} ropes ").unwrap();
    }
    let megabyte = |part: &str| part.repeat(1_000_000 / part.len());
    let texts = [
        "a",
        "rope ",
        "A. ",
        "1.",
        "un",
        "縄",
        "| ",
        "- ",
        "rope.\n",
        "\n",
        "(",
        "[1] ",
        "| a |\n|-|\n",
    ];
    for text in texts {
        let long = megabyte(text);
        let begun = Instant::now();
        answer(&request(&words, &[&long]));
        answer(&request(&long, &["Ropes last five years."]));
        assert!(begun.elapsed() < Duration::from_mins(1), "{text:?} {:?}", begun.elapsed());
    }
}

proptest! {
    #[test]
    fn quotes_stand_in_the_passages_they_name(
        question in "(when|how many|who|rope|Ada|1843|東京|wo|not| |\\?){0,8}|.{0,20}",
        passages in prop::collection::vec(
            "((rope|Ada|1843|東京|- |\\| |#|\\. |\n|last|\\[1\\]|é| ){0,30}|.{0,60})", 0..5,
        ),
        max_tokens in prop::option::of(0_u32..40),
    ) {
        let passages: Vec<&str> = passages.iter().map(String::as_str).collect();
        let mut request = request(&question, &passages);
        request.inference.max_tokens = max_tokens;
        for quote in choose(&question, &request.passages) {
            prop_assert!(!quote.text.trim().is_empty());
            prop_assert!(!quote.passages.is_empty());
            for passage in &quote.passages {
                prop_assert!(passages[*passage].contains(quote.text));
            }
        }
        let generation = answer(&request);
        let room = max_tokens.map_or(u64::MAX, u64::from);
        prop_assert!(generation.usage.output_tokens <= room);
    }
}

#[test]
fn pictures_are_refused_with_a_remedy() {
    let mut request = request("What is on it?", &[ROPES]);
    let picture = corpus::Image { format: corpus::ImageFormat::Png, bytes: vec![0] };
    let message =
        corpus::Message { images: vec![picture], ..corpus::Message::new(corpus::Role::User, "") };
    request.messages = vec![message];
    let refused =
        futures::executor::block_on(Extractive::default().generate(&request)).unwrap_err();
    assert!(refused.to_string().contains("reads no pictures: route the model"), "{refused}");
}
