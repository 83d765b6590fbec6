//! One event against the event before it in its stream, its own leaf and its metadata.

use std::collections::HashMap;

use serde::Deserialize;

use super::Fault;
use crate::{
    Hash,
    export::{EventLine, Moment},
};

/// How far each stream is: by its type and id.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams {
    heads: HashMap<String, HashMap<String, Head>>,
    count: u64,
}

#[derive(Debug, Clone, Copy)]
struct Head {
    sequence: u64,
    /// The hash to go on from; none when it is not known any more.
    hash: Option<Hash>,
}

/// What an event shows when it is held against its stream and its leaf.
pub(super) struct Seen {
    pub(super) faults: Vec<Fault>,
    /// The leaf that follows from the event as it stands in the file.
    pub(super) leaf: Hash,
}

impl Streams {
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Takes the next event of a stream.
    pub(super) fn take(&mut self, event: &EventLine<'_>) -> Seen {
        let head = self.heads.get(&*event.kind).and_then(|ids| ids.get(&*event.id)).copied();
        let reached = head.map_or(0, |head| head.sequence);
        let mut faults = Vec::new();
        let previous = match event.sequence {
            next if next == reached + 1 => head.map_or(Some(Hash::ZERO), |head| head.hash),
            later if later > reached => {
                faults.push(Fault::StreamGap(reached + 1..=later - 1));
                None
            }
            _ => {
                faults.push(Fault::StreamRepeats { reached });
                None
            }
        };
        let fits = |hash: &Hash| event.leaf_with(hash) == event.leaf;
        let computed = previous.map(|previous| event.link(&previous));
        let (fault, hash) = match computed {
            Some(computed) if computed == event.hash => ((!fits(&computed)).then_some(Fault::Leaf), computed),
            Some(computed) if fits(&computed) => (Some(Fault::Hash), computed),
            Some(_) if fits(&event.hash) => (Some(Fault::Content), event.hash),
            None if fits(&event.hash) => (None, event.hash),
            _ => (Some(Fault::Event), event.hash),
        };
        let unknown = matches!(fault, Some(Fault::Event));
        if event.sequence > reached {
            let next = Head { sequence: event.sequence, hash: (!unknown).then_some(hash) };
            self.put(event, next);
        }
        // A changed event is not what was signed, even where its hash and leaf were left as they were.
        let leaf = match (&fault, computed) {
            (Some(Fault::Content), Some(computed)) => event.leaf_with(&computed),
            _ => event.leaf_with(&hash),
        };
        faults.extend(fault);
        Seen { faults, leaf }
    }

    fn put(&mut self, event: &EventLine<'_>, head: Head) {
        if !self.heads.contains_key(&*event.kind) {
            self.heads.insert(event.kind.clone().into_owned(), HashMap::new());
        }
        let Some(ids) = self.heads.get_mut(&*event.kind) else { return };
        match ids.get_mut(&*event.id) {
            Some(known) => *known = head,
            None => {
                ids.insert(event.id.clone().into_owned(), head);
                self.count += 1;
            }
        }
    }
}

/// What the metadata of an event say that stands elsewhere, too.
#[derive(Deserialize)]
struct Metadata {
    organization: String,
    occurred_at: Moment,
}

/// Whether an event's metadata agree with its line and with the organization that the file is about.
pub(super) fn metadata_fault(event: &EventLine<'_>, organization: &str) -> Option<Fault> {
    let metadata: Option<Metadata> = serde_json::from_str(&event.metadata).ok();
    let named = metadata.as_ref().is_some_and(|metadata| metadata.organization == organization);
    if !named {
        return Some(Fault::Organization { organization: organization.to_owned() });
    }
    metadata.is_none_or(|metadata| metadata.occurred_at != event.occurred_at).then_some(Fault::OccurredAt)
}
