//! How any JSON is read as reports.

use serde::{Deserialize, Serialize};

use super::{Pointer, Template};
use crate::fault::Fault;

const MOST_LINKS: usize = 10;

/// How any JSON is read as reports. Places are those of one report: of the payload, or of each element of `each`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where the list of reports stands; the payload is one report if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Pointer>,
    /// What is the same whenever the same condition is meant.
    pub dedup_key: Template,
    /// What it says in one line.
    pub summary: Template,
    /// Where it says what became of it; everything triggers if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionWords>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Template>,
    /// What it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Template>,
    /// Its type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Template>,
    /// When it happened: an RFC 3339 text, or seconds or milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Pointer>,
    /// What to keep of it; all of it if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Pointer>,
    /// The reference of the person it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Template>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkMapping>,
}

/// What the words at a place mean; every other word triggers. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionWords {
    /// The place.
    pub at: Pointer,
    /// The words for: somebody owns it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledge: Vec<String>,
    /// The words for: it is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolve: Vec<String>,
}

/// Where to read more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkMapping {
    /// The address; left out where a place in it is empty.
    pub href: Template,
    /// What is there, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Template>,
}

impl Mapping {
    /// Everything that is wrong with it, each fault with its path in the source.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let path = |name| ["payload", "generic", name];
        let mut faults = Vec::new();
        for (name, template) in [("dedup_key", &self.dedup_key), ("summary", &self.summary)] {
            if template.to_string().trim().is_empty() {
                faults.push(Fault::at(path(name), "must not be empty"));
            }
        }
        if !self.dedup_key.has_places() {
            let message = "has no place in it, so everything would be one alert; write for example {/id}";
            faults.push(Fault::at(path("dedup_key"), message));
        }
        if let Some(words) = &self.action {
            let both = |word: &&String| words.resolve.iter().any(|other| other.eq_ignore_ascii_case(word));
            if let Some(word) = words.acknowledge.iter().find(both) {
                faults
                    .push(Fault::at(path("action"), format!("“{word}” cannot both acknowledge and resolve")));
            }
            if words.acknowledge.len() + words.resolve.len() > 50 {
                faults.push(Fault::at(path("action"), "may have 50 words at most"));
            }
        }
        if self.links.len() > MOST_LINKS {
            faults.push(Fault::at(path("links"), format!("may be {MOST_LINKS} at most")));
        }
        faults
    }
}
