//! Definitions: one life for every kind, and what each kind finds wrong.

mod kinds;
mod life;
mod ticket_type;

use std::collections::BTreeSet;

use escalon_domain::{
    access::{Permission, Role},
    definition::{Body, Defined, Definition, DefinitionCommand, DefinitionEvent, Retired},
    team::Team,
};

use crate::{
    cast::{ALICE, BOB, slug},
    harness::{Scenario, events, invalid},
};

pub(crate) fn role(name: &str) -> Role {
    let permissions = BTreeSet::from([Permission::TicketReadAll, Permission::EscalationHandle]);
    Role { name: slug(name), title: "Staff".into(), level: 4, permissions }
}

pub(crate) fn team(name: &str) -> Team {
    Team { name: slug(name), title: "Operations".into(), members: BTreeSet::from([ALICE, BOB]) }
}

/// A definition at this status, with this body.
fn definition<B: Body>(status: &str, body: B) -> Scenario<Definition<B>> {
    match status {
        "unknown" => Scenario::new(),
        "defined" => Scenario::given(events![defined(body)]),
        "retired" => Scenario::given(events![defined(body), retired()]),
        _ => panic!("no history leads to {status}"),
    }
}

fn defined<B>(body: B) -> DefinitionEvent<B> {
    DefinitionEvent::Defined(Defined { body })
}

fn retired<B>() -> DefinitionEvent<B> {
    DefinitionEvent::Retired(Retired { reason: "Replaced.".into() })
}

/// Neither defining nor revising is possible, and both name these faults.
#[track_caller]
pub(crate) fn is_faulty<B: Body>(good: B, bad: B, paths: &[&'static str], saying: &'static str) {
    let define = DefinitionCommand::Define(bad.clone());
    definition::<B>("unknown", good.clone()).when(define).then(invalid(paths).saying(saying));
    definition("defined", good).when(DefinitionCommand::Revise(bad)).then(invalid(paths).saying(saying));
}
