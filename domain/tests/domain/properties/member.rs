//! Any history of a member.

use chrono::NaiveTime;
use escalon_domain::{
    aggregate::{Aggregate, Event, fold},
    contact::{Channel, Code, Means, NotificationRule, Preferences, QuietHours, ReachCommand},
    escalation::Urgency,
    member::{Invited, Member, MemberCommand, MemberEvent, MemberStatus},
    stamp::Stamp,
    zone::Zone,
};
use proptest::{collection::vec, option, prelude::*};

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
        reach().prop_map(Command::Reach),
        Just(Command::Reinstate { level: 3, reinstater: 3 }),
        (plain(), levels()).prop_map(|(reason, (level, forgetter, another_administrator))| {
            let (subject, held) = (ALICE.cast(), Default::default());
            Command::Forget { subject, reason, held, level, forgetter, another_administrator }
        }),
    ]
}

fn reach() -> impl Strategy<Value = ReachCommand> {
    use ReachCommand as Command;
    let rules = || {
        let urgency = prop_oneof![Just(Urgency::Urgent), Just(Urgency::Low)];
        let rule = (urgency, few(), 0..2_000_u32)
            .prop_map(|(urgency, method, delay_minutes)| NotificationRule { urgency, method, delay_minutes });
        vec(rule, 0..3)
    };
    let channel = || prop_oneof![Just(Channel::Email), Just(Channel::Sms), Just(Channel::Call)];
    let hour = || (0..24_u32).prop_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap());
    prop_oneof![
        (few(), channel(), any::<bool>(), 0..3_u8).prop_map(|(method, channel, vouched, number)| {
            let address = match channel {
                Channel::Email => format!("al§ce{number}@example.com"),
                _ => format!("+49 30 {number}123456"),
            };
            Command::AddMethod { method, channel, address, vouched }
        }),
        (few(), prop_oneof![Just(Code::Right), Just(Code::Wrong), Just(Code::Expired)])
            .prop_map(|(method, code)| Command::VerifyMethod { method, code }),
        few().prop_map(|method| Command::RemoveMethod { method }),
        rules().prop_map(|rules| Command::SetRules { rules }),
        (option::of(hour()), any::<bool>()).prop_map(|(digest_at, critical_only)| {
            Command::SetPreferences(Preferences { channels: None, critical_only, digest_at })
        }),
        (hour(), hour(), any::<bool>()).prop_map(|(from, to, urgent_breaks)| {
            Command::SetQuietHours(Some(QuietHours { from, to, urgent_breaks }))
        }),
        Just(Command::SetZone(Zone::UTC)),
        channel().prop_map(|channel| Command::GiveConsent { channel, means: Means::Settings }),
        channel().prop_map(|channel| Command::WithdrawConsent { channel, means: Means::Message }),
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
        "member.consent_withdrawn" => from == to && !matches!(from, S::Unknown | S::Forgotten),
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
