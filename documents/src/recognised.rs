//! Puts text that was recognised in pictures where its pages are.

use corpus::SourcePlace;

use crate::extracted::{Extracted, Kind, Landmark};
use crate::writer::Writer;

/// What was recognised on a page, or in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecognisedPage {
    /// The page, from 1; none for a picture by itself.
    pub number: Option<u32>,
    /// Its paragraphs, in reading order, with their places.
    pub paragraphs: Vec<(String, SourcePlace)>,
}

impl Extracted {
    /// Adds recognised pages, by ascending number, each behind what is there of it and of those
    /// before it.
    pub fn add_recognised(&mut self, pages: Vec<RecognisedPage>) {
        for page in pages {
            let is_begun = self.marks.iter().any(|mark| {
                matches!(mark.landmark, Landmark::Page(number) if Some(number) == page.number)
            });
            let mut writer = Writer::new(Kind::Pdf);
            if let Some(number) = page.number.filter(|_| !is_begun) {
                writer.page(number);
            }
            for (text, source) in page.paragraphs {
                writer.paragraph(&text, Some(source));
            }
            let next = page.number.and_then(|number| {
                let is_later = |landmark: &Landmark| matches!(landmark, Landmark::Page(other) if *other > number);
                self.marks.iter().find(|mark| is_later(&mark.landmark))
            });
            let at = next.map_or(self.text.len(), |mark| mark.offset);
            self.insert(at, writer.finish());
        }
    }

    /// Inserts a text between two blocks, with empty lines around it.
    fn insert(&mut self, at: usize, piece: Extracted) {
        if piece.text.is_empty() || !self.text.is_char_boundary(at) {
            return;
        }
        let before = if at > 0 && !self.text[..at].ends_with("\n\n") { "\n\n" } else { "" };
        let behind = if at < self.text.len() { "\n\n" } else { "" };
        let start = at + before.len();
        let shift = before.len() + piece.text.len() + behind.len();
        self.text.insert_str(at, &[before, &piece.text, behind].concat());
        let (into, behind) = (|offset: usize| start + offset, |offset: usize| shift + offset);
        let rest = self.marks.split_off(self.marks.partition_point(|mark| mark.offset < at));
        self.marks.extend(piece.marks.into_iter().map(|mark| mark.moved(into)));
        self.marks.extend(rest.into_iter().map(|mark| mark.moved(behind)));
        let place = self.blocks.partition_point(|block| block.range.start < at);
        let rest = self.blocks.split_off(place);
        self.blocks.extend(piece.blocks.into_iter().map(|block| block.moved(into)));
        self.blocks.extend(rest.into_iter().map(|block| block.moved(behind)));
        let place = self.origins.partition_point(|origin| origin.range.start < at);
        let rest = self.origins.split_off(place);
        self.origins.extend(piece.origins.into_iter().map(|origin| origin.moved(into)));
        self.origins.extend(rest.into_iter().map(|origin| origin.moved(behind)));
        self.warnings.extend(piece.warnings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(page: u32) -> SourcePlace {
        SourcePlace::Area { page, left: 0, top: 0, right: 1, bottom: 1 }
    }

    fn page(number: u32, text: &str) -> RecognisedPage {
        RecognisedPage { number: Some(number), paragraphs: vec![(text.to_owned(), place(number))] }
    }

    #[test]
    fn recognised_pages_come_between_those_that_were_read() {
        let mut writer = Writer::new(Kind::Pdf);
        writer.page(2);
        writer.paragraph("two", Some(place(2)));
        writer.page(4);
        writer.paragraph("four", Some(place(4)));
        let mut extracted = writer.finish();
        extracted.add_recognised(vec![
            page(1, "one"),
            page(3, "three"),
            page(4, "IV"),
            page(5, "five"),
        ]);
        assert_eq!(extracted.text, "one\n\ntwo\n\nthree\n\nfour\n\nIV\n\nfive");
        for (offset, expect) in [(0, 1), (5, 2), (10, 3), (17, 4), (23, 4), (27, 5)] {
            assert_eq!(extracted.place(offset).page, Some(expect), "{offset}");
        }
        for origin in &extracted.origins {
            let SourcePlace::Area { page, .. } = origin.source else { continue };
            assert_eq!(extracted.place(origin.range.start).page, Some(page));
        }
        assert_eq!(extracted.origins.len(), 6);
        assert!(extracted.blocks.is_sorted_by_key(|block| block.range.start));
    }

    #[test]
    fn a_text_may_be_all_recognised() {
        let mut extracted = Extracted::new(String::new(), Kind::Image);
        extracted.add_recognised(vec![RecognisedPage { number: None, paragraphs: Vec::new() }]);
        assert_eq!(extracted.text, "");
        let paragraphs = vec![("a".to_owned(), place(1)), ("b".to_owned(), place(1))];
        extracted.add_recognised(vec![RecognisedPage { number: None, paragraphs }]);
        assert_eq!(extracted.text, "a\n\nb");
    }
}
