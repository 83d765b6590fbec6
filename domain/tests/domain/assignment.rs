//! Who gets work.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use escalon_domain::{
    assignment::{Colleague, NotChosen, Strategy, Unfit, Work, choose, drain},
    member::MemberId,
    score::{Factors, Score, Scored},
    slug::Slug,
};
use proptest::{collection::vec, prelude::*, strategy::Strategy as _, test_runner::Config};

use crate::cast::{ALICE, BOB, CAROL, id, morning, noon, slug};

/// In the order of their ids: Bob, Alice, Carol.
fn colleague(member: MemberId, open: u32) -> Colleague {
    Colleague { member, present: true, capacity: 10, open, skills: BTreeSet::new(), last_assigned_at: None }
}

fn skills(words: &[&str]) -> BTreeSet<Slug> {
    words.iter().map(|word| slug(word)).collect()
}

fn who(strategy: Strategy, colleagues: &[Colleague], last: Option<MemberId>) -> Option<MemberId> {
    choose(strategy, colleagues, last, &BTreeSet::new()).ok()
}

#[test]
fn one_after_the_other() {
    let all = [colleague(ALICE, 9), colleague(BOB, 0), colleague(CAROL, 5)];
    let next = |last| who(Strategy::RoundRobin, &all, last);
    assert_eq!(next(None), Some(BOB));
    assert_eq!(
        (next(Some(BOB)), next(Some(ALICE)), next(Some(CAROL))),
        (Some(ALICE), Some(CAROL), Some(BOB))
    );
    // Whoever is away or full is passed over, and who has left keeps their place in the order.
    let without =
        [colleague(BOB, 0), Colleague { present: false, ..colleague(ALICE, 0) }, colleague(CAROL, 0)];
    assert_eq!(who(Strategy::RoundRobin, &without, Some(BOB)), Some(CAROL));
    assert_eq!(
        who(Strategy::RoundRobin, &[colleague(BOB, 0), colleague(CAROL, 0)], Some(ALICE)),
        Some(CAROL)
    );
    assert_eq!(who(Strategy::RoundRobin, &[colleague(ALICE, 0)], Some(ALICE)), Some(ALICE));
}

#[test]
fn whoever_has_least_for_what_they_can_carry() {
    let half = Colleague { capacity: 2, ..colleague(ALICE, 1) };
    let third = Colleague { capacity: 9, ..colleague(BOB, 3) };
    assert_eq!(who(Strategy::LeastLoaded, &[half, third], None), Some(BOB));
    let waited = |member, hours| Colleague {
        last_assigned_at: Some(morning() - Duration::hours(hours)),
        ..colleague(member, 0)
    };
    assert_eq!(
        who(Strategy::LeastLoaded, &[waited(ALICE, 1), waited(BOB, 0), waited(CAROL, 2)], None),
        Some(CAROL)
    );
    assert_eq!(
        who(Strategy::LeastLoaded, &[waited(ALICE, 9), colleague(CAROL, 0)], None),
        Some(CAROL),
        "never had any"
    );
    assert_eq!(who(Strategy::LeastLoaded, &[colleague(CAROL, 0), colleague(BOB, 0)], None), Some(BOB));
}

#[test]
fn whoever_can_do_it_and_has_least() {
    let german = Colleague { skills: skills(&["german", "billing"]), ..colleague(ALICE, 5) };
    let both = Colleague { skills: skills(&["german", "billing", "legal"]), ..colleague(CAROL, 3) };
    let all = [german, both, colleague(BOB, 0)];
    let needs = |words: &[&str]| choose(Strategy::Skill, &all, None, &skills(words));
    assert_eq!(needs(&["german", "billing"]), Ok(CAROL));
    assert_eq!(needs(&[]), Ok(BOB));
    let nobody = needs(&["legal", "french"]).unwrap_err();
    let lacks = |words| Unfit::Lacks(skills(words));
    let expected = [
        (BOB, lacks(&["french", "legal"])),
        (ALICE, lacks(&["french", "legal"])),
        (CAROL, lacks(&["french"])),
    ];
    assert_eq!(nobody, NotChosen(expected.to_vec()));
    assert_eq!(nobody.0[0].1.to_string(), "lacks french, legal");
    assert_eq!(
        choose(Strategy::RoundRobin, &all, None, &skills(&["french"])),
        Ok(BOB),
        "skills do not count there"
    );
}

