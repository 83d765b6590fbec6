//! [PagerDuty's Events API v2](https://developer.pagerduty.com/docs/events-api-v2/overview/): alert events.

use escalon_domain::{
    alert::{LONGEST_KEY, Link, Report, ReportAction},
    fault::Fault,
    refusal::list,
};
use serde_json::{Map, Value};

use super::{
    fit::digest,
    place::{Faults, Place},
};

const SEVERITIES: [&str; 4] = ["critical", "error", "warning", "info"];
/// The fields of a payload that are kept.
const KEPT: [&str; 5] = ["source", "component", "group", "class", "custom_details"];

/// The key by which an event names its source; to be compared with [`signature::same`](super::signature::same).
#[must_use]
pub fn routing_key(body: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(body).ok()?;
    Some(event.get("routing_key")?.as_str()?.to_owned())
}

pub(super) fn reports(event: &Value) -> Result<Vec<Report>, Vec<Fault>> {
    let faults = Faults::default();
    let report = report(event, &Place::new(event, &faults));
    faults.or(vec![report])
}

fn report(event: &Value, place: &Place<'_>) -> Report {
    let action_at = place.at("event_action");
    let action = match action_at.needed() {
        "acknowledge" => ReportAction::Acknowledge,
        "resolve" => ReportAction::Resolve,
        "trigger" | "" => ReportAction::Trigger,
        _ => {
            action_at.fault("needs trigger, acknowledge or resolve");
            ReportAction::Trigger
        }
    };
    let key_at = place.at("dedup_key");
    let key = key_at.text();
    if key.is_some_and(|key| key.chars().count() > LONGEST_KEY) {
        key_at.fault(format!("may have {LONGEST_KEY} characters at most"));
    }
    if key.is_none() && action != ReportAction::Trigger {
        key_at.fault("is missing; it tells which alert this is about");
    }
    let report =
        Report { dedup_key: key.map_or_else(|| content(event), str::to_owned), action, ..Report::default() };
    if action != ReportAction::Trigger {
        return report;
    }
    let payload = place.at("payload");
    if payload.value().is_none() {
        payload.fault("is missing; a trigger says there what is the matter");
        return report;
    }
    let (summary, _) = (payload.at("summary").needed(), payload.at("source").needed());
    let severity = payload.at("severity");
    if !matches!(severity.needed(), "" | "critical" | "error" | "warning" | "info") {
        severity.fault(format!("needs {}", list(&SEVERITIES)));
    }
    Report {
        summary: summary.to_owned(),
        severity: severity.text().map(str::to_owned),
        kind: payload.at("class").text().map(str::to_owned),
        details: details(place, &payload),
        occurred_at: payload.at("timestamp").time(),
        links: links(place),
        ..report
    }
}

/// The key of an event that names none: what it says, so that it is the same when it is sent again.
fn content(event: &Value) -> String {
    let mut said = event.as_object().cloned().unwrap_or_default();
    said.remove("routing_key");
    digest(&Value::Object(said).to_string())
}

fn details(event: &Place<'_>, payload: &Place<'_>) -> Value {
    let fields = KEPT.iter().map(|name| (*name, payload.at(name)));
    let given = fields.chain([("client", event.at("client"))]).filter(|(_, place)| place.value().is_some());
    given.map(|(name, place)| (name.to_owned(), place.kept())).collect::<Map<_, _>>().into()
}

fn links(event: &Place<'_>) -> Vec<Link> {
    let list = |name| if event.at(name).value().is_some() { event.at(name).items() } else { Vec::new() };
    let links = list("links").into_iter().filter_map(|link| {
        Some(Link {
            href: link.at("href").text()?.to_owned(),
            text: link.at("text").text().map(str::to_owned),
        })
    });
    let images = list("images").into_iter().filter_map(|image| {
        let (href, text) = (image.at("src").text()?.to_owned(), image.at("alt").text().map(str::to_owned));
        Some(Link { href, text: text.or_else(|| Some("Image".to_owned())) })
    });
    let client = event
        .at("client_url")
        .text()
        .map(|href| Link { href: href.to_owned(), text: event.at("client").text().map(str::to_owned) });
    client.into_iter().chain(links).chain(images).collect()
}
