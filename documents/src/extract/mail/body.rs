//! Which of a message's bodies is read: most are sent as plain text and as a web page.

use std::borrow::Cow;
use std::collections::HashMap;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use crate::extract::html;
use crate::extract::letter::Body;

/// A plain text of fewer words than this that the page has ten times over says that the reader's
/// program shows no pages.
const LONGEST_STUB: usize = 30;

/// So many words may be those of a button.
const FEW: usize = 5;

/// What a message says: as plain text, unless that leaves out what the page says; as both, where
/// they have little to do with each other.
pub(super) fn bodies<'a>(message: &'a Message<'_>) -> Vec<Body<'a>> {
    let plain: Vec<&MessagePart<'_>> = message.text_bodies().collect();
    let rich: Vec<&MessagePart<'_>> = message.html_bodies().collect();
    let has_text = plain.iter().all(|part| matches!(part.body, PartType::Text(_)));
    let has_page = rich.iter().any(|part| matches!(part.body, PartType::Html(_)));
    let plain = if has_text { self::plain(&plain) } else { Vec::new() };
    if !has_page && has_text {
        return plain;
    }
    let rich = self::rich(&rich);
    let (said, shown) = (words(&plain), words(&rich));
    let (count_said, count_shown) = (count(&said), count(&shown));
    let is_stub = count_said < LONGEST_STUB && count_shown > 10 * count_said;
    if count_said == 0 || is_stub {
        return rich;
    }
    let (without_page, without_plain) = (missing(&said, &shown), missing(&shown, &said));
    if without_page <= FEW || without_page * 10 <= count_shown {
        plain
    } else if without_page * 2 > count_shown && without_plain * 2 > count_said {
        plain.into_iter().chain(rich).collect()
    } else if without_plain < without_page {
        rich
    } else {
        plain
    }
}

fn plain<'a>(parts: &[&'a MessagePart<'_>]) -> Vec<Body<'a>> {
    let bodies = parts.iter().filter_map(|part| match &part.body {
        PartType::Text(text) if is_flowed(part) => Some(Body::Plain(Cow::Owned(unfold(text)))),
        PartType::Text(text) => Some(Body::Plain(Cow::Borrowed(text.as_ref()))),
        _ => None,
    });
    bodies.collect()
}

fn rich<'a>(parts: &[&'a MessagePart<'_>]) -> Vec<Body<'a>> {
    let bodies = parts.iter().filter_map(|part| match &part.body {
        PartType::Html(page) => {
            let read = html::extract_whole(page.as_bytes(), Some("utf-8"));
            Some(Body::Read(Box::new(read)))
        }
        _ => plain(&[part]).pop(),
    });
    bodies.collect()
}

/// How often each word stands in some bodies, addresses left out.
fn words<'b>(bodies: &'b [Body<'_>]) -> HashMap<&'b str, usize> {
    let mut words = HashMap::new();
    for body in bodies {
        let text = match body {
            Body::Plain(text) => text.as_ref(),
            Body::Read(extracted) => extracted.text.as_str(),
            Body::Html(..) => continue,
        };
        for chunk in text.split([' ', '\n', '\t', '\u{a0}', '(', '<']) {
            if chunk.contains("://") {
                continue;
            }
            for word in chunk.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
            {
                *words.entry(word).or_default() += 1;
            }
        }
    }
    words
}

fn count(words: &HashMap<&str, usize>) -> usize {
    words.values().sum()
}

/// How many of the words of `all` are missing in `some`.
fn missing(some: &HashMap<&str, usize>, all: &HashMap<&str, usize>) -> usize {
    let missing = |(word, count): (&&str, &usize)| {
        count.saturating_sub(some.get(word).copied().unwrap_or_default())
    };
    all.iter().map(missing).sum()
}

fn is_flowed(part: &MessagePart<'_>) -> bool {
    let format = part.content_type().and_then(|kind| kind.attribute("format"));
    format.is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
}

/// Joins lines that end in a blank with those that follow (RFC 3676).
fn unfold(text: &str) -> String {
    let mut unfolded = String::with_capacity(text.len());
    for line in text.lines() {
        unfolded.push_str(line);
        let is_signature = line.trim_start_matches('>').trim_start() == "-- ";
        if !line.ends_with(' ') || is_signature || line.starts_with('>') {
            unfolded.push('\n');
        }
    }
    unfolded
}
