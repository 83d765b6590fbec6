//! What holds for anybody, at any time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use escalon_domain::{
    contact::{
        Channel, Consent, ContactMethod, ContactMethodId, Means, NotificationRule, Preferences, QuietHours,
        Reach,
    },
    escalation::Urgency,
    member::MemberStatus,
    notification::{Reason, Verdict},
    policy::Target,
    telling::{Considered, Limits, Telling, Told, tell},
    zone::Zone,
};
use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
    test_runner::Config,
};

use super::{level, schedule, time};
use crate::cast::{id, morning, noon, slug, words};

pub(crate) fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn urgency() -> impl Strategy<Value = Urgency> {
    prop_oneof![Just(Urgency::Urgent), Just(Urgency::High), Just(Urgency::Medium), Just(Urgency::Low)]
}

fn channel() -> impl Strategy<Value = Channel> {
    (0..Channel::ALL.len()).prop_map(|place| Channel::ALL[place])
}

fn method() -> impl Strategy<Value = ContactMethodId> {
    (1..6_u128).prop_map(id)
}

fn methods() -> impl Strategy<Value = BTreeMap<ContactMethodId, ContactMethod>> {
    let known = (channel(), any::<bool>()).prop_map(|(channel, verified)| ContactMethod {
        channel: if channel == Channel::InApp { Channel::Email } else { channel },
        address: words(id(1), "§"),
        verified_at: verified.then(morning),
    });
    btree_map(method(), known, 0..5)
}

fn reach() -> impl Strategy<Value = Reach> {
    let rule = (urgency(), method(), 0..200_u32)
        .prop_map(|(urgency, method, delay_minutes)| NotificationRule { urgency, method, delay_minutes });
    let hours = (0..24_u32, 1..24_u32, any::<bool>()).prop_map(|(from, length, urgent_breaks)| QuietHours {
        from: time(from, 0),
        to: time((from + length) % 24, 0),
        urgent_breaks,
    });
    let preferences = (option::of(btree_set(channel(), 0..6)), any::<bool>(), option::of(0..24_u32))
        .prop_map(|(channels, critical_only, hour)| Preferences {
            channels,
            critical_only,
            digest_at: hour.map(|hour| time(hour, 15)),
        });
    let consent = any::<bool>().prop_map(|given| Consent { given, at: morning(), means: Means::Settings });
    let zone = prop_oneof!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
        .prop_map(|zone| zone.parse::<Zone>().unwrap());
    let (rules, consents) = (vec(rule, 0..4), btree_map(channel(), consent, 0..6));
    (methods(), rules, preferences, option::of(hours), consents, option::of(zone)).prop_map(
        |(methods, rules, preferences, quiet_hours, consents, zone)| Reach {
            methods,
            rules,
            preferences,
            quiet_hours,
            consents,
            zone,
        },
    )
}

fn considered() -> impl Strategy<Value = Considered> {
    let status = prop_oneof![
        6 => Just(MemberStatus::Active),
        1 => Just(MemberStatus::Invited),
        1 => Just(MemberStatus::Suspended),
        1 => Just(MemberStatus::Forgotten),
    ];
    let through = prop_oneof![Just(schedule()), Just(Target::Role(slug("manager")))];
    let moments = btree_set((-90..200_i64).prop_map(|minutes| noon() + Duration::minutes(minutes)), 0..30);
    let sent = btree_map(method(), moments, 0..4);
    (1..4_u128, through, prop::bool::weighted(0.8), status, reach(), sent).prop_map(
        |(member, through, on_call, status, reach, sent)| {
            let told = Told { sent, ..Told::default() };
            Considered { member: id(member), through, on_call, status, reach, told }
        },
    )
}

