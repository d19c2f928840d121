//! Objects with a `type` member that says which other member holds the settings, as Bedrock has
//! them in place of unions; and members that stand for what is not built.

use serde_json::Value;

use crate::error::ApiError;

/// Checks that of the members that belong to types, exactly the one of this type is there; none
/// where it has none.
pub(crate) fn only(
    object: &Value,
    at: &str,
    kind: &str,
    members: &[&str],
    wanted: Option<&str>,
) -> Result<(), ApiError> {
    if let Some(wanted) = wanted.filter(|wanted| object[*wanted].is_null()) {
        return Err(ApiError::field(&format!("{at}.{wanted}"), format!("type {kind} needs it")));
    }
    let mut others = members.iter().filter(|name| Some(**name) != wanted);
    match others.find(|name| !object[**name].is_null()) {
        Some(name) => Err(ApiError::field(
            &format!("{at}.{name}"),
            format!("does not belong to type {kind}: leave it out"),
        )),
        None => Ok(()),
    }
}

/// Refuses members for what is not built; `at` is empty where they are the request's own.
pub(crate) fn absent(object: &Value, at: &str, members: &[&str]) -> Result<(), ApiError> {
    match members.iter().find(|name| !object[**name].is_null()) {
        Some(name) => Err(ApiError::field(
            &join(at, name),
            "is not yet supported by this server: leave it out",
        )),
        None => Ok(()),
    }
}

/// The path of a member.
pub(crate) fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}
