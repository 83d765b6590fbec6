//! Places in a payload: what stands there, and what is wrong with it.

use std::cell::RefCell;

use escalon_domain::{fault::Fault, stamp::Timestamp};
use serde_json::Value;

use super::MOST_REPORTS;

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Faults(RefCell<Vec<Fault>>);

/// A place in a payload. Nothing and null are the same.
pub(super) struct Place<'p> {
    value: Option<&'p Value>,
    path: Vec<String>,
    faults: &'p Faults,
}

impl Faults {
    /// What was read, if nothing is wrong with it.
    pub(super) fn or<T>(self, read: T) -> Result<T, Vec<Fault>> {
        let faults = self.0.into_inner();
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }
}

impl<'p> Place<'p> {
    /// The whole payload.
    pub(super) fn new(payload: &'p Value, faults: &'p Faults) -> Self {
        Self { value: Some(payload), path: Vec::new(), faults }
    }

    /// This place once more.
    pub(super) fn here(&self) -> Self {
        Self { value: self.value, path: self.path.clone(), faults: self.faults }
    }

    /// A field of an object, or an element of a list.
    pub(super) fn at(&self, name: &str) -> Self {
        let found = self.value.and_then(|value| match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            other => other.get(name),
        });
        self.step(found, name.to_owned())
    }

    /// The elements of a list, which has to be there.
    pub(super) fn items(&self) -> Vec<Self> {
        match self.value {
            Some(Value::Array(items)) if items.len() <= MOST_REPORTS => {
                let step = |(number, item): (usize, &'p Value)| self.step(Some(item), number.to_string());
                items.iter().enumerate().map(step).collect()
            }
            Some(Value::Array(items)) => {
                self.fault(format!("may have {MOST_REPORTS} elements at most; this has {}", items.len()));
                Vec::new()
            }
            _ => {
                self.fault("needs a list");
                Vec::new()
            }
        }
    }

    /// What stands there.
    pub(super) fn value(&self) -> Option<&'p Value> {
        self.value.filter(|value| !value.is_null())
    }

    /// What stands there, to keep; null for nothing.
    pub(super) fn kept(&self) -> Value {
        self.value.cloned().unwrap_or_default()
    }

    /// The text that stands there. Empty is nothing, and anything else but a text is a fault.
    pub(super) fn text(&self) -> Option<&'p str> {
        match self.value()? {
            Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => {
                self.fault("needs a text");
                None
            }
        }
    }

    /// The text that has to stand there; empty where it does not, which is a fault.
    pub(super) fn needed(&self) -> &'p str {
        let before = self.faults.0.borrow().len();
        let text = self.text();
        if text.is_none() && self.faults.0.borrow().len() == before {
            self.fault("is missing; it needs a text");
        }
        text.unwrap_or_default()
    }

    /// The moment that stands there: an RFC 3339 text, or seconds or milliseconds since 1970. What some senders write for
    /// “never”, the year 1, is nothing. What is finer than a microsecond is left out.
    pub(super) fn time(&self) -> Option<Timestamp> {
        let at = match self.value()? {
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_f64().and_then(since_1970),
            _ => None,
        };
        if at.is_none() {
            self.fault("needs a moment such as 2026-01-05T09:00:00Z, or seconds since 1970");
        }
        let at = at.filter(|at: &Timestamp| at.timestamp() > 0)?;
        Timestamp::from_timestamp_micros(at.timestamp_micros())
    }

    /// Something is wrong there.
    pub(super) fn fault(&self, message: impl Into<String>) {
        let fault = Fault { path: self.path.clone(), message: message.into() };
        self.faults.0.borrow_mut().push(fault);
    }

    fn step(&self, value: Option<&'p Value>, name: String) -> Self {
        let path = self.path.iter().cloned().chain([name]).collect();
        Self { value, path, faults: self.faults }
    }
}

/// A number of more than eleven digits counts milliseconds: as seconds it would be after the year 5138.
fn since_1970(number: f64) -> Option<Timestamp> {
    let seconds = if number.abs() > 99_999_999_999.0 { number / 1_000.0 } else { number };
    let micros = (seconds * 1e6).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too large becomes a moment that does not exist"
    )]
    Timestamp::from_timestamp_micros(micros as i64)
}
