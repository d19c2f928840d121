//! The models that the configuration asks for; the local one is fetched where it is not there.

use std::sync::Arc;

use anyhow::Context as _;
use corpus::Embedder;
use indicatif::{ProgressBar, ProgressStyle};
use models::fetch::{Progress, Sources, default_model};
use models::{LocalModel, ModelsConfig, Provider, Router};

use crate::config::LogFormat;
use crate::context::Context;

/// The folder of downloads in the data directory.
const MODELS: &str = "models";

/// The folder, in that one, of what is made of a model once.
const CACHE: &str = "derived";

/// Opens the routing table. The local embedding model is loaded now, so that the first question
/// need not wait for it.
pub(crate) async fn open(context: &Context) -> anyhow::Result<Arc<Router>> {
    let config = &context.config.models;
    let local = if is_local(config) { Some(load(context).await?) } else { None };
    let router = Router::new(
        config.clone(),
        Box::new(move || local.clone().ok_or_else(|| "no route leads to it".to_owned())),
    );
    Ok(Arc::new(router.context("the routes of the models lead nowhere")?))
}

/// Asks each model for something small.
pub(crate) async fn check(context: &Context) -> Vec<(String, anyhow::Result<String>)> {
    let router = match open(context).await {
        Ok(router) => router,
        Err(error) => return vec![("models".to_owned(), Err(error))],
    };
    let checks = router.check().await.into_iter();
    checks
        .map(|(route, result)| {
            let result = result.map(|()| "answers".to_owned()).map_err(anyhow::Error::msg);
            (route, result)
        })
        .collect()
}

fn is_local(config: &ModelsConfig) -> bool {
    config.embedding.iter().any(|route| route.provider == Provider::Local)
}

async fn load(context: &Context) -> anyhow::Result<Arc<dyn Embedder>> {
    let config = context.config.models.local.clone();
    let models_dir = context.config.within(MODELS);
    let cache = models_dir.join(CACHE);
    let sources = Sources { folder: config.folder.clone(), ..Sources::new(models_dir) };
    let report = Report::new(context);
    let model = tokio::task::spawn_blocking(move || {
        let folder = default_model(&sources, &|progress| report.tell(progress))?;
        let model = LocalModel::open(&folder, &cache, &config)?;
        tracing::info!(model = model.model().name, folder = %folder.display(), "model loaded");
        anyhow::Ok(model)
    });
    Ok(Arc::new(model.await??))
}

/// Tells the user what is being fetched.
struct Report {
    context: Context,
    bar: ProgressBar,
}

impl Report {
    fn new(context: &Context) -> Self {
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}") {
            bar.set_style(style);
        }
        Self { context: context.clone(), bar }
    }

    fn tell(&self, progress: &Progress) {
        let terminal = &self.context.terminal;
        if let Progress::Received { .. } = progress {
            if self.bar.is_hidden() && terminal.watched {
                self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
            self.bar.set_message(progress.to_string());
            self.bar.tick();
            return;
        }
        if matches!(progress, Progress::Done { .. }) {
            self.bar.finish_and_clear();
        }
        let told = match self.context.config.log_format {
            LogFormat::Human => terminal.note(progress),
            LogFormat::Json => {
                tracing::info!("{progress}");
                Ok(())
            }
        };
        if let Err(error) = told {
            tracing::warn!(%error, "standard error cannot be written to");
        }
    }
}
