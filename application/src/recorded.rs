//! The stored form of an event: its name, who and when, and its data, in one self-describing JSON text:
//! `{"event":"ticket.closed","at":"2026-01-05T09:00:00Z","by":"member_…","data":{…}}`.

use escalon_domain::{
    aggregate::{Event, UnreadableEvent},
    stamp::{Actor, Stamp, Timestamp},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};
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
struct Stored {
    event: String,
    #[serde(default = "first")]
    v: u16,
    at: Timestamp,
    by: Actor,
    data: Box<RawValue>,
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

    /// Reads the stored text.
    ///
    /// # Errors
    /// The text is not an event, or one this version cannot read.
    pub fn from_json(text: &str) -> Result<Self, UnreadableEvent> {
        let malformed = |source| UnreadableEvent::Malformed { name: "?".to_owned(), version: 0, source };
        let stored: Stored = serde_json::from_str(text).map_err(malformed)?;
        let event = E::from_json(&stored.event, stored.v, stored.data.get())?;
        Ok(Self { stamp: Stamp::new(stored.at, stored.by), event })
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

impl<'de, E: Event> Deserialize<'de> for Recorded<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let event =
            E::from_json(&stored.event, stored.v, stored.data.get()).map_err(serde::de::Error::custom)?;
        Ok(Self { stamp: Stamp::new(stored.at, stored.by), event })
    }
}
