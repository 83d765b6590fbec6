//! What the mutations of an escalation need.

use async_graphql::{ID, InputObject, OneofObject};
use chrono::{DateTime, Utc};
use escalon_application::{
    Failure,
    escalation::{CustomerInput, RaiseEscalation},
};
use escalon_domain::escalation::{Cause, EscalationSubject};

use super::words::{ContactChannel, EscalationCause, Urgency};
use crate::schema::once::{given, input, maybe};

/// What is escalated.
#[derive(OneofObject)]
pub(super) enum EscalationSubjectInput {
    /// The id of a ticket.
    Ticket(ID),
    /// The host application's reference of a conversation.
    Conversation(String),
}

/// The customer an escalation is about.
#[derive(InputObject)]
pub(super) struct EscalationCustomerInput {
    /// What identifies them where they come from; the same reference finds the same customer again.
    reference: String,
    /// Their name.
    name: Option<String>,
    /// Their number.
    phone: Option<String>,
    /// Their address.
    email: Option<String>,
    /// How they want to be reached.
    preferred: Option<ContactChannel>,
}

input! {
    /// An escalation to raise.
    EscalationRaiseInput creates {
        /// What is escalated.
        subject: EscalationSubjectInput,
        /// Why there is one.
        #[graphql(default_with = "EscalationCause::Hand")]
        cause: EscalationCause,
        /// The name of the rule that found it necessary, where the cause is a rule.
        rule: Option<String>,
        /// Why, in 10 characters or more.
        reason: String,
        /// How insistently to tell people.
        #[graphql(default_with = "Urgency::Medium")]
        urgency: Urgency,
        /// The customer it is about.
        customer: Option<EscalationCustomerInput>,
    }
}

input! {
    /// Whose an escalation becomes.
    EscalationAssignInput changes {
        /// The id of the member.
        assignee: ID,
    }
}

input! {
    /// An escalation to begin with.
    EscalationStartInput changes {}
}

input! {
    /// A contact with the customer to record.
    EscalationContactInput changes {
        /// How they were reached.
        channel: ContactChannel,
        /// What came of it.
        note: Option<String>,
    }
}

input! {
    /// An escalation to own.
    EscalationAcknowledgeInput changes {
        /// What to say.
        note: Option<String>,
    }
}

input! {
    /// An escalation to give up.
    EscalationUnacknowledgeInput changes {
        /// Why.
        reason: Option<String>,
    }
}

input! {
    /// An escalation to hold.
    EscalationSnoozeInput changes {
        /// Until when; after now, and 7 days at most.
        until: DateTime<Utc>,
    }
}

input! {
    /// An escalation to hold no more.
    EscalationWakeInput changes {}
}

input! {
    /// An escalation that the caller looks at.
    EscalationViewInput changes {}
}

input! {
    /// An escalation to be done with.
    EscalationResolveInput changes {
        /// What was done.
        notes: String,
    }
}

input! {
    /// An escalation to call off.
    EscalationCancelInput changes {
        /// Why.
        reason: String,
    }
}

impl EscalationRaiseInput {
    pub(super) fn raise(self) -> Result<RaiseEscalation, Failure> {
        let subject = match self.subject {
            EscalationSubjectInput::Ticket(id) => {
                EscalationSubject::Ticket(given(["subject", "ticket"], &id)?)
            }
            EscalationSubjectInput::Conversation(reference) => EscalationSubject::Conversation(reference),
        };
        let cause = match (self.cause, self.rule) {
            (EscalationCause::Hand, None) => Cause::Hand,
            (EscalationCause::Customer, None) => Cause::Customer,
            (EscalationCause::Rule, Some(name)) => Cause::Rule(name),
            (EscalationCause::Rule, None) => return Err(Failure::invalid(["rule"], "a rule needs its name")),
            (_, Some(_)) => {
                return Err(Failure::invalid(["rule"], "has a name only where the cause is RULE"));
            }
        };
        let customer = self.customer.map(EscalationCustomerInput::customer).transpose()?;
        Ok(RaiseEscalation { subject, cause, reason: self.reason, urgency: self.urgency.into(), customer })
    }
}

impl EscalationCustomerInput {
    fn customer(self) -> Result<CustomerInput, Failure> {
        let email = maybe(["customer", "email"], self.email.as_ref())?;
        let Self { reference, name, phone, preferred, .. } = self;
        Ok(CustomerInput { reference, name, phone, email, preferred: preferred.map(Into::into) })
    }
}
