//! Questions in SOQL, built so that nothing from outside is anything but a literal or a name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most characters of a question: it is part of a URL, which Salesforce takes up to 16 kB of.
pub(super) const LONGEST: usize = 11_000;

/// A place between two records in the order of their changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// `SystemModstamp` of the record before it.
    pub(super) changed: Moment,
    /// Id of that record.
    pub(super) id: Id,
}

/// A date and time, as a literal of SOQL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Moment(String);

/// The id of a record: 15 or 18 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Id(String);

/// The name of an object or a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(String);

/// Something that has not the form it should have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not of the form that Salesforce gives")]
pub(super) struct Malformed(String);

impl Moment {
    /// `2026-01-02T03:04:05.000+0000`, as answers have it, or with `Z`.
    pub(super) fn new(text: &str) -> Result<Self, Malformed> {
        let text = text.replace("+0000", "Z").replace("+00:00", "Z");
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T');
        match text.strip_suffix('Z') {
            Some(rest) if rest.len() >= 19 && rest.chars().all(is_plain) => Ok(Self(text)),
            _ => Err(Malformed(text)),
        }
    }
}

impl Id {
    pub(super) fn new(text: &str) -> Result<Self, Malformed> {
        let is_id = matches!(text.len(), 15 | 18)
            && text.chars().all(|character| character.is_ascii_alphanumeric());
        if is_id { Ok(Self(text.to_owned())) } else { Err(Malformed(text.to_owned())) }
    }

    /// The one before all others.
    pub(super) fn lowest() -> Self {
        Self("000000000000000".to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Name {
    pub(super) fn new(text: &str) -> Result<Self, Malformed> {
        let is_name = text.len() <= 80
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
        if is_name { Ok(Self(text.to_owned())) } else { Err(Malformed(text.to_owned())) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Moment {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

impl TryFrom<String> for Id {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::new(&text)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Records that changed after a place and up to a moment, in the order of their changes. Equal
/// moments are told apart by ids, so a page may end between two of them.
pub(super) fn changes(
    fields: &[Name],
    object: &Name,
    condition: Option<&str>,
    after: Option<&Place>,
    until: &Moment,
) -> String {
    let mut conditions = vec![format!("SystemModstamp <= {}", until.0)];
    conditions.extend(condition.map(str::to_owned));
    if let Some(Place { changed, id }) = after {
        let (changed, id) = (&changed.0, literal(&id.0));
        conditions.push(format!(
            "(SystemModstamp > {changed} OR (SystemModstamp = {changed} AND Id > {id}))"
        ));
    }
    let conditions = conditions.join(" AND ");
    format!("{} WHERE {conditions} ORDER BY SystemModstamp, Id", select(fields, object))
}

/// The records of some ids.
pub(super) fn by_ids(
    fields: &[Name],
    object: &Name,
    condition: Option<&str>,
    id_field: &str,
    ids: &[Id],
) -> String {
    let ids: Vec<String> = ids.iter().map(|id| literal(&id.0)).collect();
    let condition = condition.map(|condition| format!("{condition} AND ")).unwrap_or_default();
    format!("{} WHERE {condition}{id_field} IN ({})", select(fields, object), ids.join(","))
}

/// The ids of all records, after one of them.
pub(super) fn ids(
    object: &Name,
    condition: Option<&str>,
    id_field: &str,
    after: Option<&Id>,
) -> String {
    let mut conditions: Vec<String> = condition.map(str::to_owned).into_iter().collect();
    conditions.extend(after.map(|id| format!("Id > {}", literal(&id.0))));
    let conditions = match conditions.as_slice() {
        [] => String::new(),
        some => format!(" WHERE {}", some.join(" AND ")),
    };
    let fields = if id_field == "Id" { "Id".to_owned() } else { format!("Id, {id_field}") };
    format!("SELECT {fields} FROM {object}{conditions} ORDER BY Id LIMIT 2000")
}

fn select(fields: &[Name], object: &Name) -> String {
    let fields: Vec<&str> = fields.iter().map(Name::as_str).collect();
    format!("SELECT {} FROM {object}", fields.join(", "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn changes_go_on_between_records_of_the_same_moment() {
        let fields = [Name::new("Id").unwrap(), Name::new("Name").unwrap()];
        let object = Name::new("Account").unwrap();
        let until = Moment::new("2026-01-02T00:00:00.000+0000").unwrap();
        assert_eq!(
            changes(&fields, &object, None, None, &until),
            "SELECT Id, Name FROM Account WHERE SystemModstamp <= 2026-01-02T00:00:00.000Z ORDER BY \
             SystemModstamp, Id"
        );
        let place = Place {
            changed: Moment::new("2026-01-01T00:00:00Z").unwrap(),
            id: Id::new("001000000000001").unwrap(),
        };
        assert_eq!(
            changes(&fields, &object, Some("Language = 'de'"), Some(&place), &until),
            "SELECT Id, Name FROM Account WHERE SystemModstamp <= 2026-01-02T00:00:00.000Z AND \
             Language = 'de' AND (SystemModstamp > 2026-01-01T00:00:00Z OR (SystemModstamp = \
             2026-01-01T00:00:00Z AND Id > '001000000000001')) ORDER BY SystemModstamp, Id"
        );
    }

    #[test]
    fn quotes_end_no_literal() {
        assert_eq!(literal(r"O'Neil \ Sons"), r"'O\'Neil \\ Sons'");
    }

    #[test]
    fn only_names_ids_and_moments_are_taken_for_such() {
        assert!(Name::new("Knowledge__kav").is_ok());
        for name in ["", "1a", "a b", "a'", "a.b", "a,b", "_a"] {
            assert!(Name::new(name).is_err(), "{name}");
        }
        assert!(Id::new("001000000000001AAA").is_ok());
        for id in ["", "001", "00100000000000'", "0010000000000012"] {
            assert!(Id::new(id).is_err(), "{id}");
        }
        for moment in ["", "now", "2026-01-01", "2026-01-01T00:00:00Z' OR Id != 'Z"] {
            assert!(Moment::new(moment).is_err(), "{moment}");
        }
    }
}
