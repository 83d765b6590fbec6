//! Deadlines and SLAs of tickets: setting a deadline and its levels, and asking a ticket what is due.

use escalon_domain::{
    access::Permission,
    calendar::BusinessCalendar,
    sla::{SlaPolicy, Thresholds},
    stamp::Timestamp,
    ticket::{DeadlineTerms, SlaTerms, Ticket, TicketCommand, TicketId},
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Moment},
    failure::Failure,
    once::Once,
};

/// By when a ticket is to be resolved.
#[derive(Debug, Clone)]
pub struct DeadlineInput {
    /// The moment.
    pub due: Timestamp,
    /// How long before it the ticket is at risk, in minutes; an hour when absent.
    pub buffer_minutes: Option<u32>,
    /// The id or short name of the business calendar whose time counts; all time when absent.
    pub calendar: Option<String>,
    /// The shares of the time at which its levels are reached, in per cent; those that the ticket has when absent.
    pub thresholds: Option<Vec<u8>>,
}

impl Engine {
    /// Gives a ticket a deadline, another one, or none.
    ///
    /// # Errors
    /// Not permitted, not there, an unknown calendar, or a deadline that has passed.
    pub async fn set_ticket_deadline(
        &self,
        caller: &Caller,
        id: TicketId,
        deadline: Option<DeadlineInput>,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketDeadline)?;
        let deadline = match deadline {
            Some(DeadlineInput { due, buffer_minutes, calendar, thresholds }) => {
                let calendar = match calendar {
                    Some(reference) => Some(self.living::<BusinessCalendar>(caller, &reference).await?),
                    None => None,
                };
                let buffer_minutes = buffer_minutes.unwrap_or(60);
                let thresholds = thresholds.map(Thresholds);
                Some(Box::new(DeadlineTerms { due, buffer_minutes, calendar, thresholds }))
            }
            None => None,
        };
        self.change(caller, id, TicketCommand::SetDeadline { deadline }, once).await
    }

    /// Sets the levels of the time to a ticket's deadline, in per cent; none switch them off.
    ///
    /// # Errors
    /// Not permitted, not there, or shares that do not ascend from 1 to 100.
    pub async fn set_ticket_thresholds(
        &self,
        caller: &Caller,
        id: TicketId,
        thresholds: Vec<u8>,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketDeadline)?;
        let ticket = self.see(caller, id, Moment::Now).await?.state;
        let calendar = match ticket.deadline.as_ref().and_then(|deadline| deadline.calendar) {
            Some(pin) => Some(Box::new(self.pinned(caller, pin).await?)),
            None => None,
        };
        let thresholds = Thresholds(thresholds);
        self.change(caller, id, TicketCommand::SetThresholds { thresholds, calendar }, once).await
    }

    /// Asks a ticket what is due, because a moment that it waits for has come. It answers with no events if nothing is.
    ///
    /// # Errors
    /// Not permitted, or not there.
    pub async fn ask_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketReadAll)?;
        let ticket = self.see(caller, id, Moment::Now).await?.state;
        let sla = match ticket.sla.pin {
            Some(pin) => {
                let policy: SlaPolicy = self.pinned(caller, pin.policy).await?;
                let calendar = match pin.calendar {
                    Some(pin) => Some(self.pinned(caller, pin).await?),
                    None => None,
                };
                Some(Box::new(SlaTerms { policy, calendar }))
            }
            None => None,
        };
        self.change(caller, id, TicketCommand::Due { sla }, once).await
    }
}
