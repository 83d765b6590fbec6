//! What the mutations of a ticket need.

use async_graphql::{ID, InputObject, OneofObject};
use escalon_application::{
    Failure,
    ticket::{EditTicket, OpenTicket, RequesterInput},
};
use escalon_domain::ticket_type::GivenFields;
use serde_json::Value;

use crate::schema::once::{given, input, maybe};

/// A customer without an account.
#[derive(InputObject)]
pub(super) struct TicketCustomerInput {
    /// What identifies them where they come from; the same reference finds the same customer again.
    reference: String,
    /// Their name.
    name: String,
}

/// Who asks for a ticket.
#[derive(OneofObject)]
pub(super) enum TicketRequesterInput {
    /// The id of a member.
    Member(ID),
    /// A customer without an account.
    Customer(TicketCustomerInput),
}

input! {
    /// A new ticket.
    TicketOpenInput creates {
        /// The id or short name of its type.
        #[graphql(name = "type")]
        ticket_type: String,
        /// What it is, in a line.
        title: String,
        /// What it is, at length.
        #[graphql(default)]
        description: String,
        /// Who asks for it; the caller when absent.
        requester: Option<TicketRequesterInput>,
        /// The brand it is about.
        brand: Option<String>,
        /// The word for its priority; the type's usual one when absent.
        priority: Option<String>,
        /// The type's custom fields: an object of values by short name.
        fields: Option<Value>,
        /// The id or short name of the team it goes to at once.
        team: Option<String>,
        /// The id of the member it goes to at once.
        assignee: Option<ID>,
    }
}

input! {
    /// Corrections to a ticket; what is absent stays.
    TicketEditInput changes {
        /// The new title.
        title: Option<String>,
        /// The new description.
        description: Option<String>,
        /// The new brand.
        brand: Option<String>,
        /// Custom fields to set: an object of values by short name; null removes.
        fields: Option<Value>,
    }
}

input! {
    /// Another priority for a ticket.
    TicketPrioritizeInput changes {
        /// The word for it, from the scale of the ticket's type.
        priority: String,
    }
}

input! {
    /// Whose a ticket becomes; nobody's when both are absent.
    TicketAssignInput changes {
        /// The id or short name of the team.
        team: Option<String>,
        /// The id of the member.
        assignee: Option<ID>,
    }
}

input! {
    /// Something to say that the requester reads.
    TicketCommentInput changes {
        /// What is said.
        body: String,
    }
}

input! {
    /// Something to say among ourselves.
    TicketNoteInput changes {
        /// What is said.
        body: String,
    }
}

input! {
    /// Tags to add to a ticket.
    TicketTagInput changes {
        /// Which: short names.
        tags: Vec<String>,
    }
}

input! {
    /// Tags to remove from a ticket.
    TicketUntagInput changes {
        /// Which: short names.
        tags: Vec<String>,
    }
}

input! {
    /// A ticket that waits.
    TicketWaitInput changes {
        /// For whom or what, as a short name: `customer`, `supplier` …
        reason: String,
    }
}

input! {
    /// A ticket that waits no more.
    TicketResumeInput changes {}
}

input! {
    /// A resolution to propose.
    TicketProposeResolutionInput changes {
        /// What was done.
        remarks: String,
    }
}

input! {
    /// A proposed resolution to accept.
    TicketAcceptResolutionInput changes {}
}

input! {
    /// A ticket to work on again.
    TicketReopenInput changes {
        /// Why.
        reason: String,
    }
}

input! {
    /// A ticket to be done with.
    TicketCloseInput changes {
        /// Why; needed when it was not resolved.
        reason: Option<String>,
    }
}

input! {
    /// Proof of work to submit.
    TicketSubmitProofInput changes {
        /// What it shows.
        summary: String,
    }
}

input! {
    /// Somebody else's proof of work to approve.
    TicketApproveProofInput changes {
        /// The id of the proof.
        proof: ID,
    }
}

input! {
    /// Somebody else's proof of work to reject.
    TicketRejectProofInput changes {
        /// The id of the proof.
        proof: ID,
        /// Why.
        reason: String,
    }
}

impl TicketOpenInput {
    pub(super) fn open(self) -> Result<OpenTicket, Failure> {
        let requester = match self.requester {
            Some(TicketRequesterInput::Member(id)) => {
                Some(RequesterInput::Member(given(["requester", "member"], &id)?))
            }
            Some(TicketRequesterInput::Customer(TicketCustomerInput { reference, name })) => {
                Some(RequesterInput::Customer { reference, name })
            }
            None => None,
        };
        Ok(OpenTicket {
            id: None,
            ticket_type: self.ticket_type,
            title: self.title,
            description: self.description,
            requester,
            brand: self.brand,
            priority: self.priority,
            fields: fields(self.fields)?,
            team: self.team,
            assignee: maybe(["assignee"], self.assignee.as_deref())?,
        })
    }
}

impl TicketEditInput {
    pub(super) fn edit(self) -> Result<EditTicket, Failure> {
        let Self { title, description, brand, .. } = self;
        Ok(EditTicket { title, description, brand, fields: fields(self.fields)? })
    }
}

fn fields(given: Option<Value>) -> Result<GivenFields, Failure> {
    match given {
        None | Some(Value::Null) => Ok(GivenFields::new()),
        Some(Value::Object(fields)) => Ok(fields.into_iter().collect()),
        Some(_) => {
            Err(Failure::invalid(["fields"], "needs an object of values by the short names of the fields"))
        }
    }
}
