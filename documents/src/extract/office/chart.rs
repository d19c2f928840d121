//! The data of a chart as a table: a row for each category, a column for each series.

use std::collections::BTreeMap;

use crate::extract::office::xml::{Node, Tree};
use crate::writer::Row;

/// Points and series beyond these are left out.
const MOST_POINTS: usize = 10_000;
const MOST_SERIES: usize = 200;

/// A chart's title and its data, the first row being the header.
pub(super) fn read(text: &str) -> (String, Vec<Row>) {
    let tree = Tree::parse(text);
    let Some(chart) = tree.root().and_then(|root| root.find("chart")) else {
        return (String::new(), Vec::new());
    };
    let title = chart.child("title").map(words).unwrap_or_default();
    let series = chart.descendants().filter(|node| node.is("ser")).take(MOST_SERIES);
    let mut names = Vec::new();
    let mut columns = Vec::new();
    let mut categories = BTreeMap::new();
    for one in series {
        names.push(one.child("tx").map(words).unwrap_or_default());
        let labels = one.child("cat").or_else(|| one.child("xVal"));
        for (index, label) in labels.map(points).unwrap_or_default() {
            categories.entry(index).or_insert(label);
        }
        let values = one.child("val").or_else(|| one.child("yVal"));
        columns.push(values.map(points).unwrap_or_default());
    }
    let mut indices: Vec<usize> = columns.iter().flat_map(BTreeMap::keys).copied().collect();
    indices.extend(categories.keys());
    indices.sort_unstable();
    indices.dedup();
    if indices.is_empty() {
        return (title, Vec::new());
    }
    let row = |first: String, rest: Vec<String>| Row {
        cells: std::iter::once(first).chain(rest).collect(),
        source: None,
    };
    let mut rows = vec![row("Category".to_owned(), names)];
    for index in indices.into_iter().take(MOST_POINTS) {
        let value = |points: &BTreeMap<usize, String>| points.get(&index).cloned();
        let values = columns.iter().map(|points| value(points).unwrap_or_default()).collect();
        rows.push(row(value(&categories).unwrap_or_default(), values));
    }
    (title, rows)
}

/// The cached points of a sequence, by their index. Of categories in several levels, the innermost.
fn points(node: Node<'_>) -> BTreeMap<usize, String> {
    let node = node.find("lvl").unwrap_or(node);
    let points = node.descendants().filter(|node| node.is("pt"));
    points
        .filter_map(|point| {
            let index = point.attribute("idx")?.parse().ok()?;
            Some((index, value(&point.child("v")?.text())))
        })
        .take(MOST_POINTS)
        .collect()
}

/// A number without the noise of its binary form.
fn value(text: &str) -> String {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(number) if text.len() > 12 && number.is_finite() => {
            let rounded = format!("{number:.6}");
            rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => text.to_owned(),
    }
}

/// Words of a title: written there, or cached from a cell.
fn words(node: Node<'_>) -> String {
    let texts = node.descendants().filter(|node| matches!(node.name(), "t" | "v"));
    texts.map(Node::text).collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_become_columns() {
        let point = |index, value: &str| format!("<c:pt idx='{index}'><c:v>{value}</c:v></c:pt>");
        let xml = format!(
            "<c:chartSpace><c:chart><c:title><a:t>Sales</a:t></c:title><c:plotArea><c:barChart>\
             <c:ser><c:tx><c:v>2020</c:v></c:tx><c:cat>{}{}</c:cat><c:val>{}</c:val></c:ser>\
             <c:ser><c:tx><c:v>2021</c:v></c:tx><c:val>{}</c:val></c:ser>\
             </c:barChart></c:plotArea></c:chart></c:chartSpace>",
            point(0, "North"),
            point(1, "South"),
            point(0, "4.2999999999999998"),
            point(1, "5")
        );
        let (title, rows) = read(&xml);
        assert_eq!(title, "Sales");
        let cells: Vec<_> = rows.into_iter().map(|row| row.cells).collect();
        assert_eq!(cells, [["Category", "2020", "2021"], ["North", "4.3", ""], ["South", "", "5"]]);
        assert_eq!(read("").1.len(), 0);
    }
}
