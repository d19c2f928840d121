//! Objects with a `type` member that says which other member holds the settings, as Bedrock has
//! them in place of unions; and members that stand for what is not built.

use serde_json::Value;

use crate::error::ApiError;

/// Checks that of the members that belong to types, exactly the one that `wanted` names is there.
pub(crate) fn only(
    object: &Value,
    at: &str,
    members: &[&str],
    wanted: &str,
) -> Result<(), ApiError> {
    let kind = object["type"].as_str().unwrap_or_default();
    if object[wanted].is_null() {
        return Err(ApiError::field(&format!("{at}.{wanted}"), format!("type {kind} needs it")));
    }
    let others: Vec<&str> = members.iter().copied().filter(|name| *name != wanted).collect();
    match others.iter().find(|name| !object[**name].is_null()) {
        Some(name) => Err(ApiError::field(
            &format!("{at}.{name}"),
            format!("does not belong to type {kind}: leave it out"),
        )),
        None => Ok(()),
    }
}

/// Refuses members for what is not built.
pub(crate) fn absent(object: &Value, at: &str, members: &[&str]) -> Result<(), ApiError> {
    match members.iter().find(|name| !object[**name].is_null()) {
        Some(name) => Err(ApiError::field(
            &format!("{at}.{name}"),
            "is not yet supported by this server: leave it out",
        )),
        None => Ok(()),
    }
}
