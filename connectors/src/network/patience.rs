//! Asking again: the one place where requests to an API are repeated.

use std::time::{Duration, SystemTime};

use reqwest::header::RETRY_AFTER;
use reqwest::{Request, Response, StatusCode};
use tokio::time::{Instant, sleep};

use super::{FetchError, Network};

/// The first pause; each is twice the one before, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(500);

/// The longest pause that is not asked for.
const LONGEST: Duration = Duration::from_secs(30);

/// The longest pause that a server is granted.
const GRANTED: Duration = Duration::from_mins(10);

/// How long an API is asked again while it fails for passing reasons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience(pub(crate) Duration);

impl Patience {
    /// Sends an idempotent request until there is an answer that is worth looking at: transport
    /// failures, 408, 425, 429 and 5xx are met with pauses, `Retry-After` with the one that it
    /// asks for. When patience ends, the last answer or failure is returned.
    pub(crate) async fn send(
        self,
        network: &Network,
        request: impl Fn() -> Request,
    ) -> Result<Response, FetchError> {
        let deadline = Instant::now() + self.0;
        let mut pause = FIRST;
        loop {
            let answer = network.send(request()).await;
            let asked = match &answer {
                Ok(response) if is_passing(response.status()) => retry_after(response),
                Err(error) if error.is_transient() => None,
                _ => return answer,
            };
            let wait = asked.unwrap_or_else(|| jittered(pause)).min(GRANTED);
            if Instant::now() + wait > deadline {
                return answer;
            }
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// Whether another try may have another answer.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429) || status.is_server_error()
}

/// The pause that a server asks for, in either form (RFC 9110 §10.2.3).
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Between half and the whole of a pause, so that many do not come back at once.
fn jittered(pause: Duration) -> Duration {
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let share = f64::from(nanos.map_or(0, |since| since.subsec_nanos()) % 1000) / 1000.0;
    pause.mul_f64(0.5 + share / 2.0)
}
