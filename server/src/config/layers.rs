//! The layers of the configuration, laid over one another.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::tree::{Node, Origin};
use crate::platform;

/// What the environment's settings begin with.
const PREFIX: &str = "OUTCROP_";

/// The variable that names the file; the only one that is no setting.
const FILE_VARIABLE: &str = "OUTCROP_CONFIG";

/// Variables that begin so belong to the tests.
const TEST_PREFIX: &str = "OUTCROP_TEST_";

/// The file in the data directory that is read where no other is named.
const FILE_NAME: &str = "outcrop.toml";

/// The variables of the process, taken once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: Vec<(String, String)>,
    /// Variables of ours whose value is no Unicode.
    unreadable: Vec<String>,
}

impl Environment {
    /// The environment of this process. Variables whose name is no Unicode are none of ours.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub(crate) fn of_process() -> Self {
        let mut environment = Self::default();
        for (name, value) in std::env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => environment.variables.push((name, value)),
                (Ok(name), Err(_)) if is_setting(&name) || name == FILE_VARIABLE => {
                    environment.unreadable.push(name);
                }
                _ => {}
            }
        }
        environment
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Our variables but the file's, by name.
    fn settings(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.variables.iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?;
            let set = is_setting(name) && !value.is_empty();
            set.then_some((name.as_str(), key, value.as_str()))
        })
    }
}

fn is_setting(name: &str) -> bool {
    name.starts_with(PREFIX) && name != FILE_VARIABLE && !name.starts_with(TEST_PREFIX)
}

#[cfg(test)]
impl Environment {
    /// Sets a variable, here only.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }
}

/// What flags of the command line set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--config`
    pub(crate) config: Option<PathBuf>,
    /// `--data-dir`
    pub(crate) data_dir: Option<PathBuf>,
    /// `--listen`
    pub(crate) listen: Option<String>,
    /// `--log-format`
    pub(crate) log_format: Option<String>,
}

/// All layers, and where they came from.
#[derive(Debug)]
pub(crate) struct Layered {
    /// The settings.
    pub(crate) tree: Node,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// The data directory where no setting names one.
    pub(crate) data_dir: Option<PathBuf>,
}

/// Reads the file and lays environment and flags over it.
pub(crate) fn layered(environment: &Environment, flags: &Flags) -> Result<Layered, ConfigError> {
    if let Some(name) = environment.unreadable.first() {
        return Err(ConfigError::not_unicode(&Origin::Variable(name.clone())));
    }
    let mut over = of_environment(environment);
    over.merge(of_flags(flags)?);
    let default = platform::data_dir(&|name| environment.get(name).map(str::to_owned));
    let named = flags.config.clone().or_else(|| environment.get(FILE_VARIABLE).map(PathBuf::from));
    let chosen =
        flags.data_dir.clone().or_else(|| environment.get("OUTCROP_DATA_DIR").map(PathBuf::from));
    let in_data_dir = chosen.or_else(|| default.clone()).map(|folder| folder.join(FILE_NAME));
    let (mut tree, file) = match (named, in_data_dir) {
        (Some(path), _) => (
            of_file(&path)?.ok_or_else(|| ConfigError::Missing { path: path.clone() })?,
            Some(path),
        ),
        (None, Some(path)) => match of_file(&path)? {
            Some(tree) if tree.origin_of_key("data_dir").is_some() => {
                return Err(ConfigError::DataDirectoryInItself { path });
            }
            Some(tree) => (tree, Some(path)),
            None => (Node::default(), None),
        },
        (None, None) => (Node::default(), None),
    };
    tree.merge(over);
    Ok(Layered { tree, file, data_dir: default })
}

fn of_file(path: &Path) -> Result<Option<Node>, ConfigError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ConfigError::Syntax {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: error.message().to_owned(),
        }
    })?;
    Ok(Some(Node::from_toml(toml::Value::Table(table), &Origin::File(path.to_owned()))))
}

fn of_environment(environment: &Environment) -> Node {
    let mut tree = Node::default();
    for (name, key, value) in environment.settings() {
        let key = key.to_ascii_lowercase();
        let path: Vec<&str> = key.split("__").collect();
        let origin = Origin::Variable(name.to_owned());
        tree.insert(&path, Node::from_text(value, &origin));
    }
    tree
}

fn of_flags(flags: &Flags) -> Result<Node, ConfigError> {
    let data_dir = match &flags.data_dir {
        None => None,
        Some(path) => match path.to_str() {
            Some(path) => Some(path.to_owned()),
            None => return Err(ConfigError::not_unicode(&Origin::Flag("--data-dir"))),
        },
    };
    let mut tree = Node::default();
    let mut set = |key: &str, flag: &'static str, value: Option<String>| {
        if let Some(value) = value {
            tree.insert(&[key], Node::from_text(&value, &Origin::Flag(flag)));
        }
    };
    set("data_dir", "--data-dir", data_dir);
    set("listen", "--listen", flags.listen.clone());
    set("log_format", "--log-format", flags.log_format.clone());
    Ok(tree)
}
