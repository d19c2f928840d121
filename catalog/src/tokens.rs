//! Client tokens: the same token for the same operation means the same result.

use time::{Duration, OffsetDateTime};

use crate::catalog::Connection;
use crate::columns::microseconds;
use crate::error::Result;

/// How long a token is remembered; clients make a new one for every call and repeat it within
/// minutes if at all.
const MEMORY: Duration = Duration::hours(24);

/// What the token led to before.
pub(crate) async fn result_of(
    connection: &mut Connection,
    operation: &str,
    token: Option<&str>,
    now: OffsetDateTime,
) -> Result<Option<String>> {
    let Some(token) = token else { return Ok(None) };
    let resource = sqlx::query_scalar(
        "SELECT resource FROM client_tokens \
         WHERE operation = $1 AND token = $2 AND created_at > $3",
    )
    .bind(operation)
    .bind(token)
    .bind(microseconds(now - MEMORY))
    .fetch_optional(connection)
    .await?;
    Ok(resource)
}

/// Remembers what the token led to, and forgets what is too old.
pub(crate) async fn remember(
    connection: &mut Connection,
    operation: &str,
    token: Option<&str>,
    resource: &str,
    now: OffsetDateTime,
) -> Result<()> {
    let Some(token) = token else { return Ok(()) };
    sqlx::query("DELETE FROM client_tokens WHERE created_at <= $1")
        .bind(microseconds(now - MEMORY))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO client_tokens (operation, token, resource, created_at) \
         VALUES ($1, $2, $3, $4) \
         ON CONFLICT (operation, token) DO UPDATE \
         SET resource = excluded.resource, created_at = excluded.created_at",
    )
    .bind(operation)
    .bind(token)
    .bind(resource)
    .bind(microseconds(now))
    .execute(connection)
    .await?;
    Ok(())
}
