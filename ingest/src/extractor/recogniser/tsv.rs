//! The table that Tesseract writes: a row for each page, block, paragraph, line and word, with its
//! box in pixels and, for words, how sure it is.

use corpus::SourcePlace;

/// Paragraphs of whose words Tesseract is less sure than this, in percent, are stains, not text.
const LEAST_SURE: f32 = 30.0;

/// A word's row.
struct Word<'t> {
    paragraph: (u32, u32),
    line: u32,
    /// Left, top, right, bottom.
    bounds: [f32; 4],
    sureness: f32,
    text: &'t str,
}

/// A paragraph in the making.
struct Paragraph {
    number: (u32, u32),
    line: u32,
    text: String,
    bounds: [f32; 4],
    words: f32,
    sureness: f32,
}

/// The paragraphs of a page with their places; `scale` is the pixels of a point.
pub(super) fn paragraphs(tsv: &str, page: u32, scale: f32) -> Vec<(String, SourcePlace)> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for word in tsv.lines().filter_map(Word::of) {
        match paragraphs.last_mut().filter(|last| last.number == word.paragraph) {
            Some(paragraph) => paragraph.add(&word),
            None => paragraphs.push(Paragraph::begin(&word)),
        }
    }
    let sure = paragraphs.into_iter().filter(|one| one.sureness >= LEAST_SURE * one.words);
    sure.map(|paragraph| {
        let [left, top, right, bottom] = paragraph.bounds.map(|side| side / scale);
        let source = SourcePlace::Area {
            page,
            left: whole(left.floor()),
            top: whole(top.floor()),
            right: whole(right.ceil()),
            bottom: whole(bottom.ceil()),
        };
        (paragraph.text, source)
    })
    .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
fn whole(number: f32) -> i32 {
    number as i32
}

impl<'t> Word<'t> {
    /// A row, where it is a word's.
    fn of(row: &'t str) -> Option<Self> {
        let mut cells = row.split('\t');
        let mut number = || cells.next()?.parse::<f32>().ok();
        let level = number()?;
        let (_page, block, paragraph, line, _word) =
            (number()?, number()?, number()?, number()?, number()?);
        let [left, top, width, height, sureness] =
            [number()?, number()?, number()?, number()?, number()?];
        let text = cells.next()?.trim();
        let is_word = level.total_cmp(&5.0).is_eq() && !text.is_empty();
        let count = |number: f32| whole(number).unsigned_abs();
        is_word.then(|| Self {
            paragraph: (count(block), count(paragraph)),
            line: count(line),
            bounds: [left, top, left + width, top + height],
            sureness,
            text,
        })
    }
}

impl Paragraph {
    fn begin(word: &Word<'_>) -> Self {
        Self {
            number: word.paragraph,
            line: word.line,
            text: word.text.to_owned(),
            bounds: word.bounds,
            words: 1.0,
            sureness: word.sureness,
        }
    }

    fn add(&mut self, word: &Word<'_>) {
        let begins_line = word.line != self.line;
        let goes_on = word.text.starts_with(char::is_lowercase);
        let stem = self.text.strip_suffix('-').filter(|stem| stem.ends_with(char::is_alphabetic));
        if begins_line
            && goes_on
            && let Some(stem) = stem
        {
            self.text.truncate(stem.len());
        } else {
            self.text.push(' ');
        }
        self.text.push_str(word.text);
        self.line = word.line;
        let [left, top, right, bottom] = word.bounds;
        let [first, highest, last, lowest] = self.bounds;
        self.bounds = [first.min(left), highest.min(top), last.max(right), lowest.max(bottom)];
        self.words += 1.0;
        self.sureness += word.sureness;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_paragraphs_with_places() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t\n\
            5\t1\t1\t1\t1\t1\t10\t21\t30\t8\t96.5\tHyphen-\n\
            5\t1\t1\t1\t2\t1\t10\t31\t30\t8\t91\tated\n\
            5\t1\t1\t1\t2\t2\t45\t31\t20\t8\t91\tword.\n\
            5\t1\t2\t1\t1\t1\t0\t90\t5\t5\t4\t~\n\
            5\t1\t3\t1\t1\t1\t8\t100\t5\t5\t80\tEnd\n\
            broken\trow";
        let area =
            |left, top, right, bottom| SourcePlace::Area { page: 7, left, top, right, bottom };
        assert_eq!(
            paragraphs(tsv, 7, 2.0),
            [
                ("Hyphenated word.".to_owned(), area(5, 10, 33, 20)),
                ("End".to_owned(), area(4, 50, 7, 53)),
            ]
        );
        assert_eq!(paragraphs("", 1, 1.0), []);
    }
}
