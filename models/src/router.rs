//! Leads model ids to models, as the configuration's routes say.

mod check;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use corpus::{Embedder, Generator, ModelError, Models};

use crate::bedrock::{Bedrock, BedrockEmbedder, BedrockGenerator};
use crate::config::{EmbeddingRoute, GenerationRoute, ModelsConfig, Provider, bare_id, fits};
use crate::extractive::Extractive;
use crate::openai::{OpenAiEmbedder, OpenAiEmbeddings, OpenAiGenerator, OpenAiServer};

/// Makes the local embedder when it is first asked for; what to do about it where it cannot.
pub type LocalEmbedder = Box<dyn Fn() -> Result<Arc<dyn Embedder>, String> + Send + Sync>;

/// The routing table. Remote models are cheap handles, made for each request; the local embedder
/// is made once.
pub struct Router {
    config: ModelsConfig,
    bedrock: Arc<Bedrock>,
    servers: BTreeMap<String, Arc<OpenAiServer>>,
    local: LocalEmbedder,
    local_embedder: Mutex<Option<Arc<dyn Embedder>>>,
    local_answerer: Arc<Extractive>,
    logged: Mutex<HashSet<String>>,
}

/// The most ids whose routes are logged: clients may make them up.
const MOST_LOGGED: usize = 1000;

/// A configuration that leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// A server's section.
    #[error("{reason}")]
    Server {
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// A route.
    #[error("[[models.{kind}]] with match = \"{pattern}\": {reason}")]
    Route {
        /// `embedding` or `generation`.
        kind: &'static str,
        /// The route's pattern.
        pattern: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
}

impl Router {
    /// Checks the table. Nothing is connected to, and the local embedder is not made yet.
    pub fn new(config: ModelsConfig, local: LocalEmbedder) -> Result<Self, RouteError> {
        let servers = config.openai.iter().map(|(name, section)| {
            let server = OpenAiServer::new(name, section.clone())
                .map_err(|reason| RouteError::Server { reason })?;
            Ok((name.clone(), server))
        });
        let router = Self {
            servers: servers.collect::<Result<_, _>>()?,
            bedrock: Bedrock::new(config.bedrock.clone()),
            config,
            local,
            local_embedder: Mutex::default(),
            local_answerer: Arc::new(Extractive::default()),
            logged: Mutex::default(),
        };
        router.validate()?;
        Ok(router)
    }

    /// Tries the routes whose model does not depend on the id that is asked for.
    fn validate(&self) -> Result<(), RouteError> {
        let depends = |provider: Provider, model: &Option<String>| {
            provider == Provider::Bedrock && model.is_none()
        };
        for route in &self.config.embedding {
            let tried = match route.provider {
                Provider::Local if route.model.is_none() => Ok(()),
                provider if depends(provider, &route.model) => Ok(()),
                _ => self.embedder_of(route, &route.pattern).map(drop),
            };
            tried.map_err(|reason| wrong("embedding", &route.pattern, reason))?;
        }
        for route in &self.config.generation {
            let tried = match route.provider {
                provider if depends(provider, &route.model) => Ok(()),
                _ => self.generator_of(route, &route.pattern).map(drop),
            };
            tried.map_err(|reason| wrong("generation", &route.pattern, reason))?;
        }
        Ok(())
    }

    /// The model that a route leads to for an id.
    fn embedder_of(
        &self,
        route: &EmbeddingRoute,
        asked: &str,
    ) -> Result<Arc<dyn Embedder>, String> {
        let model = route.model.as_deref();
        match route.provider {
            Provider::Local => {
                without_model(model)?;
                self.local_embedder()
            }
            Provider::Bedrock => {
                let id = model.unwrap_or(asked);
                let bedrock = Arc::clone(&self.bedrock);
                Ok(Arc::new(BedrockEmbedder::new(bedrock, id, route.dimensions)?))
            }
            Provider::Openai => {
                let settings = OpenAiEmbeddings {
                    model: named(model)?,
                    dimensions: route.dimensions.ok_or(
                        "set 'dimensions' to the length of the model's vectors".to_owned(),
                    )?,
                    window_tokens: route.window_tokens,
                    send_dimensions: route.send_dimensions,
                    query_prefix: route.query_prefix.clone(),
                    document_prefix: route.document_prefix.clone(),
                };
                let server = self.server(route.server.as_deref())?;
                Ok(Arc::new(OpenAiEmbedder::new(server, settings)))
            }
        }
    }

    /// The model that a route leads to for an id.
    fn generator_of(
        &self,
        route: &GenerationRoute,
        asked: &str,
    ) -> Result<Arc<dyn Generator>, String> {
        let model = route.model.as_deref();
        match route.provider {
            Provider::Local => {
                without_model(model)?;
                Ok(Arc::clone(&self.local_answerer) as Arc<dyn Generator>)
            }
            Provider::Bedrock => {
                let bedrock = Arc::clone(&self.bedrock);
                Ok(Arc::new(BedrockGenerator::new(bedrock, model.unwrap_or(asked))))
            }
            Provider::Openai => {
                let server = self.server(route.server.as_deref())?;
                Ok(Arc::new(OpenAiGenerator::new(server, named(model)?)))
            }
        }
    }

    /// The local embedder, made once; where that fails, the next call tries again.
    fn local_embedder(&self) -> Result<Arc<dyn Embedder>, String> {
        let mut made = self.local_embedder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(embedder) = made.as_ref() {
            return Ok(Arc::clone(embedder));
        }
        let embedder = (self.local)()?;
        *made = Some(Arc::clone(&embedder));
        Ok(embedder)
    }

    /// The server of a name; the only one, where a route names none.
    fn server(&self, name: Option<&str>) -> Result<Arc<OpenAiServer>, String> {
        let server = match name {
            Some(name) => self.servers.get(name),
            None if self.servers.len() == 1 => self.servers.values().next(),
            None => None,
        };
        server.cloned().ok_or_else(|| match name {
            Some(name) => format!("there is no [models.openai.{name}]: add it, with its base_url"),
            None if self.servers.is_empty() => {
                "there is no [models.openai.NAME]: add one, with its base_url".to_owned()
            }
            None => "there are several [models.openai.NAME]: name one in 'server'".to_owned(),
        })
    }

    /// Says once for each id who serves it.
    fn log(&self, kind: &'static str, asked: &str, provider: Provider, served_by: &str) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() < MOST_LOGGED && logged.insert(format!("{kind} {asked}")) {
            tracing::info!(
                model.id = asked,
                model.kind = kind,
                model.provider = ?provider,
                model.served_by = served_by,
                "{kind} model '{asked}' is served by {served_by}"
            );
        }
    }
}

