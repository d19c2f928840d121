//! Markup reduced to what carries text: tags keep the few attributes that say what an element is;
//! scripts, styles, comments and what browsers draw by other means go. Tags are found by the rules
//! of the HTML standard's tokenizer.
//!
//! It is done before parsing because a parser compares each attribute of a tag with all others, and
//! keeps all of them.

mod math;
mod tag;

use tag::Tag;

/// The most bytes of data about the page (JSON-LD) that are looked at.
const MOST_DATA: usize = 1 << 20;

/// Reduced markup.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reduced<'a> {
    pub(super) html: String,
    /// What the page says of itself in JSON-LD.
    pub(super) data: Vec<&'a str>,
}

/// Reduces markup, in one pass.
pub(super) fn reduce(source: &str) -> Reduced<'_> {
    let mut reducer = Reducer {
        source,
        reduced: Reduced::default(),
        endless: [false; ELEMENTS.len()],
        data_bytes: 0,
    };
    let mut position = 0;
    while let Some(at) = reducer.find(position, "<") {
        reducer.text(position, at);
        position = reducer.markup(at);
    }
    reducer.text(position, source.len());
    reducer.reduced
}

/// What becomes of an element that does not keep its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It goes, tag and content, if it has an end.
    Dropped,
    /// The same; but without an end it goes on to the end of the page.
    Raw,
    /// Its content is all text.
    Title,
    /// It is written as a formula.
    Math,
}

/// The elements that do not keep their tags as all others do.
const ELEMENTS: [(&str, Fate); 18] = [
    ("audio", Fate::Dropped),
    ("canvas", Fate::Dropped),
    ("datalist", Fate::Dropped),
    ("frameset", Fate::Dropped),
    ("iframe", Fate::Dropped),
    ("math", Fate::Math),
    ("noembed", Fate::Dropped),
    ("noframes", Fate::Dropped),
    ("noscript", Fate::Dropped),
    ("object", Fate::Dropped),
    ("script", Fate::Raw),
    ("select", Fate::Dropped),
    ("style", Fate::Raw),
    ("svg", Fate::Dropped),
    ("template", Fate::Dropped),
    ("textarea", Fate::Dropped),
    ("title", Fate::Title),
    ("video", Fate::Dropped),
];

/// The index of an element in the table.
fn element(name: &str) -> Option<usize> {
    ELEMENTS.iter().position(|(known, _)| name.eq_ignore_ascii_case(known))
}

struct Reducer<'a> {
    source: &'a str,
    reduced: Reduced<'a>,
    /// Elements of which no end tag is left.
    endless: [bool; ELEMENTS.len()],
    data_bytes: usize,
}

impl<'a> Reducer<'a> {
    fn find(&self, from: usize, text: &str) -> Option<usize> {
        self.source.get(from..)?.find(text).map(|at| from + at)
    }

