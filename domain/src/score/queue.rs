//! The priority queue at a moment.

use super::Score;
use crate::stamp::Timestamp;

/// Something with a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored<T> {
    /// What.
    pub item: T,
    /// Its score.
    pub score: Score,
}

/// In the order in which to look at them at this moment: the highest score first; of equal ones the older first, then by
/// themselves, so that the order is always the same.
#[must_use]
pub fn queue<T: Ord>(mut items: Vec<Scored<T>>, now: Timestamp) -> Vec<Scored<T>> {
    items.sort_by(|one, other| {
        let scores = other.score.at(now).total_cmp(&one.score.at(now));
        let ages = one.score.opened_at.cmp(&other.score.opened_at);
        scores.then(ages).then_with(|| one.item.cmp(&other.item))
    });
    items
}
