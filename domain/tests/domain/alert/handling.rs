//! What people do with alerts.

use escalon_domain::{
    alert::{Acknowledged, AlertCommand, Resolved, Status, Unacknowledged},
    refusal::RefusalCode,
};

use super::fixture::alert;
use crate::{
    cast::{ALICE, alice, bob, engine, noon, words},
    harness::{events, invalid, refused},
};

fn commands() -> [(&'static str, AlertCommand); 3] {
    [
        ("acknowledge", AlertCommand::Acknowledge { note: None }),
        ("un-acknowledge", AlertCommand::Unacknowledge { reason: None }),
        ("resolve", AlertCommand::Resolve { note: None }),
    ]
}

#[test]
fn whoever_acknowledges_owns_it() {
    let command = AlertCommand::Acknowledge { note: Some("On it.".into()) };
    let expected = Acknowledged { note: Some(words(ALICE, "On it.")) };
    for status in ["triggered", "suppressed"] {
        let after = alert(status).when(command.clone()).then(events![expected.clone()]);
        let owner = after.acknowledgement.map(|acknowledgement| (acknowledgement.by, acknowledgement.at));
        assert_eq!((after.status, owner), (Status::Acknowledged, Some((alice(), noon()))));
        assert_eq!(after.suppression, None);
    }
}

#[test]
fn what_is_given_up_is_there_again() {
    let command = AlertCommand::Unacknowledge { reason: Some("Shift over.".into()) };
    let expected = Unacknowledged { reason: Some(words(ALICE, "Shift over.")) };
    let after = alert("acknowledged").when(command).then(events![expected]);
    assert_eq!((after.status, after.acknowledgement), (Status::Triggered, None));
}

#[test]
fn a_person_is_done_with_it_and_the_origin_may_not_know() {
    for status in ["triggered", "acknowledged", "suppressed"] {
        let expected = Resolved { note: None, ended_at: None };
        let after =
            alert(status).by(bob()).when(AlertCommand::Resolve { note: None }).then(events![expected]);
        assert_eq!((after.status, after.resolved_at, after.ended_at), (Status::Resolved, Some(noon()), None));
        assert_eq!(after.waits(), []);
    }
}

#[test]
fn what_is_not_possible_names_what_is() {
    let possible = [
        ("triggered", vec!["acknowledge", "suppress", "resolve"]),
        ("acknowledged", vec!["un-acknowledge", "resolve"]),
        ("suppressed", vec!["acknowledge", "resolve"]),
        ("resolved", vec![]),
    ];
    for (status, allowed) in possible {
        for (name, command) in commands() {
            let outcome = alert(status).when(command);
            if allowed.contains(&name) {
                assert!(outcome.result.is_ok(), "{name} when {status}");
            } else {
                outcome.then(refused(RefusalCode::InvalidTransition, &allowed).saying(name));
            }
        }
    }
    for (_, command) in commands() {
        alert("unknown").when(command).then(refused(RefusalCode::NotFound, &[]));
    }
}

#[test]
fn a_note_is_somebodys_and_has_words() {
    let note = |text: &str| AlertCommand::Acknowledge { note: Some(text.into()) };
    alert("triggered").when(note(" ")).then(invalid(&["note"]).saying("must not be empty"));
    alert("triggered").by(engine()).when(note("On it.")).then(invalid(&["note"]).saying("only people"));
}
