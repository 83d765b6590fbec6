//! A storm comes in many requests at once. While what was reported of an alert is being stored, whatever else is reported of it
//! waits here, and is decided and stored together afterwards: as one event, however much it is.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use escalon_domain::alert::{Alert, AlertCommand, AlertId, Reporting};
use futures::{channel::oneshot, lock};
use uuid::Uuid;

use crate::{
    caller::Caller,
    engine::{Done, Engine},
    failure::Failure,
    once::Once,
};

/// How many turns alerts share.
const TURNS: u128 = 1_024;

/// What is reported and not yet being stored, by alert.
pub(crate) struct Gathering {
    waiting: Mutex<HashMap<Uuid, Vec<Waiting>>>,
    turns: Vec<lock::Mutex<()>>,
}

struct Waiting {
    reporting: Reporting,
    answer: oneshot::Sender<Done<Alert>>,
}

impl Default for Gathering {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turns: (0..TURNS).map(|_| lock::Mutex::new(())).collect() }
    }
}

impl Gathering {
    fn add(&self, id: AlertId, reporting: Reporting) -> oneshot::Receiver<Done<Alert>> {
        let (answer, receiver) = oneshot::channel();
        self.waiting().entry(id.uuid()).or_default().push(Waiting { reporting, answer });
        receiver
    }

    /// What waits for this alert, as one, and who waits for the answer. Whoever has gone away waits no more.
    fn take(&self, id: AlertId) -> Option<(Reporting, Vec<oneshot::Sender<Done<Alert>>>)> {
        let waiting = self.waiting().remove(&id.uuid()).unwrap_or_default();
        let mut waiting = waiting.into_iter().filter(|one| !one.answer.is_canceled());
        let first = waiting.next()?;
        let (mut all, mut answers) = (first.reporting, vec![first.answer]);
        for Waiting { reporting, answer } in waiting {
            all.origin = reporting.origin;
            all.suppression = reporting.suppression;
            all.occurrences.extend(reporting.occurrences);
            answers.push(answer);
        }
        Some((all, answers))
    }

    fn turn(&self, id: AlertId) -> &lock::Mutex<()> {
        &self.turns[(id.uuid().as_u128() % TURNS) as usize]
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Uuid, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Takes in what is reported of an alert, together with what others report of it meanwhile.
    pub(super) async fn gathered(
        &self,
        caller: &Caller,
        id: AlertId,
        reporting: Reporting,
    ) -> Result<Done<Alert>, Failure> {
        // What happened at a time of its own, in imported history, is not mixed with what happens now.
        if caller.at.is_some() {
            return self
                .change(caller, id, AlertCommand::Report(Box::new(reporting)), &Once::default())
                .await;
        }
        loop {
            let mut answer = self.gathering.add(id, reporting.clone());
            let _turn = self.gathering.turn(id).lock().await;
            if let Ok(Some(done)) = answer.try_recv() {
                return Ok(done);
            }
            // Nothing waits where whoever took it failed or went away; it is not known whether it was stored.
            let Some((all, answers)) = self.gathering.take(id) else { continue };
            let done = self.change(caller, id, AlertCommand::Report(Box::new(all)), &Once::default()).await?;
            for answer in answers {
                // Whoever has gone away meanwhile needs none.
                let _ = answer.send(done.clone());
            }
            return Ok(done);
        }
    }
}
