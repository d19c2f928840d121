//! Conversations.

use std::time::Duration;

use catalog::Turn;

use crate::support::{Fixture, is_conflict, is_not_found};

fn turn(number: usize) -> Turn {
    Turn { question: format!("question {number}"), answer: format!("answer {number}") }
}

#[tokio::test]
async fn a_session_remembers_its_last_twenty_turns() {
    let mut fixture = Fixture::new().await;
    let configuration = r#"{"modelArn": "m"}"#;
    let session = fixture.catalog.create_session(fixture.kb, configuration).await.unwrap();
    assert_eq!(session.id.len(), 36);
    assert_eq!(session.configuration, configuration);
    assert_eq!(fixture.catalog.session(&session.id).await.unwrap(), session);
    for number in 0..25 {
        fixture.catalog.append_turn(&session.id, turn(number)).await.unwrap();
    }
    fixture.reopen().await;
    let turns = fixture.catalog.session(&session.id).await.unwrap().turns;
    assert_eq!(turns, (5..25).map(turn).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_session_ends_a_day_after_it_began() {
    let fixture = Fixture::new().await;
    let catalog = &fixture.catalog;
    let day = Duration::from_hours(24);
    let nearly = day.checked_sub(Duration::from_secs(1)).unwrap();
    let session = catalog.create_session(fixture.kb, "{}").await.unwrap().id;
    fixture.clock.advance(nearly);
    catalog.append_turn(&session, turn(1)).await.unwrap();
    assert_eq!(catalog.session(&session).await.unwrap().turns.len(), 1);
    fixture.clock.advance(Duration::from_secs(1));
    assert!(is_not_found(&catalog.session(&session).await, "session"));
    assert!(is_not_found(&catalog.append_turn(&session, turn(2)).await, "session"));
    // The next one clears it away.
    catalog.create_session(fixture.kb, "{}").await.unwrap();
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    let fixture = Fixture::new().await;
    assert!(is_not_found(&fixture.catalog.session("no such").await, "session"));
    assert!(is_not_found(&fixture.catalog.append_turn("no such", turn(1)).await, "session"));
}

#[tokio::test]
async fn sessions_go_with_their_knowledge_base() {
    let fixture = Fixture::new().await;
    let session = fixture.catalog.create_session(fixture.kb, "{}").await.unwrap().id;
    fixture.catalog.delete_knowledge_base(fixture.kb).await.unwrap();
    assert!(is_conflict(&fixture.catalog.create_session(fixture.kb, "{}").await));
    fixture.catalog.forget_knowledge_base(fixture.kb).await.unwrap();
    assert!(is_not_found(&fixture.catalog.session(&session).await, "session"));
    assert!(is_not_found(
        &fixture.catalog.create_session(fixture.kb, "{}").await,
        "knowledge base"
    ));
}
