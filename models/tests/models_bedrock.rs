//! Amazon Bedrock's models against a fake on a socket, which holds requests to AWS's own shapes.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "support/outcome.rs"]
mod outcome;

use std::net::TcpListener;
use std::sync::Arc;

use aws_sdk_bedrockruntime::config::{Credentials, SharedCredentialsProvider};
use corpus::{
    Embedder, GenerationRequest, Generator, Image, ImageFormat, InferenceParameters, Message,
    Purpose, Role, StopReason, Usage,
};
use fixtures::bedrock_server::{BedrockServer, answer};
use fixtures::mishap::Mishap;
use fixtures::{embedder_contract, generator_contract};
use models::{Bedrock, BedrockEmbedder, BedrockGenerator};
use outcome::{embedded, generated};
use serde_json::{Value, json};

const TITAN: &str = "amazon.titan-embed-text-v2:0";
const CLAUDE: &str = "anthropic.claude-3-haiku-20240307-v1:0";
const SECRET: &str = "a key that nobody may see";

fn bedrock(endpoint: &str, timeout_seconds: u32) -> Arc<Bedrock> {
    let section = format!(
        "region = 'eu-central-1'\nendpoint_url = '{endpoint}'\ntimeout_seconds = {timeout_seconds}"
    );
    let keys = Credentials::new("AKIDEXAMPLE", SECRET, None, None, "test");
    Bedrock::with_credentials(
        toml::from_str(&section).unwrap(),
        SharedCredentialsProvider::new(keys),
    )
}

fn embedder(bedrock: &Arc<Bedrock>, model: &str, dimensions: Option<u32>) -> BedrockEmbedder {
    BedrockEmbedder::new(Arc::clone(bedrock), model, dimensions).unwrap()
}

fn generator(bedrock: &Arc<Bedrock>) -> BedrockGenerator {
    BedrockGenerator::new(Arc::clone(bedrock), CLAUDE)
}

fn question() -> GenerationRequest {
    GenerationRequest { messages: vec![said(Role::User, "Why?")], ..GenerationRequest::default() }
}

fn said(role: Role, text: &str) -> Message {
    Message::new(role, text)
}

#[tokio::test]
async fn titan_meets_the_contract() {
    let server = BedrockServer::start().await;
    let bedrock = bedrock(&server.url(), 60);
    embedder_contract::check(&embedder(&bedrock, "amazon.titan-embed-text-v1", None)).await;
    embedder_contract::check(&embedder(&bedrock, TITAN, Some(256))).await;
}

#[tokio::test]
async fn cohere_meets_the_contract() {
    let server = BedrockServer::start().await;
    let bedrock = bedrock(&server.url(), 60);
    embedder_contract::check(&embedder(&bedrock, "cohere.embed-multilingual-v3", None)).await;
    embedder_contract::check(&embedder(&bedrock, "eu.cohere.embed-v4:0", Some(512))).await;
}

#[tokio::test]
async fn converse_meets_the_contract() {
    let server = BedrockServer::start().await;
    generator_contract::check(&generator(&bedrock(&server.url(), 60))).await;
}

#[tokio::test]
async fn pictures_are_shown_before_what_is_said() {
    let server = BedrockServer::start().await;
    let mut question = question();
    question.messages[0].images = vec![Image { format: ImageFormat::Png, bytes: b"page".to_vec() }];
    generator(&bedrock(&server.url(), 60)).generate(&question).await.unwrap();
    let expected = json!([{"role": "user", "content": [
        {"image": {"format": "png", "source": {"bytes": "cGFnZQ=="}}},
        {"text": "Why?"},
    ]}]);
    assert_eq!(server.received()[0].body["messages"], expected);
}

#[tokio::test]
async fn each_family_is_asked_in_its_own_words() {
    let server = BedrockServer::start().await;
    let bedrock = bedrock(&server.url(), 60);
    let arn = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v1";
    let cases = [
        (arn, None, Purpose::Query, json!({"inputText": "Hut"})),
        (
            TITAN,
            Some(512),
            Purpose::Document,
            json!({"inputText": "Hut", "dimensions": 512, "normalize": true}),
        ),
        (
            "cohere.embed-english-v3",
            None,
            Purpose::Query,
            json!({"texts": ["Hut"], "input_type": "search_query", "truncate": "NONE"}),
        ),
        (
            "cohere.embed-v4:0",
            None,
            Purpose::Document,
            json!({
                "texts": ["Hut"],
                "input_type": "search_document",
                "truncate": "NONE",
                "embedding_types": ["float"],
                "output_dimension": 1536,
            }),
        ),
    ];
    for (model, dimensions, purpose, body) in cases {
        let embedder = embedder(&bedrock, model, dimensions);
        let made = embedder.embed(&["Hut".to_owned()], purpose).await.unwrap();
        assert_eq!(made[0].vector.len(), embedder.model().dimensions as usize, "{model}");
        let received = server.received().pop().unwrap();
        let expected = ("invoke", model, &body);
        assert_eq!((received.operation, received.model.as_str(), &received.body), expected);
    }
}

