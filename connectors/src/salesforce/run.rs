//! One run: the objects one by one, then what is left of those that are named no longer.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{ConnectorError, DocumentKey, SourceEvent, SourceLocation};
use time::OffsetDateTime;

use super::records::Reader;
use super::state::{SCHEMA, record_key, scope_key};
use super::target::Target;
use super::{Objects, Salesforce, deletions};
use crate::api::{ApiError, Refusal};
use crate::epoch;
use crate::events::{Events, Told};
use crate::memory::{Memory, forget};

/// What the keys of failures of objects begin with.
const FAILURES: &str = "object/";

/// A run and what it has seen.
#[derive(Debug)]
pub(super) struct Run {
    salesforce: Arc<Salesforce>,
    memory: Memory,
    events: Events,
    now: OffsetDateTime,
    /// Objects that are refused.
    failed: HashSet<String>,
    /// Scopes that were read.
    scopes: HashSet<String>,
    told: Told,
}

impl Run {
    pub(super) fn new(
        salesforce: Arc<Salesforce>,
        memory: Memory,
        events: Events,
        now: OffsetDateTime,
    ) -> Self {
        let (failed, scopes) = (HashSet::new(), HashSet::new());
        Self { salesforce, memory, events, now, failed, scopes, told: Told::All }
    }

    pub(super) async fn run(mut self) -> Result<(), ConnectorError> {
        deletions::check_clock(self.now)?;
        let fingerprint = &self.salesforce.fingerprint;
        let epoch = epoch::current(&self.memory, &self.events, SCHEMA, fingerprint).await?;
        let salesforce = Arc::clone(&self.salesforce);
        let mut refused = None;
        for object in salesforce.objects.names() {
            match self.object(object, epoch).await {
                Ok(()) => {}
                Err(ApiError::Source(error)) => return Err(error),
                Err(ApiError::Refused(refusal)) => {
                    let reason = reason(object, &refusal);
                    self.fail(object, &refusal, &reason).await?;
                    refused.get_or_insert(ConnectorError::Denied { reason });
                }
            }
        }
        if let Some(error) = refused.filter(|_| self.scopes.is_empty()) {
            return Err(error);
        }
        self.drop_stale_scopes().await?;
        self.clear_failures().await?;
        if self.told == Told::All && self.failed.is_empty() {
            self.events.tell(SourceEvent::Complete).await;
        }
        Ok(())
    }

    async fn object(&mut self, object: &str, epoch: u64) -> Result<(), ApiError> {
        let salesforce = Arc::clone(&self.salesforce);
        let description = salesforce.org.describe(object).await?;
        if !description.queryable {
            let message = "the object cannot be queried".to_owned();
            let code = String::new();
            return Err(ApiError::Refused(Refusal { status: 400, code, message, location: None }));
        }
        for target in Target::of(&description)? {
            self.scopes.insert(target.scope());
            let mut reader = Reader {
                org: &salesforce.org,
                host: &salesforce.host,
                filters: &salesforce.filters,
                memory: &self.memory,
                events: &self.events,
                target,
                now: self.now,
            };
            if reader.read(epoch).await? == Told::Some {
                self.told = Told::Some;
            }
        }
        Ok(())
    }

    /// Reports an object that is refused; its documents stay. An object that nobody asked for by
    /// name may be missing, if it always was.
    async fn fail(
        &mut self,
        object: &str,
        refusal: &Refusal,
        reason: &str,
    ) -> Result<(), ConnectorError> {
        let is_missing = matches!(refusal.status, 404 | 410);
        let is_guess = matches!(self.salesforce.objects, Objects::Usual);
        if is_missing && is_guess && !self.is_known(object).await? {
            tracing::info!(salesforce.object = object, "the org has no such object, or hides it");
            return Ok(());
        }
        self.failed.insert(object.to_owned());
        self.events
            .tell(SourceEvent::Failure {
                key: DocumentKey::new(format!("{FAILURES}{object}")),
                location: SourceLocation::Salesforce { url: self.salesforce.host.clone() },
                reason: reason.to_owned(),
            })
            .await;
        Ok(())
    }

    /// Whether records of an object were read by an earlier run.
    async fn is_known(&self, object: &str) -> Result<bool, ConnectorError> {
        let found = self.memory.scan(&scope_key(object), None).await?;
        Ok(found.iter().any(|(rest, _)| rest.is_empty() || rest.starts_with('/')))
    }

    /// Tells of the records of objects that are named no longer, and of languages that are gone.
    async fn drop_stale_scopes(&self) -> Result<(), ConnectorError> {
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&scope_key(""), after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = Some(last.clone());
            for (scope, _) in found {
                let object = scope.split('/').next().unwrap_or_default();
                let is_named =
                    self.salesforce.objects.names().any(|name| name.eq_ignore_ascii_case(object));
                let was_read =
                    self.scopes.iter().any(|read| read.split('/').next() == Some(object));
                // An object that was not read this time may come back.
                let is_gone = !is_named || (was_read && !self.failed.contains(object));
                if is_gone && !self.scopes.contains(&scope) {
                    self.drop_scope(&scope).await?;
                }
            }
        }
    }

    async fn drop_scope(&self, scope: &str) -> Result<(), ConnectorError> {
        let prefix = record_key(scope, "");
        loop {
            let found = self.memory.scan(&prefix, None).await?;
            if found.is_empty() {
                break;
            }
            let mut entries = Vec::new();
            for (id, _) in found {
                let key = DocumentKey::new(format!("{scope}/{id}"));
                self.events.tell(SourceEvent::Absent(key)).await;
                entries.push(forget(record_key(scope, &id)));
            }
            self.events.checkpoint(entries).await;
        }
        self.events.checkpoint(vec![forget(scope_key(scope))]).await;
        Ok(())
    }

    /// Takes back the failures of objects that are read again.
    async fn clear_failures(&self) -> Result<(), ConnectorError> {
        let mut after = DocumentKey::new(FAILURES);
        loop {
            let found = self.memory.unsettled(Some(&after)).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = last.clone();
            for key in found {
                let Some(object) = key.as_str().strip_prefix(FAILURES) else { return Ok(()) };
                if !self.failed.contains(object) {
                    self.events.tell(SourceEvent::Delete(key)).await;
                }
            }
        }
    }
}

/// What a refusal means, and the remedy.
pub(super) fn reason(object: &str, refusal: &Refusal) -> String {
    let remedy = match refusal.status {
        404 | 410 => {
            "does not exist in the org, or the user that the app runs as may not see it: give that \
             user's permission set 'Read' and 'View All' on it, or correct the filter"
        }
        403 => {
            "may not be read by the user that the app runs as: give that user's permission set \
             'Read' and 'View All' on it"
        }
        _ => "cannot be read",
    };
    format!("the object {object} {remedy} ({refusal}); its documents stay as they are")
}