fn telling() -> impl Strategy<Value = Telling> {
    let withhold = prop_oneof![8 => Just(None), 1 => Just(Some(Reason::Suppressed))];
    let channels = prop_oneof![2 => Just(None), 1 => btree_set(channel(), 0..4).prop_map(Some)];
    (urgency(), channels, withhold, 0..525_600_i64).prop_map(|(urgency, channels, withhold, minutes)| {
        Telling {
            occasion: level(1, 1),
            urgency,
            channels,
            withhold,
            zone: Zone::UTC,
            limits: Limits::default(),
            at: noon() + Duration::minutes(minutes),
        }
    })
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn whoever_is_told_may_be_told_so(telling in telling(), considered in vec(considered(), 1..6)) {
        let candidates = tell(&telling, &considered);
        prop_assert_eq!(candidates.len(), considered.len());
        prop_assert_eq!(&candidates, &tell(&telling, &considered), "the same facts lead to the same decision");
        let mut notifications = BTreeSet::new();
        let mut people = BTreeSet::new();
        for (candidate, to) in candidates.iter().zip(&considered) {
            prop_assert_eq!((candidate.member, &candidate.through), (to.member, &to.through));
            let (by, withheld) = match &candidate.verdict {
                Verdict::NotTold { .. } => continue,
                Verdict::Told { by, withheld } => (by, withheld),
            };
            prop_assert!(telling.withhold.is_none() && to.on_call && !by.is_empty());
            prop_assert!(matches!(to.status, MemberStatus::Active | MemberStatus::Invited));
            prop_assert!(people.insert(to.member), "twice");
            prop_assert!(by.is_sorted_by_key(|planned| planned.at));
            let in_app = by.iter().find(|planned| planned.channel == Channel::InApp);
            prop_assert_eq!(in_app.map(|planned| planned.at), (to.status == MemberStatus::Active).then_some(telling.at));
            for planned in by {
                prop_assert!(planned.at >= telling.at);
                prop_assert!(notifications.insert(planned.notification), "twice");
                prop_assert_eq!(planned.notification, telling.occasion.notification(to.member, planned.method));
                if planned.channel == Channel::InApp {
                    continue;
                }
                let method = &to.reach.methods[&planned.method];
                prop_assert_eq!(method.channel, planned.channel);
                prop_assert!(method.verified_at.is_some());
                prop_assert!(to.reach.preferences.want(planned.channel, telling.urgency));
                prop_assert!(to.reach.consents_to(planned.channel));
                let zone = to.reach.zone.unwrap_or(telling.zone);
                if let Some(hours) = to.reach.quiet_hours {
                    let breaks = hours.urgent_breaks && telling.urgency == Urgency::Urgent;
                    prop_assert!(breaks || hours.end(zone, planned.at).is_none(), "in quiet hours: {planned:?}");
                }
                let delayed = to.reach.rules.iter().any(|rule| {
                    rule.method == planned.method && telling.at + Duration::minutes(rule.delay_minutes.into()) == planned.at
                });
                let put_off = withheld.iter().any(|one| one.channel == planned.channel && one.why.puts_off());
                prop_assert!(planned.at == telling.at || delayed || put_off, "later, and nothing says why: {planned:?}");
            }
        }
    }

    #[test]
    fn nobody_is_told_twice_for_the_same_key(telling in telling(), considered in vec(considered(), 1..6)) {
        let mut already = BTreeMap::<_, BTreeSet<_>>::new();
        for candidate in tell(&telling, &considered) {
            if let Verdict::Told { by, .. } = candidate.verdict {
                already.entry(candidate.member).or_default().extend(by.iter().map(|planned| planned.method));
            }
        }
        // A repeat of the alert, the same command once more, a level that has the same people in it.
        let again: Vec<_> = considered
            .into_iter()
            .filter_map(|mut to| {
                to.told.already = already.get(&to.member)?.clone();
                Some(to)
            })
            .collect();
        for candidate in tell(&Telling { occasion: level(2, 1), ..telling }, &again) {
            let not_told = matches!(candidate.verdict, Verdict::NotTold { .. });
            prop_assert!(not_told, "{:?}", candidate);
        }
    }

    #[test]
    fn failures_lead_through_all_methods_and_to_none_twice(telling in telling(), mut to in considered()) {
        let mut tried = BTreeSet::new();
        for _ in 0..10 {
            let Verdict::Told { by, .. } = tell(&telling, &[to.clone()]).remove(0).verdict else { break };
            for planned in &by {
                prop_assert!(tried.insert(planned.notification), "twice: {planned:?}");
                to.told.already.insert(planned.method);
                to.told.failed.insert(planned.method);
            }
        }
        let spared = telling.withhold.is_some() || !to.on_call
            || !matches!(to.status, MemberStatus::Active | MemberStatus::Invited);
        for (method, known) in &to.reach.methods {
            let fit = known.verified_at.is_some()
                && to.reach.consents_to(known.channel)
                && to.reach.preferences.want(known.channel, telling.urgency);
            let tried = tried.contains(&telling.occasion.notification(to.member, *method));
            prop_assert_eq!(tried, fit && !spared);
        }
    }
}
