//! What sources send, read as reports. The payloads are written after the specifications of each format.
#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails")]

mod alertmanager;
mod cloudevents;
mod generic;
mod grafana;
mod limits;
mod pagerduty;
mod signature;

use escalon_application::inbound::{Headers, reports};
use escalon_domain::{alert::Report, source::Payload, stamp::Timestamp};
use serde_json::Value;

/// What a JSON payload reports.
fn read(payload: &Payload, body: &Value) -> Result<Vec<Report>, Vec<String>> {
    read_with(payload, &[("Content-Type", "application/json")], &body.to_string())
}

fn read_with(payload: &Payload, headers: &[(&str, &str)], body: &str) -> Result<Vec<Report>, Vec<String>> {
    let headers: Headers = headers.iter().map(|(name, value)| (*name, *value)).collect();
    let read = reports(payload, &headers, body.as_bytes());
    if let Ok(reports) = &read {
        for report in reports {
            assert_eq!(report.faults(), [], "whatever is read can be taken in");
        }
    }
    read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}
