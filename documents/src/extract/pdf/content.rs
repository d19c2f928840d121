//! Runs the content of a page: keeps the graphics state that text depends on, and notes each glyph
//! that is shown, and the lines and pictures around it. Colours are passed over.

mod annotations;
mod operands;
mod path;
mod state;

use std::collections::HashSet;
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId, Stream};

use super::font::{Font, Glyphs};
use super::frame::moved;
use super::glyph::PageGlyphs;
use super::ink::Ink;
use super::lexer::Lexer;
use super::matrix::Matrix;
use super::objects::{ById, Pdf, as_dictionary, as_number};
use super::pages::Page;
use operands::{Operand, Operands, Step};
use path::Path;
use state::State;

pub(super) use annotations::Remark;

/// The most bytes that the content of a page may decode to.
const MOST_PAGE_BYTES: usize = 64 << 20;

/// The most bytes that a form may decode to.
const MOST_FORM_BYTES: usize = 16 << 20;

/// The most operators that are run on one page, forms included.
const MOST_OPERATORS: u32 = 5_000_000;

/// Forms within forms deeper than this are left out.
const DEEPEST_FORM: usize = 8;

/// States saved deeper than this are not saved.
const DEEPEST_STATE: usize = 512;

/// What is on a page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) glyphs: PageGlyphs,
    /// Glyphs outside of what is shown of the page, which were left out.
    pub(super) cropped: usize,
    pub(super) ink: Ink,
    /// What was written about the page, or filled into it, and is not shown on it.
    pub(super) remarks: Vec<Remark>,
}

/// The square that pictures are drawn into, before they are placed.
const UNIT: [f64; 4] = [0.0, 0.0, 1.0, 1.0];

/// Reads the pages of one document, one after the other.
#[derive(Debug)]
pub(super) struct Reader<'p, 'a> {
    pdf: &'p Pdf<'a>,
    names: Glyphs,
    fonts: ById<Rc<Font>>,
    /// What stands for fonts that are not there.
    fallback: Rc<Font>,
    /// Forms that show nothing that counts, and come back on every page.
    pictures: HashSet<ObjectId>,
    /// Pages and forms that could not be decoded.
    lost: usize,
}

impl<'p, 'a> Reader<'p, 'a> {
    pub(super) fn new(pdf: &'p Pdf<'a>) -> Self {
        let mut names = Glyphs::default();
        let fallback = Rc::new(Font::fallback(&mut names));
        Self { pdf, names, fonts: ById::new(), fallback, pictures: HashSet::new(), lost: 0 }
    }

    /// What is on a page.
    pub(super) fn sheet(&mut self, page: Page<'a>) -> Sheet {
        let sheet = Sheet::default();
        let mut run = Run { reader: self, sheet, operators: MOST_OPERATORS, depth: 0 };
        let content = run.contents(page.dictionary);
        run.run(&content, page.resources, State::placed(page.frame.matrix));
        run.annotations(page);
        let mut sheet = run.sheet;
        sheet.cropped = sheet.glyphs.crop(page.frame.width, page.frame.height);
        sheet
    }

    /// How many pages, or forms on them, could not be decoded.
    pub(super) fn lost(&self) -> usize {
        self.lost
    }

    /// The font that resources call by this name.
    fn font(&mut self, resources: Option<&'a Dictionary>, name: &[u8]) -> Option<Rc<Font>> {
        let fonts = self.pdf.dictionary(resources?, b"Font")?;
        self.font_of(fonts.get(name).ok()?)
    }

    fn font_of(&mut self, object: &'a Object) -> Option<Rc<Font>> {
        /// Fonts that are kept; real documents have fewer.
        const MOST_FONTS: usize = 1_000;
        let id = object.as_reference().ok();
        if let Some(font) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(Rc::clone(font));
        }
        let dictionary = as_dictionary(self.pdf.resolve(object))?;
        let font = Rc::new(Font::load(self.pdf, dictionary, &mut self.names));
        if let Some(id) = id {
            if self.fonts.len() >= MOST_FONTS {
                self.fonts.clear();
            }
            self.fonts.insert(id, Rc::clone(&font));
        }
        Some(font)
    }
}

