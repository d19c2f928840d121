//! What Bedrock's errors mean to the callers of the ports.

use std::time::Duration;

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use crate::failure::{Failure, excerpt, says_too_long};

pub(super) const NO_REGION: &str =
    "no AWS region is set: set models.bedrock.region, AWS_REGION, or a region in the AWS profile";
pub(super) const NO_CREDENTIALS: &str = "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, \
     or models.bedrock.profile";

/// The meaning of an error of the SDK.
pub(super) fn failure<E>(error: &SdkError<E, HttpResponse>, model: &str) -> Failure
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
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
        _ => unsaid(&DisplayErrorContext(error).to_string()),
    }
}

/// The meaning of an error that Bedrock answered.
fn said(
    meta: &aws_sdk_bedrockruntime::error::ErrorMetadata,
    status: u16,
    retry_after: Option<Duration>,
    model: &str,
) -> Failure {
    let code = meta.code().unwrap_or_default();
    let message = excerpt(meta.message().unwrap_or_default());
    match (code, status) {
        ("ModelNotReadyException", _) => Failure::Unavailable(format!("{code}: {message}")),
        ("ThrottlingException", _) | (_, 429) => Failure::Throttled { retry_after },
        ("ValidationException", _) if says_too_long(&message) => Failure::TooLong(message),
        ("ResourceNotFoundException", _) | (_, 404) => Failure::Refused(format!(
            "Amazon Bedrock knows no model '{model}' in this region: check the id and the region \
             ({message})"
        )),
        ("AccessDeniedException", _) => Failure::Refused(format!(
            "AWS denies access to model '{model}': grant bedrock:InvokeModel and request access to \
             the model in this region ({message})"
        )),
        (_, 401 | 403) => Failure::Refused(format!(
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
    if lower.contains("credential") || lower.contains("no matching authentication scheme") {
        Failure::Refused(format!("{NO_CREDENTIALS} ({})", excerpt(chain)))
    } else if lower.contains("region") && lower.contains("set") || lower.contains("missing region")
    {
        Failure::Refused(NO_REGION.to_owned())
    } else {
        Failure::Unavailable(excerpt(chain))
    }
}

/// When the provider asked to be called again.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let seconds: f64 = response.headers().get("retry-after")?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
