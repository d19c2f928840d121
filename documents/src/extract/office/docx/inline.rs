//! The text of a paragraph: runs, links, fields, equations, and what is anchored in it.

use super::Context;
use super::notes::NoteKind;
use super::styles::{is_monospaced, switch};
use crate::extract::office::link::link;
use crate::extract::office::math;
use crate::extract::office::package::Relations;
use crate::extract::office::xml::Node;
use crate::words::on_one_line;

/// Fields within fields beyond this many are not told apart.
const DEEPEST_FIELD: usize = 32;

/// A paragraph's text.
#[derive(Debug, Default)]
pub(super) struct Inline<'a> {
    pub(super) text: String,
    /// Text boxes that are anchored in it.
    pub(super) boxes: Vec<Node<'a>>,
    /// Parts with charts and diagrams that are anchored in it.
    pub(super) insets: Vec<String>,
    /// Whether there is text, and all of it is monospaced.
    pub(super) is_monospaced: bool,
}

/// A field: an instruction, then its result.
#[derive(Debug)]
struct Field {
    instruction: String,
    has_result: bool,
    /// Where its result begins in the paragraph, while that is the same one.
    start: Option<usize>,
}

/// Reads runs; fields may go on from one paragraph to the next.
#[derive(Debug)]
pub(super) struct Runs<'c> {
    relations: &'c Relations,
    fields: Vec<Field>,
    monospaced: usize,
    others: usize,
}

impl<'c> Runs<'c> {
    pub(super) fn new(relations: &'c Relations) -> Self {
        Self { relations, fields: Vec::new(), monospaced: 0, others: 0 }
    }

