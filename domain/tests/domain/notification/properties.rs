//! What holds for any history of a notification.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_domain::{
    contact::Channel,
    notification::{
        Notification, NotificationCommand, NotificationEvent, NotificationPlanned,
        NotificationStatus as Status, Plan, Reason, Report, Trouble, backoff,
    },
};
use proptest::{collection::vec, option, prelude::*};

use super::{DUE, after, at, fails, occasion, plan, planned, seconds, sending, then};
use crate::{
    cast::{id, noon, slug},
    properties::{config, explore, personal, steps},
};

/// What a provider may say of the first attempt.
fn callback() -> impl Strategy<Value = (NotificationCommand, Option<Status>)> {
    let trouble = || Trouble { code: "5.1.1".into(), detail: None };
    let report = NotificationCommand::Report;
    prop_oneof![
        Just((report(Report::Sent { attempt: 1, reference: None }), Some(Status::Sent))),
        Just((report(Report::Delivered), Some(Status::Delivered))),
        Just((report(Report::Read), Some(Status::Read))),
        Just((report(Report::ActedOn { action: slug("acknowledge") }), Some(Status::ActedOn))),
        Just((report(Report::Bounced { trouble: trouble() }), Some(Status::Bounced))),
        Just((fails(1, true), Some(Status::Failed))),
        Just((fails(1, false), None)),
    ]
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Sms), Just(Channel::Email), Just(Channel::Webhook), Just(Channel::InApp)]
}

fn command() -> impl Strategy<Value = NotificationCommand> {
    let attempt = || 1..4_u16;
    let trouble = || {
        (personal(), any::<bool>())
            .prop_map(|(detail, said)| Trouble { code: "30003".into(), detail: said.then_some(detail) })
    };
    let moment = || (0..60_i64).prop_map(|minutes| noon() + Duration::minutes(minutes));
    let report = prop_oneof![
        attempt().prop_map(|attempt| Report::Sent { attempt, reference: None }),
        Just(Report::Delivered),
        Just(Report::Read),
        Just(Report::ActedOn { action: slug("view") }),
        (attempt(), any::<bool>(), option::of(moment()), trouble()).prop_map(
            |(attempt, permanent, not_before, trouble)| Report::Failed {
                attempt,
                permanent,
                not_before,
                trouble
            }
        ),
        trouble().prop_map(|trouble| Report::Bounced { trouble }),
        attempt().prop_map(|attempt| Report::Unknown { attempt }),
    ];
    let withhold = prop_oneof![6 => Just(None), 1 => Just(Some(Reason::Acknowledged))];
    prop_oneof![
        1 => (channel(), option::of(moment())).prop_map(|(channel, expires_at)| {
            NotificationCommand::Plan(Box::new(Plan { expires_at, at: crate::cast::morning(), ..plan(channel) }))
        }),
        1 => Just(NotificationCommand::Suppress { why: Reason::Acknowledged }),
        6 => withhold.prop_map(|withhold| NotificationCommand::Due { withhold }),
        4 => report.prop_map(NotificationCommand::Report),
    ]
}

/// Forward and never back, and no attempt before it is known what became of the one before.
fn moves(before: &Notification, event: &NotificationEvent, after: &Notification) -> bool {
    let again = after.attempts == before.attempts + 1 && before.pending_since.is_none();
    before.status <= after.status
        && (after.attempts == before.attempts || again && matches!(event, NotificationEvent::Attempted(_)))
        && (after.status < Status::Failed || after.waits().is_empty())
        && after.waits().len() <= 1
        // Only what just happened can be the last hope, and only then is another contact method asked for.
        && (!event.asks_for_another() || after.gave_up() || after.status == Status::Sent)
        && (!after.gave_up() || before.gave_up() || event.asks_for_another())
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_history_holds(steps in steps(command())) {
        explore::<Notification>(steps, moves, |_| false)?;
    }

    #[test]
    fn callbacks_in_any_order_and_number_lead_to_the_same(
        (callbacks, shuffled) in vec(callback(), 0..8).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        again in vec(0..8_usize, 0..4),
    ) {
        let run = |order: &[(NotificationCommand, Option<Status>)]| {
            let mut state = sending();
            for (place, (callback, _)) in order.iter().enumerate() {
                let before = state.status;
                then(seconds(place as i64), &mut state, callback.clone());
                assert!(before <= state.status);
            }
            state
        };
        let repeated: Vec<_> = again.iter().filter_map(|place| callbacks.get(*place).cloned()).collect();
        let (one, other) = (run(&callbacks), run(&[shuffled, repeated].concat()));
        let furthest = callbacks.iter().filter_map(|(_, status)| *status).max().unwrap_or(Status::Sending);
        prop_assert_eq!((one.status, other.status), (furthest, furthest));
        prop_assert_eq!(one.next_attempt_at.is_some(), other.next_attempt_at.is_some());
    }

    #[test]
    fn what_is_waited_for_comes_and_ends(channel in channel(), expires in option::of(1..3_000_i64)) {
        let expires_at = expires.map(seconds);
        let mut state = after(vec![(noon(), NotificationPlanned { expires_at, ..planned(channel) }.into())]);
        let mut now = noon();
        for _ in 0..40 {
            let Some(wait) = state.waits().pop() else { break };
            prop_assert!(wait.due >= now);
            prop_assert_eq!(at(wait.due - Duration::milliseconds(1), &state, DUE), []);
            now = wait.due;
            prop_assert_eq!(at(now, &state, DUE).len(), 1, "nothing is due at {}: {:?}", now, state);
            then(now, &mut state, DUE);
        }
        prop_assert!(state.waits().is_empty(), "for ever: {:?}", state);
        prop_assert!(expires_at.is_none_or(|expires| now <= expires + Duration::minutes(1)));
    }

    #[test]
    fn retries_wait_longer_each_time_and_spread(seed in 1..u128::MAX, attempt in 1..12_u16) {
        for channel in Channel::ALL {
            let wait = backoff(id(seed), *channel, attempt);
            prop_assert_eq!(wait, backoff(id(seed), *channel, attempt));
            let last = 9;
            prop_assert_eq!(wait.is_some(), attempt <= last);
            let Some(wait) = wait else { continue };
            let middle: i64 = match (*channel, attempt) {
                (Channel::Webhook, attempt) => {
                    [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400][usize::from(attempt) - 1]
                }
                (_, 9) => 900,
                (_, attempt) => 5 * 2_i64.pow(u32::from(attempt) - 1),
            };
            prop_assert!(wait >= Duration::milliseconds(middle * 750) && wait < Duration::milliseconds(middle * 1_250));
        }
    }
}

#[test]
fn those_that_failed_together_are_not_tried_again_together() {
    let waits: BTreeSet<_> =
        (0..100).map(|n| backoff(occasion().notification(id(n), id(n)), Channel::Sms, 5).unwrap()).collect();
    assert!(waits.len() > 90);
    let (first, last) = (*waits.first().unwrap(), *waits.last().unwrap());
    assert!(first < Duration::seconds(65) && last > Duration::seconds(95), "{first} {last}");
}
