//! The words of a diagram (SmartArt): what stands in its points, without how they are laid out.

use super::xml::{Node, Tree};

/// Points beyond these are left out.
const MOST_POINTS: usize = 10_000;

/// The words of each point that has any.
pub(super) fn read(text: &str) -> Vec<String> {
    let tree = Tree::parse(text);
    let points = tree.root().into_iter().flat_map(Node::descendants).filter(|node| node.is("pt"));
    points.map(words).filter(|words| !words.is_empty()).take(MOST_POINTS).collect()
}

/// The words within an element of drawings, a line for each paragraph.
pub(super) fn words(node: Node<'_>) -> String {
    let paragraphs = node.descendants().filter(|node| node.is("p"));
    let lines = paragraphs.map(|paragraph| -> String {
        let texts = paragraph.descendants().filter(|node| node.is("t"));
        texts.map(Node::text).collect()
    });
    let lines: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_say_what_stands_in_them() {
        let point =
            |text: &str| format!("<d:pt><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>");
        let xml = format!("<d:dataModel>{}<d:pt/>{}</d:dataModel>", point("Plan"), point("Do"));
        assert_eq!(read(&xml), ["Plan", "Do"]);
        assert!(read("").is_empty());
    }
}