    /// The text of a paragraph whose style is hidden or not, monospaced or not.
    pub(super) fn paragraph<'a>(
        &mut self,
        node: Node<'a>,
        context: &mut Context,
        style: Look,
    ) -> Inline<'a> {
        let mut inline = Inline::default();
        (self.monospaced, self.others) = (0, 0);
        for field in &mut self.fields {
            field.start = None;
        }
        self.write(node, context, style, &mut inline);
        inline.is_monospaced = self.monospaced > 0 && self.others == 0;
        inline
    }

    /// The tree bounds how deep this goes.
    fn write<'a>(
        &mut self,
        node: Node<'a>,
        context: &mut Context,
        look: Look,
        out: &mut Inline<'a>,
    ) {
        let start = out.text.len();
        let mut behind_equation = start;
        for child in node.children() {
            match child.name() {
                "r" => self.run(child, context, look, out),
                "hyperlink" => {
                    let start = out.text.len();
                    self.write(child, context, look, out);
                    let id = child.prefixed("id").unwrap_or_default();
                    if let Some(relation) = self.relations.get(id.as_ref())
                        && relation.is_external
                    {
                        link(&mut out.text, start, &relation.target);
                    }
                }
                "fldSimple" => {
                    let start = out.text.len();
                    self.write(child, context, look, out);
                    let instruction = child.attribute("instr").unwrap_or_default();
                    if let Some(url) = url_of(&instruction) {
                        link(&mut out.text, start, url);
                    }
                }
                "oMath" | "oMathPara" => {
                    // Of two equations side by side, neither is a part of the other.
                    let is_beside = out.text.len() > start && out.text.len() == behind_equation;
                    let gap = if is_beside { " " } else { "" };
                    let equation = math::linear(child);
                    self.push(&format!("{gap}{equation}"), Look::default(), out);
                    behind_equation = out.text.len();
                }
                "AlternateContent" => {
                    if let Some(choice) = alternative(child) {
                        self.write(choice, context, look, out);
                    }
                }
                "hlink" => {
                    let start = out.text.len();
                    self.write(child, context, look, out);
                    link(&mut out.text, start, &child.attribute("dest").unwrap_or_default());
                }
                "annotation" if is_insertion(child) => self.write(child, context, look, out),
                "content" | "ins" | "moveTo" | "smartTag" | "sdt" | "sdtContent" | "customXml"
                | "bdo" | "dir" | "rubyBase" | "ruby" => self.write(child, context, look, out),
                // Deletions above all, and properties.
                _ => {}
            }
        }
    }

    fn run<'a>(&mut self, run: Node<'a>, context: &mut Context, look: Look, out: &mut Inline<'a>) {
        let mut look = look;
        if let Some(properties) = run.child("rPr") {
            let style = properties.value("rStyle").unwrap_or_default();
            look.is_hidden |= context.styles.hides(&style);
            look.is_hidden = switch(properties, "vanish").unwrap_or(look.is_hidden);
            look.is_monospaced |= context.styles.is_monospaced(&style);
            look.is_monospaced = is_monospaced(properties).unwrap_or(look.is_monospaced);
        }
        self.pieces(run, context, look, out);
    }

    fn pieces<'a>(
        &mut self,
        run: Node<'a>,
        context: &mut Context,
        look: Look,
        out: &mut Inline<'a>,
    ) {
        for child in run.children() {
            match child.name() {
                "t" => self.push(&child.text(), look, out),
                "tab" | "ptab" => self.push("\t", look, out),
                "cr" => self.push("\n", look, out),
                "br" => match child.attribute("type").as_deref() {
                    Some("page" | "column") => self.push(" ", look, out),
                    _ => self.push("\n", look, out),
                },
                "noBreakHyphen" => self.push("\u{2011}", look, out),
                "sym" => {
                    let code = child.attribute("char").unwrap_or_default();
                    let font = child.attribute("font").unwrap_or_default();
                    self.push(&symbol(&code, &font), look, out);
                }
                "fldChar" => self.field(child, out),
                "instrText" => {
                    if let Some(field) = self.fields.last_mut().filter(|field| !field.has_result) {
                        field.instruction.push_str(&child.text());
                    }
                }
                // Word 2003 keeps notes where they are referred to.
                "footnote" | "endnote" if !look.is_hidden => out.boxes.push(child),
                "footnoteReference" => refer(NoteKind::Footnote, child, context, look, out),
                "endnoteReference" => refer(NoteKind::Endnote, child, context, look, out),
                "commentReference" => refer(NoteKind::Comment, child, context, look, out),
                "AlternateContent" => {
                    if let Some(choice) = alternative(child) {
                        self.pieces(choice, context, look, out);
                    }
                }
                "ruby" => self.write(child, context, look, out),
                "drawing" | "pict" | "object" if !look.is_hidden => {
                    self.drawing(child, look, out);
                }
                _ => {}
            }
        }
    }

    /// Notes text boxes for later, and writes what a picture is said to show.
    fn drawing<'a>(&mut self, drawing: Node<'a>, look: Look, out: &mut Inline<'a>) {
        let mut has_box = false;
        // A text box within a text box is read with the outer one.
        let mut boxes = drawing.descendants().filter(|node| node.is("txbxContent"));
        if let Some(first) = boxes.next() {
            has_box = true;
            out.boxes.push(first);
            let mut last = first;
            for next in boxes {
                if !last.holds(next) {
                    out.boxes.push(next);
                    last = next;
                }
            }
        }
        let data = drawing.find("graphicData").into_iter().flat_map(Node::children);
        let part = data.filter_map(|node| match node.name() {
            "chart" => self.relations.get(node.prefixed("id")?.as_ref()),
            "relIds" => self.relations.get(node.prefixed("dm")?.as_ref()),
            _ => None,
        });
        out.insets.extend(part.map(|relation| relation.target.clone()));
        let description = drawing.find("docPr").and_then(|node| node.attribute("descr"));
        let description = description.or_else(|| drawing.find("shape")?.attribute("alt"));
        let description = on_one_line(&description.unwrap_or_default());
        if !has_box && !description.is_empty() {
            self.push(&format!("![{description}]()"), look, out);
        }
    }

    fn field(&mut self, node: Node<'_>, out: &mut Inline<'_>) {
        match node.attribute("fldCharType").as_deref() {
            Some("begin") if self.fields.len() < DEEPEST_FIELD => self.fields.push(Field {
                instruction: String::new(),
                has_result: false,
                start: None,
            }),
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    field.has_result = true;
                    field.start = Some(out.text.len());
                }
            }
            Some("end") => {
                if let Some(field) = self.fields.pop()
                    && let (Some(url), Some(start)) = (url_of(&field.instruction), field.start)
                {
                    link(&mut out.text, start, url);
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, look: Look, out: &mut Inline<'_>) {
        if look.is_hidden || self.fields.iter().any(|field| !field.has_result) {
            return;
        }
        if !text.trim().is_empty() {
            let count = if look.is_monospaced { &mut self.monospaced } else { &mut self.others };
            *count += text.len();
        }
        out.text.push_str(text);
    }
}

