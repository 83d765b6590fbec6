//! What is wrong with a schedule: everything at once, each with its path.

use std::collections::BTreeSet;

use escalon_domain::{
    calendar::Weekday::Monday,
    definition::Body,
    schedule::{Change, Schedule},
};

use super::fixture::{cover, daily, hourly, hours, instead, layer, schedule, swap, wall, weekly, weeks};
use crate::cast::{ALICE, BOB, CAROL};

const FROM: &str = "2026-01-06T12:00:00Z";
const UNTIL: &str = "2026-01-06T18:00:00Z";

/// These faults and no others, the first one saying this.
#[track_caller]
fn faulty(schedule: &Schedule, paths: &[&str], saying: &str) {
    let faults = schedule.faults();
    let found: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
    assert_eq!(found, paths, "{faults:?}");
    assert!(faults[0].message.contains(saying), "{faults:?}");
}

/// A layer that is good but for this, alone in a schedule.
#[track_caller]
fn faulty_layer(spoil: impl FnOnce(&mut escalon_domain::schedule::Layer), path: &str, saying: &str) {
    let mut bad = weeks();
    spoil(&mut bad);
    faulty(&schedule([bad]), &[path], saying);
}

#[test]
fn a_schedule_has_a_title_and_layers() {
    let none = Schedule { title: " ".into(), ..schedule([]) };
    faulty(&none, &["title", "layers"], "must not be empty");
    assert_eq!(schedule([weeks()]).faults(), []);
}

#[test]
fn a_zone_that_does_not_exist_is_not_read() {
    let mut stored = serde_json::to_value(schedule([weeks()])).unwrap();
    stored["zone"] = "Europe/Atlantis".into();
    let error = serde_json::from_value::<Schedule>(stored).unwrap_err().to_string();
    assert!(error.contains("“Europe/Atlantis” is not a time zone"), "{error}");
}

#[test]
fn a_turn_lasts_a_while() {
    for rotation in
        [hourly(0), daily(0, "08:00"), weekly(0, Monday, "08:00"), hourly(8_761), weekly(53, Monday, "08:00")]
    {
        faulty_layer(|layer| layer.rotation = rotation, "layers.0.rotation", "a turn lasts 1 to");
    }
    faulty_layer(
        |layer| layer.rotation = daily(1, "24:00"),
        "layers.0.rotation",
        "use 00:00 of the next day",
    );
}

#[test]
fn a_layer_is_named_once_and_has_somebody() {
    let mut other = weeks();
    other.starts = wall("2026-02-02T08:00:00");
    faulty(&schedule([weeks(), other]), &["layers.1.name"], "“weeks” is there twice");
    for nobody in [vec![], vec![vec![]], vec![vec![], vec![]]] {
        faulty_layer(|layer| layer.participants = nobody, "layers.0.participants", "names nobody");
    }
}

#[test]
fn a_member_twice_is_refused_where_it_cannot_be_meant() {
    let twice = |slots: &[&[_]]| slots.iter().map(|slot| slot.to_vec()).collect::<Vec<_>>();
    faulty_layer(
        |layer| layer.participants = twice(&[&[ALICE], &[BOB, ALICE, BOB]]),
        "layers.0.participants.1",
        "names a member twice",
    );
    faulty_layer(
        |layer| layer.participants = twice(&[&[ALICE, BOB], &[BOB, ALICE]]),
        "layers.0.participants",
        "every turn is the same",
    );
    let mut often = weeks();
    often.participants = twice(&[&[ALICE], &[BOB], &[ALICE], &[ALICE, CAROL]]);
    assert_eq!(schedule([often]).faults(), [], "who takes more turns than others");
}

#[test]
fn a_layer_ends_after_it_starts_at_whole_minutes_of_our_time() {
    faulty_layer(|layer| layer.ends = Some(layer.starts), "layers.0.ends", "is not after it starts");
    faulty_layer(|layer| layer.starts = wall("2026-01-05T08:00:01"), "layers.0.starts", "a whole minute");
    faulty_layer(
        |layer| layer.starts = wall("1969-12-31T08:00:00"),
        "layers.0.starts",
        "the years 1970 to 2999",
    );
    faulty_layer(
        |layer| layer.ends = Some(wall("3000-01-01T00:00:00")),
        "layers.0.ends",
        "the years 1970 to 2999",
    );
}

#[test]
fn a_restriction_leaves_some_time() {
    faulty_layer(
        |layer| layer.restrictions = vec![hours(&[Monday], "08:00", "17:00"), hours(&[], "08:00", "17:00")],
        "layers.0.restrictions.1.days",
        "names no day",
    );
    faulty_layer(
        |layer| layer.restrictions = vec![hours(&[Monday], "08:00", "08:00")],
        "layers.0.restrictions.0.until",
        "no time at all",
    );
    faulty_layer(
        |layer| layer.restrictions = vec![hours(&[Monday], "24:00", "08:00")],
        "layers.0.restrictions.0.from",
        "use 00:00 of the next day",
    );
}