#[test]
fn models_that_are_not_spoken_to_are_refused_with_a_remedy() {
    let bedrock = bedrock("http://127.0.0.1:9", 1);
    for (model, dimensions, remedy) in [
        (CLAUDE, None, "name a Titan text or Cohere model"),
        ("amazon.titan-embed-image-v1", None, "name a Titan text or Cohere model"),
        (TITAN, Some(300), "set one of [1024, 512, 256]"),
        ("cohere.embed-english-v3", Some(512), "set one of [1024]"),
    ] {
        let made = BedrockEmbedder::new(Arc::clone(&bedrock), model, dimensions);
        let reason = made.unwrap_err();
        assert!(reason.contains(remedy), "{model}: {reason}");
    }
}

#[test]
fn an_inference_profile_is_its_model() {
    let bedrock = bedrock("http://127.0.0.1:9", 1);
    let fingerprint = embedder(&bedrock, "us.cohere.embed-v4:0", None).model().fingerprint();
    let knows = |model: &str| embedder(&bedrock, model, None).model().has_fingerprint(&fingerprint);
    assert!(knows("cohere.embed-v4:0"));
    assert!(knows(
        "arn:aws:bedrock:eu-central-1:000000000000:inference-profile/eu.cohere.embed-v4:0"
    ));
    assert!(!knows("amazon.titan-embed-text-v1"));
}

/// What of a request arrives, the model aside.
async fn arrives(request: &GenerationRequest) -> Value {
    let server = BedrockServer::start().await;
    generator(&bedrock(&server.url(), 60)).generate(request).await.unwrap();
    let received = server.received().pop().unwrap();
    assert_eq!((received.operation, received.model.as_str()), ("converse", CLAUDE));
    received.body
}

#[tokio::test]
async fn prompts_and_parameters_arrive() {
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
    let expected = json!({
        "system": [{"text": "Answer from the sources."}],
        "messages": [{"role": "user", "content": [{"text": "Why?"}]}],
        "inferenceConfig": {
            "temperature": 0.5,
            "topP": 0.25,
            "maxTokens": 50,
            "stopSequences": ["Question:"],
        },
    });
    assert_eq!(arrives(&request).await, expected);
}

#[tokio::test]
async fn what_converse_would_refuse_is_left_out() {
    let request = GenerationRequest {
        system: Some("  ".to_owned()),
        messages: vec![
            said(Role::Assistant, "How can I help?"),
            said(Role::User, "One."),
            said(Role::Assistant, "\n"),
            said(Role::User, "Two."),
            said(Role::Assistant, "Yes."),
            said(Role::User, "Three."),
        ],
        inference: InferenceParameters { max_tokens: Some(0), ..InferenceParameters::default() },
        ..GenerationRequest::default()
    };
    let mut body = arrives(&request).await;
    let messages = body["messages"].take();
    let expected = json!([
        {"role": "user", "content": [{"text": "One."}, {"text": "Two."}]},
        {"role": "assistant", "content": [{"text": "Yes."}]},
        {"role": "user", "content": [{"text": "Three."}]},
    ]);
    assert_eq!(messages, expected);
    assert_eq!(body.get("system"), None);
    assert!(body.get("inferenceConfig").is_none_or(|sent| *sent == json!({})), "{body}");
}

