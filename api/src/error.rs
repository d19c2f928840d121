//! What goes wrong, in Bedrock's shapes: a status, the header `x-amzn-ErrorType`, and a message.
//!
//! A message says what the caller can do. What only the operator can mend is logged, and the
//! caller is told no more than that.

use std::error::Error;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::CatalogError;
use serde::Serialize;

use crate::operations::Service;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Bedrock's exceptions, as far as this service raises them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The request is not what the operation takes.
    #[error("{message}")]
    Validation { message: String, fields: Vec<FieldError> },
    /// The request comes from where none are taken.
    #[error("{message}")]
    AccessDenied { message: String },
    /// A resource that the request names is not there.
    #[error("{message}")]
    ResourceNotFound { message: String },
    /// The resource is in no state for this.
    #[error("{message}")]
    Conflict { message: String },
    /// There is too much to do at present.
    #[error("{message}")]
    Throttling { message: String },
    /// A model or index that is needed refuses, and would again.
    #[error("{message}")]
    DependencyFailed { message: String },
    /// A model or index that is needed does not answer.
    #[error("{message}")]
    BadGateway { message: String },
    /// No operation that is offered.
    #[error("{message}")]
    UnknownOperation { message: String },
    /// Our own failure.
    #[error("the server failed; its log says why, under the request id")]
    Internal {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A member of the request that is wrong; bedrock-agent's errors list them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    pub(crate) name: String,
    pub(crate) message: String,
}

impl ApiError {
    /// A request that is refused as a whole.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::Validation { message: message.into(), fields: Vec::new() }
    }

    /// A request that is refused for one member.
    pub(crate) fn field(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let field = FieldError { name: name.to_owned(), message: message.clone() };
        Self::Validation { message: format!("{name}: {message}"), fields: vec![field] }
    }

    /// A failure of ours.
    pub(crate) fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal { source: source.into() }
    }

    fn exception(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation { .. } => (StatusCode::BAD_REQUEST, "ValidationException"),
            Self::AccessDenied { .. } => (StatusCode::FORBIDDEN, "AccessDeniedException"),
            Self::ResourceNotFound { .. } => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::Conflict { .. } => (StatusCode::CONFLICT, "ConflictException"),
            Self::Throttling { .. } => (StatusCode::TOO_MANY_REQUESTS, "ThrottlingException"),
            Self::DependencyFailed { .. } => {
                (StatusCode::FAILED_DEPENDENCY, "DependencyFailedException")
            }
            Self::BadGateway { .. } => (StatusCode::BAD_GATEWAY, "BadGatewayException"),
            Self::UnknownOperation { .. } => (StatusCode::NOT_FOUND, "UnknownOperationException"),
            Self::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException"),
        }
    }

    /// The error as `service` tells it; none before it is known which service is meant.
    pub(crate) fn into_response(self, service: Option<Service>) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            message: String,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            field_list: Vec<FieldError>,
        }

        if let Self::Internal { source } = &self {
            tracing::error!(error = chain(source.as_ref()), "a request failed");
        }
        let (status, exception) = self.exception();
        let message = self.to_string();
        let throttled = matches!(self, Self::Throttling { .. });
        let field_list = match self {
            Self::Validation { fields, .. } if service == Some(Service::BedrockAgent) => fields,
            _ => Vec::new(),
        };
        let body = serde_json::to_vec(&Told { message, field_list }).unwrap_or_default();
        let mut response = (status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ERROR_TYPE, HeaderValue::from_static(exception));
        if throttled {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound { .. } => Self::ResourceNotFound { message: error.to_string() },
            CatalogError::Conflict { .. } => Self::Conflict { message: error.to_string() },
            CatalogError::BadCursor => {
                Self::field("nextToken", "the token was not issued for this list; begin anew")
            }
            other => Self::internal(other),
        }
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
