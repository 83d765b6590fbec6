//! The life of a definition.

use super::{Body, Defined, DefinitionEvent, Retired, Revised};
use crate::{
    aggregate::Aggregate,
    claim::{Claim, ClaimChange},
    fault::{self, Fault},
    id::Named,
    refusal::{Refusal, RefusalCode, sentence},
    stamp::Stamp,
};

/// A definition as it stands. Its version is its stream's.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Definition<B> {
    /// The body; none before it is defined.
    pub body: Option<B>,
    /// Whether it has been retired.
    pub retired: bool,
}

/// What a definition can be asked to do.
#[derive(Debug, Clone)]
pub enum DefinitionCommand<B> {
    /// Begin it.
    Define(B),
    /// Replace its body.
    Revise(B),
    /// End it.
    Retire {
        /// Why.
        reason: String,
    },
}

/// Why a definition says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// There is one already.
    #[error("this {0} is already defined; revise it instead")]
    AlreadyDefined(&'static str),
    /// There is none.
    #[error("there is no such {0}; define it first")]
    NotDefined(&'static str),
    /// It has ended.
    #[error("this {0} is retired and cannot be changed any more; define a new one")]
    Retired(&'static str),
    /// Its body is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for DefinitionError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AlreadyDefined(_) => RefusalCode::AlreadyExists,
            Self::NotDefined(_) => RefusalCode::NotFound,
            Self::Retired(_) => RefusalCode::InvalidTransition,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}

impl<B> Default for Definition<B> {
    fn default() -> Self {
        Self { body: None, retired: false }
    }
}

impl<B: Body> Named for Definition<B> {
    const PREFIX: &'static str = B::PREFIX;
}

impl<B: Body> Definition<B> {
    /// The body, while the definition lives.
    #[must_use]
    pub fn living(&self) -> Option<&B> {
        self.body.as_ref().filter(|_| !self.retired)
    }

    fn to_change(&self) -> Result<&B, DefinitionError> {
        let body = self.body.as_ref().ok_or(DefinitionError::NotDefined(B::PREFIX))?;
        if self.retired { Err(DefinitionError::Retired(B::PREFIX)) } else { Ok(body) }
    }
}

fn valid<B: Body>(body: B) -> Result<B, DefinitionError> {
    let faults = body.faults();
    if faults.is_empty() { Ok(body) } else { Err(DefinitionError::Invalid(faults)) }
}

fn claim<B: Body>(body: &B) -> Claim {
    Claim::organization(&format!("{}.name", B::PREFIX), body.name().as_str())
}

impl<B: Body> Aggregate for Definition<B> {
    type Command = DefinitionCommand<B>;
    type Event = DefinitionEvent<B>;
    type Error = DefinitionError;

    fn decide(
        &self,
        command: DefinitionCommand<B>,
        _: &Stamp,
    ) -> Result<Vec<DefinitionEvent<B>>, DefinitionError> {
        match command {
            DefinitionCommand::Define(_) if self.body.is_some() => {
                self.to_change().and(Err(DefinitionError::AlreadyDefined(B::PREFIX)))
            }
            DefinitionCommand::Define(body) => {
                Ok(vec![DefinitionEvent::Defined(Defined { body: valid(body)? })])
            }
            DefinitionCommand::Revise(body) => {
                let previous = self.to_change()?.clone();
                let body = valid(body)?;
                if body == previous {
                    return Ok(Vec::new());
                }
                Ok(vec![DefinitionEvent::Revised(Revised { previous, body })])
            }
            DefinitionCommand::Retire { reason } => {
                self.to_change()?;
                if let Some(fault) = fault::length(["reason"], &reason, 1, 2_000) {
                    return Err(DefinitionError::Invalid(vec![fault]));
                }
                Ok(vec![DefinitionEvent::Retired(Retired { reason })])
            }
        }
    }

    fn evolve(&mut self, event: &DefinitionEvent<B>, _: &Stamp) {
        match event {
            DefinitionEvent::Defined(defined) => self.body = Some(defined.body.clone()),
            DefinitionEvent::Revised(revised) => self.body = Some(revised.body.clone()),
            DefinitionEvent::Retired(_) => self.retired = true,
        }
    }

    fn claims(&self, event: &DefinitionEvent<B>) -> Vec<ClaimChange> {
        match event {
            DefinitionEvent::Defined(defined) => vec![ClaimChange::Take(claim(&defined.body))],
            DefinitionEvent::Revised(revised) if revised.previous.name() != revised.body.name() => {
                vec![ClaimChange::Release(claim(&revised.previous)), ClaimChange::Take(claim(&revised.body))]
            }
            DefinitionEvent::Revised(_) => Vec::new(),
            DefinitionEvent::Retired(_) => {
                self.body.iter().map(|body| ClaimChange::Release(claim(body))).collect()
            }
        }
    }
}
