//! The table of moves, standing × action, written down once more so that a change of it is a change here.

use escalon_domain::{
    escalation::{Action, ContactChannel, EscalationCommand, Status},
    refusal::RefusalCode,
};

use super::fixture::{escalation, standing, tomorrow};
use crate::{cast::CAROL, harness::refused, table::Table};

const MOVES: &str = "
                  | pending      | assigned    | in_progress | acknowledged | snoozed      | resolved | cancelled
 assign           | assigned     | assigned    | in_progress | assigned     | assigned     | ✘        | ✘
 start            | in_progress  | in_progress | ✘           | in_progress  | in_progress  | ✘        | ✘
 record a contact | pending      | assigned    | in_progress | acknowledged | snoozed      | ✘        | ✘
 acknowledge      | acknowledged | assigned    | in_progress | ✘            | acknowledged | ✘        | ✘
 un-acknowledge   | ✘            | ✘           | ✘           | pending      | ✘            | ✘        | ✘
 snooze           | snoozed      | assigned    | in_progress | acknowledged | snoozed      | ✘        | ✘
 wake             | ✘            | ✘           | ✘           | ✘            | pending      | ✘        | ✘
 view             | pending      | assigned    | in_progress | acknowledged | snoozed      | resolved | cancelled
 resolve          | resolved     | resolved    | resolved    | resolved     | resolved     | ✘        | ✘
 cancel           | cancelled    | cancelled   | cancelled   | cancelled    | cancelled    | ✘        | ✘
";

fn command(action: &str) -> EscalationCommand {
    match action {
        "assign" => EscalationCommand::Assign { assignee: CAROL },
        "start" => EscalationCommand::Start,
        "record a contact" => EscalationCommand::Contact { channel: ContactChannel::Email, note: None },
        "acknowledge" => EscalationCommand::Acknowledge { note: None },
        "un-acknowledge" => EscalationCommand::Unacknowledge { reason: None },
        "snooze" => EscalationCommand::Snooze { until: tomorrow() },
        "wake" => EscalationCommand::Wake,
        "view" => EscalationCommand::View,
        "resolve" => EscalationCommand::Resolve { notes: "Refunded.".into() },
        "cancel" => EscalationCommand::Cancel { reason: "A mistake.".into() },
        _ => panic!("no command is called {action}"),
    }
}

#[test]
fn every_action_at_every_standing() {
    Table::read(MOVES).holds(escalation, command, standing);
}

#[test]
fn the_table_is_complete_and_the_catalogue_agrees() {
    let table = Table::read(MOVES);
    assert_eq!(table.rows(), Action::ALL.iter().map(|action| action.name()).collect::<Vec<_>>());
    assert!(Status::ALL.iter().all(|status| table.columns().contains(&status.name())));
    for (place, column) in table.columns().iter().enumerate() {
        assert_eq!(escalation(column).state().actions(), table.legal(place), "{column}");
    }
}

#[test]
fn nothing_is_possible_before_it_is_raised() {
    for action in Action::ALL {
        let expected = refused(RefusalCode::NotFound, &[]).saying("there is no such escalation");
        escalation("unknown").when(command(action.name())).then(expected);
    }
    assert!(escalation("unknown").state().actions().is_empty());
}

#[test]
fn the_refusal_names_status_action_and_what_is_possible() {
    let words = "an escalation that is resolved cannot do this: snooze; possible now: view";
    let expected = refused(RefusalCode::InvalidTransition, &["view"]).saying(words);
    escalation("resolved").when(command("snooze")).then(expected);
}
