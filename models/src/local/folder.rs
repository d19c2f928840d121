//! What the files of a sentence-transformers folder say: which network, how much of a text it
//! sees, and what happens to its output.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::LocalError;
use super::pooling::{Pooling, PoolingConfig};

/// A model folder, read and understood; the weights are not read yet.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where the model lies.
    pub(super) root: PathBuf,
    /// The folder's name, which is the model's.
    pub(super) name: String,
    /// Where the network's own files lie.
    pub(super) network: PathBuf,
    /// The network's architecture.
    pub(super) architecture: Architecture,
    /// The most tokens at once, special ones counted, as the model was trained.
    pub(super) max_tokens: Option<usize>,
    /// Whether texts are put in lower case before the tokenizer sees them.
    pub(super) lowercase: bool,
    /// How the vectors of the tokens become one.
    pub(super) pooling: Pooling,
    /// What stands before a text, by its purpose.
    pub(super) prompts: Prompts,
}

/// `config.json`: the network's architecture, in the names that most families share.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Architecture {
    pub(super) model_type: String,
    #[serde(alias = "dim")]
    pub(super) hidden_size: usize,
    #[serde(alias = "n_layers")]
    pub(super) num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    pub(super) num_attention_heads: usize,
    #[serde(alias = "activation", default = "Architecture::default_activation")]
    pub(super) hidden_act: String,
    #[serde(default = "Architecture::default_epsilon")]
    pub(super) layer_norm_eps: f32,
    pub(super) max_position_embeddings: usize,
    pub(super) pad_token_id: Option<usize>,
    pub(super) position_embedding_type: Option<String>,
}

impl Architecture {
    fn default_activation() -> String {
        "gelu".to_owned()
    }

    fn default_epsilon() -> f32 {
        1e-12
    }

    /// The row of the position table where a text begins.
    pub(super) fn first_position(&self) -> usize {
        match self.model_type.as_str() {
            "roberta" | "xlm-roberta" | "camembert" => self.pad_token_id.unwrap_or(1) + 1,
            _ => 0,
        }
    }

    /// The most tokens that have a position.
    pub(super) fn positions(&self) -> usize {
        self.max_position_embeddings.saturating_sub(self.first_position())
    }
}

/// `prompts` of `config_sentence_transformers.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prompts {
    pub(super) query: String,
    pub(super) document: String,
}

#[derive(Deserialize)]
struct Module {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize, Default)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

#[derive(Deserialize, Default)]
struct TokenizerConfig {
    // Some say "no limit" by a number too large for an integer.
    model_max_length: Option<f64>,
}

#[derive(Deserialize, Default)]
struct LibraryConfig {
    #[serde(default)]
    prompts: BTreeMap<String, String>,
    default_prompt_name: Option<String>,
}

impl Folder {
    /// Reads the folder's configuration files.
    pub(super) fn read(root: &Path) -> Result<Self, LocalError> {
        let root = &fs::canonicalize(root).map_err(LocalError::unreadable(root))?;
        let modules: Option<Vec<Module>> = read_json(&root.join("modules.json"))?;
        let modules = modules.unwrap_or_else(bare_network);
        let (network, pooling) = understand(root, &modules)?;
        let architecture: Architecture = read_json(&network.join("config.json"))?
            .ok_or_else(|| LocalError::unsupported(root, "has no config.json"))?;
        check_architecture(root, &architecture)?;
        let sentence: SentenceConfig =
            read_json(&network.join("sentence_bert_config.json"))?.unwrap_or_default();
        let tokenizer: TokenizerConfig =
            read_json(&network.join("tokenizer_config.json"))?.unwrap_or_default();
        let library: LibraryConfig =
            read_json(&root.join("config_sentence_transformers.json"))?.unwrap_or_default();
        let prompts = prompts(&library);
        let config: PoolingConfig = match pooling {
            Some(path) => {
                let path = path.join("config.json");
                read_json(&path)?.ok_or_else(|| LocalError::damaged(&path, "it is missing"))?
            }
            None => PoolingConfig::default(),
        };
        let pooling = config
            .pooling(prompts != Prompts::default())
            .map_err(|reason| LocalError::unsupported(root, reason))?;
        Ok(Self {
            name: root
                .file_name()
                .map_or_else(|| "local".to_owned(), |name| name.to_string_lossy().into_owned()),
            max_tokens: sentence.max_seq_length.or_else(|| believable(tokenizer.model_max_length)),
            lowercase: sentence.do_lower_case,
            root: root.clone(),
            network,
            architecture,
            pooling,
            prompts,
        })
    }

    /// The most tokens at once, special ones counted.
    pub(super) fn tokens_at_once(&self) -> usize {
        let positions = self.architecture.positions();
        self.max_tokens.unwrap_or(positions).min(positions)
    }
}

/// Where the network and the pooling are, if there is nothing else between them and the vector.
fn understand(root: &Path, modules: &[Module]) -> Result<(PathBuf, Option<PathBuf>), LocalError> {
    let (mut network, mut pooling) = (None, None);
    for module in modules {
        match module.kind.rsplit('.').next().unwrap_or_default() {
            "Transformer" if network.is_none() => network = Some(root.join(&module.path)),
            "Pooling" if pooling.is_none() => pooling = Some(root.join(&module.path)),
            // Every vector of ours is of unit length.
            "Normalize" => {}
            other => {
                return Err(LocalError::unsupported(root, format!("has a module '{other}'")));
            }
        }
    }
    match network {
        Some(network) => Ok((network, pooling)),
        None => Err(LocalError::unsupported(root, "has no module 'Transformer'")),
    }
}

/// A folder without `modules.json` is the network alone; sentence-transformers then takes the mean.
fn bare_network() -> Vec<Module> {
    vec![Module { path: String::new(), kind: "Transformer".to_owned() }]
}

fn check_architecture(root: &Path, architecture: &Architecture) -> Result<(), LocalError> {
    let kind = architecture.position_embedding_type.as_deref().unwrap_or("absolute");
    if kind != "absolute" {
        return Err(LocalError::unsupported(root, format!("has {kind} positions")));
    }
    let heads = architecture.num_attention_heads;
    if heads == 0 || !architecture.hidden_size.is_multiple_of(heads) {
        let hidden = architecture.hidden_size;
        return Err(LocalError::unsupported(root, format!("splits {hidden} into {heads} heads")));
    }
    Ok(())
}

fn prompts(library: &LibraryConfig) -> Prompts {
    let default = library.default_prompt_name.as_deref();
    let find = |names: &[&str]| {
        let mut named = names.iter().copied().chain(default);
        named.find_map(|name| library.prompts.get(name)).cloned().unwrap_or_default()
    };
    Prompts { query: find(&["query"]), document: find(&["document", "passage", "corpus"]) }
}

/// A number of tokens, unless it only says that there is no limit.
fn believable(limit: Option<f64>) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    limit.filter(|limit| (1.0..1e6).contains(limit)).map(|limit| limit as usize)
}

/// A JSON file; none where there is none.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, LocalError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read(path).map_err(LocalError::unreadable(path))?;
    serde_json::from_slice(&text).map(Some).map_err(|error| LocalError::damaged(path, error))
}

#[cfg(test)]
mod tests;
