//! What becomes of the decision: notifications to be planned, and several of them in one message.

use chrono::Duration;
use escalon_domain::{
    contact::{Channel, ContactMethod},
    escalation::Urgency,
    notification::{Notification, NotificationCommand, Verdict},
    telling::{Considered, Telling, bundles, plans, tell},
};

use super::{MAIL, alice, level, of, person, quiet};
use crate::{
    cast::{ALICE, BOB, noon},
    harness::Scenario,
};

#[test]
fn what_is_due_to_one_address_at_one_moment_is_one_message() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(11, 15, true);
    let low = |number, minutes| {
        let telling = Telling {
            occasion: level(number, 1),
            at: noon() + Duration::minutes(minutes),
            ..of(Urgency::Low)
        };
        tell(&telling, std::slice::from_ref(&to)).remove(0)
    };
    let candidates = [low(1, 0), low(2, 20), low(3, 59)];
    let bundles = bundles(&candidates);
    let last = bundles.last().unwrap();
    assert_eq!((last.recipient, last.method, last.channel), (ALICE, MAIL, Channel::Email));
    assert_eq!(last.at, noon() + Duration::hours(3));
    assert_eq!(last.notifications, [1, 2, 3].map(|number| level(number, 1).notification(ALICE, MAIL)));
    assert_eq!(bundles.len(), 4, "each stands for itself in the application");
}

#[test]
fn the_same_one_twice_is_one() {
    let candidate = tell(&of(Urgency::Low), &[alice()]).remove(0);
    let again = bundles([&candidate, &candidate]);
    assert_eq!(again, bundles([&candidate]));
    assert!(matches!(&candidate.verdict, Verdict::Told { by, .. } if by.len() == again.len()));
}

#[test]
fn what_was_decided_is_planned() {
    let mut to = alice();
    to.reach.quiet_hours = quiet(11, 15, true);
    let telling = of(Urgency::Low);
    let off_call = Considered { on_call: false, ..person(BOB) };
    let candidates = tell(&telling, &[to, off_call]);
    let soon = noon() + Duration::minutes(30);
    let plans = plans(&telling.occasion, telling.urgency, &candidates, Some(soon), None);
    let known = |member, method| telling.occasion.notification(member, method);
    let ids: Vec<_> = plans.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [known(ALICE, ContactMethod::in_app(ALICE)), known(ALICE, MAIL)]);
    let expiries: Vec<_> = plans.iter().map(|(_, plan)| (plan.at, plan.expires_at)).collect();
    let put_off = noon() + Duration::hours(3);
    assert_eq!(expiries, [(noon(), Some(soon)), (put_off, None)]);
    for (_, plan) in plans {
        let planned = NotificationCommand::Plan(Box::new(plan));
        assert!(!Scenario::<Notification>::new().when(planned).result.unwrap().is_empty());
    }
}