#[test]
fn why_nobody_is_chosen() {
    let all = [Colleague { present: false, ..colleague(ALICE, 0) }, colleague(BOB, 10)];
    for strategy in Strategy::ALL {
        let NotChosen(why) = choose(*strategy, &all, None, &BTreeSet::new()).unwrap_err();
        assert_eq!(why, [(BOB, Unfit::Full { capacity: 10 }), (ALICE, Unfit::Absent)], "{}", strategy.name());
    }
    assert_eq!(Unfit::Full { capacity: 10 }.to_string(), "has 10 open items, as many as they can carry");
    assert_eq!(Unfit::Absent.to_string(), "is not there");
    assert_eq!(choose(Strategy::RoundRobin, &[], None, &BTreeSet::new()), Err(NotChosen(Vec::new())));
}

fn work(item: u32, urgency: f64, needs: &[&str]) -> Scored<Work<u32>> {
    let factors = Factors { sentiment: urgency.try_into().unwrap(), ..Factors::default() };
    let score = Score { factors, opened_at: morning(), target_at: None };
    Scored { item: Work { item, skills: skills(needs) }, score }
}

#[test]
fn the_backlog_is_drained_by_priority_and_nothing_holds_up_what_comes_after_it() {
    let german = Colleague { skills: skills(&["german"]), capacity: 1, ..colleague(ALICE, 0) };
    let french = Colleague { skills: skills(&["french"]), capacity: 2, ..colleague(BOB, 0) };
    let backlog = vec![
        work(1, 0.1, &["german"]),
        work(2, 0.9, &["german"]),
        work(3, 0.5, &["french"]),
        work(4, 0.8, &["legal"]),
        work(5, 0.2, &[]),
    ];
    let drained = drain(Strategy::Skill, vec![german, french], None, backlog, noon());
    assert_eq!(drained.assigned, [(2, ALICE), (3, BOB), (5, BOB)]);
    let waiting: Vec<_> = drained.waiting.iter().map(|(item, _)| *item).collect();
    assert_eq!(waiting, [4, 1]);
    assert_eq!(
        drained.waiting[1].1.0,
        [(BOB, Unfit::Lacks(skills(&["german"]))), (ALICE, Unfit::Full { capacity: 1 })]
    );
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn nobody_gets_more_than_they_can_carry_and_nobody_idles_while_work_waits(
        facts in vec((any::<bool>(), 0..6_u32, 0..6_u32), 1..8),
        scores in vec(0..=100_u8, 0..40),
        strategy in (0..3_usize).prop_map(|place| Strategy::ALL[place]),
    ) {
        let colleagues: Vec<_> = facts.iter().zip(1..).map(|((present, capacity, open), number)| Colleague {
            present: *present,
            capacity: *capacity,
            ..colleague(id(number), *open)
        }).collect();
        let backlog: Vec<_> = scores.iter().zip(0..).map(|(score, item)| work(item, f64::from(*score) / 100.0, &[])).collect();
        let drained = drain(strategy, colleagues.clone(), None, backlog, noon());
        prop_assert_eq!(drained.assigned.len() + drained.waiting.len(), scores.len());
        let mut given: BTreeMap<MemberId, u32> = BTreeMap::new();
        for (_, member) in &drained.assigned {
            *given.entry(*member).or_default() += 1;
        }
        let room: u32 = colleagues.iter().filter(|one| one.present).map(|one| one.capacity.saturating_sub(one.open)).sum();
        let expected = room.min(u32::try_from(scores.len()).unwrap());
        prop_assert_eq!(u32::try_from(drained.assigned.len()).unwrap(), expected);
        for one in &colleagues {
            let more = given.get(&one.member).copied().unwrap_or_default();
            prop_assert!(more == 0 || (one.present && one.open + more <= one.capacity));
        }
        let score = |item: &u32| scores[usize::try_from(*item).unwrap()];
        prop_assert!(drained.assigned.windows(2).all(|pair| score(&pair[0].0) >= score(&pair[1].0)), "by priority");
    }

    #[test]
    fn turns_differ_by_one_at_most(people in 1..8_u128, pieces in 0..50_u32) {
        let colleagues: Vec<_> = (1..=people).map(|number| Colleague { capacity: 100, ..colleague(id(number), 0) }).collect();
        let backlog = (0..pieces).map(|item| work(item, 0.5, &[])).collect();
        let mut given: BTreeMap<MemberId, u32> = colleagues.iter().map(|one| (one.member, 0)).collect();
        for (_, member) in drain(Strategy::RoundRobin, colleagues, Some(id(3)), backlog, noon()).assigned {
            *given.get_mut(&member).unwrap() += 1;
        }
        prop_assert!(given.values().max().unwrap() - given.values().min().unwrap() <= 1);
    }
}
