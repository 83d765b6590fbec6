//! Any history of an alert.

use chrono::Duration;
use escalon_domain::{
    aggregate::Event,
    alert::{
        Alert, AlertCommand, AlertEvent, Occurrence, Report, ReportAction, Reporting, Status, Suppression,
    },
    definition::Pin,
    source::Source,
    stamp::Timestamp,
};
use proptest::{collection::vec, option, prelude::*};

use super::{config, explore, personal, steps};
use crate::{
    alert::origin,
    cast::{CUSTOMER, id, morning},
    source::source,
};

/// When things may have happened: around the history.
fn moment() -> impl Strategy<Value = Timestamp> {
    (-500..60_000_i64).prop_map(|minutes| morning() + Duration::minutes(minutes))
}

fn suppression() -> impl Strategy<Value = Suppression> {
    prop_oneof![
        3 => moment().prop_map(|until| Suppression::Maintenance { window: Pin { id: id(1), version: 1 }, until }),
        1 => Just(Suppression::Rule(Pin { id: id(2), version: 1 })),
    ]
}

fn occurrence() -> impl Strategy<Value = Occurrence> {
    let action = prop_oneof![3 => Just(ReportAction::Trigger), 1 => Just(ReportAction::Acknowledge), 2 => Just(ReportAction::Resolve)];
    let severity = option::of(prop_oneof!["critical", "info", "page"]);
    (action, severity, moment(), any::<bool>()).prop_map(|(action, severity, at, about)| {
        let (source, report): (Source, _) = (
            source(),
            Report {
                dedup_key: "key".into(),
                action,
                summary: "§Dana§".into(),
                severity,
                occurred_at: Some(at),
                ..Report::default()
            },
        );
        Occurrence::new(report, &source.usual(), about.then_some(CUSTOMER), at).unwrap()
    })
}

fn command() -> impl Strategy<Value = AlertCommand> {
    let reporting =
        (vec(occurrence(), 1..6), option::of(suppression())).prop_map(|(occurrences, suppression)| {
            let (origin, dedup_key) = (origin(), "key".to_owned());
            AlertCommand::Report(Box::new(Reporting { origin, dedup_key, occurrences, suppression }))
        });
    prop_oneof![
        5 => reporting,
        1 => option::of(personal()).prop_map(|note| AlertCommand::Acknowledge { note }),
        1 => option::of(personal()).prop_map(|reason| AlertCommand::Unacknowledge { reason }),
        1 => suppression().prop_map(AlertCommand::Suppress),
        1 => option::of(personal()).prop_map(|note| AlertCommand::Resolve { note }),
        2 => option::of(suppression()).prop_map(|suppression| AlertCommand::Due { suppression }),
    ]
}

/// Which statuses an event may lead between, and what it counts.
fn moves(before: &Alert, event: &AlertEvent, after: &Alert) -> bool {
    use Status as S;
    let (from, to) = (before.status, after.status);
    let episode = after.episode == before.episode;
    match event.name() {
        "alert.triggered" => {
            !from.is_open() && to == S::Triggered && after.episode == before.episode + 1 && after.count == 1
        }
        "alert.repeated" => from == to && from.is_open() && episode && after.count > before.count,
        "alert.acknowledged" => {
            matches!(from, S::Triggered | S::Suppressed) && to == S::Acknowledged && episode
        }
        "alert.unacknowledged" => (from, to) == (S::Acknowledged, S::Triggered) && episode,
        "alert.suppressed" => matches!(from, S::Triggered | S::Suppressed) && to == S::Suppressed && episode,
        "alert.unsuppressed" => (from, to) == (S::Suppressed, S::Triggered) && episode,
        "alert.resolved" => from.is_open() && to == S::Resolved && episode,
        _ => false,
    }
}

/// What the parts of the state say of each other.
fn agrees(alert: &Alert) -> bool {
    let suppressed = alert.suppression.is_some() == (alert.status == Status::Suppressed);
    let owned = alert.acknowledgement.is_some() || alert.status != Status::Acknowledged;
    let ended = alert.resolved_at.is_some() == (alert.status == Status::Resolved);
    suppressed && owned && ended && alert.waits().len() <= usize::from(alert.suppression.is_some())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_history_holds(steps in steps(command())) {
        explore::<Alert>(steps, |before, event, after| moves(before, event, after) && agrees(after), |_| false)?;
    }
}
