//! Slides of Open Document files.

use super::blocks::Blocks;
use super::styles::Styles;
use crate::extract::office::package::Package;
use crate::extract::office::xml::{Node, Tree};
use crate::extracted::Warning;
use crate::words::on_one_line;
use crate::writer::{Row, Writer};

/// Shapes whose tops differ by less than this stand beside each other, in millimetres.
const SAME_HEIGHT: f64 = 6.0;

/// Rows and columns of a chart's data.
const MOST_ROWS: usize = 10_000;
const MOST_COLUMNS: usize = 200;

/// Writes the slides.
pub(super) fn write(
    body: Node<'_>,
    styles: &Styles,
    package: &mut Package<'_>,
    writer: &mut Writer,
) {
    let mut hidden = Vec::new();
    for (number, page) in (1..).zip(body.children().filter(|node| node.is("page"))) {
        writer.page(number);
        if page.attribute("style-name").is_some_and(|style| styles.hides(&style)) {
            hidden.push(number.to_string());
        }
        write_page(page, styles, package, writer);
    }
    if !hidden.is_empty() {
        let (noun, verb) = if hidden.len() == 1 { ("slide", "is") } else { ("slides", "are") };
        let numbers = hidden.join(", ");
        writer.warn(Warning::note(format!("{noun} {numbers} {verb} hidden in the show")));
    }
}

fn write_page(page: Node<'_>, styles: &Styles, package: &mut Package<'_>, writer: &mut Writer) {
    let class = |shape: Node<'_>| shape.attribute("class").unwrap_or_default().into_owned();
    let is_shape = |node: &Node<'_>| {
        !matches!(node.name(), "notes" | "forms" | "settings" | "animations" | "par")
    };
    let mut shapes: Vec<(f64, f64, Node<'_>)> = page
        .children()
        .filter(is_shape)
        .map(|shape| (millimetres(shape, "y"), millimetres(shape, "x"), shape))
        .collect();
    shapes.sort_by(|a, b| {
        let is_title = |shape: Node<'_>| class(shape) != "title";
        is_title(a.2).cmp(&is_title(b.2)).then(a.0.total_cmp(&b.0))
    });
    let mut start = 0;
    while let Some((top, _, first)) = shapes.get(start).copied() {
        let beside = |shape: &&(f64, f64, Node<'_>)| {
            shape.0 - top < SAME_HEIGHT && (class(first) == "title") == (class(shape.2) == "title")
        };
        let count = shapes.iter().skip(start).take_while(beside).count().max(1);
        if let Some(row) = shapes.get_mut(start..start + count) {
            row.sort_by(|a, b| a.1.total_cmp(&b.1));
        }
        start += count;
    }
    for (_, _, shape) in shapes {
        match class(shape).as_str() {
            "title" => {
                let words = words(shape);
                writer.heading(1, &words, None);
            }
            "header" | "footer" | "date-time" | "page-number" => {}
            _ => {
                let mut blocks = Blocks::new("content.xml", styles, writer);
                blocks.frame(shape);
                blocks.write_notes();
                write_chart(shape, package, writer);
            }
        }
    }
    let notes = page.child("notes").into_iter().flat_map(Node::children);
    for frame in notes.filter(|frame| class(*frame) == "notes") {
        let words = words(frame);
        if !words.is_empty() {
            writer.paragraph(&format!("Speaker notes: {words}"), None);
        }
    }
}

/// The paragraphs of a shape, a line each.
fn words(shape: Node<'_>) -> String {
    let paragraphs = shape.descendants().filter(|node| node.is("p"));
    let lines: Vec<String> =
        paragraphs.map(|node| on_one_line(&node.text())).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Writes the data of a chart that stands in a frame.
fn write_chart(frame: Node<'_>, package: &mut Package<'_>, writer: &mut Writer) {
    let Some(object) = frame.child("object").and_then(|object| object.attribute("href")) else {
        return;
    };
    let text = package.part(&format!("{}/content.xml", object.trim_start_matches("./")));
    let tree = Tree::parse(&text);
    let Some(chart) = tree.root().and_then(|root| root.find("chart")) else { return };
    if let Some(title) = chart.child("title") {
        writer.paragraph(&words(title), None);
    }
    let rows = chart.descendants().filter(|node| node.is("table-row")).take(MOST_ROWS);
    let rows: Vec<Row> = rows
        .map(|row| {
            let cells = row.children().filter(|node| node.is("table-cell")).take(MOST_COLUMNS);
            Row { cells: cells.map(words).collect(), source: None }
        })
        .collect();
    writer.table(&rows, 1);
}

/// A length in millimetres; 0 where there is none.
fn millimetres(node: Node<'_>, name: &str) -> f64 {
    let length = node.attribute(name).unwrap_or_default();
    let unit = length.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(length.len());
    let (number, unit) = length.split_at(unit);
    let factor = match unit {
        "cm" => 10.0,
        "in" => 25.4,
        "pt" => 25.4 / 72.0,
        _ => 1.0,
    };
    number.parse::<f64>().unwrap_or(0.0) * factor
}
