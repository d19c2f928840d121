//! Servers that speak OpenAI's protocol: llama.cpp, vLLM, Ollama, LiteLLM, OpenAI itself.
//!
//! One client for each server, with a deadline for each call and a bound on each answer. It never
//! retries: the callers of the ports do.

mod chat;
mod embed;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::OpenAiConfig;
use crate::failure::{Failure, excerpt, says_too_long};

pub use chat::OpenAiGenerator;
pub use embed::{OpenAiEmbedder, OpenAiEmbeddings};

/// The longest answer that is read: a batch of vectors takes a few megabytes.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// A server that speaks OpenAI's protocol.
pub struct OpenAiServer {
    name: String,
    config: OpenAiConfig,
    base: Url,
    /// The base address for people: without what stands before an `@`, which may be a password.
    shown: String,
    client: Client,
}

impl fmt::Debug for OpenAiServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiServer")
            .field("name", &self.name)
            .field("base", &self.shown)
            .finish_non_exhaustive()
    }
}

impl OpenAiServer {
    /// The server that the configuration calls `name`; what is wrong with its section.
    pub fn new(name: impl Into<String>, config: OpenAiConfig) -> Result<Arc<Self>, String> {
        let name = name.into();
        let base = Url::parse(&config.base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                format!(
                    "set models.openai.{name}.base_url to an address, as http://127.0.0.1:8000/v1"
                )
            })?;
        let key = config.api_key.as_ref().map(ExposeSecret::expose_secret);
        if key.is_some_and(|key| HeaderValue::from_str(key).is_err()) {
            return Err(format!(
                "models.openai.{name}.api_key holds what no header can, as a line break: set it \
                 without that"
            ));
        }
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(Duration::from_secs(config.timeout_seconds.into()))
            // A redirected POST would lose its body, and might lead the key elsewhere.
            .redirect(redirect::Policy::none());
        if is_loopback(&base) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| format!("the HTTP client: {error}"))?;
        let shown = without_user(&base);
        Ok(Arc::new(Self { name, config, base, shown, client }))
    }

    /// Posts to an endpoint below the base address and reads the answer.
    async fn post<T: DeserializeOwned>(&self, endpoint: &str, body: &Value) -> Result<T, Failure> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{endpoint}", self.base.path().trim_end_matches('/')));
        let request = self.authorised(self.client.post(url).json(body));
        let response = request.send().await.map_err(|error| self.unreached(&error))?;
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let answer = self.read(response).await?;
        if !status.is_success() {
            return Err(self.said(status, retry_after, &answer));
        }
        serde_json::from_slice(&answer).map_err(|error| {
            Failure::Unavailable(format!(
                "{} answered what its protocol lacks: {error}",
                self.shown
            ))
        })
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.config.api_key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    /// The body of an answer, if it is not too long.
    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.unreached(&error))? {
            if body.len() + piece.len() > LONGEST_ANSWER {
                return Err(Failure::Refused(format!(
                    "{} answered more than {LONGEST_ANSWER} bytes",
                    self.shown
                )));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn unreached(&self, error: &reqwest::Error) -> Failure {
        let what = if error.is_timeout() {
            format!("did not answer within {} seconds", self.config.timeout_seconds)
        } else if error.is_connect() {
            "cannot be connected to: is the server running?".to_owned()
        } else {
            "broke off its answer".to_owned()
        };
        Failure::Unavailable(format!("{} {what}", self.shown))
    }

    /// The meaning of an answer that is no success.
    fn said(&self, status: StatusCode, retry_after: Option<Duration>, answer: &[u8]) -> Failure {
        let error = ErrorAnswer::read(answer);
        let (name, message) = (&self.name, excerpt(&self.without_key(&error.message)));
        match status.as_u16() {
            429 if error.code == "insufficient_quota" => Failure::Denied(format!(
                "the account of models.openai.{name} has no quota left ({message})"
            )),
            429 => Failure::Throttled { retry_after },
            401..=403 => Failure::Denied(format!(
                "{} does not accept the key, or the account: set models.openai.{name}.api_key ({message})",
                self.shown
            )),
            _ if matches!(error.code.as_str(), "invalid_api_key" | "model_not_found") => {
                Failure::Denied(format!("{status}: {message}: check models.openai.{name}"))
            }
            404 | 405 => Failure::Denied(format!(
                "{} has no such endpoint or model: check models.openai.{name}.base_url and the \
                 route's 'model' ({message})",
                self.shown
            )),
            300..=399 => Failure::Denied(format!(
                "{} redirects: set models.openai.{name}.base_url to where it leads",
                self.shown
            )),
            _ if error.code == "context_length_exceeded" || says_too_long(&error.message) => {
                Failure::TooLong(message)
            }
            408 | 409 | 425 | 500.. => Failure::Unavailable(format!("{status}: {message}")),
            _ => Failure::Refused(format!("{status}: {message}")),
        }
    }

    /// A server's message, without the key that it may repeat.
    fn without_key(&self, message: &str) -> String {
        match self.config.api_key.as_ref().map(ExposeSecret::expose_secret) {
            Some(key) if !key.is_empty() => message.replace(key, "***"),
            _ => message.to_owned(),
        }
    }
}

/// An error as OpenAI sends it, `{"error": {"message", "code"}}`, and as others do.
#[derive(Debug, Default)]
struct ErrorAnswer {
    message: String,
    code: String,
}

impl ErrorAnswer {
    fn read(answer: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(alias = "detail")]
            error: Value,
        }
        let error = match serde_json::from_slice(answer) {
            Ok(Answer { error }) => error,
            Err(_) => Value::String(String::from_utf8_lossy(answer).into_owned()),
        };
        let member = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let whole = || error.as_str().map_or_else(|| error.to_string(), str::to_owned);
        Self {
            message: member("message").unwrap_or_else(whole),
            code: member("code").unwrap_or_default(),
        }
    }
}

