//! Why, in plain words.

use chrono::Duration;
use escalon_domain::{
    contact::Channel,
    escalation::Urgency,
    notification::{Candidate, Occasion, Reason, Verdict},
    policy::Target,
    telling::{Considered, Telling, tell, why, why_not},
    zone::Zone,
};

use super::{PHONE, alice, level, of, only, quiet, urgent};
use crate::cast::{ALICE, BOB, noon, slug};

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

#[test]
fn why_somebody_was_told() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(11, 15, false);
    to.reach.consents.remove(&Channel::Sms);
    let candidates = [only(&urgent(), to)];
    let Verdict::Told { by, .. } = &candidates[0].verdict else { panic!("{candidates:?}") };
    assert_eq!(
        why(&level(1, 1), &candidates, by[1].notification, berlin()).unwrap(),
        [
            "told by call at 2026-01-05 16:00 (Europe/Berlin), because on call in schedule primary (level 1)",
            "not by text message: no consent",
            "not by call until 2026-01-05 16:00 (Europe/Berlin): quiet hours",
        ]
    );
    assert_eq!(why(&level(1, 1), &candidates, level(2, 1).notification(ALICE, PHONE), berlin()), None);
}

#[test]
fn why_somebody_was_not_told() {
    let said = |telling: &Telling, to: Considered| {
        why_not(&telling.occasion, &tell(telling, &[to]), ALICE, Zone::UTC)
    };
    let off_call = Considered { on_call: false, ..alice() };
    assert_eq!(said(&urgent(), off_call), ["not told: not on call in schedule primary (level 1)"]);

    let suppressed = Telling {
        withhold: Some(Reason::Suppressed),
        occasion: Occasion::Event { stream: "ticket_1".into(), version: 4 },
        ..urgent()
    };
    let manager = Considered { through: Target::Role(slug("manager")), ..alice() };
    assert_eq!(said(&suppressed, manager), ["not told: suppressed; considered because in role manager"]);

    let mut muted = alice();
    muted.reach.preferences.critical_only = true;
    muted.reach.methods.retain(|method, _| *method == PHONE);
    assert_eq!(
        said(&of(Urgency::Low), muted),
        [
            "told by in-app message at 2026-01-05 12:00 (UTC), because on call in schedule primary (level 1)",
            "not by text message: they do not want it",
        ]
    );
    let nobody: [Candidate; 0] = [];
    assert_eq!(why_not(&level(1, 1), &nobody, BOB, Zone::UTC), ["not told: none of the targets led to them"]);
}

#[test]
fn every_target_and_every_reason_has_its_words() {
    let targets = [
        "member:member_01ke6kmq00e00800000000m4ee",
        "role:r",
        "team:t",
        "schedule:s",
        "channel:c",
        "requester",
        "assignee",
    ];
    for through in targets {
        let through: Target = through.parse().unwrap();
        let candidates = [only(&urgent(), Considered { through, ..alice() })];
        let words = why_not(&level(3, 1), &candidates, ALICE, Zone::UTC);
        assert!(words[0].contains("because ") && words[0].ends_with("(level 3)"), "{words:?}");
    }
    let late = Telling { at: noon() + Duration::days(1), ..urgent() };
    for why in [Reason::Suppressed, Reason::Acknowledged, Reason::Duplicate, Reason::Limited] {
        let words = why_not(
            &level(1, 1),
            &tell(&Telling { withhold: Some(why), ..late.clone() }, &[alice()]),
            ALICE,
            Zone::UTC,
        );
        assert!(words[0].starts_with("not told: "), "{words:?}");
    }
}
