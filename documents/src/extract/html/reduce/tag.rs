//! Tags and their attributes, found by the rules of the HTML standard's tokenizer.

/// A tag, from its name to its `>`.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Bytes up to and with the `>`.
    pub(super) length: usize,
    /// Whether its attributes say that nobody sees it.
    pub(super) is_hidden: bool,
    /// The first number of a list.
    pub(super) start: Option<u32>,
    /// How many columns a cell spans, where more than one.
    pub(super) columns: Option<u32>,
}

impl<'a> Tag<'a> {
    /// Reads a tag's name and attributes; none where it is never closed.
    pub(super) fn read(rest: &'a str) -> Option<Self> {
        let name_end = rest.find(|c: char| is_blank(c) || c == '/' || c == '>')?;
        let mut tag = Self {
            name: rest.get(..name_end)?,
            length: 0,
            is_hidden: false,
            start: None,
            columns: None,
        };
        let mut at = name_end;
        loop {
            // Blanks and slashes stand between attributes.
            at += rest.get(at..)?.find(|c: char| !is_blank(c) && c != '/')?;
            if rest.get(at..)?.starts_with('>') {
                tag.length = at + 1;
                return Some(tag);
            }
            // A `=` may begin a name, strange as it is.
            let name_start = at;
            at += rest.get(at..)?.chars().next()?.len_utf8();
            at += rest.get(at..)?.find(|c: char| is_blank(c) || matches!(c, '/' | '>' | '='))?;
            let name = rest.get(name_start..at)?;
            let after = at + rest.get(at..)?.find(|c: char| !is_blank(c))?;
            let mut value = "";
            if rest.get(after..)?.starts_with('=') {
                let from = after + 1;
                let from = from + rest.get(from..)?.find(|c: char| !is_blank(c))?;
                let quote = rest.get(from..)?.chars().next()?;
                if matches!(quote, '"' | '\'') {
                    let to = from + 1 + rest.get(from + 1..)?.find(quote)?;
                    value = rest.get(from + 1..to)?;
                    at = to + 1;
                } else {
                    let to = from + rest.get(from..)?.find(|c: char| is_blank(c) || c == '>')?;
                    value = rest.get(from..to)?;
                    at = to;
                }
            }
            tag.attribute(name, value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("hidden") {
            self.is_hidden |= !value.eq_ignore_ascii_case("until-found");
        } else if is("aria-hidden") {
            self.is_hidden |= value.eq_ignore_ascii_case("true");
        } else if is("style") {
            let style: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            let style = style.to_ascii_lowercase();
            self.is_hidden |= style.contains("display:none") || style.contains("visibility:hidden");
        } else if is("start") {
            self.start = value.trim().parse().ok();
        } else if is("colspan") {
            self.columns = value.trim().parse().ok().filter(|columns| *columns > 1);
        }
    }
}

/// What the HTML standard calls white space.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\u{c}' | '\r')
}
