//! When it is sent, and sent again.

use chrono::Duration;
use escalon_domain::{
    contact::Channel,
    notification::{
        Attempted, Expired, Notification, NotificationCommand, NotificationPlanned, NotificationStatus, Plan,
        Reason, Report, Sent, Suppressed, Unknown, backoff,
    },
    wait::Wait,
};

use super::{
    DUE, PHONE, after, at, failed, fails, minutes, occasion, plan, planned, seconds, sending, then, trouble,
};
use crate::{
    cast::{ALICE, BOB, id, noon},
    harness::{Scenario, events, invalid, refused},
};

fn queued() -> Notification {
    after(vec![(minutes(-1), planned(Channel::Sms).into())])
}

#[test]
fn planning_it_twice_is_planning_it_once() {
    let plans = |at| NotificationCommand::Plan(Box::new(Plan { at, ..plan(Channel::Sms) }));
    let event = planned(Channel::Sms);
    Scenario::<Notification>::new().when(plans(noon())).then(events![event.clone()]);
    Scenario::<Notification>::given(events![event]).when(plans(minutes(5))).then_nothing();
    Scenario::<Notification>::new().when(plans(minutes(30))).then(invalid(&["expires_at"]));
    Scenario::<Notification>::new()
        .when(DUE)
        .then(refused(escalon_domain::refusal::RefusalCode::NotFound, &[]));
}

#[test]
fn its_id_follows_from_what_it_is() {
    let one = occasion().notification(ALICE, PHONE);
    assert_eq!(one, occasion().notification(ALICE, PHONE));
    assert_eq!(
        one.to_string(),
        "notification_47593ppdpzaqdraqtatwwvb0tw",
        "it is in stores, and never changes"
    );
    assert_ne!(one, occasion().notification(BOB, PHONE));
    assert_ne!(one, occasion().notification(ALICE, id(1)));
}

#[test]
fn in_the_application_it_is_there_at_once() {
    let command = NotificationCommand::Plan(Box::new(plan(Channel::InApp)));
    let state = Scenario::<Notification>::new()
        .when(command)
        .then(events![planned(Channel::InApp), escalon_domain::notification::Delivered {}]);
    assert_eq!((state.status, state.waits()), (NotificationStatus::Delivered, vec![]));
}

#[test]
fn it_is_attempted_at_its_moment() {
    assert_eq!(queued().waits(), [Wait::new("attempt", noon())]);
    assert_eq!(at(seconds(-1), &queued(), DUE), []);
    assert_eq!(at(noon(), &queued(), DUE), events![Attempted { attempt: 1 }]);
    assert_eq!(
        at(minutes(29), &queued(), DUE),
        events![Attempted { attempt: 1 }],
        "later is better than never"
    );
    assert_eq!(at(minutes(30), &queued(), DUE), events![Expired {}]);
}

#[test]
fn what_is_not_needed_any_more_is_not_sent() {
    let why = Reason::Acknowledged;
    let owned = NotificationCommand::Due { withhold: Some(why) };
    assert_eq!(at(noon(), &queued(), owned.clone()), events![Suppressed { why }]);
    assert_eq!(at(minutes(40), &queued(), owned.clone()), events![Suppressed { why }]);
    assert_eq!(at(seconds(-1), &queued(), owned), []);
    let suppress = NotificationCommand::Suppress { why };
    assert_eq!(at(minutes(-1), &queued(), suppress.clone()), events![Suppressed { why }]);
    assert_eq!(at(seconds(1), &sending(), suppress.clone()), events![Suppressed { why }]);

    let mut state = sending();
    then(seconds(1), &mut state, suppress.clone());
    assert_eq!((state.suppressed, state.waits()), (Some(why), vec![]));
    assert_eq!(at(seconds(2), &state, suppress), []);
    // It was on its way already.
    then(seconds(3), &mut state, NotificationCommand::Report(Report::Delivered));
    assert_eq!(state.status, NotificationStatus::Delivered);
}

#[test]
fn it_is_attempted_by_one_at_a_time() {
    assert_eq!(sending().waits(), [Wait::new("outcome", seconds(60))]);
    assert_eq!(at(seconds(59), &sending(), DUE), []);
}

