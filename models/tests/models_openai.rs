//! Models of OpenAI-compatible servers against a fake on a socket.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "support/outcome.rs"]
mod outcome;

use std::net::TcpListener;
use std::sync::Arc;

use corpus::{
    Embedder, GenerationRequest, Generator, Image, ImageFormat, InferenceParameters, Message,
    Purpose, Role, StopReason, Usage,
};
use fixtures::mishap::Mishap;
use fixtures::openai_server::{OpenAiServer as Fake, completion};
use fixtures::{embedder_contract, generator_contract};
use models::{OpenAiEmbedder, OpenAiEmbeddings, OpenAiGenerator, OpenAiServer};
use outcome::{embedded, generated};
use serde_json::{Value, json};

const KEY: &str = "sk-nobody-may-see";

/// The server of a section of the configuration, which may say more than the address.
fn server(base_url: &str, more: &str) -> Result<Arc<OpenAiServer>, String> {
    let section = format!("base_url = '{base_url}'\n{more}");
    OpenAiServer::new("fake", toml::from_str(&section).unwrap())
}

fn with_key() -> String {
    format!("api_key = '{KEY}'")
}

fn settings() -> OpenAiEmbeddings {
    OpenAiEmbeddings {
        model: "bge".to_owned(),
        dimensions: 96,
        window_tokens: 512,
        send_dimensions: false,
        query_prefix: String::new(),
        document_prefix: String::new(),
    }
}

fn embedder(fake: &Fake, settings: OpenAiEmbeddings) -> OpenAiEmbedder {
    OpenAiEmbedder::new(server(&fake.url(), &with_key()).unwrap(), settings)
}

fn generator(fake: &Fake) -> OpenAiGenerator {
    OpenAiGenerator::new(server(&fake.url(), &with_key()).unwrap(), "llama")
}

fn question() -> GenerationRequest {
    let message = Message::new(Role::User, "Why?");
    GenerationRequest { messages: vec![message], ..GenerationRequest::default() }
}

fn hut() -> [String; 1] {
    ["Hut".to_owned()]
}

#[tokio::test]
async fn embedders_meet_the_contract() {
    let fake = Fake::start(Some(KEY)).await;
    embedder_contract::check(&embedder(&fake, settings())).await;
    let prefixed = OpenAiEmbeddings {
        dimensions: 32,
        send_dimensions: true,
        query_prefix: "query: ".to_owned(),
        document_prefix: "passage: ".to_owned(),
        ..settings()
    };
    embedder_contract::check(&embedder(&fake, prefixed)).await;
}

#[tokio::test]
async fn generators_meet_the_contract() {
    let fake = Fake::start(Some(KEY)).await;
    generator_contract::check(&generator(&fake)).await;
}

#[tokio::test]
async fn pictures_are_shown_before_what_is_said() {
    let fake = Fake::start(Some(KEY)).await;
    let picture = |format, bytes: &[u8]| Image { format, bytes: bytes.to_vec() };
    let mut question = question();
    question.messages[0].images =
        vec![picture(ImageFormat::Png, b"page"), picture(ImageFormat::Jpeg, b"photo")];
    generator(&fake).generate(&question).await.unwrap();
    let expected = json!([{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,cGFnZQ=="}},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,cGhvdG8="}},
        {"type": "text", "text": "Why?"},
    ]}]);
    assert_eq!(fake.received()[0]["messages"], expected);
}

#[tokio::test]
async fn texts_arrive_with_their_prefix_and_length() {
    let fake = Fake::start(Some(KEY)).await;
    let prefixed = OpenAiEmbeddings {
        dimensions: 32,
        send_dimensions: true,
        query_prefix: "query: ".to_owned(),
        document_prefix: "passage: ".to_owned(),
        ..settings()
    };
    let embedder = embedder(&fake, prefixed);
    for (purpose, input) in [(Purpose::Query, "query: Hut"), (Purpose::Document, "passage: Hut")] {
        let made = embedder.embed(&hut(), purpose).await.unwrap();
        assert_eq!(made[0].vector.len(), 32);
        let expected = json!({
            "model": "bge",
            "input": [input],
            "encoding_format": "float",
            "dimensions": 32,
        });
        assert_eq!(fake.received().pop(), Some(expected));
    }
}

