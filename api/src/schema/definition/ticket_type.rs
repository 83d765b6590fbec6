//! Ticket types: number prefix, priorities, custom fields, and how a resolution is reached.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use escalon_application::Failure;
use escalon_domain::ticket_type::{self as domain, Field, FieldKind, PriorityScale, TicketRules};

use super::{definition_inputs, definition_object, find};
use crate::schema::{
    context::call,
    once::{given, input, maybe, several},
    payload::{answer, payloads},
    scalars::AsOf,
};

/// What may stand in a custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "TicketFieldKind")]
pub(in crate::schema) enum Kind {
    /// Any text of up to 4,000 characters.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A day, `2026-01-31`.
    Date,
    /// One of some words.
    Choice,
}

/// A custom field of a ticket type.
#[derive(Debug, SimpleObject, InputObject)]
#[graphql(name = "TicketField", input_name = "TicketFieldInput")]
pub(in crate::schema) struct TicketField {
    /// Its short name.
    name: String,
    /// Its name for people.
    title: String,
    /// What may stand in it.
    kind: Kind,
    /// The words of a choice.
    #[graphql(default)]
    options: Vec<String>,
    /// Whether a ticket must have it.
    #[graphql(default)]
    required: bool,
    /// Whether its text is personal data of the requester.
    #[graphql(default)]
    personal: bool,
}

impl From<&Field> for TicketField {
    fn from(field: &Field) -> Self {
        let (kind, options) = match &field.kind {
            FieldKind::Text => (Kind::Text, Vec::new()),
            FieldKind::Number => (Kind::Number, Vec::new()),
            FieldKind::Flag => (Kind::Flag, Vec::new()),
            FieldKind::Date => (Kind::Date, Vec::new()),
            FieldKind::Choice { options } => (Kind::Choice, options.clone()),
        };
        let (name, title) = (field.name.to_string(), field.title.clone());
        Self { name, title, kind, options, required: field.required, personal: field.personal }
    }
}

impl TicketField {
    fn field(&self, place: usize) -> Result<Field, Failure> {
        let kind = match self.kind {
            Kind::Text => FieldKind::Text,
            Kind::Number => FieldKind::Number,
            Kind::Flag => FieldKind::Flag,
            Kind::Date => FieldKind::Date,
            Kind::Choice => FieldKind::Choice { options: self.options.clone() },
        };
        let name = given(["fields", &place.to_string(), "name"], &self.name)?;
        Ok(Field { name, title: self.title.clone(), kind, required: self.required, personal: self.personal })
    }
}

definition_object! {
    /// A type of tickets: number prefix, priorities, custom fields, and how a resolution is reached.
    TicketType of domain::TicketType {
        /// What ticket numbers begin with: `GROW` gives `GROW-20251008-0001`.
        async fn prefix(&self) -> Result<&str> {
            self.body().map(|body| body.prefix.as_str())
        }

        /// The words for priorities, the most important first.
        async fn priorities(&self) -> Result<Vec<&str>> {
            self.body().map(|body| body.priorities.0.iter().map(|word| word.as_str()).collect())
        }

        /// The priority of a ticket that names none.
        async fn default_priority(&self) -> Result<Option<&str>> {
            self.body().map(|body| body.usual_priority().map(|word| word.as_str()))
        }

        /// The custom fields.
        async fn fields(&self) -> Result<Vec<TicketField>> {
            self.body().map(|body| body.fields.iter().map(TicketField::from).collect())
        }

        /// Whether the requester's side must accept a proposed resolution; else proposing it resolves the ticket.
        async fn needs_acceptance(&self) -> Result<bool> {
            self.body().map(|body| body.rules.acceptance)
        }

        /// Whether an approved proof of work is needed before a ticket can be resolved.
        async fn needs_proof(&self) -> Result<bool> {
            self.body().map(|body| body.rules.proof)
        }
    }
}

definition_inputs! {
    /// A new ticket type.
    TicketTypeDefineInput,
    /// The whole new content of a ticket type.
    TicketTypeReviseInput,
    /// A ticket type to end.
    TicketTypeRetireInput
    {
        /// Its short name, unique among ticket types.
        name: String,
        /// Its name for people.
        title: String,
        /// What ticket numbers begin with, 2 to 8 capital letters or digits.
        prefix: String,
        /// The words for priorities, the most important first; urgent, high, medium and low when absent.
        priorities: Option<Vec<String>>,
        /// The priority of a ticket that names none; the middle of the scale when absent.
        default_priority: Option<String>,
        /// The custom fields.
        #[graphql(default)]
        fields: Vec<TicketField>,
        /// Whether the requester's side must accept a proposed resolution; else proposing it resolves the ticket.
        #[graphql(default = true)]
        needs_acceptance: bool,
        /// Whether an approved proof of work is needed before a ticket can be resolved.
        #[graphql(default)]
        needs_proof: bool,
    }
    |input| -> domain::TicketType {
        let fields = input.fields.iter().enumerate().map(|(place, field)| field.field(place));
        Ok(domain::TicketType {
            name: given(["name"], &input.name)?,
            title: input.title.clone(),
            prefix: input.prefix.clone(),
            priorities: match &input.priorities {
                Some(words) => PriorityScale(several("priorities", words)?),
                None => PriorityScale::default(),
            },
            default_priority: maybe(["defaultPriority"], input.default_priority.as_ref())?,
            fields: fields.collect::<Result<_, _>>()?,
            rules: TicketRules { acceptance: input.needs_acceptance, proof: input.needs_proof },
        })
    }
}

payloads! {
    /// The ticket type afterwards, from the write side; null when the command was refused.
    ticket_type: TicketType => TicketTypeDefinePayload, TicketTypeRevisePayload, TicketTypeRetirePayload
}

#[derive(Default)]
pub(in crate::schema) struct TicketTypeQuery;

#[Object]
impl TicketTypeQuery {
    /// A ticket type, by its id or short name.
    async fn ticket_type(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        name: Option<String>,
        #[graphql(desc = "The moment to show; now when absent.")] as_of: Option<AsOf>,
    ) -> Result<Option<TicketType>> {
        Ok(find(ctx, id, name, as_of).await?.map(TicketType::from))
    }
}

#[derive(Default)]
pub(in crate::schema) struct TicketTypeMutation;

#[Object]
impl TicketTypeMutation {
    /// Defines a ticket type.
    async fn ticket_type_define(
        &self,
        ctx: &Context<'_>,
        input: TicketTypeDefineInput,
    ) -> Result<TicketTypeDefinePayload> {
        let call = call(ctx)?;
        answer(async { call.engine.define(&call.caller, input.body()?, &input.once()).await }.await)
    }

    /// Replaces what a ticket type is. Tickets that are there keep the version they were opened with.
    async fn ticket_type_revise(
        &self,
        ctx: &Context<'_>,
        input: TicketTypeReviseInput,
    ) -> Result<TicketTypeRevisePayload> {
        let call = call(ctx)?;
        answer(
            async { call.engine.revise(&call.caller, input.id()?, input.body()?, &input.once()).await }.await,
        )
    }

    /// Ends a ticket type: no new tickets of it are opened.
    async fn ticket_type_retire(
        &self,
        ctx: &Context<'_>,
        input: TicketTypeRetireInput,
    ) -> Result<TicketTypeRetirePayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        answer(
            async { call.engine.retire::<domain::TicketType>(&call.caller, id?, input.reason, &once).await }
                .await,
        )
    }
}
