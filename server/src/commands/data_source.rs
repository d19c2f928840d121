//! Finding a data source by what people call it.

use std::path::PathBuf;

use anyhow::bail;
use serde_json::Value;

use crate::bedrock;
use crate::client::{Client, text};

/// A data source that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// The id of its knowledge base.
    pub(super) knowledge_base: String,
    /// The name of that.
    pub(super) knowledge_base_name: String,
    /// The folder that it reads, where it reads one.
    pub(super) folder: Option<PathBuf>,
}

/// The one data source of this id or name, in the knowledge base of this id or name where one is
/// given.
pub(super) async fn find(
    client: &Client,
    (wanted, within): (&str, Option<&str>),
) -> anyhow::Result<Found> {
    let mut all = Vec::new();
    for knowledge_base in client.knowledge_bases().await? {
        let id = text(&knowledge_base, "knowledgeBaseId");
        let name = text(&knowledge_base, "name");
        if within.is_none_or(|within| within == id || within == name) {
            let data_sources = client.data_sources(id).await?;
            all.extend(data_sources.iter().map(|one| Found::of(one, name)));
        }
    }
    let (mut hits, others): (Vec<Found>, Vec<Found>) =
        all.into_iter().partition(|one| one.id == wanted || one.name == wanted);
    match (hits.pop(), hits.as_slice()) {
        (Some(hit), []) => Ok(hit),
        (Some(hit), _) => {
            hits.push(hit);
            bail!(
                "there are several data sources '{wanted}'; give an id, or --knowledge-base:\n{}",
                list(&hits)
            )
        }
        (None, _) if others.is_empty() => {
            bail!(
                "there is no data source '{wanted}', nor any other: create one by the API, or read a folder by `outcrop ingest FOLDER`"
            )
        }
        (None, _) => bail!("there is no data source '{wanted}'; there are:\n{}", list(&others)),
    }
}

impl Found {
    fn of(data_source: &Value, knowledge_base_name: &str) -> Self {
        Self {
            id: text(data_source, "dataSourceId").to_owned(),
            name: text(data_source, "name").to_owned(),
            knowledge_base: text(data_source, "knowledgeBaseId").to_owned(),
            knowledge_base_name: knowledge_base_name.to_owned(),
            folder: bedrock::folder_of(data_source).map(PathBuf::from),
        }
    }
}

fn list(found: &[Found]) -> String {
    let lines = found
        .iter()
        .map(|one| format!("  {} ({}) of {}", one.name, one.id, one.knowledge_base_name));
    lines.collect::<Vec<_>>().join("\n")
}
