//! Jobs that start by themselves: by the clock, and by sources that tell of changes. No worker
//! runs, so that a job lasts until the test ends it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use std::time::Duration;

use corpus::IngestionJobStatus::{Complete, Starting};
use support::World;

#[tokio::test]
async fn a_schedule_starts_a_job_when_its_moment_has_come() {
    let world = World::new().await;
    let source = world.create("scheduled", Some("0 * * * *")).await;
    let _running = world.run();
    world.looked_twice().await;
    assert!(world.jobs(&source).await.is_empty());
    world.clock.advance(Duration::from_hours(5));
    let jobs = world.until_jobs(&source, 1).await;
    assert_eq!(jobs[0].description.as_deref(), Some("Started by the schedule"));
    world.looked_twice().await;
    assert_eq!(world.jobs(&source).await.len(), 1, "five moments passed, one job is enough");
}

#[tokio::test]
async fn a_moment_that_passed_while_nothing_ran_is_made_up_for_at_the_start() {
    let world = World::new().await;
    let source = world.create("scheduled", Some("0 * * * *")).await;
    world.clock.advance(Duration::from_hours(1));
    let _running = world.run();
    world.until_jobs(&source, 1).await;
}

#[tokio::test]
async fn a_job_that_still_runs_is_not_doubled() {
    let world = World::new().await;
    let source = world.create("scheduled", Some("0 * * * *")).await;
    let job = world.start_job(&source).await;
    let _running = world.run();
    world.clock.advance(Duration::from_hours(1));
    world.looked_twice().await;
    world.finish(job).await;
    world.looked_twice().await;
    assert_eq!(world.jobs(&source).await.len(), 1, "the moment is passed over");
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.until_jobs(&source, 2).await[0].status, Starting);
}

#[tokio::test]
async fn changes_that_come_close_together_start_one_job() {
    let world = World::new().await;
    let source = world.create("watched", None).await;
    let _running = world.run();
    world.until_listened("watched", 1).await;
    for _ in 0..20 {
        world.hint("watched").await;
    }
    let jobs = world.until_jobs(&source, 1).await;
    assert_eq!(jobs[0].description.as_deref(), Some("Started by a change"));
    world.finish(jobs[0].id).await;
    world.looked_twice().await;
    assert_eq!(world.jobs(&source).await.len(), 1);
    world.hint("watched").await;
    world.until_jobs(&source, 2).await;
}

#[tokio::test]
async fn a_change_during_a_job_leads_to_another_job() {
    let world = World::new().await;
    let source = world.create("watched", None).await;
    let job = world.start_job(&source).await;
    let _running = world.run();
    world.until_listened("watched", 1).await;
    world.hint("watched").await;
    world.looked_twice().await;
    assert_eq!(world.jobs(&source).await.len(), 1);
    world.finish(job).await;
    let jobs = world.until_jobs(&source, 2).await;
    assert_eq!((jobs[0].status, jobs[1].status), (Starting, Complete));
}

#[tokio::test]
async fn a_source_that_breaks_off_is_listened_to_again_and_nothing_is_lost() {
    let world = World::new().await;
    let source = world.create("watched", None).await;
    let _running = world.run();
    world.until_listened("watched", 1).await;
    world.hint("watched").await;
    world.fail("watched").await;
    let jobs = world.until_jobs(&source, 1).await;
    world.finish(jobs[0].id).await;
    world.until_listened("watched", 2).await;
    world.hint("watched").await;
    world.until_jobs(&source, 2).await;
}

#[tokio::test]
async fn listening_follows_data_sources_as_they_come_change_and_go() {
    let world = World::new().await;
    let _running = world.run();
    let source = world.create("watched", None).await;
    world.until_listened("watched", 1).await;
    world.rename(&source, "renamed").await;
    world.until_listened("renamed", 1).await;
    world.until_deaf("watched").await;
    world.catalog.delete_data_source(source.knowledge_base_id, source.id).await.unwrap();
    world.until_deaf("renamed").await;
    let silent = world.create("silent", None).await;
    world.looked_twice().await;
    assert!(world.jobs(&silent).await.is_empty());
}
