//! What can be wrong with a configuration, and what to do about it.

use std::io;
use std::path::PathBuf;

use super::tree::{Node, Origin};
use super::typed::{Fault, Reason};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file that was named is not there.
    #[error("the configuration file {path} is not there: give another --config or none", path = .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file that cannot be read.
    #[error("the configuration file {path} cannot be read", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that is no TOML. What stands in it is not repeated: it may be a secret.
    #[error("the configuration file {path} is not valid TOML: line {line}: {reason}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What was expected there.
        reason: String,
    },
    /// A setting that is no text.
    #[error("{origin} is not valid Unicode: give a value that is")]
    NotUnicode {
        /// Where it stands.
        origin: String,
    },
    /// A key that is not known.
    #[error("unknown key '{key}' in {origin}: {remedy}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: String,
        /// What may have been meant.
        remedy: String,
    },
    /// A value that cannot be taken.
    #[error("{origin} sets '{key}' to what it cannot be: {reason}")]
    Value {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The platform does not say where data goes.
    #[error("there is no home directory to put the data in: give --data-dir")]
    NoDataDirectory,
    /// A data directory that has no absolute path.
    #[error("the data directory {path} cannot be found: give another --data-dir", path = .path.display())]
    DataDirectory {
        /// As it was given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file in the data directory that moves the data directory.
    #[error("{path} sets 'data_dir', which would move the directory it is in: give --data-dir or OUTCROP_DATA_DIR instead", path = .path.display())]
    DataDirectoryInItself {
        /// The file.
        path: PathBuf,
    },
    /// Two keys, of which only one can be meant.
    #[error("'secret_key' and 'secret_key_file' are both set: take one of them out")]
    TwoSecretKeys,
    /// An account that no ARN can carry.
    #[error("'account' is '{account}', but ARNs carry twelve digits there, as 000000000000")]
    Account {
        /// What was given.
        account: String,
    },
}

/// Settings whose values are never repeated.
const SECRETS: &[&str] = &["api_key", "secret_key"];

impl ConfigError {
    /// The error that a setting is whose text cannot be read.
    pub(crate) fn not_unicode(origin: &Origin) -> Self {
        Self::NotUnicode { origin: origin.to_string() }
    }

    /// The error that a fault in a tree is; `known` are all keys.
    pub(crate) fn of(fault: Fault, tree: &Node, known: &[String]) -> Self {
        let origin = tree.origin_of(&fault.path);
        let key = fault.path.join(".");
        let place = origin.map_or_else(|| "the configuration".to_owned(), ToString::to_string);
        match fault.reason {
            Reason::Value(_)
                if fault.path.last().is_some_and(|name| SECRETS.contains(&name.as_str())) =>
            {
                let reason = "it is a text, in quotes".to_owned();
                Self::Value { key, origin: place, reason }
            }
            Reason::Value(reason) => Self::Value { key, origin: place, reason },
            Reason::UnknownKey { expected } => {
                let remedy = remedy(&fault.path, expected, known, origin);
                Self::UnknownKey { key, origin: place, remedy }
            }
        }
    }
}

/// What may have been meant, in the spelling of the place where it was written.
fn remedy(path: &[String], expected: &[&str], known: &[String], origin: Option<&Origin>) -> String {
    // Lists have numbers in the path of a fault, and none among the known keys.
    let names = |path: &[String]| {
        let names = path.iter().filter(|step| step.parse::<usize>().is_err());
        names.cloned().collect::<Vec<_>>()
    };
    let key = names(path).join(".");
    let parent = names(path.split_last().map_or(&[][..], |(_, parent)| parent));
    let beside =
        expected.iter().map(|name| [parent.as_slice(), &[(*name).to_owned()]].concat().join("."));
    let candidates: Vec<String> = known.iter().cloned().chain(beside).collect();
    let spelled = |key: &str| match origin {
        Some(Origin::Variable(_)) => {
            format!("OUTCROP_{}", key.replace('.', "__").to_ascii_uppercase())
        }
        _ => format!("'{key}'"),
    };
    match nearest(&key, &candidates) {
        Some(near) => format!("did you mean {}?", spelled(near)),
        None if expected.is_empty() => "take it out".to_owned(),
        None => {
            let keys = expected.iter().map(|name| {
                spelled(&[parent.as_slice(), &[(*name).to_owned()]].concat().join("."))
            });
            format!("known there are {}", keys.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The candidate that is most like a key, if any is like it: by the whole path, or by the last
/// name alone (a setting in the wrong section).
pub(crate) fn nearest<'a>(key: &str, candidates: &'a [String]) -> Option<&'a str> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let by = |candidate: &String| {
        let whole = strsim::damerau_levenshtein(key, candidate);
        let name = strsim::damerau_levenshtein(&last(key), &last(candidate)) + 1;
        whole.min(name)
    };
    let (candidate, distance) =
        candidates.iter().map(|candidate| (candidate, by(candidate))).min_by_key(|(_, by)| *by)?;
    let tolerance = (last(key).chars().count() / 3).max(2);
    (distance <= tolerance).then_some(candidate.as_str())
}
