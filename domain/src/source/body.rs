//! What a source is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Mapping;
use crate::{
    alert::Usual,
    definition::{Body, Definition},
    escalation::Urgency,
    fault::{self, Fault},
    id::{Id, Named},
    slug::Slug,
};

const MOST_SEVERITIES: usize = 50;

/// What a source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its short name, unique among sources.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// In which form it reports.
    pub payload: Payload,
    /// The urgency of each of its severity words, in lower case. Common words mean what they mean everywhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<String, Urgency>,
    /// The urgency of what has no severity, or one that nobody knows.
    #[serde(default = "medium")]
    pub urgency: Urgency,
    /// The category of what names none.
    pub category: Slug,
    /// The type of what names none.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The escalation policy of alerts that no routing rule matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Slug>,
}

const fn medium() -> Urgency {
    Urgency::Medium
}

/// In which form a source reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// [CloudEvents](https://cloudevents.io) 1.0: structured, binary or a batch.
    Cloudevents,
    /// The webhook of Prometheus' Alertmanager, version 4.
    Alertmanager,
    /// PagerDuty's Events API v2.
    Pagerduty,
    /// The webhook of Grafana's alerting.
    Grafana,
    /// Any JSON, by a mapping.
    Generic(Box<Mapping>),
}

impl Payload {
    /// The word for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Cloudevents => "cloudevents",
            Self::Alertmanager => "alertmanager",
            Self::Pagerduty => "pagerduty",
            Self::Grafana => "grafana",
            Self::Generic(_) => "generic",
        }
    }
}

/// The id of a source.
pub type SourceId = Id<Definition<Source>>;

impl Named for Source {
    const PREFIX: &'static str = "source";
}

impl Source {
    /// What is usual there.
    #[must_use]
    pub fn usual(&self) -> Usual<'_> {
        Usual {
            category: &self.category,
            kind: self.kind.as_deref(),
            severities: &self.severities,
            urgency: self.urgency,
        }
    }
}

impl Body for Source {
    const DEFINED: &'static str = "source.defined";
    const REVISED: &'static str = "source.revised";
    const RETIRED: &'static str = "source.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        faults.extend(self.kind.iter().filter_map(|kind| fault::length(["type"], kind, 1, 200)));
        if self.severities.len() > MOST_SEVERITIES {
            faults.push(Fault::at(["severities"], format!("may be {MOST_SEVERITIES} words at most")));
        }
        for word in self.severities.keys() {
            if word.is_empty() || word.chars().count() > 200 || *word != word.trim().to_lowercase() {
                let message = "needs a word in lower case of 200 characters at most; whatever case the source writes it in, it is found";
                faults.push(Fault::at(["severities", word], message));
            }
        }
        if let Payload::Generic(mapping) = &self.payload {
            faults.extend(mapping.faults());
        }
        faults
    }
}
