//! Priority, assignment and waiting.

use escalon_domain::{
    refusal::RefusalCode,
    ticket::{Assigned, Opened, Prioritized, Resumed, Status, Ticket, TicketCommand, Unassigned, Waiting},
};

use super::fixture::{high, medium, opened, ticket};
use crate::{
    cast::{BOB, CAROL, GROWTH, OPERATIONS, alice, bob, slug},
    harness::{Scenario, events, refused},
};

fn to_bob() -> Assigned {
    Assigned { previous_team: None, previous_assignee: None, team: Some(OPERATIONS), assignee: Some(BOB) }
}

fn wait(reason: &str) -> TicketCommand {
    TicketCommand::Wait { reason: slug(reason) }
}

#[test]
fn another_priority_remembers_the_one_before() {
    let command = TicketCommand::Prioritize { priority: high() };
    let expected = Prioritized { previous: medium(), priority: high() };
    let after = ticket("open").when(command).then(events![expected]);
    assert_eq!(after.priority, Some(high()));
}

#[test]
fn the_same_priority_is_already_so() {
    ticket("open").when(TicketCommand::Prioritize { priority: medium() }).then_nothing();
}

#[test]
fn assigning_remembers_who_had_it() {
    let command = TicketCommand::Assign { team: Some(OPERATIONS), assignee: Some(BOB) };
    let after = ticket("open").when(command.clone()).then(events![to_bob()]);
    assert_eq!((after.team, after.assignee), (Some(OPERATIONS), Some(BOB)));

    let assigned = ticket("open").and(alice(), events![to_bob()]);
    assigned.clone().when(command).then_nothing();
    let to_carol = TicketCommand::Assign { team: Some(GROWTH), assignee: Some(CAROL) };
    let expected = Assigned {
        previous_team: Some(OPERATIONS),
        previous_assignee: Some(BOB),
        team: Some(GROWTH),
        assignee: Some(CAROL),
    };
    assigned.when(to_carol).then(events![expected]);
}

#[test]
fn a_team_alone_or_a_member_alone_will_do() {
    let team = TicketCommand::Assign { team: Some(OPERATIONS), assignee: None };
    let expected = Assigned { assignee: None, ..to_bob() };
    ticket("open").when(team).then(events![expected]);

    let member = TicketCommand::Assign { team: None, assignee: Some(BOB) };
    let expected = Assigned {
        previous_team: Some(OPERATIONS),
        previous_assignee: Some(BOB),
        team: None,
        assignee: Some(BOB),
    };
    let after = ticket("open").and(alice(), events![to_bob()]).when(member).then(events![expected]);
    assert_eq!((after.team, after.assignee), (None, Some(BOB)));
}

#[test]
fn assigning_to_nobody_unassigns() {
    let nobody = TicketCommand::Assign { team: None, assignee: None };
    let expected = Unassigned { previous_team: Some(OPERATIONS), previous_assignee: Some(BOB) };
    let after = ticket("open").and(alice(), events![to_bob()]).when(nobody.clone()).then(events![expected]);
    assert_eq!((after.team, after.assignee), (None, None));
    ticket("open").when(nobody).then_nothing();
}

#[test]
fn a_ticket_opened_for_somebody_is_theirs_already() {
    let opened = Opened { team: Some(OPERATIONS), assignee: Some(BOB), ..opened() };
    Scenario::<Ticket>::given(events![opened])
        .when(TicketCommand::Assign { team: Some(OPERATIONS), assignee: Some(BOB) })
        .then_nothing();
}

#[test]
fn waiting_names_for_whom() {
    let after = ticket("open").when(wait("supplier")).then(events![Waiting { reason: slug("supplier") }]);
    assert_eq!((after.status, after.waiting_for), (Status::Waiting, Some(slug("supplier"))));
}

#[test]
fn waiting_for_somebody_else_is_new_and_for_the_same_is_not() {
    ticket("waiting").when(wait("supplier")).then_nothing();
    let after = ticket("waiting").when(wait("courier")).then(events![Waiting { reason: slug("courier") }]);
    assert_eq!(after.waiting_for, Some(slug("courier")));
}

#[test]
fn resuming_leads_back_to_where_it_was() {
    let after = ticket("waiting").when(TicketCommand::Resume).then(events![Resumed {}]);
    assert_eq!((after.status, after.waiting_for), (Status::Open, None));

    let again = ticket("reopened").and(bob(), events![Waiting { reason: slug("courier") }]);
    let after = again.when(TicketCommand::Resume).then(events![Resumed {}]);
    assert_eq!(after.status, Status::Reopened);
}

#[test]
fn a_ticket_that_does_not_wait_cannot_be_resumed() {
    let allowed = ["wait", "propose a resolution", "close", "submit proof"];
    let expected = refused(RefusalCode::InvalidTransition, &allowed)
        .saying("a ticket that is open cannot do this: resume");
    ticket("open").when(TicketCommand::Resume).then(expected);
}