/// The reading of one page.
struct Run<'r, 'p, 'a> {
    reader: &'r mut Reader<'p, 'a>,
    sheet: Sheet,
    operators: u32,
    depth: usize,
}

impl<'a> Run<'_, '_, 'a> {
    /// A page's content streams, as one.
    fn contents(&mut self, page: &'a Dictionary) -> Vec<u8> {
        let pdf = self.reader.pdf;
        let streams: Vec<&Object> = match pdf.get(page, b"Contents") {
            Some(Object::Array(items)) => items.iter().map(|item| pdf.resolve(item)).collect(),
            Some(object) => vec![object],
            None => Vec::new(),
        };
        let mut content = Vec::new();
        for stream in streams.iter().filter_map(|object| object.as_stream().ok()) {
            let room = MOST_PAGE_BYTES.saturating_sub(content.len());
            if let Some(bytes) = pdf.decode(stream, room) {
                content.extend(bytes);
                // A token does not go on from one stream to the next.
                content.push(b'\n');
            } else {
                self.reader.lost += 1;
            }
        }
        content
    }

    /// Runs a content stream.
    fn run(&mut self, content: &[u8], resources: Option<&'a Dictionary>, mut state: State) {
        let mut saved: Vec<State> = Vec::new();
        let mut marked: Vec<Option<Replacement>> = Vec::new();
        let mut path = Path::default();
        let mut lexer = Lexer::new(content);
        let mut operands = Operands::default();
        while let Some(step) = operands.next(&mut lexer) {
            let Step::Operator(operator) = step else { continue };
            self.operators = self.operators.saturating_sub(1);
            if self.operators == 0 || self.sheet.glyphs.is_full() {
                return;
            }
            match operator {
                b"q" if saved.len() < DEEPEST_STATE => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"Do" => {
                    if let Some(name) = operands.name(0) {
                        self.draw(resources, name, &state);
                    }
                }
                b"Tf" => {
                    state.size = operands.number(1);
                    let font = operands.name(0).and_then(|name| self.reader.font(resources, name));
                    state.font = Some(font.unwrap_or_else(|| Rc::clone(&self.reader.fallback)));
                }
                b"gs" => self.graphics_state(resources, &operands, &mut state),
                b"Tj" => self.show(&mut state, operands.last()),
                b"TJ" => self.show_all(&mut state, operands.last()),
                b"'" => {
                    state.next_line();
                    self.show(&mut state, operands.last());
                }
                b"\"" => {
                    state.word_space = operands.number(0);
                    state.character_space = operands.number(1);
                    state.next_line();
                    self.show(&mut state, operands.last());
                }
                b"BMC" => marked.push(None),
                b"BDC" => marked.push(self.replacement(resources, &operands)),
                b"EMC" => {
                    if let Some(Some(replacement)) = marked.pop() {
                        self.sheet.glyphs.replace_since(replacement.since, &replacement.text);
                    }
                }
                b"BI" => {
                    operands::skip_inline_image(&mut lexer);
                    self.sheet.ink.picture(moved(UNIT, state.page), None);
                }
                _ => {
                    if !path.apply(operator, &operands, state.page, &mut self.sheet.ink) {
                        state.apply(operator, &operands);
                    }
                }
            }
            operands.clear();
        }
    }

    /// Draws an object of the resources: a form, which can show text, or a picture.
    fn draw(&mut self, resources: Option<&'a Dictionary>, name: &[u8], state: &State) {
        let pdf = self.reader.pdf;
        let object = resources
            .and_then(|resources| pdf.dictionary(resources, b"XObject"))
            .and_then(|objects| objects.get(name).ok());
        let Some(object) = object else { return };
        let id = object.as_reference().ok();
        if id.is_some_and(|id| self.reader.pictures.contains(&id)) {
            return;
        }
        let Ok(drawn) = pdf.resolve(object).as_stream() else { return };
        match pdf.name(&drawn.dict, b"Subtype") {
            Some(b"Form") => {
                let before = self.progress();
                self.form(drawn, resources, Matrix::IDENTITY, state);
                if before == self.progress() && self.depth < DEEPEST_FORM {
                    self.reader.pictures.extend(id);
                }
            }
            Some(b"Image") => self.sheet.ink.picture(moved(UNIT, state.page), id),
            _ => {}
        }
    }

