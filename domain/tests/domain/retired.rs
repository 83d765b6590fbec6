//! Events of retired names and shapes: one may have become another, several, or none.

use escalon_domain::{
    aggregate::{Event, Successor, UnreadableEvent},
    events,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moved {
    to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Locked {}

events! {
    /// What can have happened to a door.
    pub(crate) enum DoorEvent {
        /// It moved.
        Moved = "door.moved" v 2,
        /// It was locked.
        Locked = "door.locked" v 1,
    }
    retired {
        "door.moved" v 1 => number_to_word,
        "door.closed" v 1 => closed,
        "door.shut" v 1 => shut,
        "door.painted" v 1 => gone,
    }
}

fn number_to_word(data: &str) -> Result<Vec<Successor>, serde_json::Error> {
    let data: Value = serde_json::from_str(data)?;
    let to = if data["to"] == 1 { "open" } else { "closed" };
    Ok(vec![Successor { name: "door.moved", version: 2, data: json!({ "to": to }) }])
}

/// Closing is moving, in the old shape, and locking.
fn closed(data: &str) -> Result<Vec<Successor>, serde_json::Error> {
    let _: Value = serde_json::from_str(data)?;
    let moved = Successor { name: "door.moved", version: 1, data: json!({ "to": 0 }) };
    Ok(vec![moved, Successor { name: "door.locked", version: 1, data: json!({}) }])
}

fn shut(data: &str) -> Result<Vec<Successor>, serde_json::Error> {
    Ok(vec![Successor { name: "door.closed", version: 1, data: serde_json::from_str(data)? }])
}

fn gone(_: &str) -> Result<Vec<Successor>, serde_json::Error> {
    Ok(Vec::new())
}

fn moved(to: &str) -> DoorEvent {
    Moved { to: to.to_owned() }.into()
}

#[test]
fn a_present_event_is_read_as_it_is() {
    assert_eq!(DoorEvent::read("door.moved", 2, r#"{"to":"open"}"#).unwrap(), [moved("open")]);
}

#[test]
fn a_retired_event_becomes_another_several_or_none() {
    let read = |name, data| DoorEvent::read(name, 1, data).unwrap();
    assert_eq!(read("door.moved", r#"{"to":1}"#), [moved("open")]);
    assert_eq!(read("door.closed", "{}"), [moved("closed"), Locked {}.into()]);
    assert_eq!(read("door.shut", "{}"), [moved("closed"), Locked {}.into()], "through several versions");
    assert_eq!(read("door.painted", r#"{"colour":"red"}"#), []);
}

#[test]
fn what_never_was_stays_unknown_and_what_is_broken_is_said() {
    let unknown = DoorEvent::read("door.moved", 3, "{}").unwrap_err();
    assert!(matches!(unknown, UnreadableEvent::Unknown { version: 3, .. }), "{unknown}");
    let broken = DoorEvent::read("door.shut", 1, "{").unwrap_err();
    assert!(matches!(&broken, UnreadableEvent::Malformed { name, version: 1, .. } if name == "door.shut"));
}
