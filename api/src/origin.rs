//! Keeps web pages out. Nothing authenticates callers yet, so a page that a browser on this
//! machine shows must not be able to call the server: neither across origins, which the header
//! `Origin` gives away, nor by a name of the page's own that it points at this machine, which the
//! host gives away.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

use crate::error::ApiError;

/// Refuses what only a web page of another origin sends.
pub(crate) fn check(request: &Parts) -> Result<(), ApiError> {
    let host = request.headers.get(HOST).and_then(|value| value.to_str().ok());
    let host = host.or_else(|| request.uri.authority().map(axum::http::uri::Authority::as_str));
    if let Some(host) = host.filter(|host| !is_local(host)) {
        return Err(ApiError::AccessDenied {
            message: format!(
                "the host '{host}' is not this machine: use its address or 'localhost'"
            ),
        });
    }
    if let Some(origin) = request.headers.get(ORIGIN) {
        let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        if page.map(|(_, page)| page) != host {
            return Err(ApiError::AccessDenied {
                message: "web pages of another origin may not call this server".to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether a host, with or without its port, is an address or a name of the local machine.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use axum::http::Request;

    use super::*;

    fn check_headers(headers: &[(&str, &str)], expect: bool) {
        let request = headers
            .iter()
            .fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(check(&parts).is_ok(), expect, "{headers:?}");
    }

    #[test]
    fn only_local_callers_and_pages_pass() {
        check_headers(&[], true);
        check_headers(&[("host", "127.0.0.1:8080")], true);
        check_headers(&[("host", "[::1]:8080")], true);
        check_headers(&[("host", "localhost")], true);
        check_headers(&[("host", "Outcrop.LOCALHOST:1")], true);
        check_headers(&[("host", "evil.example:8080")], false);
        check_headers(&[("host", "127.0.0.1.evil.example")], false);
        let host = ("host", "localhost:8080");
        check_headers(&[host, ("origin", "http://localhost:8080")], true);
        check_headers(&[host, ("origin", "http://localhost:3000")], false);
        check_headers(&[host, ("origin", "https://evil.example")], false);
        check_headers(&[host, ("origin", "null")], false);
    }
}
