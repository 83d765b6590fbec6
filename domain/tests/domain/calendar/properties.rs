//! What holds for any calendar, to the microsecond.

use chrono::Duration;
use proptest::prelude::*;

use super::{
    minutes::{Chance, ODD_DAYS},
    oracle::{beginning, calendar},
};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() }
}

const MICROS: i64 = 21 * 24 * 60 * 60 * 1_000_000;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn working_time_adds_up_and_is_found_again(
        seed in any::<u64>(),
        odd in 0..ODD_DAYS.len(),
        mut moments in [0..MICROS, 0..MICROS, 0..MICROS],
        work in 0..20_000_000_000_i64,
    ) {
        moments.sort_unstable();
        let (zone, day) = ODD_DAYS[odd];
        let around = day.parse().unwrap();
        let calendar = calendar(&mut Chance::new(seed), zone, around);
        let [a, b, c] = moments.map(|micros| beginning(around) + Duration::microseconds(micros));
        prop_assert_eq!(calendar.elapsed(a, b) + calendar.elapsed(b, c), calendar.elapsed(a, c));
        prop_assert!(calendar.elapsed(a, b) <= b - a);
        let work = Duration::microseconds(work);
        if let Some(done) = calendar.after(a, work) {
            prop_assert_eq!(calendar.elapsed(a, done), work, "so much passes until then");
            let before = done - Duration::microseconds(1);
            prop_assert!(work.is_zero() || calendar.elapsed(a, before) < work, "and not earlier");
        }
        if let Some(next) = calendar.next_open(a) {
            prop_assert!(calendar.is_open(next) && calendar.elapsed(a, next).is_zero());
        }
    }
}
