//! Markup reduced to what carries text: elements that structure it keep their tags, bare of
//! attributes; scripts, styles and comments go; the tags of all other elements go and their text
//! stays. Tags are found by the rules of the HTML standard's tokenizer.

mod tag;

use tag::Tag;

/// Elements nested deeper than this lose their tags.
pub(super) const DEEPEST: usize = 150;

/// Tags beyond these are lost: a parsed element takes some 150 bytes.
const MOST_ELEMENTS: usize = 2_000_000;

/// Reduced markup.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reduced {
    pub(super) html: String,
    /// How many elements lost their tags because they stood too deep, or were too many.
    pub(super) flattened: usize,
}

/// Reduces markup, in one pass.
pub(super) fn reduce(source: &str) -> Reduced {
    let mut reducer = Reducer {
        source,
        reduced: Reduced::default(),
        open: Vec::new(),
        counts: [0; ELEMENTS.len()],
        depth: 0,
        kept: 0,
        endless: [false; ELEMENTS.len()],
    };
    let mut position = 0;
    while let Some(at) = reducer.find(position, "<") {
        reducer.text(position, at);
        position = reducer.markup(at);
    }
    reducer.text(position, source.len());
    reducer.reduced
}

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It keeps its tags and can hold anything; it counts for the depth.
    Container,
    /// It keeps its tags; others of its kind, or its container's end, close it.
    Item,
    /// It keeps its tag, and has no end.
    Void,
    /// It goes, tag and content, if it has an end.
    Dropped,
    /// The same; but without an end it goes on to the end of the page.
    Raw,
    /// It keeps its tags, and its content is all text.
    Title,
    /// Its tags go, its content stays; but it may be hidden.
    Inline,
}

/// The elements that are told apart, with what becomes of them, and what they are called after.
const ELEMENTS: [(&str, Fate, &str); 77] = [
    ("address", Fate::Container, "div"),
    ("article", Fate::Container, "div"),
    ("aside", Fate::Container, "div"),
    ("blockquote", Fate::Container, "blockquote"),
    ("center", Fate::Container, "div"),
    ("dialog", Fate::Container, "div"),
    ("details", Fate::Container, "div"),
    ("dir", Fate::Container, "ul"),
    ("div", Fate::Container, "div"),
    ("dl", Fate::Container, "div"),
    ("fieldset", Fate::Container, "div"),
    ("figcaption", Fate::Container, "div"),
    ("figure", Fate::Container, "div"),
    ("footer", Fate::Container, "div"),
    ("form", Fate::Container, "div"),
    ("h1", Fate::Container, "h1"),
    ("h2", Fate::Container, "h2"),
    ("h3", Fate::Container, "h3"),
    ("h4", Fate::Container, "h4"),
    ("h5", Fate::Container, "h5"),
    ("h6", Fate::Container, "h6"),
    ("header", Fate::Container, "div"),
    ("hgroup", Fate::Container, "div"),
    ("legend", Fate::Container, "div"),
    ("listing", Fate::Container, "pre"),
    ("main", Fate::Container, "div"),
    ("menu", Fate::Container, "ul"),
    ("nav", Fate::Container, "nav"),
    ("ol", Fate::Container, "ol"),
    ("pre", Fate::Container, "pre"),
    ("search", Fate::Container, "div"),
    ("section", Fate::Container, "div"),
    ("summary", Fate::Container, "div"),
    ("table", Fate::Container, "table"),
    ("ul", Fate::Container, "ul"),
    ("caption", Fate::Item, "caption"),
    ("dd", Fate::Item, "dd"),
    ("dt", Fate::Item, "dt"),
    ("li", Fate::Item, "li"),
    ("p", Fate::Item, "p"),
    ("tbody", Fate::Item, "tbody"),
    ("td", Fate::Item, "td"),
    ("tfoot", Fate::Item, "tfoot"),
    ("th", Fate::Item, "th"),
    ("thead", Fate::Item, "thead"),
    ("tr", Fate::Item, "tr"),
    ("br", Fate::Void, "br"),
    ("hr", Fate::Void, "hr"),
    ("annotation", Fate::Dropped, ""),
    ("audio", Fate::Dropped, ""),
    ("canvas", Fate::Dropped, ""),
    ("datalist", Fate::Dropped, ""),
    ("iframe", Fate::Dropped, ""),
    ("noembed", Fate::Dropped, ""),
    ("noframes", Fate::Dropped, ""),
    ("noscript", Fate::Dropped, ""),
    ("object", Fate::Dropped, ""),
    ("script", Fate::Raw, ""),
    ("select", Fate::Dropped, ""),
    ("style", Fate::Raw, ""),
    ("svg", Fate::Dropped, ""),
    ("template", Fate::Dropped, ""),
    ("textarea", Fate::Dropped, ""),
    ("video", Fate::Dropped, ""),
    ("title", Fate::Title, "title"),
    ("a", Fate::Inline, "span"),
    ("abbr", Fate::Inline, "span"),
    ("b", Fate::Inline, "span"),
    ("button", Fate::Inline, "span"),
    ("code", Fate::Inline, "span"),
    ("em", Fate::Inline, "span"),
    ("font", Fate::Inline, "span"),
    ("i", Fate::Inline, "span"),
    ("label", Fate::Inline, "span"),
    ("small", Fate::Inline, "span"),
    ("span", Fate::Inline, "span"),
    ("strong", Fate::Inline, "span"),
];

