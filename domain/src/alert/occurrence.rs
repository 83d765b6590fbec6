//! A report as the alert takes it: checked, and completed with what is usual where it comes from.

use std::collections::BTreeMap;

use super::{Content, Report, ReportAction, Told};
use crate::{escalation::Urgency, fault::Fault, personal::SubjectId, slug::Slug, stamp::Timestamp};

/// What is usual where a report comes from.
#[derive(Debug, Clone, Copy)]
pub struct Usual<'a> {
    /// The category of what names none.
    pub category: &'a Slug,
    /// The type of what names none.
    pub kind: Option<&'a str>,
    /// The urgency of each severity word, in lower case.
    pub severities: &'a BTreeMap<String, Urgency>,
    /// The urgency of what has no severity, or one that nobody knows.
    pub urgency: Urgency,
}

impl Usual<'_> {
    /// How urgent this severity is: by the map, else by what the word means nearly everywhere, else as usual.
    #[must_use]
    pub fn urgency(&self, severity: Option<&str>) -> Urgency {
        let Some(word) = severity.map(|word| word.trim().to_lowercase()) else { return self.urgency };
        if let Some(urgency) = self.severities.get(&word) {
            return *urgency;
        }
        match word.as_str() {
            "critical" | "fatal" | "emergency" | "disaster" | "page" => Urgency::Urgent,
            "error" | "high" | "major" => Urgency::High,
            "warning" | "warn" | "medium" | "minor" => Urgency::Medium,
            "info" | "information" | "informational" | "notice" | "low" => Urgency::Low,
            _ => self.urgency,
        }
    }
}

/// A report that was checked and completed; there is no other way to make one.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    pub(super) action: ReportAction,
    pub(super) severity: Option<String>,
    pub(super) urgency: Urgency,
    pub(super) category: Slug,
    pub(super) kind: Option<String>,
    pub(super) told: Told,
    pub(super) at: Timestamp,
}

impl Occurrence {
    /// What a report says, `about` whom it is, and not later than `now`, whatever the source's clock shows.
    ///
    /// # Errors
    /// Everything that is wrong with the report, each fault with its path.
    pub fn new(
        report: Report,
        usual: &Usual<'_>,
        about: Option<SubjectId>,
        now: Timestamp,
    ) -> Result<Self, Vec<Fault>> {
        let faults = report.faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        let details = (!report.details.is_null()).then(|| report.details.to_string());
        let content = Content { summary: report.summary, details, links: report.links };
        Ok(Self {
            action: report.action,
            urgency: usual.urgency(report.severity.as_deref()),
            severity: report.severity,
            category: report.category.unwrap_or_else(|| usual.category.clone()),
            kind: report.kind.or_else(|| usual.kind.map(str::to_owned)),
            told: Told::new(about, content),
            at: report.occurred_at.unwrap_or(now).min(now),
        })
    }

    /// What it belongs to.
    #[must_use]
    pub const fn category(&self) -> &Slug {
        &self.category
    }
}
