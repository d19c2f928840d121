//! The prompt: Bedrock's placeholders, and the template for those who bring none.

use catalog::Turn;
use corpus::{Message, Passage, Role};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const RESULTS: &str = "$search_results$";
const FORMAT: &str = "$output_format_instructions$";
const QUERY: &str = "$query$";
const TIME: &str = "$current_time$";

/// Used where the client sends no template. Short, for small models.
const DEFAULT_TEMPLATE: &str = "\
You answer questions from search results. Use only what they say, and do not add anything from \
elsewhere. If they do not answer the question, say that the sources do not answer it.

Search results:
$search_results$

$output_format_instructions$";

/// What `$output_format_instructions$` stands for.
const FORMAT_INSTRUCTIONS: &str = "\
After each statement write the number of the search result it rests on in square brackets, as [1] \
or [1][2]. Use only numbers of results above. Write nothing else in square brackets.";

/// A prompt, and whether its answer will carry markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) system: Option<String>,
    pub(crate) messages: Vec<Message>,
    /// Whether the template asks for markers. Without, there are no citations, as on AWS.
    pub(crate) cites: bool,
}

/// Makes the prompt for a question.
///
/// A template with `$query$` is the user's message; one without is the system's, and the question
/// follows as the user's.
pub(crate) fn prompt(
    template: Option<&str>,
    question: &str,
    passages: &[Passage],
    turns: &[Turn],
    now: OffsetDateTime,
) -> Prompt {
    let template = template.unwrap_or(DEFAULT_TEMPLATE);
    let filled = fill(
        template,
        &[
            (RESULTS, &results(passages)),
            (FORMAT, FORMAT_INSTRUCTIONS),
            (QUERY, question),
            (TIME, &now.format(&Rfc3339).unwrap_or_default()),
        ],
    );
    let mut messages: Vec<Message> = turns
        .iter()
        .flat_map(|turn| {
            [
                Message::new(Role::User, turn.question.clone()),
                Message::new(Role::Assistant, turn.answer.clone()),
            ]
        })
        .collect();
    let (system, user) =
        if template.contains(QUERY) { (None, filled) } else { (Some(filled), question.to_owned()) };
    messages.push(Message::new(Role::User, user));
    Prompt { system, messages, cites: template.contains(FORMAT) }
}

/// Replaces placeholders in one pass: what a passage says is never taken for a placeholder.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, value)) = values.iter().find(|(name, _)| rest.starts_with(name)) {
            filled.push_str(value);
            rest = &rest[name.len()..];
        } else {
            filled.push('$');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
}

fn results(passages: &[Passage]) -> String {
    let mut text = String::new();
    for (number, passage) in passages.iter().enumerate() {
        let number = number + 1;
        text.push_str(&["[", &number.to_string(), "]"].concat());
        if !passage.headings.is_empty() {
            text.push(' ');
            text.push_str(&passage.headings.join(" › "));
        }
        text.push('\n');
        text.push_str(&passage.text);
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(text: &str) -> Passage {
        Passage { text: text.to_owned(), headings: vec!["Gear".to_owned()] }
    }

    fn check(template: Option<&str>, system: Option<&str>, user: &str, cites: bool) {
        let passages = [passage("It costs $query$.")];
        let turns = [Turn { question: "q".to_owned(), answer: "a".to_owned() }];
        let prompt = prompt(template, "How?", &passages, &turns, OffsetDateTime::UNIX_EPOCH);
        if let Some(system) = system {
            assert_eq!(prompt.system.as_deref(), Some(system));
        }
        assert_eq!(prompt.messages.len(), 3);
        assert_eq!(prompt.messages[2].text, user);
        assert_eq!(prompt.cites, cites);
    }

    #[test]
    fn placeholders_are_filled_once() {
        check(None, None, "How?", true);
        check(
            Some("$search_results$ at $current_time$"),
            Some("[1] Gear\nIt costs $query$. at 1970-01-01T00:00:00Z"),
            "How?",
            false,
        );
        check(Some("$$query$ costs $5"), None, "$How? costs $5", false);
    }
}
