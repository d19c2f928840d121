//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Flags, LogFormat};
use crate::terminal::{Json, quoted};

/// From a folder of documents to answers with their sources, through Amazon Bedrock's own API.
#[derive(Debug, Parser)]
#[command(name = "outcrop", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Where everything is kept [default: the platform's directory for data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where to listen; port 0 is any free one [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// The configuration file [default: outcrop.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Log more; twice: even more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// How log lines look
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See an answer from the sample handbook, and keep serving it
    Quickstart(QuickstartArguments),
    /// Serve the API
    Serve,
    /// Read a folder of documents into a knowledge base
    Ingest(IngestArguments),
    /// Synchronise a data source
    Sync(SyncArguments),
    /// Ask a question
    Ask(AskArguments),
    /// Keep what data sources log in with
    Secret(SecretArguments),
    /// Print the text of a file as it is read: what to look at first when an answer looks wrong
    Parse(ParseArguments),
    /// Print the chunks of a file, with their places
    Chunk(ChunkArguments),
    /// Show what there is
    Status,
    /// Check the configuration and everything that it names
    Check,
    /// Read documents that come over standard input, for the process that started this one
    #[command(hide = true)]
    ParserProcess(ParserProcessArguments),
}

/// What `parse` takes.
#[derive(Debug, Args)]
pub(crate) struct ParseArguments {
    /// The file
    pub(crate) file: PathBuf,
    /// What it is, where its name and content do not tell
    #[arg(long, value_name = "TYPE")]
    pub(crate) media_type: Option<String>,
}

/// What `chunk` takes.
#[derive(Debug, Args)]
pub(crate) struct ChunkArguments {
    #[command(flatten)]
    pub(crate) parse: ParseArguments,
    /// A chunkingConfiguration, in the API's own JSON [default: the API's default]
    #[arg(long, value_name = "JSON")]
    pub(crate) chunking: Option<String>,
    /// The id of the embedding model whose tokens count, as Bedrock's clients give it
    #[arg(long, value_name = "ID", default_value = crate::bedrock::EMBEDDING_MODEL)]
    pub(crate) embedding_model: String,
}

/// What `parser-process` takes.
#[derive(Debug, Args)]
pub(crate) struct ParserProcessArguments {
    /// The most memory, in MB
    #[arg(long)]
    pub(crate) memory_mb: u32,
    /// Misbehave instead, to show that it does no harm
    #[arg(long)]
    pub(crate) drill: Option<DrillKind>,
}

/// Ways to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DrillKind {
    /// Overflow the stack
    Stack,
    /// Allocate two gigabytes
    Memory,
    /// Never answer
    Hang,
}

/// What `quickstart` takes.
#[derive(Debug, Args)]
pub(crate) struct QuickstartArguments {
    /// Leave after the answer
    #[arg(long)]
    pub(crate) exit: bool,
    /// Ask this instead
    #[arg(long, value_name = "TEXT")]
    pub(crate) question: Option<String>,
}

/// What `ingest` takes.
#[derive(Debug, Args)]
pub(crate) struct IngestArguments {
    /// The folder to read
    pub(crate) folder: PathBuf,
    /// The knowledge base to read it into; made where it is not there [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The id of the embedding model of a new knowledge base, as Bedrock's clients give it
    #[arg(long, value_name = "ID", default_value = crate::bedrock::EMBEDDING_MODEL)]
    pub(crate) embedding_model: String,
}

/// What `sync` takes.
#[derive(Debug, Args)]
pub(crate) struct SyncArguments {
    /// The id or the name of the data source
    pub(crate) data_source: String,
    /// The id or the name of its knowledge base, where the name alone is not enough
    #[arg(long, value_name = "ID")]
    pub(crate) knowledge_base: Option<String>,
    /// Remove all that the source has no longer, whatever the deletion protection says
    #[arg(long)]
    pub(crate) accept_deletions: bool,
    /// Ask language models as the data source says, without asking first whether it may cost that
    #[arg(long)]
    pub(crate) yes: bool,
}

/// What `secret` takes.
#[derive(Debug, Args)]
pub(crate) struct SecretArguments {
    #[command(subcommand)]
    pub(crate) action: SecretAction,
}

/// What is done with secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretAction {
    /// Store a secret: lines of NAME=VALUE or a JSON object from standard input, or a prompt
    Set {
        /// What data sources call it: the last part of their credentialsSecretArn
        name: String,
    },
    /// List the names of all secrets
    List,
    /// Remove a secret
    Remove {
        /// Its name
        name: String,
    },
}

/// What `ask` takes.
#[derive(Debug, Args)]
pub(crate) struct AskArguments {
    /// The question
    pub(crate) question: String,
    /// The id or the name of the knowledge base, where there are several
    #[arg(long, value_name = "ID")]
    pub(crate) knowledge_base: Option<String>,
    /// The id of the model that answers, as Bedrock's clients give it
    #[arg(long, value_name = "ID", default_value = crate::bedrock::GENERATION_MODEL)]
    pub(crate) model: String,
}

impl Global {
    /// The layer of the configuration that flags are.
    pub(crate) fn flags(&self) -> Flags {
        let format = |format| match format {
            LogFormat::Human => "human".to_owned(),
            LogFormat::Json => "json".to_owned(),
        };
        Flags {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            listen: self.listen.clone(),
            log_format: self.log_format.map(format),
        }
    }

    /// The flags that another command must repeat to work with the same data.
    pub(crate) fn repeated(&self) -> String {
        let mut flags = String::new();
        for (flag, path) in [(" --data-dir ", &self.data_dir), (" --config ", &self.config)] {
            if let Some(path) = path {
                flags.push_str(flag);
                flags.push_str(&quoted(&path.to_string_lossy()));
            }
        }
        flags
    }

    /// Who reads the results.
    pub(crate) fn json(&self) -> Json {
        if self.json { Json::Yes } else { Json::No }
    }
}
