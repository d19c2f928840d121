//! Pages that are pictures: their text can only be had by recognising it (OCR).

use crate::extracted::Warning;

/// Says which pages are pictures.
pub(crate) fn warning(scans: &[u32]) -> Option<Warning> {
    let (pages, hold) = match scans {
        [] => return None,
        [_] => ("page", "holds only a picture"),
        _ => ("pages", "hold only pictures"),
    };
    Some(Warning::loss(format!(
        "{pages} {} {hold}, as scans do; the setting `ingest.ocr` has their text read",
        ranges(scans)
    )))
}

/// Numbers that ascend, those that follow each other as ranges: `3, 5–9`.
fn ranges(numbers: &[u32]) -> String {
    /// More would not help anyone.
    const MOST: usize = 20;
    let mut runs = runs(numbers);
    let listed: Vec<String> = runs.by_ref().take(MOST).collect();
    let more = if runs.next().is_some() { " and more" } else { "" };
    listed.join(", ") + more
}

/// Numbers that ascend, those that follow each other as one: `3`, `5–9`.
pub(crate) fn runs(numbers: &[u32]) -> impl Iterator<Item = String> {
    numbers.chunk_by(|one, next| one + 1 == *next).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        run => run.iter().map(u32::to_string).collect(),
    })
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
