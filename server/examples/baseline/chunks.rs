//! The chunks that ingestion makes of the files of a folder, by its own two functions.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use corpus::ChunkingStrategy;
use documents::{Hint, Measure, chunk, extract};
use serde::{Deserialize, Serialize};

use crate::local::Local;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A folder of files, without folders in it
    folder: PathBuf,
    #[command(flatten)]
    local: Local,
}

/// A chunk, as it is printed and read again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The name of the file that it is a piece of.
    pub(crate) document: String,
    /// The page that it begins on, where the file has pages.
    pub(crate) page: Option<u32>,
    /// What is embedded of it.
    pub(crate) text: String,
}

/// Prints the chunks, file by file.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = arguments.local.open()?;
    let mut output = BufWriter::new(io::stdout().lock());
    for path in files(&arguments.folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path)?;
        let hint = Hint { name: &name, media_type: None };
        let extracted = extract(&bytes, hint).with_context(|| format!("cannot read {name}"))?;
        for chunk in chunk(&extracted, ChunkingStrategy::Default, &Measure::of(model.as_ref())) {
            let text = chunk.searched().into_owned();
            let line = Line { document: name.clone(), page: chunk.place.page, text };
            writeln!(output, "{}", serde_json::to_string(&line)?)?;
        }
    }
    output.flush()?;
    Ok(())
}

/// The texts of printed chunks, those of one document together.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let mut documents: Vec<Vec<String>> = Vec::new();
    let mut last = None;
    for line in BufReader::new(File::open(path)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        if last.as_ref() != Some(&line.document) {
            documents.push(Vec::new());
            last = Some(line.document);
        }
        documents.last_mut().context("a chunk without a document")?.push(line.text);
    }
    Ok(documents)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
