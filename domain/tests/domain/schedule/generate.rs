//! Any schedule: layers, restrictions and overrides around a moment, all at whole quarters of an hour.

use chrono::{Duration, NaiveDateTime};
use escalon_domain::{
    calendar::{ClockTime, Weekday},
    member::MemberId,
    schedule::{Change, Layer, Override, Restriction, Rotation, Schedule},
    stamp::Timestamp,
    zone::Zone,
};
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
    sample::select,
};

use crate::cast::{id, slug};

/// Zones whose clocks change: by an hour, by half an hour, by two, at midnight, backwards, with a day left out.
pub(super) const ZONES: [&str; 11] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "Antarctica/Troll",
    "Pacific/Apia",
];

const QUARTERS_OF_A_DAY: i64 = 96;

pub(super) fn quarters(count: i64) -> Duration {
    Duration::minutes(15 * count)
}

pub(crate) fn zone() -> impl Strategy<Value = Zone> {
    select(&ZONES).prop_map(|name| name.parse().unwrap())
}

pub(super) fn member() -> impl Strategy<Value = MemberId> {
    (1..6_u128).prop_map(id)
}

fn members(least: usize) -> impl Strategy<Value = Vec<MemberId>> {
    btree_set(member(), least..3).prop_map(|members| members.into_iter().collect())
}

fn time(quarter: i64) -> ClockTime {
    ClockTime::at_minute(u16::try_from(quarter * 15).unwrap()).unwrap()
}

fn day() -> impl Strategy<Value = Weekday> {
    select(Weekday::ALL)
}

fn rotation() -> impl Strategy<Value = Rotation> {
    let at = || (0..QUARTERS_OF_A_DAY).prop_map(time);
    prop_oneof![
        prop_oneof![Just(1), Just(12), Just(24), 2..100_u16].prop_map(|every| Rotation::Hourly { every }),
        (1..8_u16, at()).prop_map(|(every, at)| Rotation::Daily { every, at }),
        (1..4_u16, day(), at()).prop_map(|(every, on, at)| Rotation::Weekly { every, on, at }),
    ]
}

fn restriction() -> impl Strategy<Value = Restriction> {
    (btree_set(day(), 1..8), 0..QUARTERS_OF_A_DAY, 1..QUARTERS_OF_A_DAY).prop_map(|(days, from, length)| {
        let until = from + length;
        let until = if until > QUARTERS_OF_A_DAY { until - QUARTERS_OF_A_DAY } else { until };
        Restriction { days, from: time(from), until: time(until) }
    })
}

fn layer(starts: impl Strategy<Value = NaiveDateTime>) -> impl Strategy<Value = Layer> {
    let ends = option::weighted(0.2, (1..40 * QUARTERS_OF_A_DAY).prop_map(quarters));
    let slots = vec(members(0), 1..6);
    let restrictions = prop_oneof![2 => Just(Vec::new()), 1 => vec(restriction(), 1..4)];
    (rotation(), starts, ends, slots, restrictions).prop_map(
        |(rotation, starts, ends, participants, restrictions)| Layer {
            name: slug("layer"),
            rotation,
            starts,
            ends: ends.map(|after| starts + after),
            participants,
            restrictions,
        },
    )
}

/// An override that holds not long before or after this moment.
pub(super) fn change(around: Timestamp) -> impl Strategy<Value = Override> {
    let cover =
        (members(1), option::of(member())).prop_map(|(by, instead_of)| Change::Cover { by, instead_of });
    let swap = (member(), member()).prop_map(|(one, other)| Change::Swap { between: [one, other] });
    let begin = -2 * QUARTERS_OF_A_DAY..3 * QUARTERS_OF_A_DAY;
    (begin, 1..5 * QUARTERS_OF_A_DAY, prop_oneof![cover, swap]).prop_map(move |(begin, length, change)| {
        let from = around + quarters(begin);
        Override { from, until: from + quarters(length), change }
    })
}

/// A schedule whose layers began up to so many days before this moment, or begin soon after it.
pub(crate) fn schedule(zone: Zone, around: Timestamp, days: i64) -> impl Strategy<Value = Schedule> {
    let start = (-days * QUARTERS_OF_A_DAY..2 * QUARTERS_OF_A_DAY)
        .prop_map(move |begin| around.naive_utc() + quarters(begin));
    (vec(layer(start), 1..4), vec(change(around), 0..4)).prop_map(move |(mut layers, overrides)| {
        for (place, layer) in layers.iter_mut().enumerate() {
            layer.name = slug(&format!("layer-{place}"));
        }
        Schedule { name: slug("any"), title: "Any".into(), zone, layers, overrides }
    })
}