#[tokio::test]
async fn many_windows_go_in_several_calls_and_leave_room_for_the_prefix() {
    let fake = Fake::start(Some(KEY)).await;
    let narrow = OpenAiEmbeddings {
        window_tokens: 10,
        document_prefix: "passage: ".to_owned(),
        ..settings()
    };
    let embedder = embedder(&fake, narrow);
    let room = 10 - embedder.tokens("passage: ").len();
    let long = "word ".repeat(room * 70);
    let made = embedder.embed(&[long], Purpose::Document).await.unwrap();
    assert_eq!((made[0].windows, made[0].tokens as usize), (70, room * 70));
    let inputs = |body: &Value| body["input"].as_array().unwrap().len();
    assert_eq!(fake.received().iter().map(inputs).collect::<Vec<_>>(), [64, 6]);
    let first = fake.received()[0]["input"][0].clone();
    assert_eq!(embedder.tokens(first.as_str().unwrap()).len(), 10, "{first}");
}

#[tokio::test]
async fn prompts_and_parameters_arrive() {
    let fake = Fake::start(Some(KEY)).await;
    let request = GenerationRequest {
        system: Some("Answer from the sources.".to_owned()),
        inference: InferenceParameters {
            temperature: Some(0.5),
            top_p: Some(0.25),
            max_tokens: Some(50),
            stop_sequences: vec!["Question:".to_owned()],
        },
        ..question()
    };
    for (setting, member) in [
        ("", "max_tokens"),
        ("token_limit = 'max_tokens'", "max_tokens"),
        ("token_limit = 'max_completion_tokens'", "max_completion_tokens"),
    ] {
        let server = server(&fake.url(), &format!("{}\n{setting}", with_key())).unwrap();
        OpenAiGenerator::new(server, "llama").generate(&request).await.unwrap();
        let mut expected = json!({
            "model": "llama",
            "messages": [
                {"role": "system", "content": "Answer from the sources."},
                {"role": "user", "content": "Why?"},
            ],
            "stream": false,
            "temperature": 0.5,
            "top_p": 0.25,
            "stop": ["Question:"],
        });
        expected[member] = json!(50);
        assert_eq!(fake.received().pop(), Some(expected));
    }
}

#[tokio::test]
async fn answers_come_back_whole() {
    let fake = Fake::start(Some(KEY)).await;
    let generator = generator(&fake);
    for (told, meant) in [
        ("stop", StopReason::EndTurn),
        ("length", StopReason::MaxTokens),
        ("content_filter", StopReason::ContentFiltered),
    ] {
        fake.answer_with(completion("<think>Hm.</think>\nIt is so. [1]", told));
        let generation = generator.generate(&question()).await.unwrap();
        assert_eq!((generation.text.as_str(), generation.stop_reason), ("It is so. [1]", meant));
        assert_eq!(generation.usage, Usage { input_tokens: 7, output_tokens: 5 });
    }
    // Some servers count nothing.
    let mut body = completion("It is so. [1]", "stop");
    body["usage"] = Value::Null;
    fake.answer_with(body);
    assert_eq!(generator.generate(&question()).await.unwrap().usage, Usage::default());
    fake.answer_with(json!({"choices": []}));
    assert_eq!(generated(generator.generate(&question()).await).kind, "unavailable");
}

#[tokio::test]
async fn keys_are_sent_and_never_shown() {
    let fake = Fake::start(Some(KEY)).await;
    let wrong = "sk-wrong";
    for (given, kinds) in [
        (Some(KEY), ("ok", "ok")),
        (Some(wrong), ("refused", "denied")),
        (None, ("refused", "denied")),
    ] {
        let section = given.map_or_else(String::new, |key| format!("api_key = '{key}'"));
        let server = server(&fake.url(), &section).unwrap();
        let generator = OpenAiGenerator::new(Arc::clone(&server), "llama");
        let embedder = OpenAiEmbedder::new(server, settings());
        let told = generated(generator.generate(&question()).await);
        let told_too = embedded(embedder.embed(&hut(), Purpose::Query).await);
        assert_eq!((told.kind.as_str(), told_too.kind.as_str()), kinds);
        let shown = format!("{} {} {generator:?} {embedder:?}", told.words, told_too.words);
        assert!(!shown.contains(KEY) && !shown.contains(wrong), "{shown}");
        assert!(given == Some(KEY) || shown.contains("set models.openai.fake.api_key"), "{shown}");
    }
}

