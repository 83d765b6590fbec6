//! What sources send, read as [`Report`]s: CloudEvents 1.0, Alertmanager's webhook v4, PagerDuty's Events API v2, Grafana's
//! alerting webhook, and any JSON by a mapping. All of it is pure: bytes and headers in, reports or faults out, and whether a
//! request comes from whom it says ([`signature`]).
//!
//! A request is taken as a whole or refused as a whole, with every fault and its place in the payload. What only is too long to
//! show is cut instead: an alert that comes is worth more than its last words.

mod alertmanager;
mod cloudevents;
mod fit;
mod generic;
mod headers;
mod pagerduty;
mod place;
pub mod signature;

use escalon_domain::{alert::Report, fault::Fault, source::Payload};
use serde_json::Value;

pub use headers::Headers;
pub use pagerduty::routing_key;

/// The largest request, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// The most reports in one request.
pub const MOST_REPORTS: usize = 1_000;

/// What a request in this form reports, in its order.
///
/// # Errors
/// Everything that is wrong with it, each fault with its place in the payload.
pub fn reports(payload: &Payload, headers: &Headers, body: &[u8]) -> Result<Vec<Report>, Vec<Fault>> {
    if body.len() > LARGEST_BODY {
        let message = format!("the request may have {LARGEST_BODY} bytes at most; this has {}", body.len());
        return Err(vec![Fault::at([], message)]);
    }
    let reports = match payload {
        Payload::Cloudevents => cloudevents::reports(headers, body),
        Payload::Alertmanager => alertmanager::reports(&json(body)?, &alertmanager::ALERTMANAGER),
        Payload::Grafana => alertmanager::reports(&json(body)?, &alertmanager::GRAFANA),
        Payload::Pagerduty => pagerduty::reports(&json(body)?),
        Payload::Generic(mapping) => generic::reports(&json(body)?, mapping),
    }?;
    Ok(reports.into_iter().map(fit::fit).collect())
}

fn json(body: &[u8]) -> Result<Value, Vec<Fault>> {
    serde_json::from_slice(body).map_err(|error| {
        // Where, and nothing of what it says.
        let message = format!("this is not JSON: line {}, column {}", error.line(), error.column());
        vec![Fault::at([], message)]
    })
}
