//! Pages that are pictures: their text can only be had by recognising it (OCR).

use super::content::Reader;
use super::load;
use super::objects::Pdf;
use super::pages;
use super::paper::Paper;
use crate::extracted::{ExtractError, Warning};

/// The pages of a PDF, from 1, that are pictures with little or no text on them, as scans are.
pub fn scanned_pages(bytes: &[u8]) -> Result<Vec<u32>, ExtractError> {
    let loaded = load::load(bytes)?;
    let pdf = Pdf::new(&loaded.document);
    let mut reader = Reader::new(&pdf);
    let mut scans = Vec::new();
    for (number, page) in (1..).zip(pages::of(&pdf).pages) {
        if pdf.is_exhausted() {
            break;
        }
        scans.extend(Paper::read(&pdf, &mut reader, number, page).is_scan().then_some(number));
    }
    Ok(scans)
}

/// Says which pages are pictures.
pub(super) fn warning(papers: &[Paper]) -> Option<Warning> {
    let scans: Vec<u32> =
        papers.iter().filter(|paper| paper.is_scan()).map(|paper| paper.number).collect();
    let (pages, hold) = match scans.as_slice() {
        [] => return None,
        [_] => ("page", "holds only a picture"),
        _ => ("pages", "hold only pictures"),
    };
    Some(Warning::loss(format!(
        "{pages} {} {hold}, as scans do; recognise the text (OCR) first",
        ranges(&scans)
    )))
}

/// Numbers that ascend, those that follow each other as ranges: `3, 5–9`.
fn ranges(numbers: &[u32]) -> String {
    /// More would not help anyone.
    const MOST: usize = 20;
    let runs: Vec<&[u32]> = numbers.chunk_by(|one, next| one + 1 == *next).collect();
    let written = runs.iter().take(MOST).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        run => run.iter().map(u32::to_string).collect(),
    });
    let more = if runs.len() > MOST { " and more" } else { "" };
    written.collect::<Vec<String>>().join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_in_ranges() {
        assert_eq!(ranges(&[3, 5, 6, 7, 9, 10]), "3, 5–7, 9–10");
        assert_eq!(ranges(&[4]), "4");
    }
}
