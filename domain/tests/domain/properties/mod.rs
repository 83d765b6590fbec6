//! What holds for any history, however long and strange: proptest gives the commands.

mod alert;
mod definition;
mod escalation;
mod member;
mod organization;
mod text;
mod ticket;

use std::fmt::Debug;

use chrono::Duration;
use escalon_domain::{
    aggregate::{Aggregate, Event},
    claim::{Claim, ClaimChange},
    id::Id,
    refusal::{Refusal, RefusalCode},
    slug::Slug,
    stamp::{Actor, Stamp},
};
use proptest::{collection::vec, prelude::*, test_runner::Config};

use crate::cast::{alice, bob, carol, customer, engine, id, morning, slug};

/// Stands in every text that is personal, and in no other.
const MARK: char = '§';

/// Who commands what, and how many minutes after the command before.
pub(crate) type Step<C> = (C, Actor, i64);

pub(crate) fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![3 => Just(alice()), 3 => Just(bob()), 2 => Just(carol()), 1 => Just(customer()), 1 => Just(engine())]
}

pub(crate) fn steps<C: Clone + Debug>(
    command: impl Strategy<Value = C>,
) -> impl Strategy<Value = Vec<Step<C>>> {
    vec((command, actor(), 0..10_000_i64), 1..25)
}

/// Personal text: mostly good, sometimes empty.
pub(crate) fn personal() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-zß漢 ]{10,20}".prop_map(|text| format!("{MARK}{text}{MARK}")), 1 => Just(String::new())]
}

/// Text that is nobody's data.
fn plain() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-c]{1,3}", 1 => Just(" ".to_owned())]
}

/// One of a few, so that histories meet the same thing again.
fn few<T: Debug>() -> impl Strategy<Value = Id<T>>
where
    Id<T>: Debug,
{
    (1..4_u128).prop_map(id)
}

fn word() -> impl Strategy<Value = Slug> {
    prop_oneof!["red", "green", "blue"].prop_map(|word| slug(&word))
}

/// Gives the commands one after the other and checks what must hold after each.
pub(crate) fn explore<A: Aggregate>(
    steps: Vec<Step<A::Command>>,
    moves: impl Fn(&A, &A::Event, &A) -> bool,
    ended: impl Fn(&A) -> bool,
) -> Result<(), TestCaseError> {
    let (mut state, mut replayed, mut held) = (A::default(), A::default(), Vec::<Claim>::new());
    let mut at = morning();
    for (command, by, minutes) in steps {
        at += Duration::minutes(minutes);
        let stamp = Stamp::new(at, by);
        let decided = state.decide(command.clone(), &stamp);
        prop_assert_eq!(
            decided.as_ref().ok().cloned(),
            replayed.decide(command, &stamp).ok(),
            "another decision after a replay"
        );
        match decided {
            Err(refusal) => explains_itself(&refusal)?,
            Ok(events) => {
                for event in events {
                    hold(&mut held, state.claims(&event))?;
                    let before = state.clone();
                    state.evolve(&event, &stamp);
                    replayed.evolve(&read_again(&event)?, &stamp);
                    prop_assert!(
                        moves(&before, &event, &state),
                        "{} led from {before:?} to {state:?}",
                        event.name()
                    );
                    prop_assert!(
                        !format!("{event:?} {state:#?}").contains(MARK),
                        "personal data in {event:?} {state:?}"
                    );
                }
            }
        }
        prop_assert_eq!(&state, &replayed, "what is stored leads to another state");
        prop_assert!(!ended(&state) || held.is_empty(), "still held at the end: {:?}", held);
    }
    Ok(())
}

/// The event as it comes back from the store.
fn read_again<E: Event>(event: &E) -> Result<E, TestCaseError> {
    let stored = event.to_json().unwrap();
    prop_assert!(E::NAMES.contains(&event.name()));
    let read = E::from_json(event.name(), event.version(), &stored).unwrap();
    prop_assert_eq!(&read, event);
    prop_assert_eq!(read.to_json().unwrap(), stored);
    Ok(read)
}

/// Faults for wrong input and only then; alternatives for an illegal transition and only then.
fn explains_itself(refusal: &impl Refusal) -> Result<(), TestCaseError> {
    let code = refusal.code();
    prop_assert!(!refusal.to_string().is_empty());
    prop_assert_eq!(code == RefusalCode::InvalidInput, !refusal.faults().is_empty(), "{}", refusal);
    prop_assert!(code == RefusalCode::InvalidTransition || refusal.allowed().is_empty(), "{}", refusal);
    Ok(())
}

/// Nothing is taken twice, and nothing released that is not held.
fn hold(held: &mut Vec<Claim>, changes: Vec<ClaimChange>) -> Result<(), TestCaseError> {
    for change in changes {
        match change {
            ClaimChange::Take(claim) => {
                prop_assert!(!held.contains(&claim), "taken twice: {claim:?}");
                held.push(claim);
            }
            ClaimChange::Release(claim) => {
                prop_assert!(held.contains(&claim), "released but not held: {claim:?}");
                held.retain(|other| *other != claim);
            }
        }
    }
    Ok(())
}
