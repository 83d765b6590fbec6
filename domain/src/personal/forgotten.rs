//! That a person was forgotten: what is said of it, and what it forbids.

use serde::{Deserialize, Serialize};

use super::SubjectId;
use crate::{
    fault::{self, Fault},
    refusal::{Refusal, RefusalCode},
};

/// The fewest characters of a reason, and the most.
const REASON: (usize, usize) = (3, 500);

/// A person was forgotten: in the transaction that stored this, their key was destroyed. It is the certificate of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Who. It stands first, where the store finds it without reading the rest.
    pub subject: SubjectId,
    /// Why, in words that do not tell who it was: they stay.
    pub reason: String,
    /// What was kept of them.
    pub held: Held,
}

/// What is kept of a person, sealed with their key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// In how many streams.
    pub streams: u64,
    /// In how many events.
    pub events: u64,
    /// How many values.
    pub values: u64,
    /// Counted up to this position.
    pub position: i64,
}

impl Forgotten {
    /// That this person is forgotten, for this reason; `known` are values of theirs that it must not tell.
    ///
    /// # Errors
    /// The reason is too short or too long, or tells one of the values.
    pub fn new(subject: SubjectId, reason: String, held: Held, known: &[&str]) -> Result<Self, Vec<Fault>> {
        let mut faults: Vec<Fault> =
            fault::length(["reason"], &reason, REASON.0, REASON.1).into_iter().collect();
        if known.iter().any(|value| mentions(&reason, value)) {
            let message = "tells who it was, and it stays when they are forgotten; say it without their name, address or reference";
            faults.push(Fault::at(["reason"], message));
        }
        if faults.is_empty() { Ok(Self { subject, reason, held }) } else { Err(faults) }
    }
}

/// Whether a text has this value in it, or a word of it of three letters or more, whatever their case.
#[must_use]
pub fn mentions(text: &str, value: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (said, words) = (words(text), words(value));
    if value.contains('@') {
        return text.to_lowercase().contains(&value.trim().to_lowercase());
    }
    let told = |word: &String| word.chars().count() >= 3 && said.contains(word);
    words.iter().any(told) || (!words.is_empty() && said.windows(words.len()).any(|window| window == words))
}

/// Nothing about somebody who was forgotten is kept any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} was forgotten, and nothing about them can be kept any more; if they have come back, begin anew, as for somebody unknown"
)]
pub struct ForgottenSubject(pub SubjectId);

impl Refusal for ForgottenSubject {
    fn code(&self) -> RefusalCode {
        RefusalCode::NotAllowed
    }
}
