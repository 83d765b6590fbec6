//! The stored form of an event: its name, who and when, and its data, in one self-describing JSON text:
//! `{"event":"ticket.closed","at":"2026-01-05T09:00:00Z","by":"member_…","data":{…}}`.

use std::borrow::Cow;

use escalon_domain::{
    aggregate::{Event, UnreadableEvent},
    stamp::{Actor, Stamp, Timestamp},
};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::value::RawValue;

/// An event with its stamp.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded<E> {
    /// When and by whom.
    pub stamp: Stamp,
    /// What happened.
    pub event: E,
}

#[derive(Deserialize)]
struct Stored<'t> {
    #[serde(borrow)]
    event: Cow<'t, str>,
    #[serde(default = "first")]
    v: u16,
    at: Timestamp,
    by: Actor,
    #[serde(borrow)]
    data: &'t RawValue,
}

const fn first() -> u16 {
    1
}

impl<E: Event> Recorded<E> {
    /// The stored text.
    ///
    /// # Errors
    /// A value has no JSON form.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads the stored text. What was stored under a retired name or shape becomes what it means today: another event,
    /// several, or none.
    ///
    /// # Errors
    /// The text is not an event, or one this version cannot read.
    pub fn read(text: &str) -> Result<Vec<Self>, UnreadableEvent> {
        let malformed = |error| UnreadableEvent::malformed("?", 0, &error, text);
        let Stored { event, v, at, by, data } = serde_json::from_str(text).map_err(malformed)?;
        let stamp = Stamp::new(at, by);
        let events = E::read(&event, v, data.get())?;
        Ok(events.into_iter().map(|event| Self { stamp: stamp.clone(), event }).collect())
    }
}

impl<E: Event> Serialize for Recorded<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.event.to_json().and_then(RawValue::from_string).map_err(serde::ser::Error::custom)?;
        let mut stored = serializer.serialize_struct("Recorded", 5)?;
        stored.serialize_field("event", self.event.name())?;
        stored.serialize_field("v", &self.event.version())?;
        stored.serialize_field("at", &self.stamp.at)?;
        stored.serialize_field("by", &self.stamp.by)?;
        stored.serialize_field("data", &data)?;
        stored.end()
    }
}
