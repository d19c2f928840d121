//! From a question to hits without a service: the embedding model and the chunk index, in process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use corpus::{Embedder, KnowledgeBaseId, Purpose, SearchInput, SearchQuery, VectorStore};
use vectors::{EdgeConfig, VectorsConfig};

use crate::load::{Latency, Load};
use crate::local::Local;

/// What `Retrieve` answers where a client does not say how many.
const HITS: usize = 5;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A data directory
    #[arg(long)]
    data_dir: PathBuf,
    /// A knowledge base in it
    #[arg(long)]
    knowledge_base: KnowledgeBaseId,
    #[command(flatten)]
    load: Load,
    #[command(flatten)]
    local: Local,
}

/// Asks the index as it is: it gets no graph meanwhile.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Latency> {
    let model = arguments.local.open()?;
    let embedded = EdgeConfig { optimise_at: u64::MAX, ..EdgeConfig::default() };
    let config = VectorsConfig { embedded, ..VectorsConfig::default() };
    let vectors = vectors::open(&config, &arguments.data_dir).await?;
    let (store, index) = (vectors.store(), arguments.knowledge_base);
    let ask = move |question| ask(Arc::clone(&model), Arc::clone(&store), index, question);
    let latency = arguments.load.run(ask).await;
    let end = Instant::now() + Duration::from_secs(10);
    vectors.close(move || Instant::now() < end).await;
    latency
}

async fn ask(
    model: Arc<dyn Embedder>,
    store: Arc<dyn VectorStore>,
    index: KnowledgeBaseId,
    question: String,
) -> anyhow::Result<()> {
    let embedded = model.embed(&[question], Purpose::Query).await?;
    let vector = embedded.into_iter().next().context("a question has no vector")?.vector;
    let query = SearchQuery {
        input: SearchInput::Dense(vector),
        data_sources: None,
        filter: None,
        limit: HITS,
    };
    let hits = store.search(index, query).await?;
    ensure!(hits.len() == HITS, "only {} hits", hits.len());
    Ok(())
}
