//! Defined, revised, retired: the same for every kind.

use escalon_domain::{
    claim::{Claim, ClaimChange},
    definition::{Body, Definition, DefinitionCommand, DefinitionEvent, Revised},
    refusal::RefusalCode,
    schedule::Schedule,
    ticket_type::TicketType,
};

use super::{defined, definition, retired, role, team};
use crate::{
    cast::{alice, slug},
    harness::{events, invalid, refused},
    schedule::fixture::{schedule, weeks},
    table::Table,
    ticket::defect,
};

const MOVES: &str = "
        | unknown  | defined       | retired
 define | defined  | AlreadyExists | ✘
 revise | NotFound | defined       | ✘
 retire | NotFound | retired       | ✘
";

/// The whole life of a kind: `first` is defined, revised to `second` of another name, and retired.
fn lives<B: Body>(first: &B, second: &B) {
    let kind = B::PREFIX;
    let command = |name: &str| match name {
        "define" => DefinitionCommand::Define(first.clone()),
        "revise" => DefinitionCommand::Revise(second.clone()),
        "retire" => DefinitionCommand::Retire { reason: "Replaced.".into() },
        _ => panic!("no command is called {name}"),
    };
    let status = |definition: &Definition<B>| match (&definition.body, definition.retired) {
        (None, _) => "unknown".to_owned(),
        (Some(_), false) => "defined".to_owned(),
        (Some(_), true) => "retired".to_owned(),
    };
    let at = |status: &str| definition(status, first.clone());
    Table::read(MOVES).holds(at, command, status);

    let after = at("unknown").when(command("define")).then(events![defined(first.clone())]);
    assert_eq!(after.living(), Some(first), "{kind}");
    let revised = DefinitionEvent::Revised(Revised { previous: first.clone(), body: second.clone() });
    let after = at("defined").when(command("revise")).then(events![revised.clone()]);
    assert_eq!(after.living(), Some(second), "{kind}");
    at("defined").when(DefinitionCommand::Revise(first.clone())).then_nothing();
    let after = at("defined").when(command("retire")).then(events![retired()]);
    assert_eq!((after.living(), after.body.as_ref()), (None, Some(first)), "{kind}");
    at("defined").when(DefinitionCommand::Retire { reason: " ".into() }).then(invalid(&["reason"]));

    let claim = |body: &B| Claim::organization(&format!("{kind}.name"), body.name().as_str());
    let renamed = at("defined").and(alice(), events![revised]);
    assert_eq!(at("defined").last_claims(), [ClaimChange::Take(claim(first))]);
    assert_eq!(
        renamed.clone().last_claims(),
        [ClaimChange::Release(claim(first)), ClaimChange::Take(claim(second))]
    );
    assert_eq!(at("retired").last_claims(), [ClaimChange::Release(claim(first))]);
    let ended = renamed.and(alice(), events![retired()]);
    assert_eq!(ended.last_claims(), [ClaimChange::Release(claim(second))]);
}

#[test]
fn a_role_lives() {
    lives(&role("staff"), &role("agent"));
}

#[test]
fn a_team_lives() {
    lives(&team("operations"), &team("workshop"));
}

#[test]
fn a_ticket_type_lives() {
    let renamed = TicketType { name: slug("refund"), ..defect() };
    lives(&defect(), &renamed);
}

#[test]
fn a_schedule_lives() {
    let schedule = |name| Schedule { name: slug(name), ..schedule([weeks()]) };
    lives(&schedule("primary"), &schedule("nights"));
}

#[test]
fn a_change_without_another_name_leaves_claims_alone() {
    let (before, mut body) = (team("operations"), team("operations"));
    body.title = "Service operations".into();
    let revised = DefinitionEvent::Revised(Revised { previous: before.clone(), body });
    assert_eq!(definition("defined", before).and(alice(), events![revised]).last_claims(), []);
}

#[test]
fn the_refusals_say_what_to_do() {
    let again = DefinitionCommand::Define(role("staff"));
    let exists = refused(RefusalCode::AlreadyExists, &[]).saying("already defined; revise it instead");
    definition("defined", role("staff")).when(again.clone()).then(exists);
    let ended = || refused(RefusalCode::InvalidTransition, &[]).saying("retired").saying("define a new one");
    definition("retired", role("staff")).when(again).then(ended());
    definition("retired", role("staff")).when(DefinitionCommand::Revise(role("agent"))).then(ended());
    let missing = refused(RefusalCode::NotFound, &[]).saying("there is no such role; define it first");
    definition("unknown", role("staff")).when(DefinitionCommand::Revise(role("agent"))).then(missing);
}
