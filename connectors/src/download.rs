//! The bytes of one document of an API, which may be elsewhere: a redirect is followed without
//! credentials, and its target, which opens the document to whoever knows it, is never told.

use std::time::Duration;

use corpus::{Body, ConnectorError, ReadError};
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, Request, Response, StatusCode};
use url::Url;

use crate::api::{Api, ApiError, Refusal, Unanswered};
use crate::network::{FetchError, Network, Patience};
use crate::written;

/// How long a server is asked again for one document; ingestion tries again by itself.
const PATIENCE: Patience = Patience(Duration::from_secs(30));

/// The most redirects.
const HOPS: usize = 3;

/// Begins to read what is at a URL of the API.
pub(crate) async fn open(api: &Api, url: &Url) -> Result<Body, ReadError> {
    Ok(pieces(begin(api, url).await?))
}

/// The head of what is at a URL of the API, wherever that sends us.
pub(crate) async fn begin(api: &Api, url: &Url) -> Result<Response, ReadError> {
    let mut response = api.get(url, &HeaderMap::new(), PATIENCE).await.map_err(of_unanswered)?;
    if !response.status().is_redirection() {
        return match response.status() {
            StatusCode::OK => Ok(response),
            _ => Err(of_unanswered(Unanswered::Refused(Refusal::of(response).await))),
        };
    }
    let mut at = url.clone();
    for _ in 0..HOPS {
        at = target(&at, &response)?;
        response = fetch(api.network(), &at).await?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        if !response.status().is_redirection() {
            let status = response.status();
            let reason =
                format!("the link to download it answers HTTP {status}; it may have expired");
            return Err(ReadError::Interrupted { reason });
        }
    }
    Err(ReadError::Interrupted { reason: format!("it was redirected more than {HOPS} times") })
}

/// Where a redirect leads, if one may go there.
fn target(from: &Url, response: &Response) -> Result<Url, ReadError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| from.join(location).ok());
    target.filter(|url| url.scheme() == "https").ok_or_else(|| ReadError::Denied {
        reason: "it was redirected to a place without https, where it is not read".to_owned(),
    })
}

async fn fetch(network: &Network, url: &Url) -> Result<Response, ReadError> {
    let request = || Request::new(Method::GET, url.clone());
    PATIENCE.send(network, request).await.map_err(|error| of_fetch(&error))
}

/// The body of an answer.
pub(crate) fn pieces(response: Response) -> Body {
    let pieces = response.bytes_stream().map_err(|error| of_fetch(&FetchError::from(error)));
    // A fast connection gives much at once.
    pieces.map_ok(written::pieces).try_flatten().boxed()
}

fn of_fetch(error: &FetchError) -> ReadError {
    let reason = error.to_string();
    if error.is_transient() {
        ReadError::Interrupted { reason }
    } else {
        ReadError::Denied { reason }
    }
}

fn of_unanswered(unanswered: Unanswered) -> ReadError {
    of_refusal(unanswered.into())
}

/// What a refusal means for the document that was asked for.
pub(crate) fn of_refusal(error: ApiError) -> ReadError {
    let refusal = match error {
        ApiError::Source(error) => return of_source(&error),
        ApiError::Refused(refusal) => refusal,
    };
    match refusal.status {
        404 | 410 => ReadError::Vanished,
        423 => ReadError::Denied {
            reason: format!("it is locked ({refusal}): ask its owner to unlock it"),
        },
        403 => ReadError::Denied {
            reason: format!(
                "it may not be read ({refusal}): give the app or account that logs in that right"
            ),
        },
        _ => ReadError::Denied { reason: refusal.to_string() },
    }
}

/// What it means for a document that the source as a whole cannot be asked.
pub(crate) fn of_source(error: &ConnectorError) -> ReadError {
    let reason = error.to_string();
    if error.is_transient() {
        ReadError::Interrupted { reason }
    } else {
        ReadError::Denied { reason }
    }
}
