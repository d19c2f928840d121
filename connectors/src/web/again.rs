//! Pages that are read once more, whether they changed or not.

use std::sync::Arc;

use corpus::SourceEvent;
use url::Url;

use super::crawl::{failure, known_of, upsert};
use super::fetch::{Fetcher, Validators};
use super::visit::{Aim, Visit, visit};

/// What became of a page.
pub(super) async fn again(fetcher: &Arc<Fetcher>, url: &Url) -> SourceEvent {
    match visit(fetcher, url, &Validators::default(), Aim::Document).await {
        Visit::Page(found, page) if !found.no_index => {
            let known = known_of(&found, Some(&page));
            upsert(url, &known, Some(found.body.length()), Arc::new(found.body))
        }
        Visit::File(found) if !found.no_index => {
            let known = known_of(&found, None);
            upsert(url, &known, Some(found.body.length()), Arc::new(found.body))
        }
        Visit::Failed(error) => failure(url, error.to_string()),
        Visit::RobotsFault(fault) => failure(url, fault.to_string()),
        Visit::Status(status) => {
            failure(url, format!("the host answers {status}; the next sync looks at it anew"))
        }
        _ => {
            let reason = "it is no longer what it was; the next sync looks at it anew";
            failure(url, reason.to_owned())
        }
    }
}
