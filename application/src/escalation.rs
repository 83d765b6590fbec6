//! Escalations: raising, owning and resolving them.

use escalon_domain::{
    access::Permission,
    escalation::{
        Cause, ContactChannel, Customer, Escalation, EscalationCommand, EscalationId, EscalationSubject,
        Raise, Urgency,
    },
    fault::length,
    member::{Email, MemberId},
    personal::Personal,
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
};

/// What raising an escalation needs from whoever raises it.
#[derive(Debug, Clone)]
pub struct RaiseEscalation {
    /// What is escalated.
    pub subject: EscalationSubject,
    /// Why there is one.
    pub cause: Cause,
    /// In words, 10 characters or more.
    pub reason: String,
    /// How insistently to tell people.
    pub urgency: Urgency,
    /// The customer it is about.
    pub customer: Option<CustomerInput>,
}

/// A customer as they, or a member for them, give themselves.
#[derive(Debug, Clone, Default)]
pub struct CustomerInput {
    /// What identifies them where they come from.
    pub reference: String,
    /// Their name.
    pub name: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Their address.
    pub email: Option<Email>,
    /// How they want to be reached.
    pub preferred: Option<ContactChannel>,
}

impl Guarded for Escalation {
    fn visible_to(&self, caller: &Caller) -> bool {
        let mine = || self.assignee.is_some() && self.assignee == caller.member();
        caller.grants.allow(Permission::EscalationRead)
            || self.raised_by.as_ref() == Some(&caller.actor)
            || mine()
    }
}

/// The permission that each command on an escalation needs: the rows of the golden table.
#[must_use]
pub const fn permission(command: &EscalationCommand) -> Permission {
    use EscalationCommand as Command;
    match command {
        Command::Raise(_) => Permission::EscalationCreate,
        Command::View => Permission::EscalationRead,
        Command::Resolve { .. } => Permission::EscalationResolve,
        Command::Assign { .. }
        | Command::Start
        | Command::Contact { .. }
        | Command::Acknowledge { .. }
        | Command::Unacknowledge { .. }
        | Command::Snooze { .. }
        | Command::Wake
        | Command::Cancel { .. } => Permission::EscalationHandle,
    }
}

impl Engine {
    /// Raises an escalation.
    ///
    /// # Errors
    /// Not permitted, a subject that is not there, wrong input, or one that is open already, by its id.
    pub async fn raise_escalation(
        &self,
        caller: &Caller,
        input: RaiseEscalation,
        once: &Once,
    ) -> Result<Done<Escalation>, Failure> {
        caller.must(Permission::EscalationCreate)?;
        let requester = match &input.subject {
            EscalationSubject::Ticket(ticket) => self
                .see(caller, *ticket, Moment::Now)
                .await?
                .state
                .requester
                .as_ref()
                .map(|requester| requester.subject()),
            EscalationSubject::Conversation(_) => None,
        };
        bounded(&input)?;
        let customer = match input.customer {
            Some(customer) => {
                let subject = self.customer(caller.organization, &customer.reference).await?;
                Some(Customer {
                    subject,
                    name: customer.name.map(|name| Personal::new(subject, name)),
                    phone: customer.phone.map(|phone| Personal::new(subject, phone)),
                    email: customer.email.map(|email| Personal::new(subject, email)),
                    preferred: customer.preferred,
                })
            }
            None => None,
        };
        let person = customer.as_ref().map(|customer| customer.subject).or(requester);
        let speaks_of = match person.or(caller.actor.subject()) {
            Some(person) => person,
            None => self.ports.people.person(caller.organization, &input.subject.key()).await?,
        };
        let raise = Raise {
            subject: input.subject,
            cause: input.cause,
            reason: input.reason,
            speaks_of,
            urgency: input.urgency,
            customer,
        };
        self.create(caller, self.new_id(), EscalationCommand::Raise(Box::new(raise)), once).await
    }

    /// Gives an escalation to a member.
    ///
    /// # Errors
    /// Not permitted, not there, an unknown or suspended member, or an escalation that has ended.
    pub async fn assign_escalation(
        &self,
        caller: &Caller,
        id: EscalationId,
        assignee: MemberId,
        once: &Once,
    ) -> Result<Done<Escalation>, Failure> {
        caller.must(Permission::EscalationHandle)?;
        self.must_be_assignable(caller, Some(assignee)).await?;
        self.change(caller, id, EscalationCommand::Assign { assignee }, once).await
    }

    /// Any other change of an escalation: those that need nothing looked up.
    ///
    /// # Errors
    /// Not permitted, not there, or what the escalation's rules forbid.
    pub async fn change_escalation(
        &self,
        caller: &Caller,
        id: EscalationId,
        command: EscalationCommand,
        once: &Once,
    ) -> Result<Done<Escalation>, Failure> {
        caller.must(permission(&command))?;
        self.change(caller, id, command, once).await
    }

    /// An escalation at a moment.
    ///
    /// # Errors
    /// Not there for this caller, or not there yet at that moment.
    pub async fn escalation(
        &self,
        caller: &Caller,
        id: EscalationId,
        moment: Moment,
    ) -> Result<Done<Escalation>, Failure> {
        caller.must_any([Permission::EscalationRead, Permission::EscalationCreate])?;
        self.at(caller, id, moment).await
    }
}

/// Names, numbers and references have bounds, so that whatever is stored can be shown and searched.
fn bounded(input: &RaiseEscalation) -> Result<(), Failure> {
    let mut faults = Vec::new();
    if let Cause::Rule(rule) = &input.cause {
        faults.extend(length(["rule"], rule, 1, 120));
    }
    if let Some(customer) = &input.customer {
        faults.extend(length(["customer", "reference"], &customer.reference, 1, 200));
        faults.extend(customer.name.as_ref().and_then(|name| length(["customer", "name"], name, 1, 200)));
        faults.extend(customer.phone.as_ref().and_then(|phone| length(["customer", "phone"], phone, 3, 40)));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}