/// The index of an element in the table.
fn element(name: &str) -> Option<u8> {
    let index = ELEMENTS.iter().position(|(known, ..)| name.eq_ignore_ascii_case(known));
    index.and_then(|index| u8::try_from(index).ok())
}

/// An element that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    element: u8,
    /// Whether its tag was kept.
    is_kept: bool,
}

struct Reducer<'a> {
    source: &'a str,
    reduced: Reduced,
    open: Vec<Open>,
    /// How many of each element are open.
    counts: [usize; ELEMENTS.len()],
    /// How many open elements kept their tags.
    depth: usize,
    /// How many tags were kept.
    kept: usize,
    /// Elements of which no end tag is left.
    endless: [bool; ELEMENTS.len()],
}

impl<'a> Reducer<'a> {
    fn find(&self, from: usize, text: &str) -> Option<usize> {
        self.source.get(from..)?.find(text).map(|at| from + at)
    }

    fn rest(&self, from: usize) -> &'a str {
        self.source.get(from..).unwrap_or_default()
    }

    fn text(&mut self, from: usize, to: usize) {
        self.reduced.html.push_str(self.source.get(from..to).unwrap_or_default());
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
            Some(b'!' | b'?') => behind(self.find(at, ">"), 1),
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
        let Some(element) = element(tag.name) else { return next };
        let Some((_, fate, kept)) = ELEMENTS.get(usize::from(element)).copied() else {
            return next;
        };
        match fate {
            Fate::Raw => return self.behind_end_of(element, next).unwrap_or(self.source.len()),
            Fate::Dropped => return self.behind_end_of(element, next).unwrap_or(next),
            _ if self.kept >= MOST_ELEMENTS => {
                self.reduced.flattened += 1;
                self.reduced.html.push('\n');
                return next;
            }
            Fate::Title => {
                let Some((from, to)) = self.end_of(element, next) else { return next };
                let title = self.source.get(next..from).unwrap_or_default().replace('<', "&lt;");
                self.reduced.html.extend(["<title>", &title, "</title>"]);
                return to;
            }
            Fate::Void | Fate::Item => self.keep(kept, &tag),
            Fate::Inline if !tag.is_hidden => self.push(element, false),
            Fate::Inline | Fate::Container if self.depth >= DEEPEST => {
                self.reduced.flattened += 1;
                // What it held must not run into what stands before it.
                self.kept += 1;
                self.reduced.html.push_str("<br>");
                self.push(element, false);
            }
            Fate::Inline | Fate::Container => {
                self.keep(kept, &tag);
                self.push(element, true);
            }
        }
        next
    }

    fn end_tag(&mut self, at: usize) -> usize {
        let Some(tag) = Tag::read(self.rest(at + 2)) else { return self.source.len() };
        let next = at + 2 + tag.length;
        let Some(element) = element(tag.name) else { return next };
        match ELEMENTS.get(usize::from(element)) {
            Some((_, Fate::Item, kept)) if self.kept < MOST_ELEMENTS => {
                // Some of these make an element by themselves.
                self.kept += 1;
                self.reduced.html.extend(["</", kept, ">"]);
            }
            Some((_, Fate::Container | Fate::Inline, kept)) if self.close(element) => {
                self.reduced.html.extend(["</", kept, ">"]);
            }
            _ => {}
        }
        next
    }

    fn keep(&mut self, name: &str, tag: &Tag<'_>) {
        self.kept += 1;
        self.reduced.html.extend(["<", name]);
        if tag.is_hidden {
            self.reduced.html.push_str(" hidden");
        }
        for (attribute, number) in [("start", tag.start), ("colspan", tag.columns)] {
            if let Some(number) = number {
                self.reduced.html.extend([" ", attribute, "=", &number.to_string()]);
            }
        }
        self.reduced.html.push('>');
    }

    fn push(&mut self, element: u8, is_kept: bool) {
        self.open.push(Open { element, is_kept });
        self.depth += usize::from(is_kept);
        if let Some(count) = self.counts.get_mut(usize::from(element)) {
            *count += 1;
        }
    }

    /// Closes the innermost open element of a kind, and all within it; tells whether it had kept
    /// its tag.
    fn close(&mut self, element: u8) -> bool {
        if self.counts.get(usize::from(element)).is_none_or(|count| *count == 0) {
            return false;
        }
        while let Some(open) = self.open.pop() {
            self.depth -= usize::from(open.is_kept);
            if let Some(count) = self.counts.get_mut(usize::from(open.element)) {
                *count -= 1;
            }
            if open.element == element {
                return open.is_kept;
            }
        }
        false
    }

    fn behind_end_of(&mut self, element: u8, from: usize) -> Option<usize> {
        self.end_of(element, from).map(|(_, behind)| behind)
    }

    /// Where the next end tag of an element begins and ends.
    fn end_of(&mut self, element: u8, from: usize) -> Option<(usize, usize)> {
        let endless = self.endless.get_mut(usize::from(element))?;
        if *endless {
            return None;
        }
        let (name, ..) = ELEMENTS.get(usize::from(element))?;
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
        check("<DIV class='a>b'><b>x</b> &amp; y</DIV>", "<div>x &amp; y</div>");
        check("a <!-- <p> -> b --> c<!-->d<!--->e", "a  cde");
        check("a<script>if (a</b>) \"<p>\"</script >b", "ab");
        check("<title>a <b> c</title>", "<title>a &lt;b> c</title>");
        check("1 < 2 <3 </ x>", "1 &lt; 2 &lt;3 ");
        check("<ol start=3><li>x</ol><td colspan='2'>", "<ol start=3><li>x</ol><td colspan=2>");
        check("<x-y>text</x-y><br/>", "text<br>");
    }

    #[test]
    fn what_is_hidden_is_marked() {
        check("<p hidden>x</p>", "<p hidden>x</p>");
        check("<a style='Display : none'>x<a>y</a></a>z</a>", "<span hidden>xy</span>z");
        check("<div aria-hidden=true>x</div>", "<div hidden>x</div>");
        check("<div aria-hidden=false>x</div>", "<div>x</div>");
    }

    #[test]
    fn end_tags_close_what_is_open() {
        check("</div>x<div>y</div></div>z", "x<div>y</div>z");
        check("<div><section>x</div>y</section>", "<div><div>x</div>y");
    }

    #[test]
    fn depth_is_bounded() {
        let reduced = reduce(&format!("{}x{}y", "<div>".repeat(1000), "</div>".repeat(1000)));
        assert_eq!(reduced.flattened, 1000 - DEEPEST);
        assert_eq!(reduced.html.matches("<div>").count(), DEEPEST);
        assert_eq!(reduced.html.matches("</div>").count(), DEEPEST);
        assert!(reduced.html.ends_with("</div>y"));
    }

    #[test]
    fn what_is_never_closed_hides_nothing_before_it() {
        check("a<svg>b", "ab");
        check("a<p class='b", "a");
        check("a<!-- b", "a");
        check("a<script>b", "a");
    }
}
