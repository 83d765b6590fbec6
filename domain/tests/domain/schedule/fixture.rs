//! Schedules to begin with, and how the tests speak of them.

use chrono::NaiveDateTime;
use escalon_domain::{
    calendar::{ClockTime, Weekday},
    member::MemberId,
    schedule::{Change, Layer, Override, Restriction, Rotation, Schedule},
    stamp::Timestamp,
};

use crate::cast::{ALICE, BOB, CAROL, slug};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

pub(super) fn time(text: &str) -> ClockTime {
    text.parse().unwrap()
}

pub(super) const fn hourly(every: u16) -> Rotation {
    Rotation::Hourly { every }
}

pub(super) fn daily(every: u16, at: &str) -> Rotation {
    Rotation::Daily { every, at: time(at) }
}

pub(super) fn weekly(every: u16, on: Weekday, at: &str) -> Rotation {
    Rotation::Weekly { every, on, at: time(at) }
}

/// A layer that begins on Monday, 5 January 2026, at 08:00.
pub(super) fn layer(name: &str, rotation: Rotation, participants: &[&[MemberId]]) -> Layer {
    Layer {
        name: slug(name),
        rotation,
        starts: wall("2026-01-05T08:00:00"),
        ends: None,
        participants: participants.iter().map(|slot| slot.to_vec()).collect(),
        restrictions: Vec::new(),
    }
}

/// Alice, Bob and Carol take weeks.
pub(crate) fn weeks() -> Layer {
    layer("weeks", weekly(1, Weekday::Monday, "08:00"), &[&[ALICE], &[BOB], &[CAROL]])
}

/// A schedule in Berlin.
pub(crate) fn schedule(layers: impl IntoIterator<Item = Layer>) -> Schedule {
    Schedule {
        name: slug("primary"),
        title: "Primary".into(),
        zone: "Europe/Berlin".parse().unwrap(),
        layers: layers.into_iter().collect(),
        overrides: Vec::new(),
    }
}

pub(super) fn hours(days: &[Weekday], from: &str, until: &str) -> Restriction {
    Restriction { days: days.iter().copied().collect(), from: time(from), until: time(until) }
}

pub(super) fn cover(from: &str, until: &str, by: &[MemberId]) -> Override {
    Override { from: at(from), until: at(until), change: Change::Cover { by: by.to_vec(), instead_of: None } }
}

pub(super) fn instead(from: &str, until: &str, by: MemberId, of: MemberId) -> Override {
    Override {
        from: at(from),
        until: at(until),
        change: Change::Cover { by: vec![by], instead_of: Some(of) },
    }
}

pub(super) fn swap(from: &str, until: &str, between: [MemberId; 2]) -> Override {
    Override { from: at(from), until: at(until), change: Change::Swap { between } }
}

/// Who is on call at a moment.
pub(super) fn people(schedule: &Schedule, moment: &str) -> Vec<MemberId> {
    schedule.on_call(at(moment)).into_iter().map(|one| one.member).collect()
}

/// Each of these is on call alone from that moment on, and not before.
#[track_caller]
pub(super) fn hand_off(schedule: &Schedule, handoffs: &[(&str, MemberId)]) {
    for (moment, member) in handoffs {
        let before = schedule.on_call(at(moment) - chrono::Duration::microseconds(1));
        assert!(before.iter().all(|one| one.member != *member), "{member} before {moment}");
        assert_eq!(people(schedule, moment), [*member], "at {moment}");
    }
}
