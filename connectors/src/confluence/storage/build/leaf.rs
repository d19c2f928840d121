//! Elements that hold nothing: breaks, pictures, and the names of targets.

use super::super::element::{Element, Tag};
use super::Builder;

impl Builder<'_> {
    /// Elements that hold nothing; false for all others.
    pub(super) fn leaf(&mut self, tag: &Tag) -> bool {
        match tag.name.as_str() {
            "br" if self.raw > 0 => self.flow().push_raw("\n"),
            "br" => self.flow().push_break(),
            "hr" => self.flow().end_paragraph(),
            "img" => {
                let alternative = tag.attribute("alt").map(str::to_owned);
                let picture = image(None, alternative, tag.attribute("src"));
                self.flow().push_raw(&picture);
            }
            "time" => {
                let moment = tag.attribute("datetime").unwrap_or_default();
                self.flow().push_text(moment);
                // What it may hold says the same in words.
                return false;
            }
            "ac:emoticon" => {
                let name = tag.attribute("ac:name").map(|name| format!("({name})"));
                let text = tag.attribute("ac:emoji-fallback").map(str::to_owned).or(name);
                self.flow().push_text(&text.unwrap_or_default());
            }
            "ri:user" => {
                let known = tag.person().and_then(|person| self.names.get(person));
                let name = known.map_or("unknown user", String::as_str);
                self.name_target(&format!("@{name}"));
            }
            "ri:page" | "ri:blog-post" => self.name_target_by(tag, "ri:content-title"),
            "ri:attachment" => self.name_target_by(tag, "ri:filename"),
            "ri:space" => self.name_target_by(tag, "ri:space-key"),
            "ri:shortcut" => self.name_target_by(tag, "ri:parameter"),
            "ri:url" => self.name_target_by(tag, "ri:value"),
            "col" | "wbr" | "input" | "ri:content-entity" => {}
            _ => return false,
        }
        true
    }

    fn name_target_by(&mut self, tag: &Tag, attribute: &str) {
        if let Some(name) = tag.attribute(attribute) {
            self.name_target(name);
        }
    }

    /// Tells the link, image or macro that is open what it is about; a name without any of these is
    /// text.
    fn name_target(&mut self, name: &str) {
        let target = self.nearest(|element| match element {
            Element::Link(target) => Some(target),
            Element::Image { source, .. } => Some(source),
            Element::Macro(open) => Some(&mut open.about),
            _ => None,
        });
        match target {
            Some(target) => *target = Some(name.to_owned()),
            None => self.flow().push_text(name),
        }
    }
}

/// A picture: what is said of it, and its name.
pub(super) fn image(
    caption: Option<String>,
    alternative: Option<String>,
    source: Option<&str>,
) -> String {
    let text = caption.or(alternative).unwrap_or_default();
    match source {
        Some(source) => format!("![{text}]({})", enclosed(source)),
        None => text,
    }
}

/// A target that has no blanks, or is enclosed.
pub(super) fn enclosed(target: &str) -> String {
    if target.contains([' ', '(', ')', '<', '>', '\n']) {
        format!("<{}>", target.replace(['<', '>', '\n'], ""))
    } else {
        target.to_owned()
    }
}
