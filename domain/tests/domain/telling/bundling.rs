//! Several notifications in one message.

use chrono::Duration;
use escalon_domain::{
    contact::Channel,
    escalation::Urgency,
    notification::Verdict,
    telling::{Telling, bundles, tell},
};

use super::{MAIL, alice, level, of, quiet};
use crate::cast::{ALICE, noon};

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
