//! Cutting the history into parts of about the same size, to be read side by side.

use std::collections::BTreeMap;

use escalon_application::ports::StoreError;

use super::{Feed, Prefix};
use crate::error::store_error;

/// How many events are looked at to find out where to cut.
const SAMPLE: i64 = 100_000;

/// Some streams of a kind; see [`Streams`](super::Streams).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The kind.
    pub kind: String,
    /// Those after this id, or from the first.
    pub after: Option<String>,
    /// Those up to this id, or to the last.
    pub until: Option<String>,
}

/// The parts, and about how many events they have together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The parts: all streams of the kinds, each in one of them.
    pub parts: Vec<Part>,
    /// About how many events there are in them.
    pub events: i64,
}

impl Feed {
    /// Cuts all streams of these kinds into parts of about so many events of the prefix.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn parts(&self, kinds: &[&str], prefix: Prefix, size: i64) -> Result<Parts, StoreError> {
        let percent = (100.0 * SAMPLE as f64 / prefix.position.max(1) as f64).min(100.0);
        let each = (size as f64 * percent / 100.0).max(1.0) as i64;
        let cuts: Vec<(String, i64, Vec<String>)> = sqlx::query_as(
            "with sample as (
                select aggregate_type as kind, aggregate_id as id,
                    row_number() over (partition by aggregate_type order by aggregate_id) as place
                from escalon.events tablesample system ($1) where aggregate_type = any($2) and insertion <= $3)
             select kind, count(*), coalesce(array_agg(distinct id order by id) filter (where place % $4 = 0), '{}')
             from sample group by kind",
        )
        .bind(percent as f32)
        .bind(kinds)
        .bind(prefix.highest)
        .bind(each)
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error("cutting the history into parts"))?;
        let sampled: i64 = cuts.iter().map(|(_, count, _)| count).sum();
        let mut cuts: BTreeMap<String, Vec<String>> =
            cuts.into_iter().map(|(kind, _, cuts)| (kind, cuts)).collect();
        let of = |kind: &&str| parts(kind, cuts.remove(*kind).unwrap_or_default());
        let parts = kinds.iter().flat_map(of).collect();
        Ok(Parts { parts, events: (sampled as f64 * 100.0 / percent).round() as i64 })
    }
}

fn parts(kind: &str, cuts: Vec<String>) -> Vec<Part> {
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let mut after = None;
    for until in cuts.into_iter().map(Some).chain([None]) {
        parts.push(Part { kind: kind.to_owned(), after, until: until.clone() });
        after = until;
    }
    parts
}
