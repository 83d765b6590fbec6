//! A disk that is full, as a source reports it.

use std::collections::BTreeMap;

use chrono::Duration;
use escalon_domain::{
    alert::{
        Acknowledged, Alert, AlertCommand, Content, Occurrence, Origin, Repeated, Report, ReportAction,
        Reporting, Resolved, Suppressed, Suppression, Told, Triggered, Usual,
    },
    definition::Pin,
    escalation::Urgency,
    organization::OrganizationId,
    stamp::Timestamp,
};

use crate::{
    cast::{engine, id, morning, noon, slug},
    harness::{Scenario, events},
};

pub(crate) const ORGANIZATION: OrganizationId = id(0x019);
pub(crate) const KEY: &str = "disk|web-3";

pub(crate) const fn origin() -> Origin {
    Origin::Source(Pin { id: id(0x50), version: 2 })
}

/// The disk is full, as the source says at this moment, or at none.
pub(crate) fn report(action: ReportAction, at: Option<Timestamp>) -> Report {
    Report {
        dedup_key: KEY.into(),
        action,
        summary: "Disk full on web-3".into(),
        severity: Some("critical".into()),
        kind: Some("disk".into()),
        details: serde_json::json!({"host": "web-3"}),
        occurred_at: at,
        ..Report::default()
    }
}

pub(crate) fn occurrence(report: Report, now: Timestamp) -> Occurrence {
    let usual = Usual {
        category: &slug("system"),
        kind: None,
        severities: &BTreeMap::new(),
        urgency: Urgency::Medium,
    };
    Occurrence::new(report, &usual, None, now).unwrap()
}

/// What the source reports at noon, one after the other.
pub(crate) fn reporting(reports: Vec<Report>) -> AlertCommand {
    suppressed_reporting(reports, None)
}

pub(crate) fn suppressed_reporting(reports: Vec<Report>, suppression: Option<Suppression>) -> AlertCommand {
    let occurrences = reports.into_iter().map(|report| occurrence(report, noon())).collect();
    AlertCommand::Report(Box::new(Reporting {
        origin: origin(),
        dedup_key: KEY.into(),
        occurrences,
        suppression,
    }))
}

pub(crate) fn content() -> Content {
    Content {
        summary: "Disk full on web-3".into(),
        details: Some(r#"{"host":"web-3"}"#.into()),
        links: Vec::new(),
    }
}

/// The first episode, begun in the morning.
pub(crate) fn triggered() -> Triggered {
    Triggered {
        episode: 1,
        origin: origin(),
        dedup_key: KEY.into(),
        category: slug("system"),
        kind: Some("disk".into()),
        severity: Some("critical".into()),
        urgency: Urgency::Urgent,
        told: Told::Plain(content()),
        began_at: morning(),
    }
}

pub(crate) fn repeated(times: u32) -> Repeated {
    Repeated { times, became: None }
}

/// Until an hour after noon.
pub(crate) fn maintenance() -> Suppression {
    Suppression::Maintenance { window: Pin { id: id(0x3a1), version: 1 }, until: noon() + Duration::hours(1) }
}

pub(crate) fn alert(status: &str) -> Scenario<Alert> {
    let given = Scenario::new().and(engine(), events![triggered()]);
    match status {
        "unknown" => Scenario::new(),
        "triggered" => given,
        "acknowledged" => given.and(crate::cast::bob(), events![Acknowledged { note: None }]),
        "suppressed" => given.and(engine(), events![Suppressed { why: maintenance() }]),
        "resolved" => {
            given.and(engine(), events![Resolved { note: None, ended_at: Some(noon() - Duration::hours(1)) }])
        }
        "resolved by hand" => given.and(crate::cast::bob(), events![Resolved { note: None, ended_at: None }]),
        _ => panic!("no history leads to {status}"),
    }
}
