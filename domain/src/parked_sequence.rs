//! What operators did about a stream that a subscription could not get past. Its own history, so that it can be recorded
//! whatever is wrong with the stream.

use serde::{Deserialize, Serialize};

use crate::{
    aggregate::Aggregate,
    events,
    fault::{self, Fault},
    id::{Id, Named},
    refusal::{Refusal, RefusalCode, sentence},
    stamp::Stamp,
};

/// Where a subscription stood before a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Culprit {
    /// The subscription.
    pub subscription: String,
    /// The id of the stream.
    pub stream: String,
    /// The position of the event that it could not take.
    pub position: i64,
    /// Why not.
    pub error: String,
}

/// What of a parked sequence to pass over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// The event that could not be taken; those behind it are taken then.
    Event,
    /// That event and everything that waits behind it.
    Waiting,
}

/// What an operator can do about a parked sequence.
#[derive(Debug, Clone, PartialEq)]
pub enum ParkedSequenceCommand {
    /// Try its events once more.
    Retry(Culprit),
    /// Pass over what cannot be taken.
    Skip {
        /// Where the subscription stands.
        culprit: Culprit,
        /// What to pass over.
        what: Skip,
        /// Why.
        reason: String,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParkedSequenceError {
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for ParkedSequenceError {
    fn code(&self) -> RefusalCode {
        RefusalCode::InvalidInput
    }

    fn faults(&self) -> Vec<Fault> {
        let Self::Invalid(faults) = self;
        faults.clone()
    }
}

/// Its events were to be tried once more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retried {
    /// Where the subscription stood.
    #[serde(flatten)]
    pub culprit: Culprit,
}

/// Something of it was to be passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    /// Where the subscription stood.
    #[serde(flatten)]
    pub culprit: Culprit,
    /// What was to be passed over.
    pub what: Skip,
    /// Why.
    pub reason: String,
}

events! {
    /// What operators can have done about a parked sequence.
    pub enum ParkedSequenceEvent {
        /// See [`Retried`].
        Retried = "parked_sequence.retried" v 1,
        /// See [`Skipped`].
        Skipped = "parked_sequence.skipped" v 1,
    }
}

/// A parked sequence as operators left it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ParkedSequence {
    /// Where the subscription stood when somebody last did something about it.
    pub culprit: Culprit,
    /// How often it was retried.
    pub retries: u32,
    /// How often something was skipped.
    pub skips: u32,
}

/// The id of a parked sequence.
pub type ParkedSequenceId = Id<ParkedSequence>;

impl Named for ParkedSequence {
    const PREFIX: &'static str = "parked_sequence";
}

impl Aggregate for ParkedSequence {
    type Command = ParkedSequenceCommand;
    type Event = ParkedSequenceEvent;
    type Error = ParkedSequenceError;

    fn decide(
        &self,
        command: ParkedSequenceCommand,
        _: &Stamp,
    ) -> Result<Vec<ParkedSequenceEvent>, ParkedSequenceError> {
        Ok(match command {
            ParkedSequenceCommand::Retry(culprit) => vec![Retried { culprit }.into()],
            ParkedSequenceCommand::Skip { culprit, what, reason } => {
                if let Some(fault) = fault::length(["reason"], &reason, 1, 2_000) {
                    return Err(ParkedSequenceError::Invalid(vec![fault]));
                }
                vec![Skipped { culprit, what, reason }.into()]
            }
        })
    }

    fn evolve(&mut self, event: &ParkedSequenceEvent, _: &Stamp) {
        let culprit = match event {
            ParkedSequenceEvent::Retried(retried) => {
                self.retries += 1;
                &retried.culprit
            }
            ParkedSequenceEvent::Skipped(skipped) => {
                self.skips += 1;
                &skipped.culprit
            }
        };
        self.culprit.clone_from(culprit);
    }
}
