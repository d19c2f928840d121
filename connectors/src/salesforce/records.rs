//! The records of an object: all of them once, and what changed from then on, in the order of
//! their changes.
//!
//! Records that change while transactions are under way become visible late; so the changes of the
//! last minutes are left for the next run. A list that is read page by page goes on, where its
//! cursor expires, behind the last record that was read.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{ConnectorError, DocumentKey, SourceEvent, StateEntry};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::deletions;
use super::org::{Org, Record, Records};
use super::record::{Found, key, prefix};
use super::soql::{self, Id, Moment, Place};
use super::state::{Reading, ScopeRow, record_key, scope_key};
use super::target::{Removal, Target};
use crate::api::{ApiError, Refusal};
use crate::events::{Events, Told};
use crate::memory::{Memory, forget, remember};
use crate::object_filters::ObjectFilters;

/// How long a transaction may be under way.
const IN_FLIGHT: Duration = Duration::minutes(5);

/// Ids in one question.
const IDS: usize = 100;

/// Records that are being read.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) org: &'a Arc<Org>,
    /// Where readers find records: the configured `https://…` without a slash behind.
    pub(super) host: &'a str,
    pub(super) filters: &'a ObjectFilters,
    pub(super) memory: &'a Memory,
    pub(super) events: &'a Events,
    pub(super) target: Target,
    pub(super) now: OffsetDateTime,
}

