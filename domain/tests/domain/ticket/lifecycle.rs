//! From a proposed resolution to the end, and back.

use escalon_domain::ticket::{
    Closed, Reopened, Resolution, ResolutionAccepted, ResolutionProposed, Status, Ticket, TicketCommand,
    Waiting,
};
use escalon_domain::ticket_type::TicketRules;

use super::fixture::{opened_with, proposed, reopened, ticket};
use crate::{
    cast::{ALICE, BOB, bob, engine, noon, slug, words},
    harness::{Scenario, events, invalid},
};

fn propose(remarks: &str) -> TicketCommand {
    TicketCommand::ProposeResolution { remarks: remarks.into() }
}

fn close(reason: Option<&str>) -> TicketCommand {
    TicketCommand::Close { reason: reason.map(str::to_owned) }
}

#[test]
fn a_proposed_resolution_waits_for_acceptance() {
    let after =
        ticket("waiting").by(bob()).when(propose("The listing is right now.")).then(events![proposed()]);
    assert_eq!((after.status, after.waiting_for, after.resolved_at), (Status::Processed, None, None));
    assert_eq!(after.first_response_at, Some(noon()));
    let resolution = Resolution { remarks: proposed().remarks, by: bob(), at: noon() };
    assert_eq!(after.resolution, Some(resolution));
}

#[test]
fn a_resolution_has_remarks() {
    ticket("open").when(propose(" ")).then(invalid(&["remarks"]));
}

#[test]
fn accepting_resolves() {
    let after =
        ticket("processed").when(TicketCommand::AcceptResolution).then(events![ResolutionAccepted {}]);
    assert_eq!((after.status, after.resolved_at), (Status::Resolved, Some(noon())));
}

#[test]
fn a_type_without_acceptance_resolves_at_once() {
    let opened =
        Scenario::<Ticket>::given(events![opened_with(TicketRules { acceptance: false, proof: false })]);
    let after = opened
        .by(bob())
        .when(propose("The listing is right now."))
        .then(events![proposed(), ResolutionAccepted {}]);
    assert_eq!((after.status, after.resolved_at), (Status::Resolved, Some(noon())));
}

#[test]
fn what_a_part_of_the_engine_proposes_is_about_the_requester() {
    let expected = ResolutionProposed { remarks: words(ALICE, "Closed by the supplier.") };
    ticket("open").by(engine()).when(propose("Closed by the supplier.")).then(events![expected]);
}

#[test]
fn reopening_has_a_reason_and_is_counted() {
    let reopen = TicketCommand::Reopen { reason: "It is still blue.".into() };
    for status in ["processed", "resolved", "closed"] {
        let after = ticket(status).when(reopen.clone()).then(events![reopened()]);
        assert_eq!((after.status, after.reopenings), (Status::Reopened, 1), "from {status}");
        assert_eq!((after.resolved_at, after.closed_at), (None, None), "from {status}");
        assert_eq!(
            after.resolution.map(|resolution| resolution.remarks),
            Some(proposed().remarks),
            "from {status}"
        );
    }
    ticket("resolved").when(TicketCommand::Reopen { reason: String::new() }).then(invalid(&["reason"]));
    let twice = ticket("reopened").and(bob(), events![proposed()]).when(reopen).then(events![reopened()]);
    assert_eq!(twice.reopenings, 2);
}

#[test]
fn a_resolved_ticket_is_closed_without_a_word() {
    let after = ticket("resolved").when(close(None)).then(events![Closed { reason: None }]);
    assert_eq!((after.status, after.closed_at), (Status::Closed, Some(noon())));
    assert!(after.resolved_at.is_some());
}

#[test]
fn any_other_needs_a_reason_to_be_closed() {
    for status in ["open", "waiting", "processed", "reopened"] {
        let why = "a ticket that is not resolved needs a reason to be closed";
        ticket(status).when(close(None)).then(invalid(&["reason"]).saying(why));
        ticket(status).when(close(Some(""))).then(invalid(&["reason"]));
        let expected = Closed { reason: Some(words(BOB, "A duplicate.")) };
        let after = ticket(status).by(bob()).when(close(Some("A duplicate."))).then(events![expected]);
        assert_eq!((after.status, after.waiting_for, after.resolved_at), (Status::Closed, None, None));
    }
}

#[test]
fn the_whole_way_and_back() {
    let round = events![
        Waiting { reason: slug("supplier") },
        proposed(),
        ResolutionAccepted {},
        Closed { reason: None },
        Reopened { reason: words(ALICE, "It came back.") },
        proposed(),
        ResolutionAccepted {},
    ];
    let scenario = ticket("open").and(bob(), round);
    let after = scenario.when(close(None)).then(events![Closed { reason: None }]);
    assert_eq!((after.status, after.reopenings, after.updated_at), (Status::Closed, 1, Some(noon())));
}
