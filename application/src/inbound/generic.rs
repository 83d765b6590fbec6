//! Any JSON, by a source's mapping.

use escalon_domain::{
    alert::{Link, Report, ReportAction},
    fault::Fault,
    slug::Slug,
    source::{ActionWords, Mapping, Pointer, Template},
};
use serde_json::Value;

use super::place::{Faults, Place};

pub(super) fn reports(payload: &Value, mapping: &Mapping) -> Result<Vec<Report>, Vec<Fault>> {
    let faults = Faults::default();
    let whole = Place::new(payload, &faults);
    let reports = match &mapping.each {
        Some(each) => {
            let items = walk(whole, each).items();
            items.into_iter().map(|item| report(&item, mapping)).collect()
        }
        None => vec![report(&whole, mapping)],
    };
    faults.or(reports)
}

/// The place that a pointer leads to.
fn walk<'p>(from: Place<'p>, pointer: &Pointer) -> Place<'p> {
    let steps = pointer.as_str().split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    steps.fold(from, |place, step| place.at(&step))
}

fn report(item: &Place<'_>, mapping: &Mapping) -> Report {
    let nothing = Value::Null;
    let value = item.value().unwrap_or(&nothing);
    let optional = |template: &Option<Template>| {
        let text = template.as_ref().and_then(|template| template.fill(value).ok());
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let action = mapping.action.as_ref().map(|words| action(item, words)).unwrap_or_default();
    let summary = if action == ReportAction::Trigger {
        needed(item, &mapping.summary, value, "summary")
    } else {
        mapping.summary.fill(value).unwrap_or_default()
    };
    let links = mapping
        .links
        .iter()
        .filter_map(|link| Some(Link { href: link.href.fill(value).ok()?, text: optional(&link.text) }));
    Report {
        dedup_key: needed(item, &mapping.dedup_key, value, "dedup_key"),
        action,
        summary,
        severity: optional(&mapping.severity),
        category: optional(&mapping.category).as_deref().and_then(Slug::like),
        kind: optional(&mapping.kind),
        details: match &mapping.details {
            Some(place) => place.find(value).cloned().unwrap_or_default(),
            None => value.clone(),
        },
        occurred_at: mapping.occurred_at.as_ref().and_then(|place| walk(item.here(), place).time()),
        links: links.collect(),
        about: optional(&mapping.about),
    }
}

/// A text that must not be empty.
fn needed(item: &Place<'_>, template: &Template, value: &Value, name: &str) -> String {
    match template.fill(value) {
        Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
        Ok(_) => {
            item.fault(format!("{name} would be empty; send what “{template}” is made of"));
            String::new()
        }
        Err(place) => {
            let message =
                format!("is missing, and {name} is made of it; send it, or change the source's mapping");
            walk(item.here(), &place).fault(message);
            String::new()
        }
    }
}

fn action(item: &Place<'_>, words: &ActionWords) -> ReportAction {
    let found = words.at.find(item.value().unwrap_or(&Value::Null)).map(|value| match value {
        Value::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    });
    let is =
        |words: &[String]| words.iter().any(|word| found.as_deref() == Some(word.to_lowercase().as_str()));
    if is(&words.resolve) {
        ReportAction::Resolve
    } else if is(&words.acknowledge) {
        ReportAction::Acknowledge
    } else {
        ReportAction::Trigger
    }
}
