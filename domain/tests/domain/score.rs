//! The priority score, and orders that a database can keep.

use chrono::Duration;
use escalon_domain::{
    score::{Factors, Score, Scored, Share, queue},
    stamp::Timestamp,
};
use proptest::{collection::vec, prelude::*, test_runner::Config};

use crate::cast::{morning, noon};

fn share(number: f64) -> Share {
    number.try_into().unwrap()
}

fn factors(intent: f64, sentiment: f64, repeat: f64) -> Factors {
    Factors { intent: share(intent), sentiment: share(sentiment), repeat: share(repeat) }
}

/// Opened in the morning, to be resolved by noon, three hours later.
fn score(factors: Factors) -> Score {
    Score { factors, opened_at: morning(), target_at: Some(noon()) }
}

#[track_caller]
fn is(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
}

#[test]
fn each_factor_has_its_weight() {
    for (intent, sentiment, repeat, expected) in [
        (0.0, 0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0, 40.0),
        (0.0, 1.0, 0.0, 30.0),
        (0.0, 0.0, 1.0, 10.0),
        (0.9, 0.5, 0.2, 53.0),
    ] {
        let score = score(factors(intent, sentiment, repeat));
        is(score.at(morning()), expected);
        is(score.at(noon()), expected + 20.0);
    }
    is(score(factors(1.0, 1.0, 1.0)).at(noon()), 100.0);
}

#[test]
fn age_counts_evenly_until_the_target_and_no_more_after_it() {
    let score = score(Factors::default());
    for (minutes, expected) in
        [(-60, 0.0), (0, 0.0), (45, 5.0), (90, 10.0), (135, 15.0), (180, 20.0), (100_000, 20.0)]
    {
        is(score.at(morning() + Duration::minutes(minutes)), expected);
    }
}

#[test]
fn without_a_target_age_does_not_count_and_what_was_late_when_it_came_counts_in_full() {
    let ageless = Score { target_at: None, ..score(factors(0.5, 0.0, 0.0)) };
    is(ageless.at(noon() + Duration::days(9)), 20.0);
    assert_eq!(ageless.standing(), None);
    for late in [morning(), morning() - Duration::hours(1)] {
        let late = Score { target_at: Some(late), ..score(factors(0.5, 0.0, 0.0)) };
        is(late.at(morning()), 40.0);
        assert_eq!(late.standing(), None);
    }
}

#[test]
fn a_share_is_from_0_to_1() {
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let error = Share::try_from(bad).unwrap_err().to_string();
        assert!(error.contains("use a number from 0 to 1"), "{error}");
    }
    assert_eq!((share(0.0), share(-0.0), share(1.0)), (Share::NONE, Share::NONE, Share::ALL));
    assert!(serde_json::from_str::<Factors>(r#"{"intent": 1.5}"#).is_err());
    assert_eq!(serde_json::from_str::<Factors>(r#"{"intent": 0.5}"#).unwrap(), factors(0.5, 0.0, 0.0));
}

#[test]
fn of_equal_scores_the_older_is_first() {
    let at = |hours| morning() + Duration::hours(hours);
    let late = |item, opened_at, target_at| Scored {
        item,
        score: Score { factors: Factors::default(), opened_at, target_at: Some(target_at) },
    };
    let items = vec![
        late('b', at(0), at(1)),
        late('c', at(-1), at(1)),
        late('a', at(0), at(1)),
        late('d', at(0), at(99)),
    ];
    let order: String = queue(items, at(2)).iter().map(|scored| scored.item).collect();
    assert_eq!(order, "cabd");
}

fn items() -> impl Strategy<Value = Vec<Scored<usize>>> {
    let spans = prop_oneof![Just(120), Just(240), Just(1_440), 1..5_000_i64];
    let item = ((0..=100_u8, 0..=100_u8, 0..=100_u8), -3_000..0_i64, proptest::option::weighted(0.9, spans));
    vec(item, 1..120).prop_map(|items| items.into_iter().enumerate().map(scored).collect())
}

/// Per cent of each factor, minutes from noon to the opening, and minutes from there to the target.
type Given = ((u8, u8, u8), i64, Option<i64>);

fn scored((item, ((intent, sentiment, repeat), opened, span)): (usize, Given)) -> Scored<usize> {
    let of = |percent: u8| f64::from(percent) / 100.0;
    let opened_at = noon() + Duration::minutes(opened);
    let target_at = span.map(|span| opened_at + Duration::minutes(span));
    let factors = factors(of(intent), of(sentiment), of(repeat));
    Scored { item, score: Score { factors, opened_at, target_at } }
}

/// The first few by what a row keeps: of each span by its standing, and of what does not rise any more by its base.
fn by_rows(items: &[Scored<usize>], now: Timestamp, most: usize) -> Vec<f64> {
    let rises = |scored: &&Scored<usize>| scored.score.target_at.is_some_and(|target| target > now);
    let mut spans: Vec<f64> =
        items.iter().filter(rises).filter_map(|one| Some(one.score.standing()?.0)).collect();
    spans.sort_by(f64::total_cmp);
    spans.dedup();
    let mut candidates: Vec<&Scored<usize>> = Vec::new();
    for span in spans {
        let mut rows: Vec<_> = items
            .iter()
            .filter(rises)
            .filter_map(|one| Some((one.score.standing().filter(|standing| standing.0 == span)?.1, one)))
            .collect();
        rows.sort_by(|one, other| other.0.total_cmp(&one.0));
        candidates.extend(rows.into_iter().take(most).map(|(_, one)| one));
    }
    for past in [true, false] {
        // Those past their target have 20 more than those without one, all of them.
        let mut rows: Vec<_> =
            items.iter().filter(|one| !rises(one) && one.score.target_at.is_some() == past).collect();
        rows.sort_by(|one, other| other.score.base().total_cmp(&one.score.base()));
        candidates.extend(rows.into_iter().take(most));
    }
    let mut scores: Vec<f64> = candidates.iter().map(|one| one.score.at(now)).collect();
    scores.sort_by(|one, other| other.total_cmp(one));
    scores.truncate(most);
    scores
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_rows_keep_leads_to_the_first_of_the_queue(items in items(), minutes in 0..6_000_i64, most in 1..20_usize) {
        let now = noon() + Duration::minutes(minutes);
        let expected: Vec<f64> = queue(items.clone(), now).iter().take(most).map(|one| one.score.at(now)).collect();
        let found = by_rows(&items, now, most);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found - expected).abs() < 1e-6, "{} instead of {}", found, expected);
        }
        prop_assert!(expected.iter().all(|score| (0.0..=100.0).contains(score)));
    }

    #[test]
    fn a_score_never_falls_as_time_passes(items in items(), minutes in vec(0..6_000_i64, 2)) {
        let at = |index: usize| noon() + Duration::minutes(minutes[index]);
        let (before, after) = (at(0).min(at(1)), at(0).max(at(1)));
        prop_assert!(items.iter().all(|one| one.score.at(before) <= one.score.at(after)));
    }
}