    fn rest(&self, from: usize) -> &'a str {
        self.source.get(from..).unwrap_or_default()
    }

    fn between(&self, from: usize, to: usize) -> &'a str {
        self.source.get(from..to).unwrap_or_default()
    }

    fn text(&mut self, from: usize, to: usize) {
        let text = self.between(from, to);
        self.reduced.html.push_str(text);
    }

    /// Handles what begins with the `<` at a position; returns where text goes on.
    fn markup(&mut self, at: usize) -> usize {
        let end = self.source.len();
        let rest = self.rest(at + 1);
        let behind = |found: Option<usize>, length: usize| found.map_or(end, |at| at + length);
        if rest.starts_with("!--") {
            // `<!-->` and `<!--->` are whole comments.
            return behind(self.find(at + 2, "-->"), 3);
        }
        match rest.bytes().next() {
            Some(b'!' | b'?') => {
                let next = behind(self.find(at, ">"), 1);
                let is_doctype =
                    rest.get(1..8).is_some_and(|name| name.eq_ignore_ascii_case("doctype"));
                if is_doctype {
                    // It decides how tables stand in paragraphs.
                    self.text(at, next);
                }
                next
            }
            Some(b'/') => match rest.as_bytes().get(1) {
                Some(byte) if byte.is_ascii_alphabetic() => self.end_tag(at),
                _ => behind(self.find(at, ">"), 1),
            },
            Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(at),
            _ => {
                self.reduced.html.push_str("&lt;");
                at + 1
            }
        }
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let Some(tag) = Tag::read(self.rest(at + 1)) else { return self.source.len() };
        let next = at + 1 + tag.length;
        let Some((element, (_, fate))) =
            element(tag.name).and_then(|index| Some((index, ELEMENTS.get(index)?)))
        else {
            tag.write(&mut self.reduced.html);
            return next;
        };
        let end = self.end_of(element, next);
        let content = end.map(|(to, _)| self.between(next, to)).unwrap_or_default();
        match fate {
            Fate::Raw => {
                self.script(&tag, content);
                return end.map_or(self.source.len(), |(_, behind)| behind);
            }
            // A shadow tree that is declared is what the page shows.
            Fate::Dropped if tag.attribute("shadowrootmode").is_some() => return next,
            Fate::Title if end.is_some() => {
                let title = content.replace('<', "&lt;");
                self.reduced.html.extend(["<title>", &title, "</title>"]);
            }
            Fate::Math if end.is_some() && !tag.is_hidden => {
                math::write(tag.attribute("alttext"), content, &mut self.reduced.html);
            }
            Fate::Dropped | Fate::Title | Fate::Math => {}
        }
        end.map_or(next, |(_, behind)| behind)
    }

    /// Takes what matters of a script: data about the page, and formulas.
    fn script(&mut self, tag: &Tag<'_>, content: &'a str) {
        let kind = tag.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
        if kind == "application/ld+json" && self.data_bytes + content.len() <= MOST_DATA {
            self.data_bytes += content.len();
            self.reduced.data.push(content);
        } else if kind.starts_with("math/tex") {
            math::write_tex(content, &mut self.reduced.html);
        }
    }

    fn end_tag(&mut self, at: usize) -> usize {
        let Some(tag) = Tag::read(self.rest(at + 2)) else { return self.source.len() };
        if element(tag.name).is_none() {
            self.reduced.html.extend(["</", tag.name, ">"]);
        }
        at + 2 + tag.length
    }

    /// Where the next end tag of an element begins and ends.
    fn end_of(&mut self, element: usize, from: usize) -> Option<(usize, usize)> {
        let endless = self.endless.get_mut(element)?;
        if *endless {
            return None;
        }
        let (name, ..) = ELEMENTS.get(element)?;
        let source = self.source;
        let found = source.get(from..)?.match_indices("</").find_map(|(at, _)| {
            let at = from + at;
            let tag = source.get(at + 2..)?;
            let is_it = tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
                && tag.as_bytes().get(name.len()).is_none_or(|b| !b.is_ascii_alphanumeric());
            is_it.then_some(at)
        });
        let Some(at) = found else {
            *endless = true;
            return None;
        };
        let behind = source.get(at..)?.find('>').map_or(source.len(), |end| at + end + 1);
        Some((at, behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expect: &str) {
        assert_eq!(reduce(source).html, expect, "{source}");
    }

    #[test]
    fn structure_stays_and_the_rest_goes() {
        check(
            "<DIV Class='a>b' data-x=1><b>x</b> &amp; y</DIV>",
            "<DIV class=\"a>b\"><b>x</b> &amp; y</DIV>",
        );
        check("a <!-- <p> -> b --> c<!-->d<!--->e", "a  cde");
        check("a<script>if (a</b>) \"<p>\"</script >b", "ab");
        check("<title>a <b> c</title>", "<title>a &lt;b> c</title>");
        check("1 < 2 <3 </ x>", "1 &lt; 2 &lt;3 ");
        check("<ol start=3 start=4><td colspan='2'>", "<ol start=\"3\"><td colspan=\"2\">");
        check("<p title='a\"b'><p title=a\"'b>", "<p title='a\"b'><p title=''>");
        check("<!DOCTYPE html><x-y>text</x-y><br/>", "<!DOCTYPE html><x-y>text</x-y><br>");
    }

    #[test]
    fn what_is_hidden_is_marked() {
        check("<p hidden>x</p>", "<p hidden>x</p>");
        check("<a style='Display : none'>x</a>", "<a hidden>x</a>");
        check("<div aria-hidden=true>x</div>", "<div hidden>x</div>");
        check("<div aria-hidden=false>x</div>", "<div>x</div>");
    }

    #[test]
    fn data_and_formulas_are_taken_from_scripts() {
        let reduced = reduce("<script type=application/ld+json>{}</script>a");
        assert_eq!((reduced.data.as_slice(), reduced.html.as_str()), (["{}"].as_slice(), "a"));
        check("<script type='math/tex; mode=display'>a<b</script>", "$a&lt;b$");
        check("x <math alttext='a &lt; b'><mi>a</mi></math> y", "x $a &lt; b$ y");
        check(
            "<math><mi>a</mi><annotation encoding='application/x-tex'>\\pi</annotation></math>",
            "$\\pi$",
        );
        check("<math><mi>a</mi><mo>=</mo><mn>1</mn></math>", "a = 1");
    }

    #[test]
    fn what_is_never_closed_hides_nothing_before_it() {
        check("a<svg>b", "ab");
        check("a<p class='b", "a");
        check("a<!-- b", "a");
        check("a<script>b", "a");
    }
}
