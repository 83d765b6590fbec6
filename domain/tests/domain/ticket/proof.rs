//! Proof of work: somebody submits it, somebody else reviews it.

use escalon_domain::{
    refusal::RefusalCode,
    ticket::{
        ProofApproved, ProofId, ProofRejected, ProofStatus, ProofSubmitted, ResolutionAccepted, Ticket,
        TicketCommand,
    },
    ticket_type::TicketRules,
};

use super::fixture::{opened_with, proposed, ticket};
use crate::{
    cast::{BOB, CAROL, bob, carol, id, words},
    harness::{Scenario, events, invalid, refused},
};

const PHOTO: ProofId = id(0xf0);
const APPROVE: TicketCommand = TicketCommand::ApproveProof { proof: PHOTO };
const ALLOWED: &[&str] = &["submit proof"];

fn reject(reason: &str) -> TicketCommand {
    TicketCommand::RejectProof { proof: PHOTO, reason: reason.into() }
}

fn submitted() -> ProofSubmitted {
    ProofSubmitted { proof: PHOTO, summary: words(BOB, "A photo.") }
}

/// A ticket whose type needs proof, with Bob's photo.
fn with_photo(acceptance: bool) -> Scenario<Ticket> {
    Scenario::given(events![opened_with(TicketRules { acceptance, proof: true })])
        .and(bob(), events![submitted()])
}

fn propose() -> TicketCommand {
    TicketCommand::ProposeResolution { remarks: "The listing is right now.".into() }
}

#[test]
fn submitting_and_approving_by_another() {
    let command = TicketCommand::SubmitProof { proof: PHOTO, summary: "A photo.".into() };
    let after = ticket("open").by(bob()).when(command).then(events![submitted()]);
    assert_eq!((after.proofs[&PHOTO].status, after.is_proven()), (ProofStatus::Submitted, false));
    let after = with_photo(true).by(carol()).when(APPROVE).then(events![ProofApproved { proof: PHOTO }]);
    assert_eq!((after.proofs[&PHOTO].status, after.is_proven()), (ProofStatus::Approved, true));
}

#[test]
fn rejecting_by_another_has_a_reason() {
    let expected = ProofRejected { proof: PHOTO, reason: words(CAROL, "It is blurred.") };
    let after = with_photo(true).by(carol()).when(reject("It is blurred.")).then(events![expected]);
    assert_eq!((after.proofs[&PHOTO].status, after.is_proven()), (ProofStatus::Rejected, false));
    with_photo(true).by(carol()).when(reject("")).then(invalid(&["reason"]));
}

#[test]
fn nobody_reviews_their_own() {
    let expected = || refused(RefusalCode::NotAllowed, &[]).saying("another person has to");
    with_photo(true).by(bob()).when(APPROVE).then(expected());
    with_photo(true).by(bob()).when(reject("It is blurred.")).then(expected());
}

#[test]
fn a_proof_is_reviewed_once() {
    let expected =
        || refused(RefusalCode::InvalidTransition, ALLOWED).saying("already been approved or rejected");
    let approved = with_photo(true).and(carol(), events![ProofApproved { proof: PHOTO }]).by(carol());
    approved.clone().when(reject("It is blurred.")).then(expected());
    approved.when(APPROVE).then(expected());
}

#[test]
fn a_proof_that_was_never_submitted() {
    ticket("open").by(carol()).when(APPROVE).then(refused(RefusalCode::NotFound, &[]));
    ticket("open").by(carol()).when(reject("Where?")).then(refused(RefusalCode::NotFound, &[]));
}

#[test]
fn a_proof_is_submitted_once() {
    let again = TicketCommand::SubmitProof { proof: PHOTO, summary: "Another photo.".into() };
    with_photo(true).by(carol()).when(again).then(invalid(&["proof"]).saying("submitted already"));
}

#[test]
fn a_proof_says_what_it_shows() {
    ticket("open")
        .when(TicketCommand::SubmitProof { proof: PHOTO, summary: " ".into() })
        .then(invalid(&["summary"]));
}

#[test]
fn a_type_that_needs_proof_resolves_with_an_approved_one_only() {
    let needed = || refused(RefusalCode::InvalidTransition, ALLOWED).saying("need an approved proof of work");
    let processed = with_photo(true).and(bob(), events![proposed()]);
    processed.clone().when(TicketCommand::AcceptResolution).then(needed());
    with_photo(false).by(bob()).when(propose()).then(needed());

    let approved = ProofApproved { proof: PHOTO };
    let proven = processed.and(carol(), events![approved.clone()]);
    proven.when(TicketCommand::AcceptResolution).then(events![ResolutionAccepted {}]);
    let both = events![proposed(), ResolutionAccepted {}];
    with_photo(false).and(carol(), events![approved]).by(bob()).when(propose()).then(both);
}

#[test]
fn a_type_with_acceptance_may_propose_before_the_proof() {
    with_photo(true).by(bob()).when(propose()).then(events![proposed()]);
}