impl Reader<'_> {
    /// Reads what there is to read.
    pub(super) async fn read(&mut self, epoch: u64) -> Result<Told, ApiError> {
        let scope = self.target.scope();
        let known: Option<ScopeRow> = self.memory.load(&scope_key(&scope)).await?;
        let generation = known.as_ref().map_or(0, |row| row.generation);
        let fields = crate::hash::of(
            &self.target.selected.iter().map(soql::Name::as_str).collect::<Vec<_>>(),
        );
        let same = known.filter(|row| row.epoch == epoch && row.fields == fields);
        let told = if same.is_some() { Told::Some } else { Told::All };
        let mut at = same.unwrap_or(ScopeRow {
            epoch,
            generation: generation + 1,
            reading: Reading::All,
            place: None,
            fields,
            deletions_from: self.now.unix_timestamp(),
        });
        if at.reading == Reading::Changes {
            self.remove(&mut at).await?;
            self.retell_unsettled(&at).await?;
        }
        self.changes(&mut at).await?;
        match at.reading {
            Reading::All => {
                self.sweep(|_, generation| generation == Some(at.generation)).await?;
                at.reading = Reading::Changes;
                step_back(&mut at)?;
                self.events.checkpoint(vec![remember(scope_key(&scope), &at)?]).await;
            }
            Reading::Changes if self.target.removal == Removal::Absence => {
                self.remove_absent().await?;
            }
            Reading::Changes => {}
        }
        Ok(told)
    }

    /// Tells of the records that changed since the last one that was read.
    async fn changes(&mut self, at: &mut ScopeRow) -> Result<(), ApiError> {
        let until = match at.reading {
            // What is left out of everything would count as gone.
            Reading::All => moment(self.now + Duration::days(1))?,
            Reading::Changes => moment(self.now - IN_FLIGHT)?,
        };
        let mut page = self.begin(at, &until).await?;
        loop {
            let mut entries = Vec::new();
            for record in page.records {
                let found = Found::new(&self.target, record).ok_or_else(malformed)?;
                entries.extend(self.tell(&found, at.generation).await?);
                at.place = Some(found.place);
            }
            entries.push(remember(scope_key(&self.target.scope()), at)?);
            self.events.checkpoint(entries).await;
            let Some(next) = page.next_records_url else { return Ok(()) };
            page = match self.org.next(&next).await {
                Err(ApiError::Refused(refusal)) if is_expired(&refusal) => {
                    self.begin(at, &until).await?
                }
                page => page?,
            };
        }
    }

    /// The first page of what changed. A field that cannot be asked for is left out.
    async fn begin(&mut self, at: &ScopeRow, until: &Moment) -> Result<Records, ApiError> {
        loop {
            let target = &self.target;
            let soql = soql::changes(
                &target.selected,
                &target.object,
                target.condition.as_deref(),
                at.place.as_ref(),
                until,
            );
            match self.org.query(&soql).await {
                Err(ApiError::Refused(refusal)) => self.leave_out(refusal)?,
                answer => return answer,
            }
        }
    }

    fn leave_out(&mut self, refusal: Refusal) -> Result<(), ApiError> {
        let field = if refusal.code == "INVALID_FIELD" { column(&refusal.message) } else { None };
        match field.and_then(|field| self.target.drop_field(field)) {
            Some(field) => {
                tracing::warn!(
                    salesforce.object = %self.target.object,
                    "the field {field} cannot be read, and is left out: give the user that the app \
                     runs as the right to see it"
                );
                Ok(())
            }
            None => Err(ApiError::Refused(refusal)),
        }
    }

    /// Tells of a record; returns what to remember of it.
    async fn tell(
        &self,
        found: &Found,
        generation: u64,
    ) -> Result<Vec<StateEntry>, ConnectorError> {
        let record = record_key(&self.target.scope(), found.id.as_str());
        if self.filters.admit(self.target.object.as_str(), &[&found.title]) {
            self.events.tell(found.event(self.org, self.host, &self.target)).await;
            return Ok(vec![remember(record, &generation)?]);
        }
        if self.memory.load::<u64>(&record).await?.is_none() {
            return Ok(Vec::new());
        }
        self.events.tell(SourceEvent::Absent(key(&self.target, found.id.as_str()))).await;
        Ok(vec![forget(record)])
    }

    /// Tells of the records that the log of deletions names; where the log does not reach back, of
    /// those that are not there.
    async fn remove(&self, at: &mut ScopeRow) -> Result<(), ApiError> {
        let log = match &self.target.removal {
            Removal::Absence => return Ok(()),
            Removal::Log(object) => object,
            Removal::OwnLog => self.target.object.as_str(),
        };
        let from = OffsetDateTime::from_unix_timestamp(at.deletions_from)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        match deletions::between(self.org, log, from, self.now).await? {
            deletions::Log::Whole { ids, covered } => {
                let mut entries = Vec::new();
                for id in ids {
                    self.events.tell(SourceEvent::Delete(key(&self.target, &id))).await;
                    entries.push(forget(record_key(&self.target.scope(), &id)));
                }
                at.deletions_from = covered.unix_timestamp();
                entries.push(remember(scope_key(&self.target.scope()), at)?);
                self.events.checkpoint(entries).await;
            }
            deletions::Log::Gap => {
                tracing::info!(
                    salesforce.object = %self.target.object,
                    "the log of deletions does not reach back to the last run: all ids are compared"
                );
                self.remove_absent().await?;
                at.deletions_from = self.now.unix_timestamp();
                let entry = remember(scope_key(&self.target.scope()), at)?;
                self.events.checkpoint(vec![entry]).await;
            }
        }
        Ok(())
    }

    /// Tells of the records that are known and no longer among all.
    async fn remove_absent(&self) -> Result<(), ApiError> {
        let target = &self.target;
        let mut present = HashSet::new();
        let mut after: Option<Id> = None;
        loop {
            let condition = target.condition.as_deref();
            let soql = soql::ids(&target.object, condition, target.id_field, after.as_ref());
            let page = self.org.query(&soql).await?;
            let Some(last) = page.records.last() else { break };
            after = Some(id_of(last, "Id")?);
            for record in &page.records {
                present.insert(String::from(id_of(record, target.id_field)?));
            }
        }
        Ok(self.sweep(|id, _| present.contains(id)).await?)
    }

    /// Tells of the known records that are not to be kept, by their ids and generations.
    async fn sweep(
        &self,
        is_kept: impl Fn(&str, Option<u64>) -> bool,
    ) -> Result<(), ConnectorError> {
        let scope = self.target.scope();
        let prefix = record_key(&scope, "");
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&prefix, after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = Some(last.clone());
            let mut entries = Vec::new();
            for (id, value) in found {
                if !is_kept(&id, serde_json::from_slice(&value).ok()) {
                    self.events.tell(SourceEvent::Absent(key(&self.target, &id))).await;
                    entries.push(forget(record_key(&scope, &id)));
                }
            }
            self.events.checkpoint(entries).await;
        }
    }

    /// Tells again of records that could not be ingested, although they did not change.
    async fn retell_unsettled(&mut self, at: &ScopeRow) -> Result<(), ApiError> {
        let prefix = prefix(&self.target);
        let mut after = DocumentKey::new(prefix.clone());
        loop {
            let found = self.memory.unsettled(Some(&after)).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = last.clone();
            let ids: Vec<Id> = found
                .iter()
                .map_while(|key| key.as_str().strip_prefix(&prefix))
                .filter_map(|id| Id::new(id).ok())
                .collect();
            for ids in ids.chunks(IDS) {
                self.retell(ids, at.generation).await?;
            }
            if !last.as_str().starts_with(&prefix) {
                return Ok(());
            }
        }
    }

    async fn retell(&mut self, ids: &[Id], generation: u64) -> Result<(), ApiError> {
        let records = loop {
            let target = &self.target;
            let condition = target.condition.as_deref();
            let soql =
                soql::by_ids(&target.selected, &target.object, condition, target.id_field, ids);
            match self.org.query(&soql).await {
                Err(ApiError::Refused(refusal)) => self.leave_out(refusal)?,
                answer => break answer?.records,
            }
        };
        let mut entries = Vec::new();
        let mut missing: HashSet<&str> = ids.iter().map(Id::as_str).collect();
        for record in records {
            let found = Found::new(&self.target, record).ok_or_else(malformed)?;
            missing.remove(found.id.as_str());
            entries.extend(self.tell(&found, generation).await?);
        }
        for id in missing {
            self.events.tell(SourceEvent::Delete(key(&self.target, id))).await;
            entries.push(forget(record_key(&self.target.scope(), id)));
        }
        self.events.checkpoint(entries).await;
        Ok(())
    }
}

