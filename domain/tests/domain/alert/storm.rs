//! Storms: many reports of the same few conditions.

use std::collections::BTreeMap;

use escalon_domain::{
    aggregate::Aggregate,
    alert::{
        Alert, AlertCommand, AlertEvent, Became, Repeated, Report, ReportAction, Reporting, Status, Told,
    },
    escalation::Urgency,
    stamp::Stamp,
};
use proptest::{prelude::*, test_runner::Config};

use super::fixture::{
    ORGANIZATION, alert, content, occurrence, origin, repeated, report, reporting, triggered,
};
use crate::{
    cast::{engine, noon},
    harness::{Scenario, events},
};

#[test]
fn reports_that_come_together_become_two_events() {
    let storm = vec![report(ReportAction::Trigger, Some(noon())); 500];
    let begun = escalon_domain::alert::Triggered { began_at: noon(), ..triggered() };
    let after =
        Scenario::<Alert>::new().by(engine()).when(reporting(storm)).then(events![begun, repeated(499)]);
    assert_eq!(after.count, 500);
}

#[test]
fn the_last_severity_of_a_storm_is_what_it_became() {
    let of = |word: &str| Report { severity: Some(word.into()), ..report(ReportAction::Trigger, None) };
    let reports = ["warning", "info", "critical", "critical", "warning"].map(of).to_vec();
    let became =
        Became { severity: Some("warning".into()), urgency: Urgency::Medium, told: Told::Plain(content()) };
    let expected = Repeated { times: 5, became: Some(became) };
    alert("triggered").when(reporting(reports)).then(events![expected]);
}

#[test]
fn what_ends_and_begins_within_a_storm_is_not_lost() {
    use ReportAction::{Acknowledge, Resolve, Trigger};
    let actions = [Trigger, Trigger, Acknowledge, Trigger, Resolve, Resolve, Trigger, Trigger, Trigger];
    let reports = actions.map(|action| report(action, None)).to_vec();
    let outcome = Scenario::<Alert>::new().by(engine()).when(reporting(reports));
    let names: Vec<_> =
        outcome.result.iter().flatten().map(|event| escalon_domain::aggregate::Event::name(event)).collect();
    assert_eq!(
        names,
        [
            "alert.triggered",
            "alert.repeated",
            "alert.acknowledged",
            "alert.repeated",
            "alert.resolved",
            "alert.triggered",
            "alert.repeated"
        ]
    );
    let after = outcome.after();
    assert_eq!((after.status, after.episode, after.count), (Status::Triggered, 2, 3));
}

/// What one report did to an alert that was kept the dumb way: a status, an episode and a count.
#[derive(Debug, Default, Clone, PartialEq)]
struct Kept {
    open: bool,
    acknowledged: bool,
    episode: u32,
    count: u64,
}

impl Kept {
    fn take(&mut self, action: ReportAction) {
        match (action, self.open) {
            (ReportAction::Trigger, true) => self.count += 1,
            (ReportAction::Trigger, false) => {
                *self = Self { open: true, acknowledged: false, episode: self.episode + 1, count: 1 };
            }
            (ReportAction::Acknowledge, open) => self.acknowledged |= open,
            (ReportAction::Resolve, _) => (self.open, self.acknowledged) = (false, false),
        }
    }
}

fn action() -> impl Strategy<Value = ReportAction> {
    prop_oneof![
        8 => Just(ReportAction::Trigger),
        1 => Just(ReportAction::Acknowledge),
        1 => Just(ReportAction::Resolve)
    ]
}

/// Takes reports in, in batches of this size, and says how many events it took.
fn take(alerts: &mut BTreeMap<String, Alert>, reports: &[(String, ReportAction)], batch: usize) -> usize {
    let stamp = Stamp::new(noon(), engine());
    let mut events = 0;
    for reports in reports.chunks(batch) {
        let mut by_key: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (key, action) in reports {
            let report = Report { dedup_key: key.clone(), ..report(*action, None) };
            by_key.entry(key).or_default().push(occurrence(report, noon()));
        }
        for (key, occurrences) in by_key {
            let state = alerts.entry(origin().alert(ORGANIZATION, key).to_string()).or_default();
            let reporting =
                Reporting { origin: origin(), dedup_key: key.to_owned(), occurrences, suppression: None };
            let decided = state.decide(AlertCommand::Report(Box::new(reporting)), &stamp).unwrap();
            events += decided.len();
            decided.iter().for_each(|event| state.evolve(event, &stamp));
        }
    }
    events
}

#[test]
fn ten_thousand_reports_of_200_conditions_are_200_open_alerts() {
    let reports: Vec<_> =
        (0..10_000).map(|n| (format!("disk|web-{}", n * 7 % 200), ReportAction::Trigger)).collect();
    for (batch, most) in [(10_000, 400), (500, 200 + 20 * 200), (1, 10_000)] {
        let mut alerts = BTreeMap::new();
        let events = take(&mut alerts, &reports, batch);
        assert_eq!(alerts.len(), 200);
        assert!(alerts.values().all(|alert| alert.status == Status::Triggered && alert.count == 50));
        assert!(alerts.values().all(|alert| alert.episode == 1), "nobody is told twice");
        assert!(events <= most, "{events} events in batches of {batch}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn however_reports_come_together_the_alerts_are_the_same(
        reports in proptest::collection::vec(((0..8_u8).prop_map(|key| format!("key-{key}")), action()), 1..400),
        batch in 1..120_usize,
    ) {
        let (mut one_by_one, mut together) = (BTreeMap::new(), BTreeMap::new());
        let most = take(&mut one_by_one, &reports, 1);
        prop_assert!(take(&mut together, &reports, batch) <= most);
        prop_assert_eq!(&one_by_one, &together);
        let mut kept: BTreeMap<&str, Kept> = BTreeMap::new();
        for (key, action) in &reports {
            kept.entry(key).or_default().take(*action);
        }
        for (key, kept) in kept {
            let alert = &together[&origin().alert(ORGANIZATION, key).to_string()];
            let found = Kept {
                open: alert.status.is_open(),
                acknowledged: alert.status == Status::Acknowledged,
                episode: alert.episode,
                count: alert.count,
            };
            prop_assert_eq!(found, kept);
        }
    }
}

#[test]
fn a_repeat_is_small() {
    let event: AlertEvent = repeated(499).into();
    let size = escalon_domain::aggregate::Event::to_json(&event).unwrap().len();
    assert!(size < 64, "{size} bytes");
}
