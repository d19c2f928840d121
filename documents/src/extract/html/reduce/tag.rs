//! Tags and their attributes, found by the rules of the HTML standard's tokenizer.

/// The attributes that are kept; of each element there is one of a name, so that a tag has no more
/// of them than these.
const KEPT: [&str; 24] = [
    "alt",
    "alttext",
    "class",
    "colspan",
    "content",
    "data-lang",
    "data-language",
    "datetime",
    "href",
    "http-equiv",
    "id",
    "itemprop",
    "lang",
    "name",
    "property",
    "rel",
    "role",
    "rowspan",
    "start",
    "title",
    "type",
    "value",
    "xml:lang",
    "shadowrootmode",
];

/// Attributes with longer values are left out.
const LONGEST: usize = 4096;

/// A tag, from its name to its `>`.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Bytes up to and with the `>`.
    pub(super) length: usize,
    /// Whether its attributes say that nobody sees it.
    pub(super) is_hidden: bool,
    /// The attributes that are kept, values as they are written.
    attributes: Vec<(&'static str, &'a str)>,
}

impl<'a> Tag<'a> {
    /// Reads a tag's name and attributes; none where it is never closed.
    pub(super) fn read(rest: &'a str) -> Option<Self> {
        let name_end = rest.find(|c: char| is_blank(c) || c == '/' || c == '>')?;
        let mut tag = Self {
            name: rest.get(..name_end)?,
            length: 0,
            is_hidden: false,
            attributes: Vec::new(),
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
            tag.add(name, value);
        }
    }

    /// The value of an attribute, if it is among those that are kept.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
    }

    /// Writes the tag with what is kept of its attributes.
    pub(super) fn write(&self, out: &mut String) {
        out.extend(["<", self.name]);
        if self.is_hidden {
            out.push_str(" hidden");
        }
        for (name, value) in &self.attributes {
            let quote = if value.contains('"') { "'" } else { "\"" };
            // Only a value without quotes around it can hold both kinds.
            let both = quote == "'" && value.contains('\'');
            let value = if both { "" } else { value };
            out.extend([" ", name, "=", quote, value, quote]);
        }
        out.push('>');
    }

    fn add(&mut self, name: &str, value: &'a str) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("hidden") {
            self.is_hidden |= !value.eq_ignore_ascii_case("until-found");
        } else if is("aria-hidden") {
            self.is_hidden |= value.eq_ignore_ascii_case("true");
        } else if is("style") {
            let style: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            let style = style.to_ascii_lowercase();
            self.is_hidden |= style.contains("display:none") || style.contains("visibility:hidden");
        } else if let Some(known) = KEPT.iter().find(|known| is(known))
            && self.attribute(known).is_none()
            && value.len() <= LONGEST
        {
            self.attributes.push((known, value));
        }
    }
}

/// What the HTML standard calls white space.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\u{c}' | '\r')
}
