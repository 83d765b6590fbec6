//! What was to be reached, and what was: computed from the figures of one run.

use crate::{
    results::Results,
    works::{
        self, CALLERS, Work, append, callers, http, inbox, long_stream, rebuild, size, tenants, visible,
    },
};

/// Something to reach.
pub(crate) struct Target {
    pub(crate) work: Work,
    /// In words.
    pub(crate) what: String,
    /// The bound.
    pub(crate) bound: Bound,
    /// What was reached, if the run measured it.
    pub(crate) reached: Option<f64>,
}

/// A bound, and how it reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// So many times the other, or more.
    Times(f64),
    /// So many times the other, or less.
    AtMostTimes(f64),
    /// So many milliseconds, or less.
    Milliseconds(f64),
}

impl Bound {
    pub(crate) fn holds(self, reached: f64) -> bool {
        match self {
            Self::Times(bound) => reached >= bound,
            Self::AtMostTimes(bound) | Self::Milliseconds(bound) => reached <= bound,
        }
    }

    /// By how much it was missed or surpassed: 1 is just reached, more is better.
    pub(crate) fn share(self, reached: f64) -> f64 {
        match self {
            Self::Times(bound) => reached / bound,
            Self::AtMostTimes(bound) | Self::Milliseconds(bound) => bound / reached,
        }
    }
}

/// All that was to be reached.
pub(crate) fn all(results: &Results) -> Vec<Target> {
    let of = |work, who: &str, case: &str| results.median(work, who, case);
    let ratio = |above: Option<f64>, below: Option<f64>| Some(above? / below?);
    let mut targets = Vec::new();
    let mut add = |work, what: String, bound, reached| targets.push(Target { work, what, bound, reached });

    let append = |who: &str, count| of(Work::Append, who, &callers(count));
    let ours = append::PURE;
    let peers = append::PEERS;
    let best =
        peers.iter().flat_map(|who| CALLERS.iter().filter_map(|count| append(who, *count))).reduce(f64::max);
    let against = |count, other| ratio(append(ours, count), append(other, count));
    add(
        Work::Append,
        "1 caller, against pgbench with one row".to_owned(),
        Bound::Times(0.6),
        against(1, append::LIMIT),
    );
    add(
        Work::Append,
        "32 callers, against pgbench with one row".to_owned(),
        Bound::Times(1.0),
        against(32, append::LIMIT),
    );
    add(
        Work::Append,
        "32 callers, against stock postgres-es".to_owned(),
        Bound::Times(4.0),
        against(32, append::POSTGRES_ES),
    );
    add(
        Work::Append,
        "32 callers, against message-db with many categories".to_owned(),
        Bound::Times(2.0),
        against(32, append::MESSAGE_DB_MANY),
    );
    add(
        Work::Append,
        "256 callers, against any peer's best at any number of callers".to_owned(),
        Bound::Times(5.0),
        ratio(append(ours, 256), best),
    );
    for case in ["warm, p50", "cold, p50"] {
        let long = of(Work::LongStream, long_stream::LONG, case);
        let reached = ratio(long, of(Work::LongStream, long_stream::FRESH, case));
        add(Work::LongStream, format!("long against fresh, {case}"), Bound::AtMostTimes(1.2), reached);
    }
    if let Some((small, large)) = results.ends(Work::Size) {
        for case in [size::ALONE, size::NOTE] {
            let reached = ratio(of(Work::Size, &large, case), of(Work::Size, &small, case));
            add(Work::Size, format!("{large} against {small}: {case}"), Bound::AtMostTimes(1.2), reached);
        }
        let reached = ratio(of(Work::Size, &small, size::MANY), of(Work::Size, &large, size::MANY));
        add(
            Work::Size,
            format!("{large} against {small}: time for each, {}", size::MANY),
            Bound::AtMostTimes(1.2),
            reached,
        );
    }
    let rebuilds = works::cases(results, rebuild::REBUILD);
    for case in &rebuilds {
        let reached =
            ratio(of(Work::Rebuild, rebuild::REBUILD, case), of(Work::Rebuild, rebuild::SELECT, case));
        add(Work::Rebuild, format!("against plain SELECT, {case}"), Bound::Times(0.25), reached);
    }
    if let (Some(first), Some(last)) = (rebuilds.first(), rebuilds.last()) {
        let replay = of(Work::Rebuild, rebuild::REPLAY, first);
        let reached = ratio(of(Work::Rebuild, rebuild::REBUILD, first), replay);
        add(Work::Rebuild, "against the stock replay".to_owned(), Bound::Times(20.0), reached);
        let memory = |case: &str| of(Work::Rebuild, rebuild::REBUILD, &format!("{case}, peak memory"));
        let what = format!("peak memory, {last} against {first}");
        add(Work::Rebuild, what, Bound::AtMostTimes(1.2), ratio(memory(last), memory(first)));
    }
    let seen = of(Work::Visible, visible::ENGINE, "p99");
    add(Work::Visible, "p99 at half the maximum load".to_owned(), Bound::Milliseconds(50.0), seen);
    let rate = ratio(of(Work::Http, http::HTTP, "rate"), of(Work::Http, http::IN_PROCESS, "rate"));
    add(Work::Http, "rate, against in process".to_owned(), Bound::Times(0.3), rate);
    add(Work::Http, "p99".to_owned(), Bound::Milliseconds(25.0), of(Work::Http, http::HTTP, "p99"));
    for who in [inbox::ALL, inbox::OWN] {
        let p99 = of(Work::Inbox, who, "all questions, p99");
        add(Work::Inbox, format!("{who}, p99 of all questions"), Bound::Milliseconds(20.0), p99);
    }
    for case in tenants::CASES {
        let reached =
            ratio(of(Work::Tenants, tenants::AFTER, case), of(Work::Tenants, tenants::BEFORE, case));
        add(
            Work::Tenants,
            format!("beside the large one against among equals: {case}"),
            Bound::AtMostTimes(1.2),
            reached,
        );
    }
    targets
}
