//! The names of people, for mentions. They are remembered while the connector lives.

use corpus::ConfluenceHosting;
use futures::FutureExt;
use futures::stream::{self, StreamExt};

use super::client::BRIEF;
use super::fault::Fault;
use super::storage::Names;
use super::wiki::{CALLS, Wiki};
use super::wire::{Batch, Subject};

/// Names that are remembered.
const PEOPLE: usize = 100_000;

/// People who are asked for at once.
const PEOPLE_AT_ONCE: usize = 50;

impl Wiki {
    /// The display names of people, as far as they can be had.
    pub(super) async fn people(&self, ids: &[String]) -> Result<Names, Fault> {
        let mut people = self.people.lock().await;
        let unknown: Vec<&String> = ids.iter().filter(|id| !people.contains_key(*id)).collect();
        if people.len() + unknown.len() > PEOPLE {
            people.clear();
        }
        for some in unknown.chunks(PEOPLE_AT_ONCE) {
            people.extend(self.ask_people(some).await?);
        }
        Ok(ids.iter().filter_map(|id| Some((id.clone(), people.get(id)?.clone()))).collect())
    }

    async fn ask_people(&self, ids: &[&String]) -> Result<Names, Fault> {
        let subjects = match self.hosting {
            ConfluenceHosting::Cloud => {
                let query: Vec<(&str, &str)> =
                    ids.iter().map(|id| ("accountId", id.as_str())).collect();
                let url = self.v1("/user/bulk", &query).await?;
                vec![
                    self.client.get::<Batch<Subject>>(&url, BRIEF).await.map(|found| found.results),
                ]
            }
            ConfluenceHosting::DataCenter => {
                let ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
                let answers = stream::iter(ids).map(|id| self.ask_person(id).boxed());
                answers.buffered(CALLS).collect().await
            }
        };
        let mut names = Names::new();
        for found in subjects {
            match found {
                Ok(found) => names.extend(found.into_iter().filter_map(named)),
                // A name is not worth losing the page for.
                Err(Fault::NotFound | Fault::Forbidden | Fault::Server { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(names)
    }

    async fn ask_person(&self, key: String) -> Result<Vec<Subject>, Fault> {
        let url = self.v1("/user", &[("key", &key)]).await?;
        let subject = self.client.get::<Subject>(&url, BRIEF).await?;
        Ok(vec![Subject { user_key: Some(key), ..subject }])
    }
}

fn named(subject: Subject) -> Option<(String, String)> {
    let id = subject.account_id.or(subject.user_key)?;
    Some((id, subject.display_name.or(subject.public_name)?))
}
