//! Links in Markdown.

/// Makes the text from `start` on a link.
pub(super) fn link(text: &mut String, start: usize, url: &str) {
    let words = text.get(start..).unwrap_or_default();
    let (words, url) = (words.trim().to_owned(), url.trim());
    let is_web = ["http:", "https:", "mailto:", "ftp:", "tel:"].iter().any(|s| url.starts_with(s));
    if words.is_empty() || !is_web || words.contains('\n') {
        return;
    }
    let is_bare = words == url || url.strip_prefix("mailto:") == Some(&words);
    let linked = if is_bare { words } else { format!("[{words}]({})", url.replace(' ', "%20")) };
    let blank = text.get(start..).is_some_and(|rest| rest.starts_with(' '));
    let behind = text.ends_with(' ');
    text.truncate(start);
    text.push_str(if blank { " " } else { "" });
    text.push_str(&linked);
    text.push_str(if behind { " " } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_where_readers_can_go() {
        let check = |text: &str, start, url, expect: &str| {
            let mut text = text.to_owned();
            link(&mut text, start, url);
            assert_eq!(text, expect);
        };
        check("See here ", 3, "https://a.org/b c", "See [here](https://a.org/b%20c) ");
        check("https://a.org", 0, "https://a.org", "https://a.org");
        check("a@b.org", 0, "mailto:a@b.org", "a@b.org");
        check("above", 0, "#_Toc1", "above");
        check("See ", 4, "https://a.org", "See ");
    }
}
