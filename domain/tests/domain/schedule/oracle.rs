//! An oracle that shares nothing with what it checks: it steps through time by quarters of an hour, looks at the clocks, and
//! counts handoffs as they come.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use escalon_domain::{
    member::MemberId,
    schedule::{Change, Layer, Restriction, Rotation, Schedule, Source},
    stamp::Timestamp,
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::generate::{ZONES, quarters, schedule};

/// How many pairs of a schedule and a moment are compared near changes of the clocks, and long after a start.
const CASES: usize = 100_000;
const FAR_CASES: usize = 20_000;

fn clocks(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// When the clocks of a zone change within two years, found by looking every hour.
fn changes(zone: Tz) -> Vec<Timestamp> {
    let year = if zone == Tz::Pacific__Apia { 2011 } else { 2025 };
    let first: Timestamp = format!("{year}-01-02T00:00:00Z").parse().unwrap();
    let ahead = |at: Timestamp| clocks(zone, at) - at.naive_utc();
    let hours = (1..2 * 365 * 24).map(|hour| first + Duration::hours(hour));
    hours.filter(|at| ahead(*at) != ahead(*at - Duration::hours(1))).collect()
}

/// A clock on the wall, and next to it the people who take turns by it.
struct Watch<'s> {
    schedule: &'s Schedule,
    zone: Tz,
    /// The latest time that the clocks have shown so far: what they show again has been.
    shown: NaiveDateTime,
    /// For each layer the time up to which handoffs were counted, and how many came.
    counted: Vec<(NaiveDateTime, usize)>,
}

impl<'s> Watch<'s> {
    fn new(schedule: &'s Schedule, begin: Timestamp) -> Self {
        let zone: Tz = schedule.zone.name().parse().unwrap();
        let counted = schedule.layers.iter().map(|layer| (layer.starts, 0)).collect();
        Self { schedule, zone, shown: clocks(zone, begin), counted }
    }

    /// Who is on call now, which is a quarter of an hour after it was last asked.
    fn look(&mut self, now: Timestamp) -> BTreeMap<MemberId, Source> {
        self.shown = self.shown.max(clocks(self.zone, now));
        let mut people = BTreeMap::new();
        for (layer, (upto, handoffs)) in self.schedule.layers.iter().zip(&mut self.counted) {
            while *upto < self.shown {
                *upto += quarters(1);
                *handoffs += usize::from(hands_off(layer, *upto));
            }
            let begun = layer.starts <= self.shown && layer.ends.is_none_or(|ends| self.shown < ends);
            let open = layer.restrictions.is_empty()
                || layer.restrictions.iter().any(|restriction| open(restriction, self.shown));
            let turn = *handoffs / usize::from(every(layer.rotation));
            let slot = &layer.participants[turn % layer.participants.len()];
            if begun && open && !slot.is_empty() {
                let source = Source::Layer { name: layer.name.clone(), turn: turn as u64 };
                people = slot.iter().map(|member| (*member, source.clone())).collect();
            }
        }
        for (place, change) in self.schedule.overrides.iter().enumerate() {
            if now < change.from || now >= change.until {
                continue;
            }
            let source = Source::Override { place };
            match &change.change {
                Change::Cover { by, instead_of } => {
                    match instead_of {
                        Some(gone) if people.remove(gone).is_none() => continue,
                        Some(_) => {}
                        None => people.clear(),
                    }
                    for member in by {
                        people.entry(*member).or_insert(source.clone());
                    }
                }
                Change::Swap { between: [one, other] } => {
                    if people.contains_key(one) && !people.contains_key(other) {
                        people.remove(one);
                        people.insert(*other, source);
                    } else if people.contains_key(other) && !people.contains_key(one) {
                        people.remove(other);
                        people.insert(*one, source);
                    }
                }
            }
        }
        people
    }
}

/// Whether one unit of the rotation is over when the clocks show this.
fn hands_off(layer: &Layer, shown: NaiveDateTime) -> bool {
    let minute = shown.hour() * 60 + shown.minute();
    match layer.rotation {
        Rotation::Hourly { .. } => shown.minute() == layer.starts.minute(),
        Rotation::Daily { at, .. } => minute == u32::from(at.minutes()),
        Rotation::Weekly { on, at, .. } => {
            shown.format("%A").to_string().to_lowercase() == on.name() && minute == u32::from(at.minutes())
        }
    }
}

fn every(rotation: Rotation) -> u16 {
    match rotation {
        Rotation::Hourly { every } | Rotation::Daily { every, .. } | Rotation::Weekly { every, .. } => every,
    }
}

/// Whether a layer may be on call by this restriction when the clocks show this.
fn open(restriction: &Restriction, shown: NaiveDateTime) -> bool {
    let (from, until) = (u32::from(restriction.from.minutes()), u32::from(restriction.until.minutes()));
    let minute = shown.hour() * 60 + shown.minute();
    let day = |day: NaiveDateTime| restriction.days.iter().any(|one| *one == day.weekday().into());
    if from < until {
        return day(shown) && from <= minute && minute < until;
    }
    day(shown) && from <= minute || day(shown - Duration::days(1)) && minute < until
}

#[track_caller]
fn agree(schedule: &Schedule, now: Timestamp, expected: &BTreeMap<MemberId, Source>) {
    let found: BTreeMap<_, _> =
        schedule.on_call(now).into_iter().map(|one| (one.member, one.source)).collect();
    assert_eq!(&found, expected, "at {now} in {}", serde_json::to_string(schedule).unwrap());
}

#[test]
fn who_is_on_call_is_what_an_oracle_sees_that_steps_through_time() {
    let mut runner = TestRunner::deterministic();
    let changes: Vec<_> = ZONES.iter().map(|zone| (*zone, changes(zone.parse().unwrap()))).collect();
    assert!(changes.iter().all(|(_, changes)| changes.len() >= 3), "{changes:?}");
    let (mut cases, mut somebody) = (0, 0);
    for number in 0.. {
        if cases >= CASES {
            break;
        }
        let (zone, changes) = &changes[number % changes.len()];
        let change = changes[number / ZONES.len() % changes.len()];
        let any = schedule(zone.parse().unwrap(), change, 20).new_tree(&mut runner).unwrap().current();
        let mut now = change - Duration::days(23);
        let mut watch = Watch::new(&any, now);
        while now < change + Duration::days(3) {
            let expected = watch.look(now);
            // Near the change always, else now and then.
            if (now - change).num_hours().abs() < 15 || now.timestamp() / 900 % 31 == 0 {
                agree(&any, now, &expected);
                cases += 1;
                somebody += usize::from(!expected.is_empty());
            }
            now += quarters(1);
        }
    }
    assert!(somebody * 3 > cases && somebody < cases, "{somebody} of {cases} cases have somebody on call");
}

#[test]
fn who_is_on_call_years_after_the_start_is_what_the_oracle_has_counted() {
    let mut runner = TestRunner::deterministic();
    let mut cases = 0;
    for zone in ZONES.iter().cycle() {
        if cases >= FAR_CASES {
            break;
        }
        let begin: Timestamp = "2021-06-01T00:00:00Z".parse().unwrap();
        let any = schedule(zone.parse().unwrap(), begin, 20).new_tree(&mut runner).unwrap().current();
        let mut watch = Watch::new(&any, begin - Duration::days(23));
        for step in -23 * 96..3 * 365 * 96_i64 {
            let now = begin + quarters(step);
            let expected = watch.look(now);
            if step % 41 == 0 {
                agree(&any, now, &expected);
                cases += 1;
            }
        }
    }
}
