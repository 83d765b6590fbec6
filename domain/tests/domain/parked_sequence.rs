//! What operators do about parked sequences.

use escalon_domain::parked_sequence::{
    Culprit, ParkedSequence, ParkedSequenceCommand as Command, Retried, Skip, Skipped,
};

use crate::harness::{Scenario, events, invalid};

fn culprit(position: i64) -> Culprit {
    Culprit { subscription: "projection.x".into(), stream: "ticket_x".into(), position, error: "no".into() }
}

#[test]
fn what_operators_do_is_counted_with_where_it_stood() {
    let skip = Command::Skip { culprit: culprit(9), what: Skip::Event, reason: "Known.".into() };
    let skipped = Skipped { culprit: culprit(9), what: Skip::Event, reason: "Known.".into() };
    let retried = Retried { culprit: culprit(7) };
    let state = Scenario::<ParkedSequence>::given(events![retried.clone()]).when(skip).then(events![skipped]);
    assert_eq!(state, ParkedSequence { culprit: culprit(9), retries: 1, skips: 1 });
    Scenario::<ParkedSequence>::new().when(Command::Retry(culprit(7))).then(events![retried]);
}

#[test]
fn skipping_needs_a_reason() {
    for reason in [String::new(), "x".repeat(2_001)] {
        let skip = Command::Skip { culprit: culprit(9), what: Skip::Waiting, reason };
        Scenario::<ParkedSequence>::new().when(skip).then(invalid(&["reason"]));
    }
}
