//! What becomes of a URL that cannot be read: what the reason is, what it means for the crawl where
//! it is a seed, and what is removed.

use corpus::ConnectorError;
use reqwest::StatusCode;
use url::Url;

use super::Crawl;
use crate::network::FetchError;
use crate::web::fetch::RobotsFault;
use crate::web::memory::{Record, Role, Todo};
use crate::web::render::RenderError;

/// Crawls in a row in which a page with a bad status stays.
const GRACE: u32 = 1;

impl Crawl {
    pub(super) fn settle_status(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: Record,
        status: StatusCode,
    ) {
        if todo.role == Role::Seed {
            self.faults.push(seed_fault(url, status));
        }
        let parent = todo.parent.as_ref().map(|parent| format!("; {parent} links to it"));
        let parent = parent.unwrap_or_default();
        let was_good = record.document.is_some();
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE if todo.role != Role::Seed => {
                let reason = format!("there is no such page ({status}){parent}");
                self.leave_out(url, todo, &record, (!was_good).then_some(reason));
            }
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let reason =
                    format!("it requires authentication, or is closed to crawlers ({status})");
                self.fail(url, todo, record, &reason);
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let reason =
                    format!("the host asks for fewer requests ({status}): lower rateLimit");
                self.fail(url, todo, record, &reason);
            }
            _ if was_good && record.failures >= GRACE && todo.role != Role::Seed => {
                self.leave_out(url, todo, &record, None);
            }
            _ => {
                let record = Record { failures: record.failures + 1, ..record };
                self.fail(url, todo, record, &format!("the host answers {status}{parent}"));
            }
        }
    }

    pub(super) fn settle_fault(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: Record,
        fault: &RobotsFault,
    ) {
        if todo.role == Role::Seed {
            let reason = format!("the seed {url}: {fault}");
            self.faults.push(match fault {
                RobotsFault::Blocked(_) => ConnectorError::Denied { reason },
                RobotsFault::Unreachable { .. } => ConnectorError::Unavailable { reason },
            });
        }
        self.fail(url, todo, record, &fault.to_string());
    }

    pub(super) fn settle_failure(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: Record,
        error: &FetchError,
    ) {
        if todo.role == Role::Seed {
            let reason = format!("the seed {url}: {error}");
            self.faults.push(match error {
                FetchError::Blocked(_) => ConnectorError::Denied { reason },
                error if error.is_transient() => ConnectorError::Unavailable { reason },
                _ => ConnectorError::Misconfigured { reason },
            });
        }
        self.fail(url, todo, record, &error.to_string());
    }

    pub(super) fn settle_unrendered(
        &mut self,
        url: &Url,
        todo: &Todo,
        record: Record,
        error: RenderError,
    ) -> Result<(), ConnectorError> {
        if !error.is_of_page() {
            return Err(error.into_source());
        }
        if todo.role == Role::Seed {
            let reason = format!("the seed {url}: {error}");
            self.faults.push(ConnectorError::Unavailable { reason });
        }
        self.fail(url, todo, record, &error.to_string());
        Ok(())
    }
}

fn seed_fault(url: &Url, status: StatusCode) -> ConnectorError {
    let reason = format!("the seed {url} answers {status}");
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ConnectorError::Denied {
            reason: format!("{reason}: it requires authentication, which is not supported"),
        },
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            ConnectorError::Unavailable { reason }
        }
        _ => ConnectorError::Misconfigured {
            reason: format!("{reason}: correct the data source's seed URL"),
        },
    }
}
