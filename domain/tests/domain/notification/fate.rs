//! What becomes of it, and that what is known is never forgotten.

use escalon_domain::{
    aggregate::Event,
    contact::Channel,
    notification::{
        ActedOn, Bounced, Delivered, Notification, NotificationCommand, NotificationEvent,
        NotificationStatus, Read, Report, Sent, Trouble,
    },
    telling::Told,
};

use super::{at, failed, fails, seconds, sending, then};
use crate::{
    cast::{ALICE, noon, slug, words},
    harness::events,
};

const fn report(report: Report) -> NotificationCommand {
    NotificationCommand::Report(report)
}

#[test]
fn it_moves_forward() {
    let mut state = sending();
    let sent = report(Report::Sent { attempt: 1, reference: Some("SM1".into()) });
    assert_eq!(
        at(seconds(1), &state, sent.clone()),
        events![Sent { attempt: 1, reference: Some("SM1".into()) }]
    );
    then(seconds(1), &mut state, sent.clone());
    assert_eq!(at(seconds(2), &state, report(Report::Delivered)), events![Delivered {}]);
    then(seconds(2), &mut state, report(Report::Delivered));
    assert_eq!(at(seconds(3), &state, report(Report::Read)), events![Read {}]);
    then(seconds(3), &mut state, report(Report::Read));
    let acted = report(Report::ActedOn { action: slug("acknowledge") });
    assert_eq!(at(seconds(4), &state, acted.clone()), events![ActedOn { action: slug("acknowledge") }]);
    then(seconds(4), &mut state, acted.clone());
    assert_eq!(state.since, Some(seconds(4)));

    let bounced = report(Report::Bounced { trouble: Trouble { code: "5.1.1".into(), detail: None } });
    for late in [
        sent,
        report(Report::Delivered),
        report(Report::Read),
        acted,
        bounced,
        fails(1, true),
        fails(1, false),
    ] {
        assert_eq!(at(seconds(5), &state, late), []);
    }
}

#[test]
fn what_is_proven_counts_for_more_than_what_was_believed() {
    let mut state = sending();
    then(seconds(1), &mut state, fails(1, true));
    then(seconds(2), &mut state, report(Report::Delivered));
    assert_eq!(state.status, NotificationStatus::Delivered);
    let bounced = report(Report::Bounced { trouble: Trouble { code: "5.1.1".into(), detail: None } });
    then(seconds(3), &mut state, bounced);
    assert_eq!(state.status, NotificationStatus::Bounced);
    then(seconds(4), &mut state, report(Report::Delivered));
    assert_eq!(state.status, NotificationStatus::Bounced);
    then(seconds(5), &mut state, report(Report::Read));
    assert_eq!(state.status, NotificationStatus::Read);
}

#[test]
fn what_a_provider_says_is_cut_and_the_recipients() {
    let trouble = Trouble { code: "x".repeat(200), detail: Some("ß".repeat(3_000)) };
    let events = at(seconds(1), &sending(), report(Report::Bounced { trouble: trouble.clone() }));
    let detail = Some(words(ALICE, &"ß".repeat(2_000)));
    assert_eq!(events, events![Bounced { code: "x".repeat(100), detail: detail.clone() }]);
    let fails = Report::Failed { attempt: 1, permanent: true, not_before: None, trouble };
    let expected = escalon_domain::notification::Failed { code: "x".repeat(100), detail, ..failed(1, None) };
    assert_eq!(at(seconds(1), &sending(), report(fails)), events![expected]);
}

#[test]
fn statuses_have_their_order_and_their_words() {
    assert!(NotificationStatus::ALL.is_sorted());
    let words: std::collections::BTreeSet<_> =
        NotificationStatus::ALL.iter().map(|status| status.name()).collect();
    assert_eq!(words.len(), NotificationStatus::ALL.len());
    for status in NotificationStatus::ALL {
        assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{}\"", status.name()));
    }
    for channel in Channel::ALL {
        assert_eq!(serde_json::to_string(channel).unwrap(), format!("\"{}\"", channel.name()));
    }
}

#[test]
fn every_event_has_its_words() {
    let zone = "Europe/Berlin".parse().unwrap();
    let golden = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/domain/golden");
    let said = |file: &str| {
        let text = std::fs::read_to_string(golden.join(format!("notification.{file}.json"))).unwrap();
        let name = format!("notification.{}", file.split('.').next().unwrap());
        NotificationEvent::from_json(&name, 1, &text).unwrap().words(zone)
    };
    for (file, words) in [
        ("planned.v1", "planned by email for 2026-01-05 13:00:00 (Europe/Berlin)"),
        (
            "planned.v1.event",
            "planned by email for 2026-01-05 13:00:00 (Europe/Berlin), not after 2026-01-05 13:30:00 (Europe/Berlin)",
        ),
        ("suppressed.v1", "not sent: somebody owns it already"),
        ("attempted.v1", "attempt 1 began"),
        ("sent.v1", "attempt 1 was taken by the provider as SM1"),
        ("sent.v1.bare", "attempt 1 was taken by the provider"),
        ("delivered.v1", "delivered"),
        ("read.v1", "read"),
        ("acted_on.v1", "acted on: acknowledge"),
        ("failed.v1", "attempt 1 failed (30003), the next is at 2026-01-05 13:00:05 (Europe/Berlin)"),
        ("failed.v1.last", "attempt 10 failed (connection_refused), and there is no further one"),
        ("bounced.v1", "refused by the address (5.1.1)"),
        ("expired.v1", "not sent: it was too late"),
        (
            "unknown.v1",
            "attempt 1 has an unknown outcome, the next is at 2026-01-05 13:02:00 (Europe/Berlin)",
        ),
    ] {
        assert_eq!(said(file), words, "{file}");
    }
}

#[test]
fn what_failed_for_good_makes_way_for_the_next_method() {
    let mut state = sending();
    let method = state.planned.as_ref().unwrap().method;
    let told = Told::of([&state]);
    assert_eq!((told.already.len(), told.failed.len()), (1, 0));
    assert_eq!(told.sent[&method], [noon()].into());
    then(seconds(1), &mut state, fails(1, true));
    assert_eq!(Told::of([&state]).failed, [method].into());
    then(seconds(2), &mut state, report(Report::Delivered));
    assert!(Told::of([&state]).failed.is_empty(), "it came after all");
    assert_eq!(Told::of([&Notification::default()]).already, [].into());
}