#[tokio::test]
async fn a_key_that_a_server_repeats_is_not_repeated() {
    let fake = Fake::start(Some(KEY)).await;
    let (generator, embedder) = (generator(&fake), embedder(&fake, settings()));
    for (status, code) in [(401, "invalid_api_key"), (400, "bad_request"), (500, "oh")] {
        let message = format!("Incorrect API key provided: {KEY}. Try another.");
        let repeated = error(status, code, &message);
        fake.mishap(repeated.clone());
        let told = generated(generator.generate(&question()).await);
        fake.mishap(repeated);
        let told_too = embedded(embedder.embed(&hut(), Purpose::Query).await);
        for words in [told.words, told_too.words] {
            assert!(words.contains("Try another."), "{words}");
            assert!(!words.contains(KEY), "{words}");
        }
    }
}

#[test]
fn sections_that_cannot_work_are_refused_with_a_remedy() {
    let address = "http://127.0.0.1:9/v1";
    for (base_url, more, remedy) in [
        ("127.0.0.1:9/v1", "", "set models.openai.fake.base_url"),
        ("ftp://127.0.0.1/v1", "", "set models.openai.fake.base_url"),
        (address, "api_key = \"sk-nobody-may-see\\n\"", "models.openai.fake.api_key"),
    ] {
        let reason = server(base_url, more).unwrap_err();
        assert!(reason.contains(remedy), "{base_url} {more}: {reason}");
        assert!(!reason.contains(KEY), "{reason}");
    }
}

fn error(status: u16, code: &str, message: &str) -> Mishap {
    Mishap::Error { status, code: code.to_owned(), message: message.to_owned() }
}

fn throttle(retry_after: Option<&str>) -> Mishap {
    Mishap::Throttle { retry_after: retry_after.map(str::to_owned) }
}

/// Each mishap; what it is to a generator and to an embedder; and a part of what is said.
fn mishaps() -> Vec<(Mishap, &'static str, &'static str, &'static str)> {
    let (gone, no, too_long) = ("unavailable", "refused", "too long");
    let length = "This model's maximum context length is 512 tokens";
    vec![
        (throttle(Some("7")), "throttled Some(7s)", "throttled Some(7s)", "throttling"),
        (throttle(Some("0.5")), "throttled Some(500ms)", "throttled Some(500ms)", "throttling"),
        (throttle(Some("soon")), "throttled None", "throttled None", "throttling"),
        (throttle(None), "throttled None", "throttled None", "throttling"),
        (error(429, "insufficient_quota", "oh"), no, "denied", "no quota left"),
        (error(500, "server_error", "oh"), gone, gone, "500 Internal Server Error: oh"),
        (error(503, "loading", "the model loads"), gone, gone, "the model loads"),
        (error(404, "model_not_found", "oh"), no, "denied", "check models.openai.fake"),
        (error(404, "", "oh"), no, "denied", "models.openai.fake.base_url"),
        (error(307, "", "oh"), no, "denied", "redirects: set models.openai.fake.base_url"),
        (error(400, "context_length_exceeded", "oh"), too_long, no, "oh"),
        (error(400, "", length), too_long, no, "512 tokens"),
        (error(400, "", "temperature must be below 2"), no, no, "must be below 2"),
        (error(200, "", "an answer of another protocol"), gone, gone, "what its protocol lacks"),
        (Mishap::Garbage, gone, gone, "what its protocol lacks"),
        (Mishap::Truncate, gone, gone, "broke off its answer"),
        (Mishap::Stall, gone, gone, "did not answer within 1 second"),
    ]
}

