//! Character references. The storage format uses those of HTML, which XML parsers do not know.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::BytesRef;
use scraper::Html;

/// The longest name of an entity in HTML has 31 characters.
const LONGEST: usize = 31;

/// The text that a reference stands for; one that is unknown stands for itself.
pub(super) fn text_of(reference: &BytesRef<'_>) -> String {
    resolve(reference).unwrap_or_else(|| format!("&{};", &**reference))
}

/// A text with its references replaced.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(place) = rest.find('&') {
        text.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let reference = rest.split_once(';').and_then(|(name, behind)| {
            resolve(&BytesRef::new(name)).map(|replacement| (replacement, behind))
        });
        match reference {
            Some((replacement, behind)) => {
                text.push_str(&replacement);
                rest = behind;
            }
            None => text.push('&'),
        }
    }
    text.push_str(rest);
    text
}

fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    let name: &str = reference;
    resolve_predefined_entity(name).map(str::to_owned).or_else(|| of_html(name))
}

/// Asks the HTML parser, which knows all 2,000 of them.
fn of_html(name: &str) -> Option<String> {
    if name.len() > LONGEST || !name.chars().all(|character| character.is_ascii_alphanumeric()) {
        return None;
    }
    let text: String = Html::parse_fragment(&format!("&{name};")).root_element().text().collect();
    (!text.contains(';')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_html_are_known_and_others_stay() {
        let check = |raw: &str, expect: &str| assert_eq!(unescape(raw), expect, "{raw}");
        check("a &amp; b &lt;c&gt;", "a & b <c>");
        check("&nbsp;&rsquo;&Uuml;&NotEqualTilde;", "\u{a0}\u{2019}Ü\u{2242}\u{338}");
        check("&#8364;&#x20AC;", "€€");
        check("&unheard; & AT&T; &;", "&unheard; & AT&T; &;");
        check("&#0; &#x110000; &", "&#0; &#x110000; &");
    }
}