#[tokio::test]
async fn answers_come_back_whole() {
    let server = BedrockServer::start().await;
    let generator = generator(&bedrock(&server.url(), 60));
    for (told, meant) in [
        ("end_turn", StopReason::EndTurn),
        ("max_tokens", StopReason::MaxTokens),
        ("model_context_window_exceeded", StopReason::MaxTokens),
        ("stop_sequence", StopReason::StopSequence),
        ("guardrail_intervened", StopReason::ContentFiltered),
        ("content_filtered", StopReason::ContentFiltered),
    ] {
        let mut body = answer("It is so.", told);
        body["output"]["message"]["content"] = json!([
            {"reasoningContent": {"reasoningText": {"text": "Hm."}}},
            {"text": "It is so. "},
            {"text": "[1]"},
        ]);
        server.answer_with(body);
        let generation = generator.generate(&question()).await.unwrap();
        assert_eq!((generation.text.as_str(), generation.stop_reason), ("It is so. [1]", meant));
        assert_eq!(generation.usage, Usage { input_tokens: 12, output_tokens: 3 });
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
    let invalid = |message: &str| error(400, "ValidationException", message);
    let (gone, no) = ("unavailable", "refused");
    vec![
        (throttle(Some("7")), "throttled Some(7s)", "throttled Some(7s)", "throttling"),
        (throttle(Some("soon")), "throttled None", "throttled None", "throttling"),
        (throttle(None), "throttled None", "throttled None", "throttling"),
        (error(500, "InternalServerException", "oh"), gone, gone, "InternalServerException: oh"),
        (error(503, "ServiceUnavailableException", "oh"), gone, gone, "ServiceUnavailable"),
        (error(424, "ModelErrorException", "oh"), gone, gone, "ModelError"),
        (error(408, "ModelTimeoutException", "oh"), gone, gone, "ModelTimeout"),
        (error(429, "ModelNotReadyException", "oh"), gone, gone, "ModelNotReady"),
        (error(403, "AccessDeniedException", "oh"), no, "denied", "request access to the model"),
        (error(403, "ExpiredTokenException", "oh"), no, "denied", "credentials: renew them"),
        (
            error(404, "ResourceNotFoundException", "oh"),
            no,
            "denied",
            "check the id and the region",
        ),
        (error(400, "ServiceQuotaExceededException", "oh"), no, "denied", "QuotaExceeded"),
        (invalid("The provided model identifier is invalid."), no, "denied", "inference profile"),
        (invalid("Input is too long for requested model."), "too long", no, "too long"),
        (invalid("Malformed input request"), no, no, "Malformed"),
        (
            invalid("The maximum tokens you requested exceeds the model limit of 4096."),
            no,
            no,
            "limit of 4096",
        ),
        (error(400, "", "oh"), no, no, "HTTP status 400: oh"),
        (error(502, "", ""), gone, gone, "HTTP status 502"),
        (Mishap::Truncate, gone, gone, "reading a body"),
        (Mishap::Garbage, gone, gone, ""),
        (Mishap::Stall, gone, gone, "did not answer in time"),
    ]
}

#[tokio::test]
async fn each_mishap_is_told_for_what_it_is_and_tried_once() {
    let server = BedrockServer::start().await;
    for (mishap, as_generator, as_embedder, words) in mishaps() {
        let seconds = if mishap == Mishap::Stall { 1 } else { 60 };
        let bedrock = bedrock(&server.url(), seconds);
        let (generator, embedder) = (generator(&bedrock), embedder(&bedrock, TITAN, None));
        let before = server.received().len();
        server.mishap(mishap.clone());
        let told = generated(generator.generate(&question()).await);
        server.mishap(mishap.clone());
        let texts = ["Hut".to_owned()];
        let told_too = embedded(embedder.embed(&texts, Purpose::Document).await);
        assert_eq!(server.received().len() - before, 2, "{mishap:?} was tried again");
        for (told, kind) in [(told, as_generator), (told_too, as_embedder)] {
            assert_eq!(told.kind, kind, "{mishap:?}: {}", told.words);
            assert!(told.words.contains(words), "{mishap:?}: {}", told.words);
            assert!(!told.words.contains(SECRET), "{}", told.words);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bedrock = bedrock(&format!("http://{free}"), 60);
    assert_eq!(bedrock.check().await, Ok(()));
    let told = generated(generator(&bedrock).generate(&question()).await);
    let texts = ["Hut".to_owned()];
    let embedder = embedder(&bedrock, TITAN, None);
    let told_too = embedded(embedder.embed(&texts, Purpose::Query).await);
    for told in [told, told_too] {
        assert_eq!(told.kind, "unavailable", "{}", told.words);
        assert!(told.words.contains("Connection refused"), "{}", told.words);
    }
    assert!(!format!("{bedrock:?} {embedder:?}").contains(SECRET));
}

#[tokio::test]
async fn the_fake_refuses_what_the_model_lacks() {
    let server = BedrockServer::start().await;
    let content = json!([{"text": "Why?"}]);
    for (path, body, fault) in [
        (
            format!("{CLAUDE}/converse"),
            json!({"messages": [{"role": "user", "content": content}], "max_tokens": 1}),
            "the model has no member max_tokens",
        ),
        (
            format!("{CLAUDE}/converse"),
            json!({"messages": [{"role": "assistant", "content": content}]}),
            "must start with a user message",
        ),
        (
            format!("{TITAN}/invoke"),
            json!({"inputText": "Hut", "input": "Hut"}),
            "extraneous key [input]",
        ),
    ] {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}/model/{path}", server.url()));
        let response = request.bearer_auth("key").json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        let said = response.text().await.unwrap();
        assert_eq!(status, 400, "{said}");
        assert!(said.contains(fault), "{said}");
    }
}
