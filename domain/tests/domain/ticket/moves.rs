//! The table of moves, status × action, written down once more so that a change of it is a change here.

use std::collections::{BTreeMap, BTreeSet};

use escalon_domain::{
    refusal::RefusalCode,
    ticket::{Action, Status, TicketCommand},
};

use super::fixture::{high, open, ticket};
use crate::{
    cast::{BOB, alice, carol, id, slug},
    harness::refused,
    table::Table,
};

const MOVES: &str = "
                      | open      | waiting   | processed | resolved | reopened  | closed
 wait                 | waiting   | waiting   | ✘         | ✘        | waiting   | ✘
 resume               | ✘         | open      | ✘         | ✘        | ✘         | ✘
 propose a resolution | processed | processed | ✘         | ✘        | processed | ✘
 accept the resolution| ✘         | ✘         | resolved  | ✘        | ✘         | ✘
 reopen               | ✘         | ✘         | reopened  | reopened | ✘         | reopened
 close                | closed    | closed    | closed    | closed   | closed    | ✘
 submit proof         | open      | waiting   | processed | ✘        | reopened  | ✘
";

fn command(action: &str) -> TicketCommand {
    let text = "Because of this.".to_owned();
    match action {
        "wait" => TicketCommand::Wait { reason: slug("courier") },
        "resume" => TicketCommand::Resume,
        "propose a resolution" => TicketCommand::ProposeResolution { remarks: text },
        "accept the resolution" => TicketCommand::AcceptResolution,
        "reopen" => TicketCommand::Reopen { reason: text },
        "close" => TicketCommand::Close { reason: Some(text) },
        "submit proof" => TicketCommand::SubmitProof { proof: id(1), summary: text },
        _ => panic!("no command is called {action}"),
    }
}

/// What may be corrected at any status.
fn corrections() -> Vec<TicketCommand> {
    let tags = BTreeSet::from([slug("colour")]);
    vec![
        TicketCommand::Edit {
            title: Some("Size".into()),
            description: None,
            brand: None,
            fields: BTreeMap::new(),
        },
        TicketCommand::Prioritize { priority: high() },
        TicketCommand::Assign { team: None, assignee: Some(BOB) },
        TicketCommand::Comment { comment: id(1), body: "Still there?".into() },
        TicketCommand::Note { note: id(1), body: "Ask them.".into() },
        TicketCommand::Tag { tags },
    ]
}

#[test]
fn every_action_at_every_status() {
    Table::read(MOVES).holds(ticket, command, |ticket| ticket.status.name().to_owned());
}

#[test]
fn the_table_is_complete_and_the_catalogue_agrees() {
    let table = Table::read(MOVES);
    assert_eq!(table.rows(), Action::ALL.iter().map(|action| action.name()).collect::<Vec<_>>());
    let statuses = Status::ALL.iter().map(|status| status.name()).collect::<BTreeSet<_>>();
    assert_eq!(table.columns().iter().copied().collect::<BTreeSet<_>>(), statuses);
    for (place, column) in table.columns().iter().enumerate() {
        let status = Status::ALL.iter().find(|status| status.name() == *column).unwrap();
        assert_eq!(status.actions(), table.legal(place), "{column}");
    }
    assert!(Status::Unknown.actions().is_empty());
}

#[test]
fn nothing_is_possible_before_it_is_opened() {
    let mut commands: Vec<_> = Action::ALL.iter().map(|action| command(action.name())).collect();
    commands.extend(corrections());
    commands.push(TicketCommand::Untag { tags: BTreeSet::new() });
    commands.push(TicketCommand::ApproveProof { proof: id(1) });
    commands.push(TicketCommand::RejectProof { proof: id(1), reason: "No.".into() });
    for command in commands {
        ticket("unknown")
            .when(command)
            .then(refused(RefusalCode::NotFound, &[]).saying("there is no such ticket"));
    }
}

#[test]
fn corrections_are_possible_at_every_status_and_move_nothing() {
    for status in Status::ALL {
        for command in corrections() {
            let outcome = ticket(status.name()).by(carol()).when(command.clone());
            assert_eq!(outcome.result.as_ref().map(Vec::len), Ok(1), "{command:?} when {}", status.name());
            assert_eq!(outcome.after().status, *status);
        }
    }
}

#[test]
fn opening_again_is_refused_at_every_status() {
    for status in Status::ALL {
        let again = TicketCommand::Open(Box::new(open()));
        ticket(status.name()).by(alice()).when(again).then(refused(RefusalCode::AlreadyExists, &[]));
    }
}