/// Lets changes begin before the transactions that were under way when the reading began.
fn step_back(at: &mut ScopeRow) -> Result<(), ConnectorError> {
    let began = OffsetDateTime::from_unix_timestamp(at.deletions_from);
    let began = moment(began.unwrap_or(OffsetDateTime::UNIX_EPOCH) - IN_FLIGHT)?;
    if at.place.as_ref().is_some_and(|place| place.changed > began) {
        at.place = Some(Place { changed: began, id: Id::lowest() });
    }
    Ok(())
}

/// The column that an error says is none.
fn column(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("No such column '")?;
    rest.split('\'').next()
}

/// Whether a list must be begun again.
fn is_expired(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "INVALID_QUERY_LOCATOR" | "INVALID_LOCATOR" | "NOT_FOUND")
}

fn id_of(record: &Record, field: &str) -> Result<Id, ConnectorError> {
    let id = record.get(field).and_then(|id| id.as_str()).unwrap_or_default();
    Id::new(id).map_err(|_malformed| malformed())
}

fn malformed() -> ConnectorError {
    let reason = "the org sends records without Id or SystemModstamp".to_owned();
    ConnectorError::Unavailable { reason }
}

fn moment(time: OffsetDateTime) -> Result<Moment, ConnectorError> {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    let text = whole.format(&Rfc3339).unwrap_or_default();
    Moment::new(&text).map_err(|malformed| ConnectorError::Unavailable {
        reason: format!("the clock of this machine cannot be right: {malformed}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_is_found_in_the_message() {
        let message = "\nSELECT Id, Secret__c FROM\n ^\nERROR at Row:1:Column:12\nNo such column \
                       'Secret__c' on entity 'Account'.";
        assert_eq!(column(message), Some("Secret__c"));
        assert_eq!(column("malformed"), None);
    }
}
