//! Extracts files to text, for scoring: `extract OUT FILE…` writes `OUT/<stem>.txt` for each file
//! that has text, says why the others have none, and how fast it went. With `--whole-names` the
//! text of `a.docx` goes to `a.docx.txt`.

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use documents::{Hint, Landmark, extract};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    let whole_names = arguments.next_if(|argument| argument == "--whole-names").is_some();
    let out = arguments.next().context("usage: extract [--whole-names] OUT FILE…")?;
    fs::create_dir_all(&out).with_context(|| format!("cannot make {out}"))?;
    let (mut pages, mut bytes_read, mut taken) = (0_u32, 0, Duration::ZERO);
    for file in arguments {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {file}"))?;
        let path = Path::new(&file);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let started = Instant::now();
        let result = extract(&bytes, Hint { name: &name, media_type: None });
        taken += started.elapsed();
        bytes_read += bytes.len();
        match result {
            Ok(extracted) => {
                let stem = if whole_names { path.file_name() } else { path.file_stem() };
                let stem = stem.unwrap_or_default().to_string_lossy();
                fs::write(Path::new(&out).join(format!("{stem}.txt")), &extracted.text)
                    .with_context(|| format!("cannot write to {out}"))?;
                let is_page = |landmark: &Landmark| matches!(landmark, Landmark::Page(_));
                let marked = extracted.marks.iter().filter(|mark| is_page(&mark.landmark)).count();
                pages += u32::try_from(marked)?;
                println!("{name}: {} bytes of text", extracted.text.len());
                for warning in &extracted.warnings {
                    println!("    {:?}: {}", warning.severity, warning.message);
                }
            }
            Err(error) => println!("{name}: {error}"),
        }
    }
    let seconds = taken.as_secs_f64().max(1e-9);
    println!("{bytes_read} bytes in {seconds:.3} s, {:.0} pages/s", f64::from(pages) / seconds);
    Ok(())
}
