//! Mailboxes (mbox): messages one after the other, each behind a line that begins with `From `.

use std::borrow::Cow;

/// Whether some bytes begin as a mailbox does.
pub(super) fn is_mailbox(bytes: &[u8]) -> bool {
    bytes.starts_with(b"From ")
}

/// The messages of a mailbox, each without the line before it.
pub(super) fn messages(bytes: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let message = rest.get(line..).unwrap_or_default();
        let end = end(message);
        rest = message.get(end..).unwrap_or_default();
        Some(unquoted(message.get(..end).unwrap_or_default()))
    })
}

/// Where a message ends: before a line that separates it from the next.
fn end(message: &[u8]) -> usize {
    let mut at = 0;
    let mut is_behind_blank = true;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if is_behind_blank && line.starts_with(b"From ") && is_separator(line, &message[at..]) {
            return at;
        }
        is_behind_blank = line.trim_ascii().is_empty();
        at += line.len();
    }
    at
}

/// Whether a line that begins with `From ` is no sentence: it names a time of day, or a header
/// follows.
fn is_separator(line: &[u8], from_here: &[u8]) -> bool {
    let has_time = line.windows(5).any(|window| {
        matches!(window, [a, b, b':', c, d] if [a, b, c, d].iter().all(|c| c.is_ascii_digit()))
    });
    let next = from_here.get(line.len()..).unwrap_or_default();
    let name =
        next.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    has_time || name > 0 && next.get(name) == Some(&b':')
}

/// Takes away a `>` from lines that begin as the separator does: it was put there to keep them apart.
fn unquoted(message: &[u8]) -> Cow<'_, [u8]> {
    let is_quoted = |line: &[u8]| {
        let signs = line.iter().take_while(|byte| **byte == b'>').count();
        signs > 0 && line.get(signs..).is_some_and(|rest| rest.starts_with(b"From "))
    };
    let mut lines = message.split_inclusive(|byte| *byte == b'\n');
    if !lines.any(is_quoted) {
        return Cow::Borrowed(message);
    }
    let lines = message.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.map(|line| if is_quoted(line) { &line[1..] } else { line });
    Cow::Owned(lines.flatten().copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_parted_where_the_next_begins() {
        let check = |mailbox: &str, expect: &[&str]| {
            let messages: Vec<String> = messages(mailbox.as_bytes())
                .map(|message| String::from_utf8_lossy(&message).into_owned())
                .collect();
            assert_eq!(messages, expect);
        };
        check(
            "From a Mon Jun 1 10:00:00 2009\nSubject: a\n\nFrom here on\n>From b\n>>From c\n\n\
             From b Mon Jun 1 10:00:00 2009\nSubject: b\n\nwords",
            &["Subject: a\n\nFrom here on\nFrom b\n>From c\n\n", "Subject: b\n\nwords"],
        );
        check(
            "From b@x.org\r\nTo: a\r\n\r\nFrom b@x.org\r\nTo: c\r\n",
            &["To: a\r\n\r\n", "To: c\r\n"],
        );
        check("From ", &[""]);
        check("", &[]);
    }
}
