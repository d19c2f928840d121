//! Equations of Office (OMML) on one line: `(a)/(b)`, `x^2`.

use super::xml::Node;

/// An equation as text.
pub(super) fn linear(node: Node<'_>) -> String {
    let mut text = String::new();
    write(node, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    match node.name() {
        "t" => out.push_str(&node.text()),
        "f" => out.push_str(&format!("{}/{}", grouped(&part("num")), grouped(&part("den")))),
        "sSup" => out.push_str(&format!("{}^{}", part("e"), grouped(&part("sup")))),
        "sSub" => out.push_str(&format!("{}_{}", part("e"), grouped(&part("sub")))),
        "sSubSup" | "sPre" => {
            let (sub, sup) = (grouped(&part("sub")), grouped(&part("sup")));
            out.push_str(&format!("{}_{sub}^{sup}", part("e")));
        }
        "rad" => {
            let degree = part("deg");
            let sign =
                if degree.trim().is_empty() { "√".to_owned() } else { format!("root_{degree}") };
            out.push_str(&format!("{sign}({})", part("e")));
        }
        "nary" => {
            let sign = property("chr").unwrap_or_else(|| "∫".to_owned());
            out.push_str(&sign);
            for (mark, bound) in [("_", part("sub")), ("^", part("sup"))] {
                if !bound.trim().is_empty() {
                    out.push_str(mark);
                    out.push_str(&grouped(&bound));
                }
            }
            out.push(' ');
            out.push_str(&part("e"));
        }
        "d" => {
            let open = property("begChr").unwrap_or_else(|| "(".to_owned());
            let close = property("endChr").unwrap_or_else(|| ")".to_owned());
            let between = property("sepChr").unwrap_or_else(|| ", ".to_owned());
            out.push_str(&open);
            list(node, "e", &between, out);
            out.push_str(&close);
        }
        "m" => {
            out.push('[');
            list(node, "mr", "; ", out);
            out.push(']');
        }
        "mr" => list(node, "e", ", ", out),
        "eqArr" => list(node, "e", "; ", out),
        "func" => out.push_str(&format!("{} {}", part("fName"), part("e"))),
        "limLow" => out.push_str(&format!("{}_{}", part("e"), grouped(&part("lim")))),
        "limUpp" => out.push_str(&format!("{}^{}", part("e"), grouped(&part("lim")))),
        name if name.ends_with("Pr") => {}
        _ => {
            for child in node.children() {
                write(child, out);
            }
        }
    }
}

fn list(node: Node<'_>, name: &str, between: &str, out: &mut String) {
    for (index, child) in node.children().filter(|child| child.is(name)).enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        if name == "mr" {
            write(child, out);
        } else {
            child.children().for_each(|child| write(child, out));
        }
    }
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
    use super::*;
    use crate::extract::office::xml::Tree;

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
