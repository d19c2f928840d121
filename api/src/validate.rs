//! Checks an input against the published model: what is required, the bounds, patterns and
//! enumerations. Handlers see only inputs that passed.
//!
//! The SDKs check less than half of this themselves. Members that the model lacks are passed over,
//! since SDKs may be newer than this server; null counts as absent.
//!
//! The recursion is as deep as the JSON, which `serde_json` bounds to 128 levels.

use serde_json::{Map, Value};

use crate::constraints::{Constraints, Length, Range, Shape};
use crate::error::{ApiError, FieldError};
use crate::members::join;

/// Violations that one answer lists; more are not looked for.
const MOST: usize = 20;

/// Checks the input of an operation.
pub(crate) fn validate(
    constraints: &Constraints,
    operation: &str,
    input: &Value,
) -> Result<(), ApiError> {
    let mut check = Check { constraints, fields: Vec::new() };
    if let Some(shape) = constraints.input(operation) {
        check.value(shape, "", input);
    }
    if check.fields.is_empty() { Ok(()) } else { Err(told(check.fields)) }
}

/// The error in the words that the live service uses.
fn told(fields: Vec<FieldError>) -> ApiError {
    let plural = if fields.len() == 1 { "" } else { "s" };
    let violations: Vec<String> = fields
        .iter()
        .map(|field| {
            format!("Value at '{}' failed to satisfy constraint: {}", field.name, field.message)
        })
        .collect();
    let message =
        format!("{} validation error{plural} detected: {}", fields.len(), violations.join("; "));
    ApiError::Validation { message, fields }
}

struct Check<'a> {
    constraints: &'a Constraints,
    fields: Vec<FieldError>,
}

impl Check<'_> {
    fn violated(&mut self, path: &str, message: impl Into<String>) {
        if self.fields.len() < MOST {
            self.fields.push(FieldError { name: path.to_owned(), message: message.into() });
        }
    }

    fn value(&mut self, shape: &str, path: &str, value: &Value) {
        let Some(shape) = self.constraints.shape(shape) else { return };
        if self.fields.len() >= MOST {
            return;
        }
        match (shape, value) {
            (Shape::Structure { members, required, union, .. }, Value::Object(object)) => {
                for name in required {
                    if object.get(name).is_none_or(Value::is_null) {
                        self.violated(&join(path, name), "Member must not be null");
                    }
                }
                if *union {
                    self.union(members.keys(), path, object);
                }
                for (name, member) in object.iter().filter(|(_, value)| !value.is_null()) {
                    if let Some(shape) = members.get(name) {
                        self.value(shape, &join(path, name), member);
                    }
                }
            }
            (Shape::List { member, length }, Value::Array(items)) => {
                self.length(*length, path, items.len());
                for (position, item) in items.iter().enumerate() {
                    let path = format!("{path}.{}.member", position + 1);
                    if item.is_null() {
                        self.violated(&path, "Member must not be null");
                    } else {
                        self.value(member, &path, item);
                    }
                }
            }
            (Shape::Map { key, value, length }, Value::Object(entries)) => {
                self.length(*length, path, entries.len());
                for (position, (name, entry)) in entries.iter().enumerate() {
                    let path = format!("{path}.{}", position + 1);
                    self.value(key, &join(&path, "key"), &Value::String(name.clone()));
                    self.value(value, &join(&path, "value"), entry);
                }
            }
            (Shape::String { length, pattern, allowed }, Value::String(text)) => {
                self.length(*length, path, text.chars().count());
                if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
                    let pattern = pattern.as_str();
                    let what = "Member must satisfy regular expression pattern:";
                    self.violated(path, format!("{what} {pattern}"));
                }
                if !allowed.is_empty() && !allowed.contains(text) {
                    let allowed = allowed.join(", ");
                    self.violated(path, format!("Member must satisfy enum value set: [{allowed}]"));
                }
            }
            (Shape::Blob { length }, Value::String(text)) => {
                self.length(*length, path, decoded_length(text));
            }
            (Shape::Integer { range }, Value::Number(number))
                if number.is_i64() || number.is_u64() =>
            {
                self.range(*range, path, number.as_f64());
            }
            (Shape::Float { range } | Shape::Double { range }, Value::Number(number)) => {
                self.range(*range, path, number.as_f64());
            }
            (Shape::Boolean, Value::Bool(_)) | (Shape::Document, _) => {}
            (shape, _) => self.violated(path, format!("Member must be {}", shape.kind())),
        }
    }

    fn union<'n>(
        &mut self,
        names: impl Iterator<Item = &'n String>,
        path: &str,
        object: &Map<String, Value>,
    ) {
        let names: Vec<&str> = names.map(String::as_str).collect();
        let given = |name: &&&str| object.get(**name).is_some_and(|value| !value.is_null());
        if names.iter().filter(given).count() != 1 {
            let names = names.join(", ");
            self.violated(path, format!("Member must have exactly one of these set: [{names}]"));
        }
    }

    fn length(&mut self, length: Length, path: &str, actual: usize) {
        if length.min.is_some_and(|min| actual < min) {
            let min = length.min.unwrap_or_default();
            let what = "Member must have length greater than or equal to";
            self.violated(path, format!("{what} {min}"));
        }
        if length.max.is_some_and(|max| actual > max) {
            let max = length.max.unwrap_or_default();
            self.violated(path, format!("Member must have length less than or equal to {max}"));
        }
    }

    fn range(&mut self, range: Range, path: &str, actual: Option<f64>) {
        let Some(actual) = actual else { return };
        if let Some(min) = range.min.filter(|min| actual < *min) {
            let what = "Member must have value greater than or equal to";
            self.violated(path, format!("{what} {min}"));
        }
        if let Some(max) = range.max.filter(|max| actual > *max) {
            self.violated(path, format!("Member must have value less than or equal to {max}"));
        }
    }
}

/// The length of what base64 stands for.
fn decoded_length(text: &str) -> usize {
    let digits = text.trim_end_matches('=').len();
    digits / 4 * 3 + (digits % 4).saturating_sub(1)
}

#[cfg(test)]
mod tests;