#[test]
fn whoever_says_nothing_of_its_attempt_is_taken_for_dead() {
    let mut state = sending();
    let events = at(seconds(60), &state, DUE);
    let retry_at = seconds(120);
    assert_eq!(
        events,
        events![Unknown { attempt: 1, retry_at: Some(retry_at) }],
        "a text is not sent twice lightly"
    );
    then(seconds(60), &mut state, DUE);
    assert_eq!(state.waits(), [Wait::new("attempt", retry_at)]);

    // It turns out that it was sent.
    let mut known = state.clone();
    then(seconds(70), &mut known, NotificationCommand::Report(Report::Sent { attempt: 1, reference: None }));
    assert_eq!((known.status, known.waits()), (NotificationStatus::Sent, vec![]));

    // It does not.
    then(retry_at, &mut state, DUE);
    assert_eq!(state.attempts, 2);
    assert_eq!(state.status, NotificationStatus::Unknown, "never back");

    let mail = NotificationPlanned { channel: Channel::Email, ..planned(Channel::Sms) };
    let mail = after(vec![(noon(), mail.into()), (noon(), Attempted { attempt: 1 }.into())]);
    let unknown = Report::Unknown { attempt: 1 };
    let wait = backoff(occasion().notification(ALICE, PHONE), Channel::Email, 1).unwrap();
    assert_eq!(
        at(seconds(9), &mail, NotificationCommand::Report(unknown)),
        events![Unknown { attempt: 1, retry_at: Some(seconds(9) + wait) }],
        "the second takes the first one's place"
    );
}

#[test]
fn after_a_failure_it_is_attempted_again() {
    let wait = backoff(occasion().notification(ALICE, PHONE), Channel::Sms, 1).unwrap();
    let retry_at = seconds(2) + wait;
    assert_eq!(at(seconds(2), &sending(), fails(1, false)), events![failed(1, Some(retry_at))]);
    let mut state = sending();
    then(seconds(2), &mut state, fails(1, false));
    assert_eq!(state.waits(), [Wait::new("attempt", retry_at)]);
    assert_eq!(at(seconds(3), &state, fails(1, false)), [], "the same failure again");
    then(retry_at, &mut state, DUE);
    assert_eq!(at(minutes(1), &state, fails(1, false)), [], "a failure of an attempt before");

    let later =
        Report::Failed { attempt: 2, permanent: false, not_before: Some(minutes(5)), trouble: trouble() };
    let later = NotificationCommand::Report(later);
    assert_eq!(
        at(minutes(1), &state, later),
        events![failed(2, Some(minutes(5)))],
        "as the provider wants it"
    );
}

#[test]
fn it_is_given_up_at_last() {
    let asks = |events: &[escalon_domain::notification::NotificationEvent]| events[0].asks_for_another();
    let events = at(seconds(2), &sending(), fails(1, true));
    assert_eq!(events, events![failed(1, None)]);
    assert!(asks(&events) && !asks(&at(seconds(2), &sending(), fails(1, false))));

    let late =
        Report::Failed { attempt: 1, permanent: false, not_before: Some(minutes(30)), trouble: trouble() };
    let events = at(seconds(2), &sending(), NotificationCommand::Report(late));
    assert_eq!(events, events![failed(1, None)], "too late then");

    let mut state =
        after(vec![(noon(), NotificationPlanned { expires_at: None, ..planned(Channel::Sms) }.into())]);
    let mut now = noon();
    for attempt in 1..=10 {
        then(now, &mut state, DUE);
        assert_eq!((state.attempts, state.status), (attempt, NotificationStatus::Sending));
        then(now, &mut state, fails(attempt, false));
        now = state.next_attempt_at.unwrap_or(now);
    }
    assert_eq!((state.status, state.waits()), (NotificationStatus::Failed, vec![]));
    assert!(now - noon() > Duration::minutes(25) && now - noon() < Duration::minutes(50), "{now}");
}

#[test]
fn what_was_sent_and_then_failed_is_sent_again() {
    let sent = |attempt| NotificationCommand::Report(Report::Sent { attempt, reference: Some("SM1".into()) });
    let mut state = sending();
    then(seconds(1), &mut state, sent(1));
    then(seconds(2), &mut state, fails(1, false));
    assert_eq!(state.status, NotificationStatus::Sent);
    let retry_at = state.next_attempt_at.unwrap();
    then(retry_at, &mut state, DUE);
    let events = at(retry_at + Duration::seconds(1), &state, sent(2));
    assert_eq!(events, events![Sent { attempt: 2, reference: Some("SM1".into()) }]);
    then(retry_at + Duration::seconds(1), &mut state, sent(2));
    assert_eq!(state.waits(), [], "its outcome is known");
}

#[test]
fn an_attempt_that_was_never_made_is_refused() {
    let given = || Scenario::<Notification>::given(events![planned(Channel::Sms), Attempted { attempt: 1 }]);
    for attempt in [0, 2] {
        let sent = Report::Sent { attempt, reference: None };
        given().when(NotificationCommand::Report(sent)).then(invalid(&["attempt"]));
        given().when(NotificationCommand::Report(Report::Unknown { attempt })).then(invalid(&["attempt"]));
        given().when(fails(attempt, true)).then(invalid(&["attempt"]).saying("there were 1 so far"));
    }
}