#[tokio::test]
async fn each_mishap_is_told_for_what_it_is_and_tried_once() {
    let fake = Fake::start(Some(KEY)).await;
    for (mishap, as_generator, as_embedder, words) in mishaps() {
        let seconds = if mishap == Mishap::Stall { 1 } else { 60 };
        let section = format!("{}\ntimeout_seconds = {seconds}", with_key());
        let server = server(&fake.url(), &section).unwrap();
        let before = fake.received().len();
        fake.mishap(mishap.clone());
        let generator = OpenAiGenerator::new(Arc::clone(&server), "llama");
        let told = generated(generator.generate(&question()).await);
        fake.mishap(mishap.clone());
        let embedder = OpenAiEmbedder::new(server, settings());
        let told_too = embedded(embedder.embed(&hut(), Purpose::Document).await);
        assert_eq!(fake.received().len() - before, 2, "{mishap:?} was tried again");
        for (told, kind) in [(told, as_generator), (told_too, as_embedder)] {
            assert_eq!(told.kind, kind, "{mishap:?}: {}", told.words);
            assert!(told.words.contains(words), "{mishap:?}: {}", told.words);
            assert!(!told.words.contains(KEY), "{}", told.words);
        }
    }
}

#[tokio::test]
async fn vectors_that_do_not_fit_are_told_for_what_they_are() {
    let fake = Fake::start(Some(KEY)).await;
    let embedder = embedder(&fake, OpenAiEmbeddings { dimensions: 2, ..settings() });
    let entry = |index: usize, vector: &[f32]| json!({"index": index, "embedding": vector});
    let texts = ["one".to_owned(), "two".to_owned()];
    for (data, kind, words) in [
        (json!([entry(0, &[1.0, 0.0])]), "unavailable", "2 texts came back as 1 vectors"),
        (json!([]), "unavailable", "2 texts came back as 0 vectors"),
        (json!([entry(0, &[1.0, 0.0]), entry(1, &[0.0; 2])]), "unavailable", "no direction"),
        (
            json!([entry(0, &[1.0, 0.0]), entry(1, &[1.0])]),
            "denied",
            "vectors of 1 dimensions where 2 are configured: set the route's 'dimensions'",
        ),
        (json!([{"index": 0, "embedding": [null, 1.0]}]), "unavailable", "protocol lacks"),
        (json!([{"index": 0, "embedding": "AACAPw=="}]), "unavailable", "protocol lacks"),
    ] {
        fake.embed_with(json!({"data": data}));
        let told = embedded(embedder.embed(&texts, Purpose::Document).await);
        assert_eq!(told.kind, kind, "{data}: {}", told.words);
        assert!(told.words.contains(words), "{data}: {}", told.words);
    }
    // In any order, and without numbers in that of the texts.
    for data in [
        json!([entry(1, &[0.0, 2.0]), entry(0, &[2.0, 0.0])]),
        json!([{"embedding": [2.0, 0.0]}, {"embedding": [0.0, 2.0]}]),
    ] {
        fake.embed_with(json!({"data": data}));
        let made = embedder.embed(&texts, Purpose::Document).await.unwrap();
        assert_eq!((&made[0].vector, &made[1].vector), (&vec![1.0, 0.0], &vec![0.0, 1.0]));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_asked_about() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base_url = format!("http://user:{KEY}@{free}/v1");
    let server = server(&base_url, "").unwrap();
    let generator = OpenAiGenerator::new(Arc::clone(&server), "llama");
    let told = generated(generator.generate(&question()).await);
    let embedder = OpenAiEmbedder::new(server, settings());
    let told_too = embedded(embedder.embed(&hut(), Purpose::Query).await);
    let remedy = format!("http://{free}/v1 cannot be connected to: is the server running?");
    for told in [told, told_too] {
        assert_eq!(told.kind, "unavailable", "{}", told.words);
        assert!(told.words.contains(&remedy), "{}", told.words);
        assert!(!told.words.contains(KEY), "{}", told.words);
    }
}
