//! `escalon dashboard`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clap::Args;
use escalon_projections::{Dashboard as Shown, Scope, Spans};
use serde_json::json;

use super::{asked, operator, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
};

/// Show the service dashboard of an organization.
#[derive(Debug, Args)]
pub(crate) struct Dashboard {
    /// The short name or id of the organization
    #[arg(long, value_name = "NAME")]
    organization: String,
    /// Only tickets opened at this time or later, 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<DateTime<Utc>>,
    /// Only tickets opened before this time
    #[arg(long, value_name = "TIME")]
    to: Option<DateTime<Utc>>,
    /// As it stood in this replay, see `escalon audit replay`
    #[arg(long, value_name = "NUMBER")]
    replay: Option<i32>,
}

impl Dashboard {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| {
            let caller = operator(app, &self.organization).await?;
            let reads = asked(app, self.replay).await?;
            let shown = reads.dashboard(&Scope::of(&caller), self.from, self.to).await?;
            Answer::new(&document(&shown), words(&shown))
        })
        .await
    }
}

fn document(shown: &Shown) -> serde_json::Value {
    json!({
        "tickets": shown.tickets,
        "byStatus": shown.by_status,
        "byPriority": shown.by_priority,
        "byType": shown.by_type,
        "byBrand": shown.by_brand,
        "reopenings": shown.reopenings,
        "reopenRate": shown.reopen_rate,
        "teamChanges": shown.team_changes,
        "assigneeChanges": shown.assignee_changes,
        "reassignments": shown.reassignments,
        "firstResponseSeconds": shown.first_response,
        "resolutionSeconds": shown.resolution,
        "pausedSeconds": shown.paused_seconds,
    })
}

fn words(shown: &Shown) -> String {
    let count = |number: i64| grouped(u64::try_from(number).unwrap_or(0));
    let each = |counts: &BTreeMap<String, i64>| {
        let words: Vec<_> =
            counts.iter().map(|(word, number)| format!("{word} {}", count(*number))).collect();
        if words.is_empty() { "–".to_owned() } else { words.join(", ") }
    };
    let row = |name: &str, value: String| [name.to_owned(), value];
    table(
        ["service", ""],
        [
            row("tickets", count(shown.tickets)),
            row("by status", each(&shown.by_status)),
            row("by priority", each(&shown.by_priority)),
            row("by type", each(&shown.by_type)),
            row("by brand", each(&shown.by_brand)),
            row(
                "reopenings",
                format!("{} ({:.1} % of tickets)", count(shown.reopenings), 100.0 * shown.reopen_rate),
            ),
            row("changes of team", count(shown.team_changes)),
            row("changes of assignee", count(shown.assignee_changes)),
            row("from one member to another", count(shown.reassignments)),
            row("time to first response", spans(shown.first_response)),
            row("time to resolution", spans(shown.resolution)),
            row("time paused", span(shown.paused_seconds)),
        ],
    )
}

fn spans(spans: Spans) -> String {
    match (spans.median, spans.mean) {
        (Some(median), Some(mean)) => format!("median {}, mean {}", span(median), span(mean)),
        _ => "–".to_owned(),
    }
}

/// Seconds in the two units that matter: `3 d 4 h`.
fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round().max(0.0) as u64;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{} d {hours} h", grouped(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_have_the_units_that_matter() {
        assert_eq!([span(59.0), span(3_660.0), span(180_000.0)], ["1 min", "1 h 1 min", "2 d 2 h"]);
    }
}
