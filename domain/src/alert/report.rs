//! What a source says: one condition, and what became of it.

use serde::{Deserialize, Serialize};

use crate::{
    fault::{self, Fault},
    slug::Slug,
    stamp::Timestamp,
};

/// The longest dedup key, in characters; that of PagerDuty's Events API v2.
pub const LONGEST_KEY: usize = 255;
/// The longest summary, in characters; that of PagerDuty's Events API v2.
pub const LONGEST_SUMMARY: usize = 1_024;
/// The most that details may take as compact JSON, in bytes.
pub const LONGEST_DETAILS: usize = 16_384;
const LONGEST_WORD: usize = 200;
const LONGEST_ADDRESS: usize = 2_000;
const MOST_LINKS: usize = 10;

/// What became of a condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportAction {
    /// It is there.
    #[default]
    Trigger,
    /// Somebody at the source owns it.
    Acknowledge,
    /// It is over.
    Resolve,
}

/// Where to read more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address, `https` or `http`.
    pub href: String,
    /// What is there, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a source says: one condition, and what became of it. The parsers of each format make it, and so do alert rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What is the same whenever the same condition is meant. It is kept as it is, so it must not tell of a person.
    pub dedup_key: String,
    /// What became of it.
    pub action: ReportAction,
    /// In one line; needed to trigger.
    pub summary: String,
    /// The source's own word for how bad it is.
    pub severity: Option<String>,
    /// What it belongs to; the source's usual category if absent.
    pub category: Option<Slug>,
    /// Its type, for routing; the source's usual one if absent.
    pub kind: Option<String>,
    /// Whatever else the source says; null for nothing.
    pub details: serde_json::Value,
    /// When it happened, if the source says so.
    pub occurred_at: Option<Timestamp>,
    /// Where to read more.
    pub links: Vec<Link>,
    /// The reference of the person it is about: then what it says is kept as theirs.
    pub about: Option<String>,
}

impl Report {
    /// Everything that is wrong with it, each fault with its path.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let least = usize::from(self.action == ReportAction::Trigger);
        let mut faults = Vec::new();
        faults.extend(fault::length(["dedup_key"], &self.dedup_key, 1, LONGEST_KEY));
        faults.extend(fault::length(["summary"], &self.summary, least, LONGEST_SUMMARY));
        for (name, word) in [("severity", &self.severity), ("type", &self.kind), ("about", &self.about)] {
            faults.extend(word.iter().filter_map(|word| fault::length([name], word, 1, LONGEST_WORD)));
        }
        let size = self.details.to_string().len();
        if size > LONGEST_DETAILS {
            let message = format!(
                "may take {LONGEST_DETAILS} bytes as JSON at most; these take {size}: leave out what nobody reads"
            );
            faults.push(Fault::at(["details"], message));
        }
        if self.links.len() > MOST_LINKS {
            faults.push(Fault::at(
                ["links"],
                format!("may be {MOST_LINKS} at most; these are {}", self.links.len()),
            ));
        }
        for (place, link) in self.links.iter().enumerate() {
            faults.extend(link.faults(&place.to_string()));
        }
        faults
    }
}

impl Link {
    fn faults(&self, place: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.href.starts_with("https://") && !self.href.starts_with("http://") {
            faults.push(Fault::at(
                ["links", place, "href"],
                "needs an address that begins with https:// or http://",
            ));
        }
        faults.extend(fault::length(["links", place, "href"], &self.href, 1, LONGEST_ADDRESS));
        let text = self.text.as_deref().unwrap_or_default();
        faults.extend(fault::length(["links", place, "text"], text, 0, LONGEST_WORD));
        faults
    }
}
