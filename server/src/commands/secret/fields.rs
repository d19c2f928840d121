//! The fields of a secret as a text: `NAME=VALUE` lines, or a JSON object. Errors name the line
//! and never repeat what stands there.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// The fields of a secret by name.
pub(super) type Fields = BTreeMap<String, SecretString>;

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FieldsError {
    /// There is nothing in it.
    #[error("standard input holds no field: give lines of NAME=VALUE, or a JSON object of texts")]
    Empty,
    /// A line without a name.
    #[error("line {line} of standard input is not NAME=VALUE")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// A name that comes twice.
    #[error("line {line} of standard input names a field that was given before")]
    Repeated {
        /// Which, from 1.
        line: usize,
    },
    /// It begins as JSON and is none.
    #[error("standard input is no JSON object whose values are texts (line {line})")]
    Json {
        /// Where that was seen, from 1.
        line: usize,
    },
}

/// Reads fields. Empty lines, and those that begin with `#`, are passed over; a value is all that
/// follows the first `=`, the line break left out.
pub(super) fn parse(text: &str) -> Result<Fields, FieldsError> {
    let fields = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| FieldsError::Json { line: error.line() })?
    } else {
        lines(text)?
    };
    if fields.is_empty() { Err(FieldsError::Empty) } else { Ok(fields) }
}

fn lines(text: &str) -> Result<Fields, FieldsError> {
    let mut fields = Fields::new();
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        let (name, value) = content.split_once('=').ok_or(FieldsError::Line { line })?;
        let name = name.trim();
        if name.is_empty() {
            return Err(FieldsError::Line { line });
        }
        if fields.insert(name.to_owned(), SecretString::from(value)).is_some() {
            return Err(FieldsError::Repeated { line });
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn check(text: &str, expect: Result<&[(&str, &str)], FieldsError>) {
        let fields = parse(text);
        let fields = fields.as_ref().map_err(|error| *error).map(|fields| {
            let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.expose_secret()));
            pairs.collect::<Vec<_>>()
        });
        assert_eq!(fields, expect.map(<[_]>::to_vec), "{text}");
    }

    #[test]
    fn lines_are_read() {
        check(
            "username=ann\npassword=s3=cr;t \n",
            Ok(&[("password", "s3=cr;t "), ("username", "ann")]),
        );
        check("# of ann\r\n\r\n token = x\r\n", Ok(&[("token", " x")]));
        check("token=", Ok(&[("token", "")]));
        check("", Err(FieldsError::Empty));
        check("# nothing\n", Err(FieldsError::Empty));
        check("a=1\nhunter2\n", Err(FieldsError::Line { line: 2 }));
        check("=hunter2", Err(FieldsError::Line { line: 1 }));
        check("a=1\na=2", Err(FieldsError::Repeated { line: 2 }));
    }

    #[test]
    fn json_is_read() {
        check(r#" {"key": "line 1\nline 2"}"#, Ok(&[("key", "line 1\nline 2")]));
        check("{}", Err(FieldsError::Empty));
        check("{\n\"pin\": 1234}", Err(FieldsError::Json { line: 2 }));
        check("{\"pin\"", Err(FieldsError::Json { line: 1 }));
    }
}
