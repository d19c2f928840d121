//! HTML as a row of tags and texts, in time linear in its length and without a tree: a crawler
//! looks at pages of strangers, of which a tree may take a hundred times the memory, and its
//! repair of wrong nesting far more than linear time. Extraction builds trees, within limits.

use std::borrow::Cow;

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `<name …>`; the name is in lower case.
    Open(Tag<'a>),
    /// `</name>`.
    Close(String),
    /// Text between tags, as it stands there.
    Text(&'a str),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Its name in lower case.
    pub(super) name: String,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// An attribute, its character references resolved.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        Attributes { rest: self.attributes }
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| unescape(value))
    }
}

/// The pieces of a page in order. Comments and declarations are left out, as are scripts and style
/// sheets.
pub(super) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Passes over everything up to and with the end of an element whose content is no markup.
    fn skip_raw(&mut self, name: &str) {
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|rest| rest.find("</")) {
            let start = from + at;
            let found = self.rest.get(start + 2..start + 2 + name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.take(start);
                return;
            }
            from = start + 2;
        }
        self.rest = "";
    }

    /// A piece that begins with `<`; none where it is nothing to tell of.
    fn markup(&mut self) -> Option<Piece<'a>> {
        let mut following = self.rest.chars().skip(1);
        match (following.next(), following.next()) {
            (Some('!'), _) => {
                let end = if self.rest.starts_with("<!--") {
                    // `<!-->` is a comment too.
                    self.rest.get(2..).and_then(|rest| rest.find("-->")).map(|at| at + 2 + 3)
                } else {
                    self.rest.find('>').map(|at| at + 1)
                };
                self.take(end.unwrap_or(self.rest.len()));
                None
            }
            (Some('/'), Some(c)) if c.is_ascii_alphabetic() => {
                let (tag, _) = self.tag(2);
                Some(Piece::Close(tag))
            }
            (Some('/' | '?'), _) => {
                let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
                self.take(end);
                None
            }
            (Some(c), _) if c.is_ascii_alphabetic() => {
                let (name, attributes) = self.tag(1);
                if matches!(name.as_str(), "script" | "style") {
                    self.skip_raw(&name);
                }
                Some(Piece::Open(Tag { name, attributes }))
            }
            _ => Some(Piece::Text(self.take(1))),
        }
    }

    /// The name and the attributes of a tag whose name begins at `start`; it is passed over.
    fn tag(&mut self, start: usize) -> (String, &'a str) {
        let end = tag_end(self.rest);
        let tag = self.take(end + 1);
        let inner = tag.get(start..).unwrap_or_default();
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        let is_end = |c: char| c.is_ascii_whitespace() || c == '/';
        let (name, attributes) = inner.split_at(inner.find(is_end).unwrap_or(inner.len()));
        (name.to_ascii_lowercase(), attributes)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.rest.is_empty() {
            match self.rest.find('<') {
                Some(0) => {
                    if let Some(piece) = self.markup() {
                        return Some(piece);
                    }
                }
                Some(at) => return Some(Piece::Text(self.take(at))),
                None => return Some(Piece::Text(self.take(self.rest.len()))),
            }
        }
        None
    }
}

/// Where the tag ends that a text begins with: at `>`, unless it is within quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    let mut last = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            // Quotes count only where a value may begin.
            (None, b'"' | b'\'') if last == b'=' => quote = Some(byte),
            (None, b'>') => return at,
            (None, _) => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    // A quote that is never closed would hide the rest of the page.
    text.find('>').unwrap_or(text.len())
}

struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let is_space = |c: char| c.is_ascii_whitespace() || c == '/';
        let rest = self.rest.trim_start_matches(is_space);
        if rest.is_empty() {
            return None;
        }
        // A name may begin with an equals sign, by the standard.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let is_end = |c: char| is_space(c) || c == '=';
        let end = rest.get(first..)?.find(is_end).map_or(rest.len(), |at| at + first);
        let (name, rest) = rest.split_at(end);
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            self.rest = rest;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quoted {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => {
                value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))
            }
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// A text with the character references that occur in URLs and titles resolved.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        plain.push_str(before);
        let end = reference.bytes().take(12).position(|byte| byte == b';');
        let resolved = end.and_then(|end| {
            let name = reference.get(1..end)?;
            Some((character(name)?, end + 1))
        });
        let (c, length) = resolved.unwrap_or(('&', 1));
        plain.push(c);
        rest = reference.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number);
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a page in short: `name`, `/name`, `"text"`.
    fn short(html: &str) -> String {
        let pieces = Pieces::of(html).map(|piece| match piece {
            Piece::Open(tag) => tag.name,
            Piece::Close(name) => format!("/{name}"),
            Piece::Text(text) => format!("{text:?}"),
        });
        pieces.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pages_are_taken_apart() {
        let check = |html: &str, expect: &str| assert_eq!(short(html), expect, "{html}");
        check("<!DOCTYPE html><P>a<br/>b</P >", r#"p "a" br "b" /p"#);
        check("a < b <3 </ > <", r#""a " "<" " b " "<" "3 " " " "<""#);
        check("<!-- <a> --><b><!--><i>", "b i");
        check("<script>if (a</b>) '</s'</SCRIPT>x", r#"script /script "x""#);
        check("<style>a{}</style><?php x ?>y", r#"style /style "y""#);
        check("<script>never ends <p>", "script");
        check("<a title='>' href=\">\">x", r#"a "x""#);
        check("<a title=\"open>x<b>", r#"a "x" b"#);
        check("<p", "p");
        check("<é>", r#""<" "é>""#);
    }

    #[test]
    fn attributes_are_found() {
        let check = |html: &str, name: &str, expect: Option<&str>| {
            let tag = Pieces::of(html).find_map(|piece| match piece {
                Piece::Open(tag) => Some(tag),
                _ => None,
            });
            let value = tag.and_then(|tag| tag.attribute(name).map(Cow::into_owned));
            assert_eq!(value.as_deref(), expect, "{html}");
        };
        check("<a class=x HREF = '/a?b=1&amp;c=2'>", "href", Some("/a?b=1&c=2"));
        check("<a href=/x/y/>", "href", Some("/x/y/"));
        check("<a href>", "href", Some(""));
        check("<a data-href=no href=\"&#x41;&#66;&nope;&\">", "href", Some("AB&nope;&"));
        check("<a/href=x>", "href", Some("x"));
        check("<a =x href=y>", "href", Some("y"));
        check("<a b>", "href", None);
    }
}
