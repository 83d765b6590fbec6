//! Who gets one piece of work.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{Colleague, Strategy, Unfit};
use crate::{member::MemberId, slug::Slug};

/// Nobody can be given it, and why each cannot, in the order of the members' ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotChosen(pub Vec<(MemberId, Unfit)>);

/// Who gets work that needs these skills. `last` is who was given something last; turns go by the order of the members' ids, and
/// whoever has left is passed over. Equal loads go to who has waited longest for something to do.
///
/// # Errors
/// Nobody can be given it.
pub fn choose(
    strategy: Strategy,
    colleagues: &[Colleague],
    last: Option<MemberId>,
    skills: &BTreeSet<Slug>,
) -> Result<MemberId, NotChosen> {
    let fit = colleagues.iter().filter(|colleague| colleague.unfit(strategy, skills).is_none());
    let chosen = match strategy {
        // Those after the last one come first, then those from the beginning.
        Strategy::RoundRobin => {
            fit.min_by_key(|one| (last.is_some_and(|last| one.member <= last), one.member))
        }
        Strategy::LeastLoaded | Strategy::Skill => fit.min_by(|one, other| less_loaded(one, other)),
    };
    chosen.map(|colleague| colleague.member).ok_or_else(|| {
        let mut unfit: Vec<_> = colleagues
            .iter()
            .filter_map(|colleague| Some((colleague.member, colleague.unfit(strategy, skills)?)))
            .collect();
        unfit.sort_by_key(|(member, _)| *member);
        NotChosen(unfit)
    })
}

/// By the share of what they can carry, then by who has waited longest.
fn less_loaded(one: &Colleague, other: &Colleague) -> Ordering {
    let load = |mine: &Colleague, theirs: &Colleague| u64::from(mine.open) * u64::from(theirs.capacity);
    let loads = load(one, other).cmp(&load(other, one));
    loads.then(one.last_assigned_at.cmp(&other.last_assigned_at)).then(one.member.cmp(&other.member))
}
