//! Members.

use std::collections::BTreeMap;

use escalon_domain::{
    access::RoleId,
    claim::{Claim, ClaimChange},
    member::{
        Invited, Joined, Member, MemberCommand, MemberStatus, Reinstated, RoleGranted, RoleRevoked, Suspended,
    },
    personal::{Forgotten, Held, OnceBare, Personal},
    refusal::RefusalCode,
};

use crate::{
    cast::{ALICE, id, words},
    harness::{Scenario, events, invalid, refused},
    table::Table,
};

const ADMIN: RoleId = id(0xad);
const AGENT: RoleId = id(0xa9);
const HELD: Held = Held { streams: 2, events: 5, values: 9, position: 41 };

const MOVES: &str = "
           | unknown  | invited       | active            | suspended     | forgotten
 invite    | invited  | AlreadyExists | AlreadyExists     | AlreadyExists | AlreadyExists
 join      | NotFound | active        | InvalidTransition | ✘             | InvalidTransition
 grant     | NotFound | invited       | active            | ✘             | InvalidTransition
 revoke    | NotFound | invited       | active            | ✘             | InvalidTransition
 suspend   | NotFound | suspended     | suspended         | =             | InvalidTransition
 reinstate | NotFound | =             | =                 | active        | InvalidTransition
 forget    | NotFound | forgotten     | forgotten         | forgotten     | =
";

fn invited() -> Invited {
    let email = Personal::new(ALICE.cast(), "alice@example.com".parse().unwrap());
    Invited {
        name: words(ALICE, "Alice"),
        email: Some(email),
        email_digest: Some(OnceBare::new(ALICE.cast(), "5c0ff".into())),
    }
}

fn suspended() -> Suspended {
    Suspended { reason: OnceBare::new(ALICE.cast(), "Left.".into()) }
}

fn forgotten() -> Forgotten {
    Forgotten { subject: ALICE.cast(), reason: "Asked for it.".into(), held: HELD }
}

fn forget(reason: &str, (level, forgetter): (u8, u8), another_administrator: bool) -> MemberCommand {
    let reason = reason.into();
    MemberCommand::Forget {
        subject: ALICE.cast(),
        reason,
        held: HELD,
        level,
        forgetter,
        another_administrator,
    }
}

fn invite(name: &str) -> MemberCommand {
    let email = Some("alice@Example.com".parse().unwrap());
    MemberCommand::Invite {
        subject: ALICE.cast(),
        name: name.into(),
        email,
        email_digest: Some("5c0ff".into()),
        roles: BTreeMap::new(),
        inviter: 3,
        joins: false,
    }
}

fn grant(role: RoleId, level: u8, granter: u8) -> MemberCommand {
    MemberCommand::GrantRole { role, level, granter }
}

fn revoke(role: RoleId, (level, revoker): (u8, u8), another_administrator: bool) -> MemberCommand {
    MemberCommand::RevokeRole { role, level, revoker, another_administrator }
}

fn suspend(reason: &str, (level, suspender): (u8, u8), another_administrator: bool) -> MemberCommand {
    MemberCommand::Suspend { reason: reason.into(), level, suspender, another_administrator }
}

fn member(status: &str) -> Scenario<Member> {
    let admin = RoleGranted { role: ADMIN };
    match status {
        "unknown" => Scenario::new(),
        "invited" => Scenario::given(events![invited(), admin]),
        "active" => Scenario::given(events![invited(), admin, Joined {}]),
        "suspended" => Scenario::given(events![invited(), admin, Joined {}, suspended()]),
        "forgotten" => Scenario::given(events![invited(), admin, Joined {}, forgotten()]),
        _ => panic!("no history leads to {status}"),
    }
}

#[test]
fn every_command_at_every_status() {
    let command = |name: &str| match name {
        "invite" => invite("Alice"),
        "join" => MemberCommand::Join,
        "grant" => grant(AGENT, 5, 1),
        "revoke" => revoke(ADMIN, (1, 1), true),
        "suspend" => suspend("Left.", (1, 1), true),
        "forget" => forget("Asked for it.", (1, 1), true),
        "reinstate" => MemberCommand::Reinstate { level: 3, reinstater: 3 },
        _ => panic!("no command is called {name}"),
    };
    Table::read(MOVES).holds(member, command, |member| member.status.name().to_owned());
}

#[test]
fn inviting_takes_the_address_by_its_digest() {
    let after = member("unknown").when(invite("Alice")).then(events![invited()]);
    let shown = format!("{after:?} {:?}", invited());
    assert!(!shown.contains("Alice") && !shown.contains("alice"), "{shown}");
    let claims = Scenario::<Member>::given(events![invited()]).last_claims();
    assert_eq!(claims, [ClaimChange::Take(Claim::organization("member.email", "5c0ff"))]);
    assert_eq!(member("suspended").last_claims(), []);
}

#[test]
fn somebody_without_an_address_takes_none() {
    let command = MemberCommand::Invite {
        subject: ALICE.cast(),
        name: "Alice".into(),
        email: None,
        email_digest: None,
        roles: BTreeMap::new(),
        inviter: 3,
        joins: false,
    };
    let expected = Invited { email: None, email_digest: None, ..invited() };
    member("unknown").when(command).then(events![expected.clone()]);
    assert_eq!(Scenario::<Member>::given(events![expected]).last_claims(), []);
}

