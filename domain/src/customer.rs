//! Customers without an account. What they say stands on tickets and escalations, under their subject; a stream of their own
//! they have only once they were forgotten.

use serde::{Deserialize, Serialize};

use crate::{
    aggregate::Aggregate,
    events,
    fault::Fault,
    id::{Id, Named},
    personal::{Forgotten, Held, SubjectId},
    refusal::{Refusal, RefusalCode, sentence},
    stamp::Stamp,
};

/// A customer as they stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// That they were forgotten, if they were.
    pub forgotten: Option<Forgotten>,
}

/// The id of a customer; it has the UUID of their subject.
pub type CustomerId = Id<Customer>;

impl Named for Customer {
    const PREFIX: &'static str = "customer";
}

/// What can be done with a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    /// Forget them. What is kept of them is looked up before.
    Forget {
        /// Their subject.
        subject: SubjectId,
        /// Why.
        reason: String,
        /// What is kept of them.
        held: Held,
        /// What identifies them elsewhere, if that is known: the reason must not tell it.
        reference: Option<String>,
    },
}

events! {
    /// What can have happened to a customer.
    pub enum CustomerEvent {
        /// See [`Forgotten`].
        Forgotten = "customer.forgotten" v 1,
    }
}

/// Why a customer is not forgotten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for CustomerError {
    fn code(&self) -> RefusalCode {
        RefusalCode::InvalidInput
    }

    fn faults(&self) -> Vec<Fault> {
        let Self::Invalid(faults) = self;
        faults.clone()
    }
}

impl Aggregate for Customer {
    type Command = CustomerCommand;
    type Event = CustomerEvent;
    type Error = CustomerError;

    fn decide(&self, command: CustomerCommand, _: &Stamp) -> Result<Vec<CustomerEvent>, CustomerError> {
        let CustomerCommand::Forget { subject, reason, held, reference } = command;
        if self.forgotten.is_some() {
            return Ok(Vec::new());
        }
        let known: Vec<&str> = reference.as_deref().into_iter().collect();
        let forgotten = Forgotten::new(subject, reason, held, &known).map_err(CustomerError::Invalid)?;
        Ok(vec![forgotten.into()])
    }

    fn evolve(&mut self, event: &CustomerEvent, _: &Stamp) {
        let CustomerEvent::Forgotten(forgotten) = event;
        self.forgotten = Some(forgotten.clone());
    }
}
