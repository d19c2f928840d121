//! Questions to the catalog that are asked one by one and answered in groups: a transaction for
//! each would make the disk's sync the bound of ingestion. Whoever asks while one group is
//! answered is in the next.

use tokio::sync::{mpsc, oneshot};

use crate::document::Fault;

/// The most questions of one group.
pub(crate) const GROUP: usize = 256;

type Question<Q, A> = (Q, oneshot::Sender<A>);

/// Asks.
#[derive(Debug)]
pub(crate) struct Asker<Q, A>(mpsc::Sender<Question<Q, A>>);

/// What was asked.
#[derive(Debug)]
pub(crate) struct Asked<Q, A>(mpsc::Receiver<Question<Q, A>>);

/// Both sides of a queue.
pub(crate) fn queue<Q, A>() -> (Asker<Q, A>, Asked<Q, A>) {
    let (sender, receiver) = mpsc::channel(GROUP);
    (Asker(sender), Asked(receiver))
}

impl<Q, A> Clone for Asker<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A> Asker<Q, A> {
    /// The answer to a question.
    pub(crate) async fn ask(&self, question: Q) -> Result<A, Fault> {
        let (reply, answer) = oneshot::channel();
        let asked = self.0.send((question, reply)).await;
        // Where the other side is gone, it has said why.
        asked.map_err(|_gone| Fault::Ended)?;
        answer.await.map_err(|_gone| Fault::Ended)
    }
}

impl<Q, A> Asked<Q, A> {
    /// Answers until nobody can ask any more: `answer` has an answer for each question, in their
    /// order.
    pub(crate) async fn serve(
        mut self,
        answer: impl AsyncFn(&[Q]) -> Result<Vec<A>, Fault>,
    ) -> Result<(), Fault> {
        let mut group = Vec::with_capacity(GROUP);
        while self.0.recv_many(&mut group, GROUP).await > 0 {
            let (questions, replies): (Vec<_>, Vec<_>) = group.drain(..).unzip();
            let answers = answer(&questions).await?;
            for (reply, answer) in replies.into_iter().zip(answers) {
                // Who was given up does not wait for an answer.
                let _given_up = reply.send(answer);
            }
        }
        Ok(())
    }
}
