//! Many who want the same kind of thing at the same time are answered together: one round trip, one transaction, one wait
//! for the disk. Nobody waits for others to come: a worker takes what is there, and what comes meanwhile is next.

use std::{fmt, sync::Arc};

use tokio::sync::{Mutex, mpsc, oneshot};

/// How many may wait for a worker before those who come later wait to be let in.
const WAITING: usize = 4_096;

type Asked<Q, A> = (Q, oneshot::Sender<A>);

/// Requests that are answered together. Cheap to clone; its workers end with its last clone.
pub(crate) struct Gather<Q, A> {
    sender: mpsc::Sender<Asked<Q, A>>,
}

/// Who answers; what it holds is its own.
pub(crate) trait Worker<Q, A>: Send + 'static {
    /// Answers these requests, of which there is at least one, in their order.
    fn answer(&mut self, requests: Vec<Q>) -> impl Future<Output = Vec<A>> + Send;
}

/// The worker died before it answered.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the worker ended before it answered")]
pub(crate) struct Unanswered;

impl<Q: Send + 'static, A: Send + 'static> Gather<Q, A> {
    /// These workers, side by side, answer up to `most` requests at a time.
    pub(crate) fn new<W: Worker<Q, A>>(workers: impl IntoIterator<Item = W>, most: usize) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for worker in workers {
            tokio::spawn(work(Arc::clone(&receiver), most, worker));
        }
        Self { sender }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, request: Q) -> Result<A, Unanswered> {
        let (sender, answer) = oneshot::channel();
        self.sender.send((request, sender)).await.map_err(|_| Unanswered)?;
        answer.await.map_err(|_| Unanswered)
    }
}

async fn work<Q, A, W: Worker<Q, A>>(
    receiver: Arc<Mutex<mpsc::Receiver<Asked<Q, A>>>>,
    most: usize,
    mut worker: W,
) {
    loop {
        let mut asked = Vec::new();
        // Whoever holds the receiver waits for the next request; the others work.
        if receiver.lock().await.recv_many(&mut asked, most).await == 0 {
            return;
        }
        let (requests, senders): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        for (sender, answer) in senders.into_iter().zip(worker.answer(requests).await) {
            // Whoever asked may have gone; what was done stays done.
            let _ = sender.send(answer);
        }
    }
}

impl<Q, A> Clone for Gather<Q, A> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone() }
    }
}

impl<Q, A> fmt::Debug for Gather<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gather")
    }
}
