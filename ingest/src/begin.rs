//! Begins revisions in groups: a transaction for each document would make the disk's sync the
//! bound of ingestion. Whoever comes while one group is written is in the next.

use std::sync::Arc;

use corpus::{DocumentKey, Revision, SourceLocation};
use tokio::sync::{mpsc, oneshot};

use crate::document::{Fault, Run};

/// The most revisions of one transaction.
const GROUP: usize = 256;

/// A document that asks for a revision.
#[derive(Debug)]
struct Request {
    key: DocumentKey,
    location: SourceLocation,
    reply: oneshot::Sender<Revision>,
}

/// Asks for revisions.
#[derive(Debug, Clone)]
pub(crate) struct Beginner(mpsc::Sender<Request>);

/// Begins what is asked for.
#[derive(Debug)]
pub(crate) struct Beginnings {
    run: Arc<Run>,
    requests: mpsc::Receiver<Request>,
}

impl Beginner {
    /// A new revision of a document.
    pub(crate) async fn begin(
        &self,
        key: DocumentKey,
        location: SourceLocation,
    ) -> Result<Revision, Fault> {
        let (reply, revision) = oneshot::channel();
        let asked = self.0.send(Request { key, location, reply }).await;
        // Where the other side is gone, it has said why.
        asked.map_err(|_gone| Fault::Ended)?;
        revision.await.map_err(|_gone| Fault::Ended)
    }
}

impl Beginnings {
    /// Both sides of the queue.
    pub(crate) fn new(run: &Arc<Run>) -> (Beginner, Self) {
        let (sender, requests) = mpsc::channel(GROUP);
        (Beginner(sender), Self { run: Arc::clone(run), requests })
    }

    /// Works until nobody can ask any more.
    pub(crate) async fn serve(&mut self) -> Result<(), Fault> {
        let run = &self.run;
        let mut group = Vec::with_capacity(GROUP);
        while self.requests.recv_many(&mut group, GROUP).await > 0 {
            let documents: Vec<_> = group
                .iter()
                .map(|request: &Request| (request.key.clone(), request.location.clone()))
                .collect();
            let (knowledge_base, data_source) = (run.knowledge_base, run.data_source);
            let begin =
                || run.catalog.begin_revisions(&run.owner, knowledge_base, data_source, &documents);
            let revisions = run.ask(begin).await?;
            for (request, revision) in group.drain(..).zip(revisions) {
                // A document that was given up does not wait for its revision.
                let _given_up = request.reply.send(revision);
            }
        }
        Ok(())
    }
}
