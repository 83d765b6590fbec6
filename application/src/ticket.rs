//! Tickets: opening, working on, resolving, reopening and closing them.

use escalon_domain::{
    access::Permission,
    member::{Member, MemberId, MemberStatus},
    personal::Personal,
    team::{Team, TeamId},
    ticket::{Open, Requester, Ticket, TicketCommand, TicketId, TicketNumber},
    ticket_type::{GivenFields, TicketType, check_fields},
};

use uuid::Uuid;

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
};

/// What a new ticket needs from whoever opens it.
#[derive(Debug, Clone, Default)]
pub struct OpenTicket {
    /// Its id, if the opener derives it from something; a new one otherwise.
    pub id: Option<TicketId>,
    /// The id or short name of its type.
    pub ticket_type: String,
    /// What it is, in a line.
    pub title: String,
    /// What it is, at length.
    pub description: String,
    /// Who asks for it; the caller when absent.
    pub requester: Option<RequesterInput>,
    /// The brand it is about.
    pub brand: Option<String>,
    /// The word for its priority; the type's usual one when absent.
    pub priority: Option<String>,
    /// The type's custom fields.
    pub fields: GivenFields,
    /// The id or short name of the team it goes to at once.
    pub team: Option<String>,
    /// The member it goes to at once.
    pub assignee: Option<MemberId>,
}

/// Who asks for a ticket.
#[derive(Debug, Clone)]
pub enum RequesterInput {
    /// A member.
    Member(MemberId),
    /// A customer, by the name they give; the reference finds the same customer again.
    Customer {
        /// What identifies them where they come from.
        reference: String,
        /// Their name.
        name: String,
    },
}

/// The corrections to a ticket; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct EditTicket {
    /// The new title.
    pub title: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new brand.
    pub brand: Option<String>,
    /// Fields to set, and those to remove (null).
    pub fields: GivenFields,
}

impl Guarded for Ticket {
    fn visible_to(&self, caller: &Caller) -> bool {
        let own = || {
            caller.grants.allow(Permission::TicketReadOwn)
                && caller.member().is_some_and(|id| self.is_own(id))
        };
        caller.grants.allow(Permission::TicketReadAll) || own()
    }
}

/// The permission that each command on a ticket needs: the rows of the golden table.
#[must_use]
pub const fn permission(command: &TicketCommand) -> Permission {
    use TicketCommand as Command;
    match command {
        Command::Open(_) => Permission::TicketCreate,
        Command::Edit { .. } => Permission::TicketEdit,
        Command::Prioritize { .. } => Permission::TicketPrioritize,
        Command::SetDeadline { .. } | Command::SetThresholds { .. } => Permission::TicketDeadline,
        // Whoever may see a ticket may ask: it says only what is so.
        Command::Due { .. } => Permission::TicketReadAll,
        Command::Assign { .. } => Permission::TicketAssign,
        Command::Comment { .. } => Permission::TicketComment,
        Command::Note { .. } => Permission::TicketNote,
        Command::Tag { .. } | Command::Untag { .. } => Permission::TicketTag,
        Command::Wait { .. } | Command::Resume => Permission::TicketWait,
        Command::ProposeResolution { .. } => Permission::TicketResolve,
        Command::AcceptResolution => Permission::TicketAccept,
        Command::Reopen { .. } => Permission::TicketReopen,
        Command::Close { .. } => Permission::TicketClose,
        Command::SubmitProof { .. } => Permission::ProofSubmit,
        Command::ApproveProof { .. } | Command::RejectProof { .. } => Permission::ProofReview,
    }
}

