//! Where model ids lead, by the table of the configuration.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use corpus::{Embedder, ModelError, Models, Purpose};
use fixtures::embedder::FakeEmbedder;
use fixtures::mishap::Mishap;
use fixtures::openai_server::OpenAiServer;
use models::{LocalEmbedder, ModelsConfig, Router};

const TABLE: &str = r#"
    [[embedding]]
    match = "amazon.titan-*"
    provider = "bedrock"

    [[embedding]]
    match = "*titan*"
    provider = "openai"
    model = "never"
    dimensions = 2

    [[embedding]]
    match = "arn:aws:bedrock:eu-*/cohere.*"
    provider = "openai"
    model = "bge"
    dimensions = 96

    [[embedding]]
    match = "cohere.*"
    provider = "local"

    [[generation]]
    match = "anthropic.claude-3-*"
    provider = "bedrock"

    [[generation]]
    match = "anthropic.*"
    provider = "bedrock"
    model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"

    [[generation]]
    match = "meta.*"
    provider = "openai"
    model = "llama"

    [openai.only]
    base_url = "http://127.0.0.1:9/v1"
"#;

fn local() -> LocalEmbedder {
    Box::new(|| Ok(Arc::new(FakeEmbedder::new())))
}

fn router(table: &str) -> Router {
    Router::new(toml::from_str(table).unwrap(), local()).unwrap()
}

#[test]
fn the_first_route_that_fits_an_id_or_arn_serves_it() {
    let router = router(TABLE);
    for (asked, name) in [
        ("amazon.titan-embed-text-v1", "amazon.titan-embed-text-v1"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
            "amazon.titan-embed-text-v2:0",
        ),
        ("us.amazon.titan-embed-text-v1", "never"),
        ("arn:aws:bedrock:eu-west-1::foundation-model/cohere.embed-english-v3", "bge"),
        ("arn:aws:bedrock:us-west-1::foundation-model/cohere.embed-english-v3", "fake-embedder"),
        ("cohere.embed-english-v3", "fake-embedder"),
    ] {
        assert_eq!(router.embedder(asked).unwrap().model().name, name, "{asked}");
    }
    let haiku =
        "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0";
    for (asked, name) in [
        (haiku, haiku),
        ("anthropic.claude-instant-v1", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("meta.llama3-8b-instruct-v1:0", "llama"),
    ] {
        assert_eq!(router.generator(asked).unwrap().model(), name, "{asked}");
    }
}

#[test]
fn an_id_without_a_route_is_told_where_to_add_one() {
    let router = router(TABLE);
    let unknown = "arn:aws:bedrock:us-east-1::foundation-model/ai21.jamba-1-5-mini-v1:0";
    for (error, expected) in [
        (router.embedder(unknown).unwrap_err(), "embedding"),
        (router.generator(unknown).unwrap_err(), "generation"),
    ] {
        let words = error.to_string();
        assert!(
            matches!(&error, ModelError::NoRoute { model, kind } if model == unknown && *kind == expected)
        );
        assert!(words.contains(unknown) && words.contains(&format!("[[models.{expected}]]")));
    }
}

#[test]
fn an_id_that_its_provider_does_not_embed_is_told_so() {
    let table = "[[embedding]]\nmatch = '*'\nprovider = 'bedrock'";
    let error = router(table).embedder("anthropic.claude-v2").unwrap_err();
    let told =
        matches!(&error, ModelError::Unavailable { reason, .. } if reason.contains("name a Titan"));
    assert!(told, "{error}");
}

#[test]
fn without_a_table_everything_is_local() {
    let config: ModelsConfig = toml::from_str("").unwrap();
    for router in [
        Router::new(config, local()).unwrap(),
        Router::new(ModelsConfig::default(), local()).unwrap(),
    ] {
        let extractive = models::Extractive::default();
        for asked in ["amazon.titan-embed-text-v1", "arn:aws:bedrock:::foundation-model/a.b", ""] {
            assert_eq!(router.embedder(asked).unwrap().model().name, "fake-embedder");
            let generator = router.generator(asked).unwrap();
            assert_eq!(generator.model(), corpus::Generator::model(&extractive));
        }
    }
}

#[test]
fn the_local_embedder_is_made_when_it_is_asked_for_and_once() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let local: LocalEmbedder = Box::new(move || match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err("fetch it first".to_owned()),
        _ => Ok(Arc::new(FakeEmbedder::new()) as Arc<dyn Embedder>),
    });
    let router = Router::new(ModelsConfig::default(), local).unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 0);
    let error = router.embedder("a").unwrap_err().to_string();
    assert!(error.contains("fetch it first"), "{error}");
    let (one, two) = (router.embedder("a").unwrap(), router.embedder("b").unwrap());
    assert!(Arc::ptr_eq(&one, &two));
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[test]
fn tables_that_lead_nowhere_are_refused_with_a_remedy() {
    const SERVER: &str = "base_url = 'http://127.0.0.1:9/v1'";
    let openai = "provider = 'openai'\nmodel = 'llama'";
    let two = format!("[openai.one]\n{SERVER}\n[openai.two]\n{SERVER}");
    let one = format!("[openai.one]\n{SERVER}");
    let sized = format!("{openai}\ndimensions = 2");
    for (kind, route, servers, remedy) in [
        ("generation", openai, two.as_str(), "several [models.openai.NAME]: name one in 'server'"),
        ("embedding", &sized, &two, "several [models.openai.NAME]: name one in 'server'"),
        (
            "generation",
            &format!("{openai}\nserver = 'three'"),
            &two,
            "no [models.openai.three]: add it",
        ),
        ("generation", openai, "", "no [models.openai.NAME]: add one"),
        ("generation", "provider = 'openai'", &one, "set 'model'"),
        ("embedding", "provider = 'openai'\ndimensions = 2", &one, "set 'model'"),
        ("embedding", openai, &one, "set 'dimensions'"),
        ("embedding", "provider = 'local'\nmodel = 'bge'", "", "leave 'model' out"),
        ("generation", "provider = 'local'\nmodel = 'bge'", "", "leave 'model' out"),
        ("embedding", "provider = 'bedrock'\nmodel = 'bge'", "", "name a Titan text or Cohere"),
        (
            "generation",
            "provider = 'local'",
            "[openai.one]\nbase_url = 'one'",
            "models.openai.one.base_url",
        ),
    ] {
        let table = format!("[[{kind}]]\nmatch = 'a*'\n{route}\n{servers}");
        let reason = Router::new(toml::from_str(&table).unwrap(), local()).unwrap_err().to_string();
        assert!(reason.contains(remedy), "{table}: {reason}");
        let named = format!("[[models.{kind}]] with match = \"a*\"");
        assert!(reason.contains(&named) || servers.contains("'one'"), "{table}: {reason}");
    }
    let named = format!("[[generation]]\nmatch = '*'\n{openai}\nserver = 'two'\n{two}");
    assert_eq!(router(&named).generator("a").unwrap().model(), "llama");
}