    /// What changes when something is drawn that counts.
    fn progress(&self) -> [usize; 4] {
        let Sheet { glyphs, ink, .. } = &self.sheet;
        [glyphs.len(), glyphs.unknown, ink.rules.len(), ink.pictures.len()]
    }

    /// Runs a form, placed by `placement`.
    fn form(
        &mut self,
        form: &'a Stream,
        inherited: Option<&'a Dictionary>,
        placement: Matrix,
        state: &State,
    ) {
        let pdf = self.reader.pdf;
        if self.depth >= DEEPEST_FORM {
            return;
        }
        let Some(content) = pdf.decode(form, MOST_FORM_BYTES) else {
            self.reader.lost += 1;
            return;
        };
        let matrix = pdf.numbers(&form.dict, b"Matrix").map_or(Matrix::IDENTITY, Matrix);
        let resources = pdf.dictionary(&form.dict, b"Resources").or(inherited);
        let mut state = state.clone();
        state.page = matrix.then(placement).then(state.page);
        self.depth += 1;
        self.run(&content, resources, state);
        self.depth -= 1;
    }

    fn graphics_state(
        &mut self,
        resources: Option<&'a Dictionary>,
        operands: &Operands<'_>,
        state: &mut State,
    ) {
        let pdf = self.reader.pdf;
        let entry = operands.name(0).and_then(|name| {
            let states = pdf.dictionary(resources?, b"ExtGState")?;
            pdf.array(pdf.dictionary(states, name)?, b"Font")
        });
        if let Some([font, size]) = entry {
            state.font = self.reader.font_of(font).or_else(|| state.font.take());
            state.size = as_number(pdf.resolve(size)).unwrap_or(state.size);
        }
    }

    /// The text that stands for what follows, where the content says so.
    fn replacement(
        &self,
        resources: Option<&'a Dictionary>,
        operands: &Operands<'_>,
    ) -> Option<Replacement> {
        let pdf = self.reader.pdf;
        let text = match operands.last()? {
            Operand::Dictionary(entries) => entries
                .iter()
                .find_map(|(key, text)| (key == b"ActualText").then(|| decode(text)))?,
            Operand::Name(name) => {
                let all = pdf.dictionary(resources?, b"Properties")?;
                let text = pdf.get(pdf.dictionary(all, name)?, b"ActualText")?;
                decode(text.as_str().ok()?)
            }
            _ => return None,
        };
        Some(Replacement { since: self.sheet.glyphs.len(), text })
    }

    fn show_all(&mut self, state: &mut State, operand: Option<&Operand>) {
        let Some(Operand::Array(items)) = operand else { return };
        for item in items {
            match item {
                Operand::Number(back) => state.kern(*back),
                item => self.show(state, Some(item)),
            }
        }
    }

    fn show(&mut self, state: &mut State, operand: Option<&Operand>) {
        let (Some(Operand::Text(string)), Some(font)) = (operand, state.font.clone()) else {
            return;
        };
        let glyphs = &mut self.sheet.glyphs;
        font.read(string, &mut |shown| state.show(&font, shown, glyphs));
    }
}

/// A run of glyphs that other characters stand for.
struct Replacement {
    /// How many glyphs there were before.
    since: usize,
    text: String,
}

/// A text string of a dictionary.
fn decode(bytes: &[u8]) -> String {
    let object = Object::string_literal(bytes);
    let text = lopdf::decode_text_string(&object).unwrap_or_default();
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    text.chars().map(blank).filter(|c| !c.is_control()).collect()
}
