//! Who gets which of the work that waits.

use std::collections::BTreeSet;

use super::{Colleague, NotChosen, Strategy, choose};
use crate::{
    member::MemberId,
    score::{Scored, queue},
    slug::Slug,
    stamp::Timestamp,
};

/// Work that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work<T> {
    /// What.
    pub item: T,
    /// What it takes.
    pub skills: BTreeSet<Slug>,
}

/// What became of the work that waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drained<T> {
    /// What was given to whom, in the order in which it was.
    pub assigned: Vec<(T, MemberId)>,
    /// What waits on, and why nobody could be given it.
    pub waiting: Vec<(T, NotChosen)>,
}

/// Gives out what waits, the highest score first, each piece as if it had come alone after the one before. What nobody can be
/// given does not hold up what comes after it.
#[must_use]
pub fn drain<T: Ord>(
    strategy: Strategy,
    mut colleagues: Vec<Colleague>,
    mut last: Option<MemberId>,
    backlog: Vec<Scored<Work<T>>>,
    now: Timestamp,
) -> Drained<T> {
    let mut drained = Drained { assigned: Vec::new(), waiting: Vec::new() };
    for Scored { item: Work { item, skills }, .. } in queue(backlog, now) {
        match choose(strategy, &colleagues, last, &skills) {
            Err(not_chosen) => drained.waiting.push((item, not_chosen)),
            Ok(member) => {
                for chosen in colleagues.iter_mut().filter(|colleague| colleague.member == member) {
                    chosen.open += 1;
                    chosen.last_assigned_at = Some(now);
                }
                last = Some(member);
                drained.assigned.push((item, member));
            }
        }
    }
    drained
}
