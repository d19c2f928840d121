//! What S3's refusals mean to the callers of the ports, with what to do about them.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use aws_sdk_s3::config::Region;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use corpus::{ConnectorError, ReadError};

use super::bucket::Bucket;

/// What is asked of a bucket, as policies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    List,
    Get,
}

/// A request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    kind: Kind,
    /// S3's code of the error. Answers to HEAD have none.
    code: String,
    message: String,
    /// Where the bucket is, by its own word.
    region: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An answer with this status.
    Answer(u16),
    /// There was nothing to sign the request with.
    NoCredentials,
    /// There was no answer.
    Silence,
}

impl Fault {
    /// What an error of the SDK says.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        if let SdkError::ServiceError(service) = error {
            let (meta, raw) = (service.err().meta(), service.raw());
            return Self {
                kind: Kind::Answer(raw.status().as_u16()),
                code: meta.code().unwrap_or_default().to_owned(),
                message: excerpt(meta.message().unwrap_or_default()),
                region: raw.headers().get("x-amz-bucket-region").map(str::to_owned),
            };
        }
        Self::unanswered(&chain(error))
    }

    fn unanswered(chain: &str) -> Self {
        let lower = chain.to_lowercase();
        // Credentials come over networks too, and may only be late.
        let late = lower.contains("timed out") || lower.contains("timeout");
        let kind =
            if lower.contains("credential") && !late { Kind::NoCredentials } else { Kind::Silence };
        Self { kind, code: String::new(), message: excerpt(chain), region: None }
    }

    /// The region that the bucket is in, where it is not the one that was asked.
    pub(super) fn elsewhere(&self, asked: &Region) -> Option<Region> {
        let turned_away = matches!(self.kind, Kind::Answer(301 | 307 | 400 | 403));
        let region = self.region.as_ref().filter(|_| turned_away)?;
        (region != asked.as_ref()).then(|| Region::new(region.clone()))
    }

    /// Whether there is no such object.
    pub(super) fn is_missing(&self) -> bool {
        self.kind == Kind::Answer(404)
    }

    /// Whether the object may not be looked at.
    pub(super) fn is_denied(&self) -> bool {
        self.kind == Kind::Answer(403)
    }

    /// Whether the object is no longer what it was.
    pub(super) fn is_changed(&self) -> bool {
        self.kind == Kind::Answer(412)
    }

    /// Whether another try may have another answer.
    fn is_passing(&self) -> bool {
        match self.kind {
            Kind::Silence => true,
            Kind::NoCredentials => false,
            // 409 is a conflict with another operation; 200 an answer that cannot be read.
            Kind::Answer(status) => {
                matches!(status, ..300 | 408 | 409 | 425 | 429 | 500..)
                    || matches!(self.code.as_str(), "RequestTimeout" | "SlowDown")
            }
        }
    }

    /// What the request was not allowed for, and the remedy; none where it was not a matter of
    /// permission.
    fn refusal(&self, action: Action, bucket: &Bucket) -> Option<String> {
        if self.kind == Kind::NoCredentials {
            return Some(
                "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
                 AWS_PROFILE, or connectors.s3.profile"
                    .to_owned(),
            );
        }
        let remedy = match (self.kind, self.code.as_str()) {
            _ if self.is_of_kms() => {
                "allow kms:Decrypt on the key to the server's credentials, and see that the key is \
                 enabled"
                    .to_owned()
            }
            (_, "InvalidObjectState") => {
                "the object is archived: restore it, or move it to another storage class".to_owned()
            }
            (Kind::Answer(400), "InvalidRequest") if action == Action::Get => {
                "where the object is encrypted with a key of the client's own (SSE-C), encrypt it \
                 with SSE-S3 or SSE-KMS instead"
                    .to_owned()
            }
            (
                _,
                "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "InvalidToken"
                | "TokenRefreshRequired",
            )
            | (Kind::Answer(401), _) => "renew the server's AWS credentials".to_owned(),
            (_, "RequestTimeTooSkewed") => "set the server's clock".to_owned(),
            (Kind::Answer(403), _) => {
                let owner = bucket.owner.as_ref().map_or(String::new(), |owner| {
                    format!(", see that the bucket belongs to account {owner}")
                });
                format!(
                    "allow {action} to the server's credentials{owner}, or set \
                     connectors.s3.requester_pays where readers pay"
                )
            }
            _ => return None,
        };
        Some(format!("{self}: {remedy}"))
    }

    fn is_of_kms(&self) -> bool {
        let denied = matches!(self.kind, Kind::Answer(400 | 403));
        denied && (self.code.starts_with("KMS.") || self.message.to_lowercase().contains("kms:"))
    }
}

/// What was answered, in one line.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.code.as_str()) {
            (Kind::Answer(status), "") => write!(f, "HTTP status {status}")?,
            (Kind::Answer(_), code) => f.write_str(code)?,
            (Kind::NoCredentials | Kind::Silence, _) => return f.write_str(&self.message),
        }
        if self.message.is_empty() { Ok(()) } else { write!(f, " ({})", self.message) }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "s3:ListBucket",
            Self::Get => "s3:GetObject",
        })
    }
}

/// Why a bucket cannot be listed.
pub(super) fn of_bucket(bucket: &Bucket, fault: &Fault) -> ConnectorError {
    let action = Action::List;
    let said = |reason: &str| format!("{action} on {bucket}: {reason}");
    if fault.is_passing() {
        return ConnectorError::Unavailable { reason: said(&fault.to_string()) };
    }
    if let Some(region) = &fault.region
        && matches!(fault.kind, Kind::Answer(301 | 307))
    {
        let reason = said(&format!(
            "{fault}: the bucket is said to be in {region}, which sends elsewhere in turn; set \
             connectors.s3.region and connectors.s3.endpoint_url to the bucket's own"
        ));
        return ConnectorError::Misconfigured { reason };
    }
    if let Some(refusal) = fault.refusal(action, bucket) {
        return ConnectorError::Denied { reason: said(&refusal) };
    }
    let remedy = match fault.kind {
        Kind::Answer(404) => {
            "create the bucket, or correct the data source's bucketArn and \
             connectors.s3.endpoint_url"
        }
        Kind::Answer(301 | 307) => "set connectors.s3.region to the bucket's",
        _ => "correct the data source, or connectors.s3 in the configuration",
    };
    ConnectorError::Misconfigured { reason: said(&format!("{fault}: {remedy}")) }
}

/// Why an object cannot be read.
pub(super) fn of_object(bucket: &Bucket, key: &str, fault: &Fault) -> ReadError {
    let action = Action::Get;
    let said = |reason: &str| format!("{action} of {bucket}/{key}: {reason}");
    if fault.is_missing() {
        return ReadError::Vanished;
    }
    if fault.is_passing() || fault.is_changed() {
        return ReadError::Interrupted { reason: said(&fault.to_string()) };
    }
    let reason = fault.refusal(action, bucket).unwrap_or_else(|| fault.to_string());
    ReadError::Denied { reason: said(&reason) }
}

/// What an error says, and its causes after it.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let errors = successors(Some(error), |error| (*error).source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// As much of a server's words as a person reads.
fn excerpt(words: &str) -> String {
    const CHARACTERS: usize = 300;
    words.chars().take(CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