#[test]
fn who_serves_an_id_is_logged_once() {
    let mut file = tempfile::tempfile().unwrap();
    let log = Arc::new(file.try_clone().unwrap());
    let subscriber = tracing_subscriber::fmt().with_writer(log).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, || {
        let router = router(TABLE);
        for _ in 0..3 {
            router.embedder("us.amazon.titan-embed-text-v1").unwrap();
            router.embedder("arn:aws:bedrock:::foundation-model/cohere.embed-v4:0").unwrap();
            router.embedder("cohere.embed-v4:0").unwrap();
            router.generator("meta.llama3").unwrap();
            router.generator("mistral").unwrap_err();
        }
    });
    let mut logged = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut logged).unwrap();
    assert_eq!(logged.lines().count(), 3, "{logged}");
    for words in [
        "embedding model 'us.amazon.titan-embed-text-v1' is served by never",
        "embedding model 'cohere.embed-v4:0' is served by fake-embedder",
        "generation model 'meta.llama3' is served by llama",
    ] {
        assert_eq!(logged.matches(words).count(), 1, "{words}: {logged}");
    }
}

#[tokio::test]
async fn what_a_route_leads_to_answers() {
    let fake = OpenAiServer::start(None).await;
    let router = router(&TABLE.replace("http://127.0.0.1:9/v1", &fake.url()));
    let arn = "arn:aws:bedrock:eu-west-1::foundation-model/cohere.embed-english-v3";
    let embedder = router.embedder(arn).unwrap();
    embedder.embed(&["Hut".to_owned()], Purpose::Query).await.unwrap();
    assert_eq!(fake.received()[0]["model"], "bge");
}

#[tokio::test]
async fn a_check_asks_every_model_and_names_what_fails() {
    let fake = OpenAiServer::start(None).await;
    let table = format!(
        r#"
        [[embedding]]
        match = "a*"
        provider = "openai"
        model = "bge"
        dimensions = 7

        [[embedding]]
        match = "*"
        provider = "local"

        [[generation]]
        match = "*"
        provider = "openai"
        model = "llama"

        [openai.only]
        base_url = "{}"
        "#,
        fake.url()
    );
    let router = router(&table);
    let outcomes = router.check().await;
    let names: Vec<&str> = outcomes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["embedding \"a*\" by openai", "embedding \"*\" by local", "generation \"*\" by openai"]
    );
    let length = outcomes[0].1.clone().unwrap_err();
    assert!(length.contains("vectors of 96 dimensions where 7 are configured"), "{length}");
    assert_eq!((&outcomes[1].1, &outcomes[2].1), (&Ok(()), &Ok(())));

    fake.mishap(Mishap::Garbage);
    fake.mishap(Mishap::Throttle { retry_after: None });
    let outcomes = router.check().await;
    assert!(outcomes[0].1.is_err() && outcomes[1].1.is_ok() && outcomes[2].1.is_err());
}
