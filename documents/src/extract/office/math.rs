//! Equations of Office (OMML) on one line: `(a)/(b)`, `x^2`.

use super::xml::Node;
use crate::words::on_one_line;

/// An equation as text.
pub(super) fn linear(node: Node<'_>) -> String {
    let mut text = String::new();
    write(node, &mut text);
    on_one_line(&text)
}

/// The tree bounds how deep this goes.
fn write(node: Node<'_>, out: &mut String) {
    let part = |name: &str| {
        let mut text = String::new();
        if let Some(part) = node.child(name) {
            write(part, &mut text);
        }
        text
    };
    let property = |name: &str| {
        let properties = node.children().find(|child| child.name().ends_with("Pr"))?;
        Some(properties.value(name)?.into_owned())
    };
    let text = match node.name() {
        "t" => node.text(),
        "f" => format!("{}/{}", grouped(&part("num")), grouped(&part("den"))),
        "sSup" => format!("{}^{}", part("e"), grouped(&part("sup"))),
        "sSub" => format!("{}_{}", part("e"), grouped(&part("sub"))),
        "sSubSup" | "sPre" => {
            format!("{}_{}^{}", part("e"), grouped(&part("sub")), grouped(&part("sup")))
        }
        "rad" => {
            let degree = part("deg");
            if degree.trim().is_empty() {
                format!("√({})", part("e"))
            } else {
                format!("root_{}({})", grouped(&degree), part("e"))
            }
        }
        "nary" => {
            let mut text = property("chr").unwrap_or_else(|| "∫".to_owned());
            for (mark, bound) in [("_", part("sub")), ("^", part("sup"))] {
                if !bound.trim().is_empty() {
                    text.extend([mark, &grouped(&bound)]);
                }
            }
            format!("{text} {}", part("e"))
        }
        "d" => {
            let sign = |name, usual: &str| property(name).unwrap_or_else(|| usual.to_owned());
            let parts = list(node, "e", &sign("sepChr", ", "));
            format!("{}{parts}{}", sign("begChr", "("), sign("endChr", ")"))
        }
        "m" => format!("[{}]", list(node, "mr", "; ")),
        "mr" => list(node, "e", ", "),
        "eqArr" => list(node, "e", "; "),
        "func" => format!("{} {}", part("fName"), part("e")),
        "limLow" => format!("{}_{}", part("e"), grouped(&part("lim"))),
        "limUpp" => format!("{}^{}", part("e"), grouped(&part("lim"))),
        name if name.ends_with("Pr") => String::new(),
        _ => {
            for child in node.children() {
                write(child, out);
            }
            String::new()
        }
    };
    out.push_str(&text);
}

fn list(node: Node<'_>, name: &str, between: &str) -> String {
    let children = node.children().filter(|child| child.is(name));
    let texts: Vec<String> = children
        .map(|child| {
            let mut text = String::new();
            write(child, &mut text);
            text
        })
        .collect();
    texts.join(between)
}

/// In parentheses, unless it is one sign or number.
fn grouped(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() == 1 || text.chars().all(char::is_alphanumeric) {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

    use super::*;
    use crate::extract::office::xml::Tree;

    #[test]
    fn each_part_is_gone_through_once() {
        // Were it twice, this would be some 10¹⁵ steps.
        let degrees = 50;
        let xml = format!(
            "<m:oMath>{}<m:r><m:t>a</m:t></m:r>{}</m:oMath>",
            "<m:rad><m:deg>".repeat(degrees),
            "</m:deg></m:rad>".repeat(degrees)
        );
        let text = linear(Tree::parse(&xml).root().unwrap());
        assert_eq!(text.matches("root_").count(), degrees, "{text}");
    }

    #[test]
    fn equations_are_linear() {
        let check = |xml: &str, expect: &str| {
            let tree = Tree::parse(xml);
            assert_eq!(linear(tree.root().unwrap()), expect, "{xml}");
        };
        let r = |text: &str| format!("<m:r><m:t>{text}</m:t></m:r>");
        let (a, b) = (r("a"), r("b+1"));
        check(
            &format!("<m:oMath><m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f></m:oMath>"),
            "a/(b+1)",
        );
        check(
            &format!("<m:oMath><m:sSup><m:e>{a}</m:e><m:sup>{}</m:sup></m:sSup></m:oMath>", r("2")),
            "a^2",
        );
        check(&format!("<m:oMath><m:rad><m:deg/><m:e>{b}</m:e></m:rad></m:oMath>"), "√(b+1)");
        check(
            &format!(
                "<m:oMath><m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{}</m:sub><m:sup>{}</m:sup><m:e>{a}</m:e></m:nary></m:oMath>",
                r("i=1"),
                r("n")
            ),
            "∑_(i=1)^n a",
        );
        check(&format!("<m:oMath><m:d><m:e>{a}</m:e><m:e>{b}</m:e></m:d></m:oMath>"), "(a, b+1)");
    }
}
