//! What Bedrock's errors mean to the callers of the ports.

use std::error::Error;
use std::iter::successors;
use std::time::Duration;

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};

use crate::failure::{Failure, excerpt, says_too_long};

pub(super) const NO_REGION: &str =
    "no AWS region is set: set models.bedrock.region, AWS_REGION, or a region in the AWS profile";
pub(super) const NO_CREDENTIALS: &str = "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, \
     or models.bedrock.profile";

/// The meaning of an error of the SDK.
pub(super) fn failure<E>(error: &SdkError<E, HttpResponse>, model: &str) -> Failure
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let retry_after = retry_after(service.raw());
            said(service.err().meta(), status, retry_after, model)
        }
        SdkError::TimeoutError(_) => {
            Failure::Unavailable("Amazon Bedrock did not answer in time".to_owned())
        }
        _ => unsaid(&chain(error)),
    }
}

/// What an error says, and its causes after it.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let errors = successors(Some(error), |error| (*error).source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The meaning of an error that Bedrock answered.
fn said(
    meta: &aws_sdk_bedrockruntime::error::ErrorMetadata,
    status: u16,
    retry_after: Option<Duration>,
    model: &str,
) -> Failure {
    let code = meta.code().filter(|code| !code.is_empty());
    let code = code.map_or_else(|| format!("HTTP status {status}"), str::to_owned);
    let message = excerpt(meta.message().unwrap_or_default());
    match (code.as_str(), status) {
        // What the SDK cannot read of an answer, it takes for an error of the service.
        (_, ..300) => {
            Failure::Unavailable("Amazon Bedrock answered what its protocol lacks".to_owned())
        }
        ("ModelNotReadyException", _) => Failure::Unavailable(format!("{code}: {message}")),
        ("ThrottlingException", _) | (_, 429) => Failure::Throttled { retry_after },
        ("ValidationException", _) if says_too_long(&message) => Failure::TooLong(message),
        ("ResourceNotFoundException", _) | (_, 404) => Failure::Denied(format!(
            "Amazon Bedrock knows no model '{model}' in this region: check the id and the region \
             ({message})"
        )),
        ("ValidationException", _) if says_no_model(&message) => Failure::Denied(format!(
            "Amazon Bedrock does not serve '{model}' as it is called: check the id, or name an \
             inference profile ({message})"
        )),
        ("AccessDeniedException", _) => Failure::Denied(format!(
            "AWS denies access to model '{model}': grant bedrock:InvokeModel and request access to \
             the model in this region ({message})"
        )),
        ("ServiceQuotaExceededException", _) => Failure::Denied(format!("{code}: {message}")),
        (_, 401 | 403) => Failure::Denied(format!(
            "AWS does not accept the credentials: renew them, or set AWS_PROFILE or \
             models.bedrock.profile ({code}: {message})"
        )),
        (_, 408 | 424 | 500..) => Failure::Unavailable(format!("{code}: {message}")),
        _ => Failure::Refused(format!("{code}: {message}")),
    }
}

/// The meaning of an error that came about before Bedrock answered, or in reading the answer.
fn unsaid(chain: &str) -> Failure {
    let lower = chain.to_lowercase();
    if lower.contains("timed out") || lower.contains("timeout") {
        // Credentials come over networks too.
        Failure::Unavailable(excerpt(chain))
    } else if lower.contains("credential") || lower.contains("no matching authentication scheme") {
        Failure::Denied(format!("{NO_CREDENTIALS} ({})", excerpt(chain)))
    } else if ["missing region", "missing signing region"].iter().any(|part| lower.contains(part)) {
        Failure::Denied(NO_REGION.to_owned())
    } else {
        Failure::Unavailable(excerpt(chain))
    }
}

/// Whether a `ValidationException` is about the model and not about its input. AWS has no code for
/// it.
fn says_no_model(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("model identifier") || message.contains("on-demand throughput")
}

/// When the provider asked to be called again.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let seconds: f64 = response.headers().get("retry-after")?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrockruntime::error::ErrorMetadata;

    use super::*;

    fn failure(code: &str, status: u16, message: &str) -> Failure {
        said(&ErrorMetadata::builder().code(code).message(message).build(), status, None, "m")
    }

    #[test]
    fn refusals_of_texts_are_told_from_those_of_accounts() {
        for (code, status, message) in [
            ("AccessDeniedException", 403, "You don't have access to the model"),
            ("UnrecognizedClientException", 403, "The security token is invalid."),
            ("ExpiredTokenException", 403, "The security token has expired"),
            ("ResourceNotFoundException", 404, "Could not resolve the foundation model"),
            ("ServiceQuotaExceededException", 400, "Your request exceeds the service quota"),
            ("ValidationException", 400, "The provided model identifier is invalid."),
            (
                "ValidationException",
                400,
                "Invocation of model ID m with on-demand throughput isn't supported.",
            ),
        ] {
            let failure = failure(code, status, message);
            assert!(matches!(failure, Failure::Denied(_)), "{code}: {failure:?}");
        }
        let malformed = failure("ValidationException", 400, "Malformed input request");
        assert!(matches!(malformed, Failure::Refused(_)));
        let long = failure("ValidationException", 400, "Input is too long for requested model.");
        assert!(matches!(long, Failure::TooLong(_)));
        let busy = failure("ModelNotReadyException", 429, "not ready");
        assert!(matches!(busy, Failure::Unavailable(_)));
    }

    #[test]
    fn a_region_that_is_not_set_is_told_from_a_connection_that_is_reset() {
        for chain in [
            "dispatch failure: other: missing signing region",
            "dispatch failure: other: Invalid Configuration: Missing Region",
        ] {
            assert_eq!(unsaid(chain), Failure::Denied(NO_REGION.to_owned()));
        }
        let reset = unsaid("dispatch failure: io error: connection reset in this region");
        assert!(matches!(reset, Failure::Unavailable(_)), "{reset:?}");
    }

    #[test]
    fn credentials_that_come_late_are_waited_for() {
        let late =
            unsaid("failed to load credentials: the request to the metadata service timed out");
        assert!(matches!(late, Failure::Unavailable(_)), "{late:?}");
        let none = unsaid("dispatch failure: no providers in chain provided credentials");
        assert!(matches!(none, Failure::Denied(_)), "{none:?}");
    }
}