impl Engine {
    /// Opens a ticket.
    ///
    /// # Errors
    /// Not permitted, an unknown type, team or member, or wrong input with every fault named.
    pub async fn open_ticket(
        &self,
        caller: &Caller,
        input: OpenTicket,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketCreate)?;
        let opened = self.open_anew(caller, input, once).await;
        match opened {
            // What was opened before is answered as it was, whatever has become of its type or team since.
            Err(failure) if !matches!(failure, Failure::Store(_)) => {
                self.replay(caller, once).await?.ok_or(failure)
            }
            opened => opened,
        }
    }

    async fn open_anew(
        &self,
        caller: &Caller,
        input: OpenTicket,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        if input.team.is_some() || input.assignee.is_some() {
            caller.must(Permission::TicketAssign)?;
        }
        if matches!(&input.requester, Some(RequesterInput::Member(member)) if Some(*member) != caller.member())
        {
            caller.must(Permission::TicketReadAll)?;
        }
        let requester = self.requester(caller, input.requester).await?;
        let (pin, ticket_type) = self.living::<TicketType>(caller, &input.ticket_type).await?;
        let team = self.team(caller, input.team.as_deref()).await?;
        self.must_be_assignable(caller, input.assignee).await?;
        let mut open = Open {
            number: TicketNumber::new(&ticket_type.prefix, self.stamp(caller).at.date_naive(), 0),
            pin,
            ticket_type,
            requester,
            title: input.title,
            description: input.description,
            brand: input.brand,
            priority: input.priority,
            fields: input.fields,
            team,
            assignee: input.assignee,
            channel: caller.source.clone(),
            sla: None,
            deadline: None,
        };
        let given = input.id.is_some();
        let id = input.id.unwrap_or_else(|| self.new_id());
        // Wrong input is refused before a number is drawn.
        self.would_accept::<Ticket>(caller, id, TicketCommand::Open(Box::new(open.clone())))?;
        let day = self.stamp(caller).at.date_naive();
        // A repeated request leaves no gap.
        let repeated = once.key().map(|_| once.command_id(caller.organization, &caller.actor, Uuid::nil()));
        let prefix = &open.ticket_type.prefix;
        let Some(sequence) = self.ports.numbers.next(caller.organization, prefix, day, repeated).await?
        else {
            return self
                .replay(caller, once)
                .await?
                .ok_or(Failure::NotFound { what: "ticket", id: id.to_string() });
        };
        open.number = TicketNumber::new(&open.ticket_type.prefix, day, sequence);
        let open = TicketCommand::Open(Box::new(open));
        if given {
            self.change(caller, id, open, once).await
        } else {
            self.create(caller, id, open, once).await
        }
    }

    /// Corrects a ticket's words or fields.
    ///
    /// # Errors
    /// Not permitted, not there, or wrong input with every fault named.
    pub async fn edit_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        input: EditTicket,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketEdit)?;
        let ticket = self.see(caller, id, Moment::Now).await?.state;
        let fields = match (&ticket.requester, ticket.ticket_type) {
            (Some(requester), Some(pin)) if !input.fields.is_empty() => {
                let body = self.pinned(caller, pin).await?;
                check_fields(&body.fields, &input.fields, requester.subject()).map_err(Failure::Invalid)?
            }
            _ => Default::default(),
        };
        let EditTicket { title, description, brand, .. } = input;
        self.change(caller, id, TicketCommand::Edit { title, description, brand, fields }, once).await
    }

    /// Gives a ticket another priority.
    ///
    /// # Errors
    /// Not permitted, not there, or a word that is not in the type's scale.
    pub async fn prioritize_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        priority: &str,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketPrioritize)?;
        let ticket = self.see(caller, id, Moment::Now).await?.state;
        let pin = ticket.ticket_type.ok_or(Failure::NotFound { what: "ticket", id: id.to_string() })?;
        let scale = self.pinned(caller, pin).await?.priorities;
        let priority =
            scale.find(priority).map_err(|unknown| Failure::invalid(["priority"], unknown.to_string()))?;
        self.change(caller, id, TicketCommand::Prioritize { priority }, once).await
    }

    /// Gives a ticket to a team (by id or short name), a member or both; to nobody when both are none.
    ///
    /// # Errors
    /// Not permitted, not there, or an unknown team or member.
    pub async fn assign_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        team: Option<&str>,
        assignee: Option<MemberId>,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(Permission::TicketAssign)?;
        let team = self.team(caller, team).await?;
        self.must_be_assignable(caller, assignee).await?;
        self.change(caller, id, TicketCommand::Assign { team, assignee }, once).await
    }

    /// Any other change of a ticket: those that need nothing looked up.
    ///
    /// # Errors
    /// Not permitted, not there, or what the ticket's rules forbid.
    pub async fn change_ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        command: TicketCommand,
        once: &Once,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must(permission(&command))?;
        self.change(caller, id, command, once).await
    }

    /// A ticket at a moment.
    ///
    /// # Errors
    /// Not permitted, not there for this caller, or not there yet at that moment.
    pub async fn ticket(
        &self,
        caller: &Caller,
        id: TicketId,
        moment: Moment,
    ) -> Result<Done<Ticket>, Failure> {
        caller.must_any([Permission::TicketReadOwn, Permission::TicketReadAll])?;
        self.at(caller, id, moment).await
    }

    /// Decides against an empty stream, to find faults before anything is drawn or stored.
    fn would_accept<A: Guarded>(
        &self,
        caller: &Caller,
        id: escalon_domain::id::Id<A>,
        command: A::Command,
    ) -> Result<(), Failure> {
        let refused = |refusal: A::Error| Failure::refused(refusal, A::PREFIX, &id);
        A::default().decide(command, &self.stamp(caller)).map(drop).map_err(refused)
    }

    pub(crate) async fn requester(
        &self,
        caller: &Caller,
        input: Option<RequesterInput>,
    ) -> Result<Requester, Failure> {
        match (input, caller.member()) {
            (None, Some(member)) => Ok(Requester::Member(member)),
            (None, None) => {
                Err(Failure::invalid(["requester"], "say who asks for it; you are not a member yourself"))
            }
            (Some(RequesterInput::Member(member)), _) => {
                let (state, version) = self.load::<Member>(caller, member, Moment::Now).await?;
                if version == 0 || matches!(state.status, MemberStatus::Unknown | MemberStatus::Forgotten) {
                    return Err(Failure::NotFound { what: "member", id: member.to_string() });
                }
                Ok(Requester::Member(member))
            }
            (Some(RequesterInput::Customer { reference, name }), _) => {
                let fault = escalon_domain::fault::length(["requester", "reference"], &reference, 1, 200)
                    .or_else(|| escalon_domain::fault::length(["requester", "name"], &name, 1, 200));
                if let Some(fault) = fault {
                    return Err(Failure::Invalid(vec![fault]));
                }
                let subject = self.customer(caller.organization, &reference).await?;
                Ok(Requester::Customer { subject, name: Personal::new(subject, name) })
            }
        }
    }

    async fn team(&self, caller: &Caller, reference: Option<&str>) -> Result<Option<TeamId>, Failure> {
        match reference {
            Some(reference) => Ok(Some(self.resolve::<Team>(caller, reference).await?)),
            None => Ok(None),
        }
    }

    /// Members of this organization, suspended or not.
    pub(crate) async fn must_be_members(&self, caller: &Caller, members: &[MemberId]) -> Result<(), Failure> {
        for id in members {
            let (member, _) = self.load::<Member>(caller, *id, Moment::Now).await?;
            if member.status == MemberStatus::Unknown {
                return Err(Failure::NotFound { what: "member", id: id.to_string() });
            }
        }
        Ok(())
    }

    /// Work goes to members who are there and not suspended.
    pub(crate) async fn must_be_assignable(
        &self,
        caller: &Caller,
        member: Option<MemberId>,
    ) -> Result<(), Failure> {
        let Some(id) = member else { return Ok(()) };
        let (member, _) = self.load::<Member>(caller, id, Moment::Now).await?;
        match member.status {
            MemberStatus::Invited | MemberStatus::Active => Ok(()),
            MemberStatus::Suspended => {
                Err(Failure::invalid(["assignee"], "this member is suspended; choose another"))
            }
            MemberStatus::Unknown | MemberStatus::Forgotten => {
                Err(Failure::NotFound { what: "member", id: id.to_string() })
            }
        }
    }
}