/// Whether a change of Word 2003 put in what stands within it.
pub(super) fn is_insertion(annotation: Node<'_>) -> bool {
    annotation.attribute("type").as_deref() == Some("Word.Insertion")
}

/// Writes the mark of a note.
fn refer(kind: NoteKind, node: Node<'_>, context: &mut Context, look: Look, out: &mut Inline<'_>) {
    let id = node.attribute("id").unwrap_or_default();
    if !look.is_hidden {
        let mark = context.notes.refer(kind, &id);
        out.text.extend(["[^", &mark, "]"]);
    }
}

/// How text looks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) is_hidden: bool,
    pub(super) is_monospaced: bool,
}

/// Of the same thing in several forms, the first, or what is for readers that know none.
pub(super) fn alternative(node: Node<'_>) -> Option<Node<'_>> {
    node.child("Choice").or_else(|| node.child("Fallback"))
}

/// The URL of a field that is a link: ` HYPERLINK "https://…" \o "…"`.
fn url_of(instruction: &str) -> Option<&str> {
    let rest = instruction.trim().strip_prefix("HYPERLINK")?.trim_start();
    match rest.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => rest.split_whitespace().next().filter(|word| !word.starts_with('\\')),
    }
}

/// A character of a symbol font.
fn symbol(code: &str, font: &str) -> String {
    let Ok(code) = u32::from_str_radix(code, 16) else { return String::new() };
    match char::from_u32(code) {
        // Symbol fonts keep theirs in the private area, where only they know what they mean.
        Some(c) if !('\u{f000}'..='\u{f0ff}').contains(&c) => c.to_string(),
        Some('\u{f0fe}' | '\u{f0fc}') if font.starts_with("Wingdings") => "☑".to_owned(),
        Some('\u{f06f}' | '\u{f0a8}') if font.starts_with("Wingdings") => "☐".to_owned(),
        Some('\u{f0fd}' | '\u{f0fb}') if font.starts_with("Wingdings") => "☒".to_owned(),
        Some('\u{f0e0}') if font.starts_with("Wingdings") => "→".to_owned(),
        Some(c) if font == "Symbol" => greek(c),
        _ => String::new(),
    }
}

/// Greek letters and signs of the font Symbol.
fn greek(c: char) -> String {
    let letters = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    let index = u32::from(c) - 0xf000;
    let letter = match index {
        0x61..=0x7a => letters.chars().nth(index as usize - 0x61),
        0x41..=0x5a => {
            let lower = letters.chars().nth(index as usize - 0x41);
            lower.and_then(|c| c.to_uppercase().next())
        }
        0xa3 => Some('≤'),
        0xb3 => Some('≥'),
        0xb1 => Some('±'),
        0xb4 => Some('×'),
        0xb9 => Some('≠'),
        0xbb => Some('≈'),
        0xa5 => Some('∞'),
        0xae => Some('→'),
        0xb7 => Some('•'),
        0x20..=0x40 => char::from_u32(index),
        _ => None,
    };
    letter.map_or_else(String::new, Into::into)
}
