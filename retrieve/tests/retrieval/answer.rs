//! Answers, their citations, and conversations.

use corpus::{GenerateError, Message, Role, Span};
use retrieve::{AnswerRequest, RetrieveError};

use super::support::{World, knowledge_base, request};

const QUESTION: &str = "When are ropes changed?";

fn too_long() -> GenerateError {
    GenerateError::PromptTooLong { reason: "more than 512 tokens".to_owned() }
}

/// A world that knows of ropes.
async fn world() -> World {
    let world = World::new().await;
    let texts = ["Our guide.", "Über Seile: Ropes are changed every five years."];
    world.index("guide", &texts).await;
    world
}

#[tokio::test]
async fn an_answer_names_the_words_it_rests_on() {
    let world = world().await;
    world.generator.answer("Ropes are changed every five years. [1]\n\nThat is all.");
    let answer = world.ask(QUESTION, None).await.unwrap();
    assert_eq!(answer.text, "Ropes are changed every five years.\n\nThat is all.");
    let [first, second] = answer.citations.as_slice() else { panic!("{answer:?}") };
    assert_eq!(first.span, Span { start: 0, end: 35 });
    assert_eq!(first.references.len(), 1);
    // In code points of the document, whose first chunk has ten.
    assert_eq!(first.references[0].quote, Some(Span { start: 22, end: 56 }));
    assert!(second.references.is_empty());
    let passages = &world.generator.requests()[0].passages;
    assert_eq!(passages[0].text, first.references[0].retrieved.chunk.text);
}

#[tokio::test]
async fn a_template_without_instructions_gets_no_citations() {
    let world = world().await;
    world.generator.answer("Every five years. [1]");
    let template = "$search_results$ $query$".to_owned();
    let request = AnswerRequest { prompt_template: Some(template), ..request(world.kb, QUESTION) };
    let answer = world.retriever.answer(request).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.citations.len()), ("Every five years. [1]", 0));
}

#[tokio::test]
async fn where_nothing_is_found_no_model_is_asked() {
    let world = World::new().await;
    let answer = world.ask(QUESTION, None).await.unwrap();
    assert!(answer.text.starts_with("Sorry"), "{answer:?}");
    assert_eq!(answer.citations.len(), 1);
    assert!(answer.citations[0].references.is_empty());
    assert!(world.generator.requests().is_empty());
}

#[tokio::test]
async fn what_was_said_before_reaches_the_model() {
    let world = world().await;
    world.generator.answer("Every five years. [1]");
    let first = world.ask(QUESTION, None).await.unwrap();
    let second = world.ask("And radios?", Some(&first.session_id)).await.unwrap();
    assert_eq!(second.session_id, first.session_id);
    let said = |role, text: &str| Message::new(role, text);
    assert_eq!(
        world.generator.requests()[1].messages,
        [
            said(Role::User, QUESTION),
            said(Role::Assistant, "Every five years."),
            said(Role::User, "And radios?"),
        ]
    );
    let third = world.ask(QUESTION, None).await.unwrap();
    assert_ne!(third.session_id, first.session_id);
    assert_eq!(world.generator.requests()[2].messages.len(), 1);
}

#[tokio::test]
async fn a_session_belongs_to_its_knowledge_base() {
    let world = world().await;
    let first = world.ask(QUESTION, None).await.unwrap();
    let other = knowledge_base(&world.catalog, "other", String::new()).await;
    for (kb, id) in [(other, first.session_id.as_str()), (world.kb, "no-such-session")] {
        let request = AnswerRequest { session_id: Some(id.to_owned()), ..request(kb, QUESTION) };
        let error = world.retriever.answer(request).await.unwrap_err();
        assert!(matches!(error, RetrieveError::SessionNotFound { .. }), "{error}");
        assert!(error.to_string().contains(id), "{error}");
    }
}

#[tokio::test]
async fn a_long_session_goes_on_without_its_older_turns() {
    let world = world().await;
    let mut session = None;
    for number in 0..5 {
        world.generator.answer(format!("Answer {number}."));
        let answer = world.ask(QUESTION, session.as_deref()).await.unwrap();
        session = Some(answer.session_id);
    }
    world.generator.fail(too_long());
    world.generator.fail(too_long());
    world.generator.answer("Every five years. [1]");
    let answer = world.ask("And now?", session.as_deref()).await.unwrap();
    assert_eq!(answer.text, "Every five years.");
    let requests = world.generator.requests();
    let turns: Vec<usize> =
        requests[5..].iter().map(|request| request.messages.len() / 2).collect();
    assert_eq!(turns, [5, 2, 1]);
    let messages = &requests[7].messages;
    assert_eq!(messages[1].text, "Answer 4.", "the newest is kept");
    assert_eq!(messages[2].text, "And now?");
}

#[tokio::test]
async fn a_prompt_that_is_too_long_by_itself_is_the_callers() {
    let world = world().await;
    let session = world.ask(QUESTION, None).await.unwrap().session_id;
    for expected in [1, 2] {
        let before = world.generator.requests().len();
        for _ in 0..expected {
            world.generator.fail(too_long());
        }
        let session = (expected == 2).then_some(session.as_str());
        let error = world.ask(QUESTION, session).await.unwrap_err();
        let ours = RetrieveError::Generate(too_long()).to_string();
        assert_eq!(error.to_string(), ours);
        assert_eq!(world.generator.requests().len() - before, expected);
    }
}
