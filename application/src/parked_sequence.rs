//! Parked sequences: what an operator sees of them and does about them. It is recorded before it is done.

use escalon_domain::{
    access::Permission,
    parked_sequence::{Culprit, ParkedSequence, ParkedSequenceCommand, ParkedSequenceId, Skip},
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded},
    failure::Failure,
    once::Once,
    ports::{Parked, Resumed},
};

impl Guarded for ParkedSequence {}

/// What an operator wants to pass over, and why.
#[derive(Debug, Clone)]
pub struct SkipSequence {
    /// What to pass over.
    pub what: Skip,
    /// The position of the event that was seen to stand in the way; another one is not passed over. None for whichever
    /// it is.
    pub position: Option<i64>,
    /// Why.
    pub reason: String,
}

impl Engine {
    /// The parked sequences of the caller's organization, the oldest first.
    ///
    /// # Errors
    /// Not permitted.
    pub async fn parked_sequences(&self, caller: &Caller) -> Result<Vec<Parked>, Failure> {
        caller.must(Permission::EngineOperate)?;
        Ok(self.ports.sequences.list(Some(caller.organization)).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// Not permitted, or not there.
    pub async fn parked_sequence(&self, caller: &Caller, id: ParkedSequenceId) -> Result<Parked, Failure> {
        caller.must(Permission::EngineOperate)?;
        let found = self.ports.sequences.find(id).await?;
        let found = found.filter(|parked| parked.organization == caller.organization);
        found.ok_or_else(|| Failure::NotFound { what: "parked sequence", id: id.to_string() })
    }

    /// Takes the waiting events of a parked sequence once more, in order.
    ///
    /// # Errors
    /// Not permitted, or not there.
    pub async fn retry_sequence(
        &self,
        caller: &Caller,
        id: ParkedSequenceId,
        once: &Once,
    ) -> Result<(Done<ParkedSequence>, Resumed), Failure> {
        caller.must(Permission::EngineOperate)?;
        let done = match self.replay(caller, once).await? {
            Some(first) => first,
            None => {
                let parked = self.parked_sequence(caller, id).await?;
                self.change(caller, id, ParkedSequenceCommand::Retry(culprit(parked)), once).await?
            }
        };
        let resumed = self.ports.sequences.resume(id, None).await?;
        Ok((done, resumed))
    }

    /// Passes over what a subscription could not take, and goes on with what waits behind it.
    ///
    /// # Errors
    /// Not permitted, not there, no reason, or it stands before another event by now.
    pub async fn skip_sequence(
        &self,
        caller: &Caller,
        id: ParkedSequenceId,
        skip: SkipSequence,
        once: &Once,
    ) -> Result<(Done<ParkedSequence>, Resumed), Failure> {
        caller.must(Permission::EngineOperate)?;
        let SkipSequence { what, position, reason } = skip;
        let done = match self.replay::<ParkedSequence>(caller, once).await? {
            Some(first) => first,
            None => {
                let parked = self.parked_sequence(caller, id).await?;
                if position.is_some_and(|position| position != parked.position) {
                    let now = format!("it stands before position {} by now; look again", parked.position);
                    return Err(Failure::invalid(["position"], now));
                }
                let command = ParkedSequenceCommand::Skip { culprit: culprit(parked), what, reason };
                self.change(caller, id, command, once).await?
            }
        };
        let resumed = self.ports.sequences.resume(id, Some((what, done.state.culprit.position))).await?;
        Ok((done, resumed))
    }
}

fn culprit(parked: Parked) -> Culprit {
    let Parked { subscription, stream, position, error, .. } = parked;
    Culprit { subscription, stream: stream.id, position, error }
}
