//! The two pure functions every aggregate is made of, and how its events are named.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::{claim::ClaimChange, id::Named, illegible::Illegible, refusal::Refusal, stamp::Stamp};

/// Something whose history is a stream of events. Its [`Named::PREFIX`] is also its stream type. Its state can be written and
/// read, so that a long history need not be folded from its beginning every time.
pub trait Aggregate:
    Named + Default + Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What it can be asked to do, with every looked-up fact inside.
    type Command: Clone + Debug + Send + Sync;
    /// What can have happened to it.
    type Event: Event;
    /// Why it may say no.
    type Error: Refusal;

    /// What follows from the command in this state. No events: it is already so.
    ///
    /// # Errors
    /// The rule that forbids it, with what would have been allowed.
    fn decide(&self, command: Self::Command, stamp: &Stamp) -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after the event. Never fails: what was recorded is true.
    fn evolve(&mut self, event: &Self::Event, stamp: &Stamp);

    /// Which uniqueness the event takes or releases, given the state before it.
    fn claims(&self, event: &Self::Event) -> Vec<ClaimChange> {
        let _ = event;
        Vec::new()
    }
}

/// Something that happened. Written by [`events!`](crate::events), which keeps name, version and shape in one line.
pub trait Event: Clone + Debug + PartialEq + Send + Sync + 'static {
    /// All stored names of this aggregate's events.
    const NAMES: &'static [&'static str];

    /// How events of retired names and shapes read today.
    const UPCASTERS: &'static [Upcaster] = &[];

    /// The stored name, `folder.past_tense`.
    fn name(&self) -> &'static str;

    /// The version of the stored shape.
    fn version(&self) -> u16;

    /// The stored shape as JSON.
    ///
    /// # Errors
    /// When a value has no JSON form (a not-a-number, say).
    fn to_json(&self) -> Result<String, serde_json::Error>;

    /// Reads a stored event.
    ///
    /// # Errors
    /// An unknown name or version, or data of another shape.
    fn from_json(name: &str, version: u16, data: &str) -> Result<Self, UnreadableEvent>;

    /// Reads a stored event of any name and version that was ever stored. One that was retired becomes what it means today:
    /// another, several, or none.
    ///
    /// # Errors
    /// An unknown name or version, or data of another shape.
    fn read(name: &str, version: u16, data: &str) -> Result<Vec<Self>, UnreadableEvent> {
        let retired = Self::UPCASTERS.iter().find(|one| one.name == name && one.version == version);
        let Some(upcaster) = retired else { return Ok(vec![Self::from_json(name, version, data)?]) };
        let malformed = |error| UnreadableEvent::malformed(name, version, &error, data);
        let mut events = Vec::new();
        for Successor { name, version, data } in (upcaster.upcast)(data).map_err(malformed)? {
            events.extend(Self::read(name, version, &data.to_string())?);
        }
        Ok(events)
    }
}

/// How a stored event of a retired name or shape reads today.
#[derive(Debug, Clone, Copy)]
pub struct Upcaster {
    /// The stored name.
    pub name: &'static str,
    /// The version of the stored shape.
    pub version: u16,
    /// What it means in the next version: none, one or several events, which may be retired themselves.
    pub upcast: fn(&str) -> Result<Vec<Successor>, serde_json::Error>,
}

/// What a retired event became.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    /// Its name.
    pub name: &'static str,
    /// The version of its shape.
    pub version: u16,
    /// Its data.
    pub data: serde_json::Value,
}

/// A stored event that this version of the engine cannot read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// Nobody here knows the name: it was written by a newer version.
    #[error(
        "event {name} version {version} is unknown; it was written by a newer version of the engine, which is needed to read it"
    )]
    Unknown {
        /// The stored name.
        name: String,
        /// The stored version.
        version: u16,
    },
    /// The name is known and the data do not fit it.
    #[error("event {name} version {version} does not have the shape it should: {source}")]
    Malformed {
        /// The stored name.
        name: String,
        /// The stored version.
        version: u16,
        /// What is wrong with them, and where in the data.
        source: Illegible,
    },
}

impl UnreadableEvent {
    /// An event with these data, by what the parser said of them.
    #[must_use]
    pub fn malformed(name: &str, version: u16, error: &serde_json::Error, data: &str) -> Self {
        Self::Malformed { name: name.to_owned(), version, source: Illegible::of(error, data) }
    }
}

/// The digest of the code that folds events into states: a state that other code wrote is not to be read.
pub const SCHEMA: &str = env!("ESCALON_DOMAIN_SCHEMA");

/// The state that these events lead to, all with one stamp.
pub fn fold<A: Aggregate>(events: &[A::Event], stamp: &Stamp) -> A {
    let mut state = A::default();
    for event in events {
        state.evolve(event, stamp);
    }
    state
}

/// Declares an aggregate's events: `Variant = "stored.name" v 1`, each with the struct of the same name as its data. What was
/// once stored and is not written any more is named after them: `retired { "stored.name" v 1 => upcast }`.
#[macro_export]
macro_rules! events {
    ($(#[$meta:meta])* $vis:vis enum $event:ident { $($(#[$vmeta:meta])* $variant:ident = $name:literal v $version:literal),+ $(,)? }
     $(retired { $($old:literal v $shape:literal => $upcast:path),+ $(,)? })?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "events live briefly; boxing each would cost more than it saves")]
        $vis enum $event { $($(#[$vmeta])* $variant($variant)),+ }

        impl $crate::aggregate::Event for $event {
            const NAMES: &'static [&'static str] = &[$($name),+];

            $(const UPCASTERS: &'static [$crate::aggregate::Upcaster] = &[
                $($crate::aggregate::Upcaster { name: $old, version: $shape, upcast: $upcast }),+
            ];)?

            fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            fn version(&self) -> u16 {
                match self { $(Self::$variant(_) => $version),+ }
            }

            fn to_json(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$variant(data) => serde_json::to_string(data)),+ }
            }

            fn from_json(name: &str, version: u16, data: &str) -> Result<Self, $crate::aggregate::UnreadableEvent> {
                match (name, version) {
                    $(($name, $version) => serde_json::from_str(data).map(Self::$variant).map_err(|error| {
                        $crate::aggregate::UnreadableEvent::malformed(name, version, &error, data)
                    }),)+
                    _ => Err($crate::aggregate::UnreadableEvent::Unknown { name: name.to_owned(), version }),
                }
            }
        }

        $(impl From<$variant> for $event {
            fn from(data: $variant) -> Self {
                Self::$variant(data)
            }
        })+
    };
}