impl Models for Router {
    fn embedder(&self, model_arn: &str) -> Result<Arc<dyn Embedder>, ModelError> {
        let route = self.config.embedding.iter().find(|route| leads(&route.pattern, model_arn));
        let route = route.ok_or_else(|| no_route("embedding", model_arn))?;
        let embedder = self
            .embedder_of(route, model_arn)
            .map_err(|reason| ModelError::Unavailable { model: model_arn.to_owned(), reason })?;
        self.log("embedding", bare_id(model_arn), route.provider, &embedder.model().name);
        Ok(embedder)
    }

    fn generator(&self, model_arn: &str) -> Result<Arc<dyn Generator>, ModelError> {
        let route = self.config.generation.iter().find(|route| leads(&route.pattern, model_arn));
        let route = route.ok_or_else(|| no_route("generation", model_arn))?;
        let generator = self
            .generator_of(route, model_arn)
            .map_err(|reason| ModelError::Unavailable { model: model_arn.to_owned(), reason })?;
        self.log("generation", bare_id(model_arn), route.provider, generator.model());
        Ok(generator)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("config", &self.config).finish_non_exhaustive()
    }
}

fn leads(pattern: &str, model_arn: &str) -> bool {
    fits(pattern, bare_id(model_arn)) || fits(pattern, model_arn)
}

fn no_route(kind: &'static str, model: &str) -> ModelError {
    ModelError::NoRoute { model: model.to_owned(), kind }
}

fn wrong(kind: &'static str, pattern: &str, reason: String) -> RouteError {
    RouteError::Route { kind, pattern: pattern.to_owned(), reason }
}

fn without_model(model: Option<&str>) -> Result<(), String> {
    match model {
        None => Ok(()),
        Some(_) => Err("provider \"local\" has one model: leave 'model' out".to_owned()),
    }
}

fn named(model: Option<&str>) -> Result<String, String> {
    model.map(str::to_owned).ok_or_else(|| "set 'model' to the server's name of it".to_owned())
}
