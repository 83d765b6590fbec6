//! [CloudEvents 1.0](https://github.com/cloudevents/spec) over HTTP: structured, binary and batched.
//!
//! An event is known by its `source` and `id`, so each is an alert of its own, and one that is delivered again is a repeat.
//! A sender that reports conditions says so by extension attributes: `dedupkey` names the condition, `alertaction` is `trigger`,
//! `acknowledge` or `resolve`; `severitytext` (of the severity extension) or `severity`, `category`, `summary` and `about` say the rest.

use escalon_domain::{
    alert::{Report, ReportAction},
    fault::Fault,
    slug::Slug,
};
use serde_json::{Map, Value};

use super::{
    Headers, json,
    place::{Faults, Place},
};

pub(super) fn reports(headers: &Headers, body: &[u8]) -> Result<Vec<Report>, Vec<Fault>> {
    let kind = headers.get("content-type").unwrap_or_default().trim().to_ascii_lowercase();
    let format = kind.split(';').next().unwrap_or_default().trim_end();
    let faults = Faults::default();
    let payload = match format {
        "application/cloudevents-batch+json" => {
            let payload = json(body)?;
            let reports = Place::new(&payload, &faults).items().iter().map(report).collect();
            return faults.or(reports);
        }
        "application/cloudevents+json" => json(body)?,
        other if other.starts_with("application/cloudevents") => {
            let message = format!("the format {other} cannot be read; send application/cloudevents+json");
            return Err(vec![Fault::at(["content-type"], message)]);
        }
        _ if headers.get("ce-specversion").is_some() => binary(headers, format, body)?,
        // Many senders name no other type than JSON.
        _ => json(body)?,
    };
    let read = report(&Place::new(&payload, &faults));
    faults.or(vec![read])
}

/// An event whose attributes are headers, as the same event in one piece.
fn binary(headers: &Headers, format: &str, body: &[u8]) -> Result<Value, Vec<Fault>> {
    let mut event = Map::new();
    let mut faults = Vec::new();
    for (name, value) in headers.beginning("ce-") {
        match decoded(value) {
            Some(value) => _ = event.insert(name.to_owned(), value.into()),
            None => faults.push(Fault::at([&format!("ce-{name}")], "is not percent-encoded UTF-8")),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if !body.is_empty() {
        let is_json = format.is_empty() || format.ends_with("/json") || format.ends_with("+json");
        let data = if is_json { json(body)? } else { String::from_utf8_lossy(body).into_owned().into() };
        event.insert("data".to_owned(), data);
    }
    Ok(event.into())
}

/// A header's value, as section 3.1.3.2 of the HTTP binding decodes it: quoted first, then per cent.
fn decoded(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let mut plain = String::new();
    let mut escaped = false;
    for c in inside.unwrap_or(value).chars() {
        escaped = inside.is_some() && c == '\\' && !escaped;
        if !escaped {
            plain.push(c);
        }
    }
    let mut bytes = Vec::with_capacity(plain.len());
    let mut rest = plain.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let byte = after.get(..2).filter(|_| *first == b'%').and_then(|digits| hex::decode(digits).ok());
        match byte.as_deref() {
            Some([byte]) => {
                bytes.push(*byte);
                rest = &after[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).ok()
}

fn report(event: &Place<'_>) -> Report {
    let version = event.at("specversion");
    if !matches!(version.needed(), "1.0" | "") {
        version.fault("needs 1.0; other versions of CloudEvents cannot be read");
    }
    let (id, source, kind) =
        (event.at("id").needed(), event.at("source").needed(), event.at("type").needed());
    let data = event.at("data");
    // Of data only texts are looked at, whatever it is otherwise.
    let said =
        |name| data.value().and_then(|data| data.get(name)?.as_str()).filter(|text| !text.trim().is_empty());
    let subject = event.at("subject").text().map(|subject| format!(": {subject}")).unwrap_or_default();
    let summary =
        event.at("summary").text().or_else(|| ["summary", "title", "message"].into_iter().find_map(said));
    let severity = event.at("severitytext").text().or_else(|| event.at("severity").text());
    let bytes = event.at("data_base64");
    Report {
        dedup_key: event.at("dedupkey").text().map_or_else(|| format!("{source}|{id}"), str::to_owned),
        action: action(&event.at("alertaction")),
        summary: summary.map_or_else(|| format!("{kind}{subject}"), str::to_owned),
        severity: severity.or_else(|| said("severity")).map(str::to_owned),
        category: event.at("category").text().and_then(Slug::like),
        kind: Some(kind.to_owned()),
        details: if bytes.value().is_some() { bytes.kept() } else { data.kept() },
        occurred_at: event.at("time").time(),
        links: Vec::new(),
        about: event.at("about").text().map(str::to_owned),
    }
}

fn action(place: &Place<'_>) -> ReportAction {
    match place.text() {
        None | Some("trigger") => ReportAction::Trigger,
        Some("acknowledge") => ReportAction::Acknowledge,
        Some("resolve") => ReportAction::Resolve,
        Some(_) => {
            place.fault("needs trigger, acknowledge or resolve");
            ReportAction::Trigger
        }
    }
}
