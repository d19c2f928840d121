//! A queue with a bucket's events, as hints that there is something to synchronise. Events come
//! more than once, late and in any order: what happened, the listing finds out.
//!
//! A queue belongs to one data source: what it holds about other places is thrown away. Messages
//! about this one leave the queue when the next hint is asked for, that is, when a job is durable;
//! after a crash before that, they come again. What cannot be understood is left alone, for the
//! queue's own rules (a dead-letter queue) to move away.

use std::sync::Arc;

use aws_sdk_s3::config::Region;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use corpus::ConnectorError;
use futures::stream::{self, BoxStream, StreamExt};

use super::bucket::Bucket;
use super::fault::chain;
use super::notice::{Notice, understand};

/// How long an empty queue is waited at, in seconds; SQS allows no more.
const WAIT: i32 = 20;

/// How long a message is kept from other readers, in seconds: until a job is durable.
const HIDDEN: i32 = 300;

/// Messages of one answer, and of one deletion; SQS allows no more.
const BATCH: usize = 10;

/// Messages that are behind one hint; more come with the next.
const HINT: usize = 1_000;

/// Hints from a queue about a part of a bucket.
pub(super) fn changes(
    url: String,
    bucket: Arc<Bucket>,
    prefix: Option<String>,
) -> BoxStream<'static, Result<(), ConnectorError>> {
    let begin = async move {
        let client = bucket.clients.queues(region_of(&url)).await;
        Ok(Queue { client, url, bucket, prefix, behind: Vec::new() })
    };
    stream::once(begin)
        .flat_map(|queue: Result<Queue, ConnectorError>| {
            stream::try_unfold(queue, |queue| async {
                let mut queue = queue?;
                queue.forget().await?;
                queue.wait().await?;
                Ok(Some(((), Ok(queue))))
            })
        })
        .boxed()
}

/// A queue that is listened to.
#[derive(Debug)]
struct Queue {
    client: Client,
    url: String,
    bucket: Arc<Bucket>,
    prefix: Option<String>,
    /// Receipts of the messages behind the last hint.
    behind: Vec<String>,
}

impl Queue {
    /// Waits until messages tell of changes, and takes along what else is there.
    async fn wait(&mut self) -> Result<(), ConnectorError> {
        loop {
            let patience = if self.behind.is_empty() { WAIT } else { 0 };
            let messages = self.receive(patience).await?;
            let nothing_more = messages.is_empty();
            let mut others = Vec::new();
            for message in messages {
                self.sort(message, &mut others);
            }
            self.delete(&others).await?;
            if !self.behind.is_empty() && (nothing_more || self.behind.len() >= HINT) {
                return Ok(());
            }
        }
    }

    fn sort(&mut self, message: Message, others: &mut Vec<String>) {
        let (Some(body), Some(receipt)) = (message.body, message.receipt_handle) else { return };
        match understand(&body, &self.bucket.name, self.prefix.as_deref()) {
            Notice::Change => self.behind.push(receipt),
            Notice::Other => others.push(receipt),
            Notice::Strange => {
                tracing::warn!(queue = %self.url, "a message of the queue is no event of S3");
            }
        }
    }

    /// The messages behind the last hint have had their effect.
    async fn forget(&mut self) -> Result<(), ConnectorError> {
        let behind = std::mem::take(&mut self.behind);
        self.delete(&behind).await
    }

    async fn receive(&self, patience: i32) -> Result<Vec<Message>, ConnectorError> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(BATCH.try_into().unwrap_or(1))
            .wait_time_seconds(patience)
            .visibility_timeout(HIDDEN)
            .send()
            .await;
        let received = received.map_err(|error| self.failed("sqs:ReceiveMessage", &error))?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Removes messages. One that stays comes again, which does no harm.
    async fn delete(&self, receipts: &[String]) -> Result<(), ConnectorError> {
        for batch in receipts.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(|(number, receipt)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(number.to_string())
                    .receipt_handle(receipt)
                    .build()
            });
            let entries: Result<Vec<_>, _> = entries.collect();
            let entries = entries.map_err(|error| self.failed("sqs:DeleteMessage", &error))?;
            let request = self.client.delete_message_batch().queue_url(&self.url);
            let deleted = request.set_entries(Some(entries)).send().await;
            deleted.map_err(|error| self.failed("sqs:DeleteMessage", &error))?;
        }
        Ok(())
    }

    fn failed(&self, action: &str, error: &(dyn std::error::Error + 'static)) -> ConnectorError {
        let reason = format!(
            "{action} on the queue {}: {}; see that the queue exists and that the server's \
             credentials may receive and delete its messages",
            self.url,
            chain(error)
        );
        ConnectorError::Unavailable { reason }
    }
}

/// The region that a queue's URL names (`https://sqs.REGION.amazonaws.com/…`).
fn region_of(url: &str) -> Option<Region> {
    let url = url::Url::parse(url).ok()?;
    let (service, rest) = url.host_str()?.split_once('.')?;
    let (region, domain) = rest.split_once('.')?;
    let is_aws = service == "sqs" && domain.starts_with("amazonaws.com");
    is_aws.then(|| Region::new(region.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_asked_in_its_own_region() {
        let check = |url: &str, expect: Option<&str>| {
            let region = region_of(url);
            assert_eq!(region.as_ref().map(Region::as_ref), expect, "{url}");
        };
        check("https://sqs.eu-west-1.amazonaws.com/123456789012/events", Some("eu-west-1"));
        check("https://sqs.cn-north-1.amazonaws.com.cn/1/q", Some("cn-north-1"));
        check("http://127.0.0.1:9324/queue/events", None);
        check("https://sqs.example.com/q", None);
        check("events", None);
    }
}
