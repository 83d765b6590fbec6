//! The webhooks of [Alertmanager](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), version 4, and of
//! [Grafana's alerting](https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/),
//! which has the same shape with more links.
//!
//! Each alert of a group is a condition, known by its fingerprint. Alertmanager tries again after 5xx only, so whoever cannot
//! take a request in for a while answers 503.

use std::collections::BTreeMap;

use escalon_domain::{
    alert::{Link, Report, ReportAction},
    fault::Fault,
    slug::Slug,
};
use serde_json::{Map, Value};

use super::place::{Faults, Place};

/// What differs between the two.
pub(super) struct Dialect {
    version: &'static str,
    /// Fields of an alert that are addresses, and what is there.
    links: &'static [(&'static str, &'static str)],
    /// Further fields of an alert that are kept.
    kept: &'static [&'static str],
}

pub(super) const ALERTMANAGER: Dialect =
    Dialect { version: "4", links: &[("generatorURL", "Source")], kept: &[] };

pub(super) const GRAFANA: Dialect = Dialect {
    version: "1",
    links: &[
        ("dashboardURL", "Dashboard"),
        ("panelURL", "Panel"),
        ("generatorURL", "Rule"),
        ("silenceURL", "Silence"),
        ("imageURL", "Image"),
    ],
    kept: &["values", "valueString"],
};

pub(super) fn reports(payload: &Value, dialect: &Dialect) -> Result<Vec<Report>, Vec<Fault>> {
    let faults = Faults::default();
    let group = Place::new(payload, &faults);
    let version = group.at("version");
    let found = version.needed();
    if !found.is_empty() && found != dialect.version {
        version.fault(format!("needs {}; other versions of this webhook cannot be read", dialect.version));
    }
    let reports = group.at("alerts").items().iter().map(|alert| report(&group, alert, dialect)).collect();
    faults.or(reports)
}

fn report(group: &Place<'_>, alert: &Place<'_>, dialect: &Dialect) -> Report {
    let status = alert.at("status");
    let (action, when) = match status.needed() {
        "resolved" => (ReportAction::Resolve, "endsAt"),
        "firing" => (ReportAction::Trigger, "startsAt"),
        found => {
            if !found.is_empty() {
                status.fault("needs firing or resolved");
            }
            (ReportAction::Trigger, "startsAt")
        }
    };
    let (labels, annotations) = (words(&alert.at("labels")), words(&alert.at("annotations")));
    let label = |name: &str| labels.get(name).map(|text| (*text).to_owned());
    let said = |name: &str| annotations.get(name).map(|text| (*text).to_owned());
    let name = label("alertname");
    let named = || match (&name, label("instance")) {
        (Some(name), Some(instance)) => format!("{name} on {instance}"),
        (Some(name), None) => name.clone(),
        (None, _) => written(&labels),
    };
    let fingerprint = alert.at("fingerprint").text().map(str::to_owned);
    if fingerprint.is_none() && labels.is_empty() {
        alert
            .at("fingerprint")
            .fault("is missing, and so are labels; one of them must tell which alert this is");
    }
    Report {
        dedup_key: fingerprint.unwrap_or_else(|| written(&labels)),
        action,
        summary: said("summary")
            .or_else(|| said("title"))
            .or_else(|| said("description"))
            .unwrap_or_else(named),
        severity: label("severity"),
        category: label("category").as_deref().and_then(Slug::like),
        kind: name.clone(),
        details: details(group, alert, dialect),
        occurred_at: alert.at(when).time(),
        links: links(alert, &annotations, dialect),
        about: None,
    }
}

/// The texts of an object; all values of labels and annotations are.
fn words<'p>(place: &Place<'p>) -> BTreeMap<&'p str, &'p str> {
    match place.value() {
        None => BTreeMap::new(),
        Some(Value::Object(fields)) => {
            let texts =
                fields.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?.trim())));
            texts.filter(|(_, text)| !text.is_empty()).collect()
        }
        Some(_) => {
            place.fault("needs an object");
            BTreeMap::new()
        }
    }
}

/// Labels as one text, always the same for the same labels.
fn written(labels: &BTreeMap<&str, &str>) -> String {
    labels.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(",")
}

fn details(group: &Place<'_>, alert: &Place<'_>, dialect: &Dialect) -> Value {
    let of_alert = ["labels", "annotations"].iter().chain(dialect.kept).map(|name| (*name, alert.at(name)));
    let of_group = ["receiver", "groupKey", "externalURL"].iter().map(|name| (*name, group.at(name)));
    let given = of_alert.chain(of_group).filter(|(_, place)| place.value().is_some());
    given.map(|(name, place)| (name.to_owned(), place.kept())).collect::<Map<_, _>>().into()
}

fn links(alert: &Place<'_>, annotations: &BTreeMap<&str, &str>, dialect: &Dialect) -> Vec<Link> {
    let runbook = annotations.get("runbook_url").map(|href| (*href, "Runbook"));
    let own = dialect.links.iter().filter_map(|(name, text)| Some((alert.at(name).text()?, *text)));
    let link = |(href, text): (&str, &str)| Link { href: href.to_owned(), text: Some(text.to_owned()) };
    runbook.into_iter().chain(own).map(link).collect()
}
