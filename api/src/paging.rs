//! `maxResults` and `nextToken` of the list operations.

use catalog::Page;

/// Items on a page where the client does not say.
const DEFAULT_LIMIT: u32 = 100;

/// The page that a client asks for.
pub(crate) fn page(max_results: Option<u32>, next_token: Option<String>) -> Page {
    Page { limit: max_results.unwrap_or(DEFAULT_LIMIT), after: next_token }
}
