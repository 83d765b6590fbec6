//! Any history of a member.

use escalon_domain::{
    aggregate::{Aggregate, Event, fold},
    member::{Invited, Member, MemberCommand, MemberEvent, MemberStatus},
    stamp::Stamp,
};
use proptest::{option, prelude::*};

use super::{config, explore, few, personal, plain, steps};
use crate::cast::{ALICE, bob, noon, words};

fn command() -> impl Strategy<Value = MemberCommand> {
    use MemberCommand as Command;
    let levels = || (1..4_u8, 1..4_u8, any::<bool>());
    prop_oneof![
        (personal(), any::<bool>(), option::of(plain())).prop_map(|(name, reachable, email_digest)| {
            let email = reachable.then(|| "al§ce@example.com".parse().unwrap());
            let roles = Default::default();
            Command::Invite {
                subject: ALICE.cast(),
                name,
                email,
                email_digest,
                roles,
                inviter: 3,
                joins: false,
            }
        }),
        Just(Command::Join),
        (few(), levels()).prop_map(|(role, (level, granter, _))| Command::GrantRole { role, level, granter }),
        (few(), levels()).prop_map(|(role, (level, revoker, another_administrator))| {
            Command::RevokeRole { role, level, revoker, another_administrator }
        }),
        (plain(), levels()).prop_map(|(reason, (level, suspender, another_administrator))| {
            Command::Suspend { reason, level, suspender, another_administrator }
        }),
        Just(Command::Reinstate { level: 3, reinstater: 3 }),
        (plain(), levels()).prop_map(|(reason, (level, forgetter, another_administrator))| {
            let (subject, held) = (ALICE.cast(), Default::default());
            Command::Forget { subject, reason, held, level, forgetter, another_administrator }
        }),
    ]
}

/// Which statuses an event may lead between; any other event leaves the status as it is.
fn moves(before: &Member, event: &MemberEvent, after: &Member) -> bool {
    use MemberStatus as S;
    let (from, to) = (before.status, after.status);
    match event.name() {
        "member.invited" => (from, to) == (S::Unknown, S::Invited),
        "member.joined" => (from, to) == (S::Invited, S::Active),
        "member.suspended" => matches!(from, S::Invited | S::Active) && to == S::Suspended,
        "member.reinstated" => {
            from == S::Suspended && to == if before.joined { S::Active } else { S::Invited }
        }
        "member.forgotten" => !matches!(from, S::Unknown | S::Forgotten) && to == S::Forgotten,
        _ => from == to && matches!(from, S::Invited | S::Active),
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn any_history_holds(steps in steps(command())) {
        explore::<Member>(steps, moves, |_| false)?;
    }

    #[test]
    fn nothing_reaches_above_its_own_level(command in command()) {
        let above = match &command {
            MemberCommand::GrantRole { level, granter: own, .. }
            | MemberCommand::RevokeRole { level, revoker: own, .. }
            | MemberCommand::Suspend { level, suspender: own, .. }
            | MemberCommand::Forget { level, forgetter: own, .. } => level < own,
            _ => false,
        };
        let stamp = Stamp::new(noon(), bob());
        let invited = Invited { name: words(ALICE, "Alice"), email: None, email_digest: None };
        let refused = fold::<Member>(&[invited.into()], &stamp).decide(command, &stamp).is_err();
        prop_assert!(refused || !above);
    }
}