/// When the server asked to be called again.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = match number("retry-after-ms") {
        Some(milliseconds) => milliseconds / 1000.0,
        None => number("retry-after")?,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// An address without its user and password.
fn without_user(url: &Url) -> String {
    let mut url = url.clone();
    // Only addresses without a host refuse this, and they have no user.
    if url.set_username("").is_ok() && url.set_password(None).is_ok() {
        url.into()
    } else {
        url.host_str().unwrap_or_default().to_owned()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn check(answer: &str, message: &str, code: &str) {
        let error = ErrorAnswer::read(answer.as_bytes());
        assert_eq!((error.message.as_str(), error.code.as_str()), (message, code));
    }

    fn server(base_url: &str) -> Arc<OpenAiServer> {
        let config = OpenAiConfig {
            base_url: base_url.to_owned(),
            api_key: None,
            timeout_seconds: 1,
            token_limit: crate::config::TokenLimit::default(),
        };
        OpenAiServer::new("fake", config).unwrap()
    }

    #[test]
    fn refusals_of_texts_are_told_from_those_of_accounts() {
        let server = server("http://127.0.0.1:9/v1");
        let said = |status: u16, code: &str, message: &str| {
            let answer = serde_json::json!({"error": {"code": code, "message": message}});
            let status = StatusCode::from_u16(status).unwrap();
            server.said(status, None, answer.to_string().as_bytes())
        };
        for (status, code) in [
            (401, ""),
            (402, ""),
            (403, ""),
            (404, "model_not_found"),
            (405, ""),
            (308, ""),
            (400, "invalid_api_key"),
            (429, "insufficient_quota"),
        ] {
            let failure = said(status, code, "no");
            assert!(matches!(failure, Failure::Denied(_)), "{status} {code}: {failure:?}");
        }
        assert!(matches!(said(400, "", "input must be a string"), Failure::Refused(_)));
        assert!(matches!(said(400, "", "too many tokens"), Failure::TooLong(_)));
        assert!(matches!(said(503, "", "loading"), Failure::Unavailable(_)));
        assert!(matches!(said(429, "", "slow down"), Failure::Throttled { .. }));
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        let server = server("http://user:hunter2@127.0.0.1:9/v1");
        let failures = [
            server.said(StatusCode::UNAUTHORIZED, None, b"{}"),
            server.said(StatusCode::NOT_FOUND, None, b"{}"),
            server.said(StatusCode::FOUND, None, b"{}"),
        ];
        let shown = format!("{server:?} {:?} {failures:?}", server.config);
        assert!(shown.contains("http://127.0.0.1:9/v1"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("user:"), "{shown}");
    }

    #[test]
    fn errors_of_many_servers_are_read() {
        check(r#"{"error":{"message":"m","code":"c"}}"#, "m", "c");
        check(r#"{"error":{"message":"m","code":400}}"#, "m", "");
        check(r#"{"error":"m"}"#, "m", "");
        check(r#"{"detail":"m"}"#, "m", "");
        check("<html>", "<html>", "");
    }
}
