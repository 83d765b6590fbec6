//! Which appends go into one transaction: no two of them may concern the same stream, command or claim, since each is done
//! or refused on its own. What does not fit goes into the next.

use std::collections::HashSet;

use escalon_domain::claim::ClaimChange;
use uuid::Uuid;

use super::{append::Ready, claim::claim_id};

/// Splits appends into groups, each in the order in which they came.
pub(super) fn groups(appends: &[Ready]) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    let mut waiting: Vec<usize> = (0..appends.len()).collect();
    while !waiting.is_empty() {
        let mut met = Met::default();
        let (group, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|place| met.admits(&appends[*place]));
        groups.push(group);
        waiting = later;
    }
    groups
}

/// What a group concerns already.
#[derive(Default)]
struct Met<'a> {
    streams: HashSet<&'a str>,
    commands: HashSet<Uuid>,
    claims: HashSet<Uuid>,
}

impl<'a> Met<'a> {
    /// Whether the append fits into the group; it counts as met either way, so that a later one does not overtake it.
    fn admits(&mut self, ready: &'a Ready) -> bool {
        let append = &ready.append;
        let mut fits = self.streams.insert(&append.stream.id);
        if append.input.is_some() {
            fits &= self.commands.insert(append.metadata.command);
        }
        let mut own = HashSet::new();
        for change in &append.claims {
            let (ClaimChange::Take(claim) | ClaimChange::Release(claim)) = change;
            let id = claim_id(append.metadata.organization, claim);
            // An append may give up and take the same claim.
            fits &= !own.insert(id) || self.claims.insert(id);
        }
        fits
    }
}
