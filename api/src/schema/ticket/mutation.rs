//! What can be done with tickets.

use async_graphql::{Context, Object, Result};
use escalon_application::Failure;
use escalon_domain::ticket::{TicketCommand as Command, TicketId};

use super::{Ticket, input::*};
use crate::schema::{
    context::{Call, call},
    once::{given, maybe, several},
    payload::{Payload, answer, payloads},
};

payloads! {
    /// The ticket afterwards, from the write side; null when the command was refused.
    ticket: Ticket => TicketOpenPayload, TicketEditPayload, TicketPrioritizePayload, TicketAssignPayload,
        TicketCommentPayload, TicketNotePayload, TicketTagPayload, TicketUntagPayload, TicketWaitPayload,
        TicketResumePayload, TicketProposeResolutionPayload, TicketAcceptResolutionPayload, TicketReopenPayload,
        TicketClosePayload, TicketSubmitProofPayload, TicketApproveProofPayload, TicketRejectProofPayload
}

/// A change that needs nothing looked up.
async fn change<P: Payload<Object = Ticket>>(
    call: &Call,
    id: Result<TicketId, Failure>,
    once: &escalon_application::Once,
    command: Result<Command, Failure>,
) -> Result<P> {
    answer(async { call.engine.change_ticket(&call.caller, id?, command?, once).await }.await)
}

#[derive(Default)]
pub(in crate::schema) struct TicketMutation;

#[Object]
impl TicketMutation {
    /// Opens a ticket.
    async fn ticket_open(&self, ctx: &Context<'_>, input: TicketOpenInput) -> Result<TicketOpenPayload> {
        let call = call(ctx)?;
        let once = input.once();
        answer(async { call.engine.open_ticket(&call.caller, input.open()?, &once).await }.await)
    }

    /// Corrects a ticket's words or fields.
    async fn ticket_edit(&self, ctx: &Context<'_>, input: TicketEditInput) -> Result<TicketEditPayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        answer(async { call.engine.edit_ticket(&call.caller, id?, input.edit()?, &once).await }.await)
    }

    /// Gives a ticket another priority.
    async fn ticket_prioritize(
        &self,
        ctx: &Context<'_>,
        input: TicketPrioritizeInput,
    ) -> Result<TicketPrioritizePayload> {
        let call = call(ctx)?;
        let TicketPrioritizeInput { priority, .. } = &input;
        answer(
            async { call.engine.prioritize_ticket(&call.caller, input.id()?, priority, &input.once()).await }
                .await,
        )
    }

    /// Gives a ticket to a team, a member or both; to nobody when both are absent.
    async fn ticket_assign(
        &self,
        ctx: &Context<'_>,
        input: TicketAssignInput,
    ) -> Result<TicketAssignPayload> {
        let call = call(ctx)?;
        let assign = async {
            let assignee = maybe(["assignee"], input.assignee.as_deref())?;
            let team = input.team.as_deref();
            call.engine.assign_ticket(&call.caller, input.id()?, team, assignee, &input.once()).await
        };
        answer(assign.await)
    }

    /// Says something that the requester reads.
    async fn ticket_comment(
        &self,
        ctx: &Context<'_>,
        input: TicketCommentInput,
    ) -> Result<TicketCommentPayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        let command = Command::Comment { comment: call.engine.new_id(), body: input.body };
        change(call, id, &once, Ok(command)).await
    }

    /// Says something among ourselves.
    async fn ticket_note(&self, ctx: &Context<'_>, input: TicketNoteInput) -> Result<TicketNotePayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        let command = Command::Note { note: call.engine.new_id(), body: input.body };
        change(call, id, &once, Ok(command)).await
    }

    /// Adds tags.
    async fn ticket_tag(&self, ctx: &Context<'_>, input: TicketTagInput) -> Result<TicketTagPayload> {
        let command = several("tags", &input.tags).map(|tags| Command::Tag { tags });
        change(call(ctx)?, input.id(), &input.once(), command).await
    }

    /// Removes tags.
    async fn ticket_untag(&self, ctx: &Context<'_>, input: TicketUntagInput) -> Result<TicketUntagPayload> {
        let command = several("tags", &input.tags).map(|tags| Command::Untag { tags });
        change(call(ctx)?, input.id(), &input.once(), command).await
    }

    /// Says that a ticket waits for somebody; its clock is paused.
    async fn ticket_wait(&self, ctx: &Context<'_>, input: TicketWaitInput) -> Result<TicketWaitPayload> {
        let command = given(["reason"], &input.reason).map(|reason| Command::Wait { reason });
        change(call(ctx)?, input.id(), &input.once(), command).await
    }

    /// Says that the waiting is over.
    async fn ticket_resume(
        &self,
        ctx: &Context<'_>,
        input: TicketResumeInput,
    ) -> Result<TicketResumePayload> {
        change(call(ctx)?, input.id(), &input.once(), Ok(Command::Resume)).await
    }

    /// Proposes a resolution.
    async fn ticket_propose_resolution(
        &self,
        ctx: &Context<'_>,
        input: TicketProposeResolutionInput,
    ) -> Result<TicketProposeResolutionPayload> {
        let (id, once) = (input.id(), input.once());
        change(call(ctx)?, id, &once, Ok(Command::ProposeResolution { remarks: input.remarks })).await
    }

    /// Accepts the proposed resolution.
    async fn ticket_accept_resolution(
        &self,
        ctx: &Context<'_>,
        input: TicketAcceptResolutionInput,
    ) -> Result<TicketAcceptResolutionPayload> {
        change(call(ctx)?, input.id(), &input.once(), Ok(Command::AcceptResolution)).await
    }

    /// Works on a ticket again.
    async fn ticket_reopen(
        &self,
        ctx: &Context<'_>,
        input: TicketReopenInput,
    ) -> Result<TicketReopenPayload> {
        let (id, once) = (input.id(), input.once());
        change(call(ctx)?, id, &once, Ok(Command::Reopen { reason: input.reason })).await
    }

    /// Is done with a ticket.
    async fn ticket_close(&self, ctx: &Context<'_>, input: TicketCloseInput) -> Result<TicketClosePayload> {
        let (id, once) = (input.id(), input.once());
        change(call(ctx)?, id, &once, Ok(Command::Close { reason: input.reason })).await
    }

    /// Submits proof of work.
    async fn ticket_submit_proof(
        &self,
        ctx: &Context<'_>,
        input: TicketSubmitProofInput,
    ) -> Result<TicketSubmitProofPayload> {
        let call = call(ctx)?;
        let (id, once) = (input.id(), input.once());
        let command = Command::SubmitProof { proof: call.engine.new_id(), summary: input.summary };
        change(call, id, &once, Ok(command)).await
    }

    /// Approves somebody else's proof of work.
    async fn ticket_approve_proof(
        &self,
        ctx: &Context<'_>,
        input: TicketApproveProofInput,
    ) -> Result<TicketApproveProofPayload> {
        let command = given(["proof"], &input.proof).map(|proof| Command::ApproveProof { proof });
        change(call(ctx)?, input.id(), &input.once(), command).await
    }

    /// Rejects somebody else's proof of work.
    async fn ticket_reject_proof(
        &self,
        ctx: &Context<'_>,
        input: TicketRejectProofInput,
    ) -> Result<TicketRejectProofPayload> {
        let (id, once) = (input.id(), input.once());
        let proof = given(["proof"], &input.proof);
        let command = proof.map(|proof| Command::RejectProof { proof, reason: input.reason });
        change(call(ctx)?, id, &once, command).await
    }
}
