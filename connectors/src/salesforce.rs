//! Objects of a Salesforce org, through its REST API.
//!
//! * **What is read**: records of the objects that filters name, or of the usual ones
//!   ([`target::USUAL`]); each is a small document of Markdown with the fields that the app's user may
//!   see. Of Knowledge, the articles that are online, in each language; of files, the latest version.
//! * **Key**: `OBJECT/ID`, for articles `OBJECT/LANGUAGE/ID` with the id of the article, which outlives
//!   its versions; for files the id of the document.
//! * **Change**: by `SystemModstamp`, up to five minutes ago. Formulas change without it, and are
//!   noticed when the record itself changes.
//! * **Removal**: by the log of deletions; where that does not reach back, and for what leaves by a
//!   change of state, by comparing all ids: then it is [`SourceEvent::Absent`].
//! * **An object that is refused** is reported under `object/NAME` and the others go on; its documents
//!   stay. Where all are refused, the run fails.
//! * **Access**: sharing rules cannot be had through the API. Where questions go by access, nobody is
//!   answered from these documents.

mod deletions;
mod login;
mod org;
mod record;
mod records;
mod rich_text;
mod run;
mod soql;
mod state;
mod target;

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, ConnectorError, SalesforceSource, Secrets, SourceEvent, SourceState};
use futures::stream::BoxStream;
use time::OffsetDateTime;

use crate::api::ApiError;
use crate::events::enumeration;
use crate::hash;
use crate::memory::Memory;
use crate::network::Network;
use crate::object_filters::ObjectFilters;
use login::OrgLogin;
use org::Org;
use run::Run;
use target::{USUAL, canonical};

/// Reads an org.
#[derive(Debug, Clone)]
pub struct SalesforceConnector {
    salesforce: Arc<Salesforce>,
}

/// Which objects are meant, and how they are reached.
#[derive(Debug)]
struct Salesforce {
    org: Arc<Org>,
    /// Without a slash behind.
    host: String,
    objects: Objects,
    filters: ObjectFilters,
    /// A hash of what decides which documents there are.
    fingerprint: String,
}

/// Which objects are read.
#[derive(Debug)]
enum Objects {
    /// The usual ones, as far as the org shows them.
    Usual,
    /// Those that filters name.
    Named(Vec<String>),
}

impl Objects {
    fn names(&self) -> impl Iterator<Item = &str> {
        let (usual, named) = match self {
            Self::Usual => (USUAL.as_slice(), [].as_slice()),
            Self::Named(names) => ([].as_slice(), names.as_slice()),
        };
        usual.iter().copied().chain(named.iter().map(String::as_str))
    }
}

impl SalesforceConnector {
    /// A connector for this org; an error where the configuration has no meaning.
    pub(crate) fn new(
        source: &SalesforceSource,
        network: &Network,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Self, ConnectorError> {
        let host = login::origin(&source.host_url, network).map_err(|reason| {
            misconfigured(format!("the host URL '{}' {reason}", source.host_url))
        })?;
        let mut filters = source.filters.clone();
        for filter in &mut filters {
            filter.object_type = canonical(&filter.object_type).to_owned();
            soql::Name::new(&filter.object_type).map_err(|_malformed| {
                misconfigured(format!(
                    "'{}' is no name of an object of Salesforce: use names as in its API, such as \
                     Account or Invoice__c",
                    filter.object_type
                ))
            })?;
        }
        let mut names: Vec<String> =
            filters.iter().map(|filter| filter.object_type.clone()).collect();
        names.sort();
        names.dedup();
        let login =
            OrgLogin { network: network.clone(), secrets, secret_arn: source.secret_arn.clone() };
        Ok(Self {
            salesforce: Arc::new(Salesforce {
                org: Arc::new(Org::new(network.clone(), login)),
                host: String::from(host.url([""; 0])).trim_end_matches('/').to_owned(),
                objects: if names.is_empty() { Objects::Usual } else { Objects::Named(names) },
                filters: ObjectFilters::new(&filters)?,
                fingerprint: hash::of(&(&source.host_url, &source.filters)),
            }),
        })
    }
}

#[async_trait]
impl Connector for SalesforceConnector {
    /// Logs in and finds one of the objects.
    async fn check(&self) -> Result<(), ConnectorError> {
        let org = &self.salesforce.org;
        org.log_in().await?;
        let mut refused = None;
        for object in self.salesforce.objects.names() {
            match org.describe(object).await {
                Ok(_) => return Ok(()),
                Err(ApiError::Source(error)) => return Err(error),
                Err(ApiError::Refused(refusal)) => {
                    let reason = run::reason(object, &refusal);
                    refused.get_or_insert(ConnectorError::Denied { reason });
                }
            }
        }
        refused.map_or(Ok(()), Err)
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let salesforce = Arc::clone(&self.salesforce);
        let now = OffsetDateTime::now_utc();
        enumeration(move |events| Run::new(salesforce, Memory::new(state), events, now).run())
    }
}

fn misconfigured(reason: String) -> ConnectorError {
    ConnectorError::Misconfigured { reason }
}
