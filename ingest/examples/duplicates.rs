//! How many of some files would be left out as duplicates, and why the others would not:
//! `duplicates FILE…`. Pairs that are alike and stay are printed, for looking at.

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};
use catalog::Likeness;
use documents::{Hint, extract};
use ingest::likeness;

/// Pairs that are printed.
const SHOWN: usize = 40;

fn main() -> Result<()> {
    let mut texts: Vec<(String, Likeness)> = Vec::new();
    let (mut unread, started) = (0, Instant::now());
    for file in std::env::args().skip(1) {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {file}"))?;
        match extract(&bytes, Hint { name: &file, media_type: None }) {
            Ok(extracted) => texts.push((file, likeness(&extracted.text))),
            Err(_) => unread += 1,
        }
    }
    println!("{} texts, {unread} without, {:.1?}", texts.len(), started.elapsed());
    texts.sort_by_cached_key(|(file, likeness)| {
        (u64::MAX - likeness.words, file.len(), file.clone())
    });
    let short = texts.iter().filter(|(_, likeness)| likeness.simhash.is_none()).count();
    println!("{short} are compared by their hash alone");

    // The best stands for itself, and each next one that no better one stands for.
    let mut hashes = HashSet::new();
    let mut bands: HashMap<(u32, u64), Vec<usize>> = HashMap::new();
    let (mut same, mut within, mut alike, mut most) = (0, 0, 0, 0);
    for (place, (file, likeness)) in texts.iter().enumerate() {
        if !hashes.insert(likeness.text.0) {
            same += 1;
            continue;
        }
        let Some(simhash) = likeness.simhash else { continue };
        let quarters = || (0..4).map(|number| (number, simhash >> (16 * number) & 0xffff));
        let mut near: Vec<usize> =
            quarters().filter_map(|quarter| bands.get(&quarter)).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|other| {
            texts[*other].1.simhash.is_some_and(|other| (other ^ simhash).count_ones() <= 3)
        });
        most = most.max(near.len());
        if near.iter().any(|other| likeness.is_within(&texts[*other].1)) {
            within += 1;
            continue;
        }
        alike += usize::from(!near.is_empty());
        if let Some(other) = near.first().filter(|_| alike <= SHOWN) {
            println!("stays: {file} ({} words)\n       {}", likeness.words, texts[*other].0);
        }
        for quarter in quarters() {
            bands.entry(quarter).or_default().push(place);
        }
    }
    let stay = texts.len() - same - within;
    println!(
        "{stay} stay, {alike} of them though they are alike to another (to {most} at most); left \
         out are {same} with the same text and {within} that say nothing of their own"
    );
    Ok(())
}
