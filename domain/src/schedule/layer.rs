//! Layers: who takes turns.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

use super::{Restriction, Rotation, restriction::allowed, rotation::Turn};
use crate::{fault::Fault, member::MemberId, slug::Slug, stamp::Timestamp, zone::Zone};

/// Members who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Its short name, unique within the schedule.
    pub name: Slug,
    /// How often they hand off.
    pub rotation: Rotation,
    /// When it begins, by the clocks on the wall. The first turn lasts until the first handoff after it.
    pub starts: NaiveDateTime,
    /// When it ends, by the clocks on the wall; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<NaiveDateTime>,
    /// Who takes turns, in order. A turn may be several members', or nobody's: then the layers before it show through.
    pub participants: Vec<Vec<MemberId>>,
    /// The times at which it is on call; always when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
}

/// What a layer says of a moment.
pub(super) struct Present<'l> {
    /// Who is on call, perhaps nobody.
    pub(super) members: &'l [MemberId],
    /// The turn, while the layer lasts.
    pub(super) turn: Option<Turn>,
    /// Until when this surely stays so; for ever when there is none.
    pub(super) until: Option<Timestamp>,
}

/// The years in which layers may begin and end, and overrides be.
pub(super) const YEARS: std::ops::Range<i32> = 1970..3000;

/// When layers without an end do end, so that nothing beyond is ever calculated.
const LAST_YEAR: i32 = 10_000;

impl Layer {
    /// When it ends; none is for ever.
    fn end(&self) -> Option<NaiveDateTime> {
        self.ends.or_else(|| Some(NaiveDate::from_ymd_opt(LAST_YEAR, 1, 1)?.and_time(NaiveTime::MIN)))
    }

    /// What it says of a moment.
    pub(super) fn present(&self, zone: Zone, at: Timestamp) -> Present<'_> {
        let nobody = |until| Present { members: &[], turn: None, until };
        let begins = zone.moment(self.starts);
        if at < begins {
            return nobody(Some(begins));
        }
        let ends = self.end().map(|end| zone.moment(end));
        if ends.is_some_and(|ends| ends <= at) || self.participants.is_empty() {
            return nobody(None);
        }
        let turn = self.rotation.turn(zone, self.starts, at);
        let (inside, edge) = allowed(&self.restrictions, zone, at);
        let slot = turn.number % self.participants.len() as u64;
        let members = match self.participants.get(usize::try_from(slot).unwrap_or_default()) {
            Some(members) if inside => members.as_slice(),
            _ => &[],
        };
        Present { members, turn: Some(turn), until: ends.into_iter().chain(edge).chain([turn.until]).min() }
    }

    /// Whether somebody of it is on call whenever `other` is, so that nothing would ever be seen of an earlier `other`.
    pub(super) fn hides(&self, other: &Self) -> bool {
        self.restrictions.is_empty()
            && self.participants.iter().all(|slot| !slot.is_empty())
            && self.starts <= other.starts
            && self.ends.is_none_or(|ends| other.ends.is_some_and(|other| other <= ends))
    }

    /// What is wrong with it; `place` is where it stands.
    pub(super) fn faults(&self, place: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |field, message: String| faults.push(Fault::at(["layers", place, field], message));
        let (most, units) = self.rotation.most();
        if !(1..=most).contains(&self.rotation.every()) {
            let message =
                format!("a turn lasts 1 to {most} {units}; this one lasts {}", self.rotation.every());
            fault("rotation", message);
        }
        if self.rotation.at().is_some_and(|at| at.minutes() >= 24 * 60) {
            fault("rotation", "hands off where the day ends; use 00:00 of the next day".to_owned());
        }
        for (field, moment) in [("starts", Some(self.starts)), ("ends", self.ends)] {
            if moment.is_some_and(|moment| !YEARS.contains(&moment.year())) {
                fault(field, format!("has to be in the years {} to {}", YEARS.start, YEARS.end - 1));
            }
            if moment.is_some_and(|moment| moment.second() != 0 || moment.nanosecond() != 0) {
                fault(field, "has to be a whole minute".to_owned());
            }
        }
        if self.ends.is_some_and(|ends| ends <= self.starts) {
            fault("ends", "is not after it starts; move the end, or leave it out".to_owned());
        }
        faults.extend(self.participant_faults(place));
        if self.restrictions.len() > 50 {
            faults.push(Fault::at(["layers", place, "restrictions"], "a layer has 50 restrictions at most"));
        }
        for (number, restriction) in self.restrictions.iter().enumerate() {
            faults.extend(restriction.faults(["layers", place, "restrictions", &number.to_string()]));
        }
        faults
    }

    fn participant_faults(&self, place: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let slots: Vec<BTreeSet<_>> = self.participants.iter().map(|slot| slot.iter().collect()).collect();
        let whole = if slots.iter().all(BTreeSet::is_empty) {
            Some("names nobody; put at least one member into it, or leave the layer out")
        } else if slots.len() > 200 {
            Some("a rotation has 200 turns at most")
        } else if slots.len() > 1 && slots.iter().all(|slot| *slot == slots[0]) {
            Some("every turn is the same; name it once")
        } else {
            None
        };
        faults.extend(whole.map(|message| Fault::at(["layers", place, "participants"], message)));
        for (number, (slot, different)) in self.participants.iter().zip(&slots).enumerate() {
            let path = ["layers", place, "participants", &number.to_string()];
            if slot.len() != different.len() {
                faults.push(Fault::at(path, "names a member twice; a turn has each once"));
            }
            if different.len() > 20 {
                faults.push(Fault::at(path, "a turn has 20 members at most"));
            }
        }
        faults
    }
}