#[test]
fn an_invitation_brings_its_roles_with_it_up_to_the_inviters_level_and_who_registers_joins_at_once() {
    let with = |level| match invite("Alice") {
        MemberCommand::Invite { subject, name, email, email_digest, inviter, .. } => {
            let roles = BTreeMap::from([(AGENT, 5), (ADMIN, level)]);
            MemberCommand::Invite { subject, name, email, email_digest, roles, inviter, joins: true }
        }
        other => other,
    };
    let after = member("unknown").when(with(3)).then(events![
        invited(),
        RoleGranted { role: AGENT },
        RoleGranted { role: ADMIN },
        Joined {},
    ]);
    assert_eq!((after.roles.len(), after.status), (2, MemberStatus::Active));
    let expected = refused(RefusalCode::NotAllowed, &[]).saying("above their own level");
    member("unknown").when(with(2)).then(expected);
}

#[test]
fn a_name_is_needed() {
    member("unknown").when(invite(" ")).then(invalid(&["name"]));
    member("unknown").when(invite(&"x".repeat(201))).then(invalid(&["name"]));
}

#[test]
fn roles_are_granted_and_revoked_once() {
    let after = member("active").when(grant(AGENT, 5, 5)).then(events![RoleGranted { role: AGENT }]);
    assert_eq!(after.roles.into_iter().collect::<Vec<_>>(), [AGENT, ADMIN]);
    member("active").when(grant(ADMIN, 1, 1)).then_nothing();
    let after = member("active").when(revoke(ADMIN, (1, 1), true)).then(events![RoleRevoked { role: ADMIN }]);
    assert!(after.roles.is_empty());
    member("active").when(revoke(AGENT, (5, 1), false)).then_nothing();
}

#[test]
fn nobody_acts_above_their_own_level() {
    let expected = || refused(RefusalCode::NotAllowed, &[]).saying("your level is 3, and this is level 2");
    member("active").when(grant(AGENT, 2, 3)).then(expected());
    member("active").when(revoke(ADMIN, (2, 3), true)).then(expected());
    member("active").when(suspend("Left.", (2, 3), true)).then(expected());
}

#[test]
fn the_last_administrator_stays() {
    let expected = || refused(RefusalCode::NotAllowed, &[]).saying("this is the last administrator");
    member("active").when(revoke(ADMIN, (1, 1), false)).then(expected());
    member("active").when(suspend("Left.", (1, 1), false)).then(expected());
}

#[test]
fn suspending_needs_a_reason() {
    member("active").when(suspend(" ", (1, 1), true)).then(invalid(&["reason"]));
    let after = member("active").when(suspend("Left.", (1, 1), true)).then(events![suspended()]);
    assert_eq!(after.status, MemberStatus::Suspended);
    assert_eq!(after.roles.len(), 1, "the roles are there again when they are reinstated");
}

#[test]
fn reinstating_leads_back_to_where_they_were() {
    let after = member("suspended")
        .when(MemberCommand::Reinstate { level: 3, reinstater: 3 })
        .then(events![Reinstated {}]);
    assert_eq!(after.status, MemberStatus::Active);
    let never_joined = Scenario::<Member>::given(events![invited(), suspended()]);
    let after =
        never_joined.when(MemberCommand::Reinstate { level: 3, reinstater: 3 }).then(events![Reinstated {}]);
    assert_eq!(after.status, MemberStatus::Invited);
}

#[test]
fn nobody_reinstates_above_their_own_level() {
    let expected = refused(RefusalCode::NotAllowed, &[]).saying("above their own level");
    member("suspended").when(MemberCommand::Reinstate { level: 2, reinstater: 3 }).then(expected);
}

#[test]
fn joining_twice_says_so() {
    let expected = refused(RefusalCode::InvalidTransition, &[]).saying("already joined");
    member("active").when(MemberCommand::Join).then(expected);
}

#[test]
fn who_is_forgotten_leaves_nothing_and_gives_the_address_back() {
    let after = member("suspended").when(forget("Asked for it.", (3, 3), true)).then(events![forgotten()]);
    let expected = Member {
        status: MemberStatus::Forgotten,
        joined: true,
        name: Some(Personal { subject: ALICE.cast(), value: None }),
        forgotten: Some(forgotten()),
        ..Member::default()
    };
    assert_eq!(after, expected);
    let claims = member("forgotten").last_claims();
    assert_eq!(claims, [ClaimChange::Release(Claim::organization("member.email", "5c0ff"))]);
}

#[test]
fn nobody_forgets_above_their_level_nor_the_last_administrator() {
    member("active").when(forget("Asked for it.", (1, 2), true)).then(refused(RefusalCode::NotAllowed, &[]));
    member("active").when(forget("Asked for it.", (1, 1), false)).then(refused(RefusalCode::NotAllowed, &[]));
}

#[test]
fn the_reason_tells_nobody_who_it_was() {
    for reason in
        ["", "no", "Alice asked for it.", "asked by ALICE", "see alice@EXAMPLE.com", "alice@example.com"]
    {
        member("active").when(forget(reason, (1, 1), true)).then(invalid(&["reason"]));
    }
    for reason in ["Asked for it.", "Article 17", "The malice of others", "all ice"] {
        member("active")
            .when(forget(reason, (1, 1), true))
            .then(events![Forgotten { reason: reason.into(), ..forgotten() }]);
    }
}