#[test]
fn a_layer_that_is_never_seen_is_refused() {
    let over = layer("over", daily(1, "08:00"), &[&[CAROL]]);
    faulty(&schedule([weeks(), over.clone()]), &["layers.0"], "is never seen: “over” comes later");
    let mut seen = [over.clone(), over.clone(), over.clone(), over];
    seen[0].restrictions = vec![hours(&[Monday], "08:00", "17:00")];
    seen[1].participants.push(Vec::new());
    seen[2].starts = wall("2026-01-05T08:01:00");
    seen[3].ends = Some(wall("2036-01-05T08:00:00"));
    for over in seen {
        assert_eq!(schedule([weeks(), over]).faults(), []);
    }
}

#[test]
fn an_override_has_an_end_and_a_meaning() {
    let nobody = cover(FROM, UNTIL, &[]);
    let bad = [
        (cover(UNTIL, FROM, &[BOB]), "until", "is not after it begins"),
        (cover(FROM, FROM, &[BOB]), "until", "is not after it begins"),
        (cover(FROM, "2027-01-08T00:00:00Z", &[BOB]), "until", "lasts 366 days at most"),
        (cover("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z", &[BOB]), "from", "the years 1970 to 2999"),
        (nobody, "change", "names nobody"),
        (cover(FROM, UNTIL, &[BOB, BOB]), "change", "twice"),
        (instead(FROM, UNTIL, BOB, BOB), "change", "their own place"),
        (swap(FROM, UNTIL, [BOB, BOB]), "change", "name two members"),
    ];
    for (change, field, saying) in bad {
        let mut schedule = schedule([weeks()]);
        schedule.overrides = vec![cover(FROM, UNTIL, &[BOB]), change];
        faulty(&schedule, &[&format!("overrides.1.{field}")], saying);
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let mut bad = layer("bad", hourly(0), &[&[]]);
    bad.ends = Some(bad.starts);
    bad.restrictions = vec![hours(&[], "08:00", "08:00")];
    let mut schedule = schedule([weeks(), bad]);
    schedule.title = String::new();
    schedule.overrides = vec![cover(UNTIL, FROM, &[])];
    let paths = [
        "title",
        "layers.1.rotation",
        "layers.1.ends",
        "layers.1.participants",
        "layers.1.restrictions.0.days",
        "layers.1.restrictions.0.until",
        "overrides.0.until",
        "overrides.0.change",
    ];
    faulty(&schedule, &paths, "must not be empty");
}

#[test]
fn what_a_configuration_leaves_out_has_defaults() {
    let least = r#"{
        "name": "primary", "title": "Primary", "zone": "UTC",
        "layers": [{
            "name": "all", "starts": "2026-01-05T08:00:00", "rotation": {"weekly": {"on": "monday", "at": "08:00"}},
            "participants": [["member_01ke6kmq00e0080000000002rb"]],
            "restrictions": [{"from": "18:00", "until": "08:00"}]
        }]
    }"#;
    let read: Schedule = serde_json::from_str(least).unwrap();
    assert_eq!(read.layers[0].rotation, weekly(1, Monday, "08:00"));
    assert_eq!(read.layers[0].restrictions[0].days.len(), 7);
    assert_eq!((read.faults(), read.overrides.len()), (Vec::new(), 0));
    for (right, wrong) in
        [("\"on\"", "\"day\""), ("\"participants\"", "\"members\""), ("\"08:00\"}}", "\"8:00\"}}")]
    {
        assert!(serde_json::from_str::<Schedule>(&least.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
}

#[test]
fn too_much_is_refused() {
    let mut many = schedule([weeks()]);
    many.overrides = vec![cover(FROM, UNTIL, &[BOB]); 501];
    faulty(&many, &["overrides"], "500 overrides at most");
    let mut full = weeks();
    full.participants = vec![vec![ALICE], vec![BOB]].into_iter().cycle().take(201).collect();
    full.restrictions = vec![hours(&[Monday], "08:00", "17:00"); 51];
    faulty(&schedule([full]), &["layers.0.participants", "layers.0.restrictions"], "200 turns at most");
    let members: BTreeSet<_> = (0..21_u128).map(crate::cast::id).collect();
    let mut crowd = cover(FROM, UNTIL, &[BOB]);
    crowd.change = Change::Cover { by: members.into_iter().collect(), instead_of: None };
    let mut crowded = schedule([weeks()]);
    crowded.overrides = vec![crowd];
    faulty(&crowded, &["overrides.0.change"], "more than 20 members");
}
