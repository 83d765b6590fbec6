//! What can be done with escalations.

use async_graphql::{Context, Object, Result};
use escalon_application::{Failure, Once};
use escalon_domain::escalation::{EscalationCommand as Command, EscalationId};

use super::{Escalation, input::*};
use crate::schema::{
    context::call,
    once::given,
    payload::{Payload, answer, payloads},
};

payloads! {
    /// The escalation afterwards, from the write side; null when the command was refused.
    escalation: Escalation => EscalationRaisePayload, EscalationAssignPayload, EscalationStartPayload,
        EscalationContactPayload, EscalationAcknowledgePayload, EscalationUnacknowledgePayload, EscalationSnoozePayload,
        EscalationWakePayload, EscalationViewPayload, EscalationResolvePayload, EscalationCancelPayload
}

/// A change that needs nothing looked up.
async fn change<P: Payload<Object = Escalation>>(
    ctx: &Context<'_>,
    id: Result<EscalationId, Failure>,
    once: &Once,
    command: Command,
) -> Result<P> {
    let call = call(ctx)?;
    answer(async { call.engine.change_escalation(&call.caller, id?, command, once).await }.await)
}

#[derive(Default)]
pub(in crate::schema) struct EscalationMutation;

#[Object]
impl EscalationMutation {
    /// Raises an escalation. One of a subject and cause may be open at a time; a second one is a `Duplicate` that names
    /// the first.
    async fn escalation_raise(
        &self,
        ctx: &Context<'_>,
        input: EscalationRaiseInput,
    ) -> Result<EscalationRaisePayload> {
        let call = call(ctx)?;
        let once = input.once();
        answer(async { call.engine.raise_escalation(&call.caller, input.raise()?, &once).await }.await)
    }

    /// Gives an escalation to a member.
    async fn escalation_assign(
        &self,
        ctx: &Context<'_>,
        input: EscalationAssignInput,
    ) -> Result<EscalationAssignPayload> {
        let call = call(ctx)?;
        let assign = async {
            let assignee = given(["assignee"], &input.assignee)?;
            call.engine.assign_escalation(&call.caller, input.id()?, assignee, &input.once()).await
        };
        answer(assign.await)
    }

    /// Begins to work on an escalation.
    async fn escalation_start(
        &self,
        ctx: &Context<'_>,
        input: EscalationStartInput,
    ) -> Result<EscalationStartPayload> {
        change(ctx, input.id(), &input.once(), Command::Start).await
    }

    /// Records that the customer was contacted.
    async fn escalation_contact(
        &self,
        ctx: &Context<'_>,
        input: EscalationContactInput,
    ) -> Result<EscalationContactPayload> {
        let (id, once) = (input.id(), input.once());
        change(ctx, id, &once, Command::Contact { channel: input.channel.into(), note: input.note }).await
    }

    /// Owns an escalation: it escalates no further.
    async fn escalation_acknowledge(
        &self,
        ctx: &Context<'_>,
        input: EscalationAcknowledgeInput,
    ) -> Result<EscalationAcknowledgePayload> {
        let (id, once) = (input.id(), input.once());
        change(ctx, id, &once, Command::Acknowledge { note: input.note }).await
    }

    /// Gives up owning an escalation: it escalates again.
    async fn escalation_unacknowledge(
        &self,
        ctx: &Context<'_>,
        input: EscalationUnacknowledgeInput,
    ) -> Result<EscalationUnacknowledgePayload> {
        let (id, once) = (input.id(), input.once());
        change(ctx, id, &once, Command::Unacknowledge { reason: input.reason }).await
    }

    /// Holds an escalation for a while.
    async fn escalation_snooze(
        &self,
        ctx: &Context<'_>,
        input: EscalationSnoozeInput,
    ) -> Result<EscalationSnoozePayload> {
        change(ctx, input.id(), &input.once(), Command::Snooze { until: input.until }).await
    }

    /// Ends the hold.
    async fn escalation_wake(
        &self,
        ctx: &Context<'_>,
        input: EscalationWakeInput,
    ) -> Result<EscalationWakePayload> {
        change(ctx, input.id(), &input.once(), Command::Wake).await
    }

    /// Records that the caller looked at an escalation; the first time counts.
    async fn escalation_view(
        &self,
        ctx: &Context<'_>,
        input: EscalationViewInput,
    ) -> Result<EscalationViewPayload> {
        change(ctx, input.id(), &input.once(), Command::View).await
    }

    /// Is done with an escalation.
    async fn escalation_resolve(
        &self,
        ctx: &Context<'_>,
        input: EscalationResolveInput,
    ) -> Result<EscalationResolvePayload> {
        let (id, once) = (input.id(), input.once());
        change(ctx, id, &once, Command::Resolve { notes: input.notes }).await
    }

    /// Calls an escalation off.
    async fn escalation_cancel(
        &self,
        ctx: &Context<'_>,
        input: EscalationCancelInput,
    ) -> Result<EscalationCancelPayload> {
        let (id, once) = (input.id(), input.once());
        change(ctx, id, &once, Command::Cancel { reason: input.reason }).await
    }
}
