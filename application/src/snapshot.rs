//! Snapshots: a long stream's state, kept so that loading it need not begin at its first event.

use std::sync::Arc;

use escalon_domain::{
    aggregate::{Aggregate, SCHEMA},
    id::Id,
};

use crate::{
    caller::Caller,
    engine::{Engine, fold_on, key},
    ports::{Head, Snapshot, StoreError},
};

/// A stream with fewer events is folded from its beginning.
const SHORTEST: u64 = 256;

/// How many events after the last snapshot make a new one worth its size: an eighth of them all, as a power of two.
fn stride(version: u64) -> u64 {
    (version / 8).next_power_of_two().max(SHORTEST)
}

/// Whether a stream that moved from one version to another should be kept.
fn due(before: u64, after: u64) -> bool {
    before / stride(after) < after / stride(after)
}

impl Engine {
    /// A stream as the store has it: from its snapshot, if there is one that this code can read, and the events after it.
    pub(crate) async fn restored<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
    ) -> Result<(Arc<A>, Head), StoreError> {
        let store = &self.ports.store;
        let (snapshot, mut events) = store.latest(caller.organization, &key(id), SCHEMA).await?;
        let kept = snapshot.map(|snapshot| (serde_json::from_str::<A>(&snapshot.state), snapshot.head));
        let from = match kept {
            Some((Ok(state), head)) => (state, head),
            // A snapshot that cannot be read is only a snapshot.
            Some((Err(_), _)) => {
                events = store.load(caller.organization, &key(id), 0).await?;
                Default::default()
            }
            None => Default::default(),
        };
        let before = from.1.version;
        let (state, head) = fold_on(from, &events)?;
        let state = Arc::new(state);
        self.keep_when_due(caller, id, &state, before, head);
        Ok((state, head))
    }

    /// Keeps the state of a stream that has moved far enough from this version.
    pub(crate) fn keep_when_due<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
        state: &Arc<A>,
        before: u64,
        head: Head,
    ) {
        if !due(before, head.version) {
            return;
        }
        // What has no JSON form is folded every time.
        if let Ok(state) = serde_json::to_string(&**state) {
            self.ports.store.keep(caller.organization, key(id), SCHEMA, Snapshot { head, state });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::due;

    #[test]
    fn a_stream_is_kept_more_seldom_the_longer_it_is() {
        let kept = |events| (1..=events).filter(|version| due(version - 1, *version)).count();
        assert_eq!((kept(255), kept(256), kept(2_048)), (0, 1, 8));
        assert!(kept(10_000) < 40);
        assert!(due(0, 300) && !due(300, 400), "also when several events come at once");
    }
}
