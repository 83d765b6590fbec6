//! What this process appended lately, so that the sequencer, which sees every insertion, knows what others appended.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The insertion numbers of this process that its sequencer has not met yet. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Own(Arc<Mutex<HashSet<i64>>>);

impl Own {
    pub(super) fn add(&self, insertions: &[i64]) {
        self.numbers().extend(insertions);
    }

    /// Those of these numbers that are not this process's own. Its own are not asked about again, nor is anything at or
    /// below `settled`: an append may be met before the database's answer to it is read, and then counts as another's.
    pub(crate) fn others(&self, met: impl Iterator<Item = i64>, settled: i64) -> Vec<i64> {
        let mut numbers = self.numbers();
        let others = met.filter(|number| !numbers.remove(number)).collect();
        numbers.retain(|number| *number > settled);
        others
    }

    fn numbers(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
