//! Who plays in the tests, and when: three people, a customer, a part of the engine, and one fixed day.

use chrono::Duration;
use escalon_domain::{
    id::Id,
    member::MemberId,
    personal::{Personal, SubjectId},
    slug::Slug,
    stamp::{Actor, Timestamp},
    team::TeamId,
};
use uuid::Uuid;

pub(crate) const ALICE: MemberId = id(0xa11ce);
pub(crate) const BOB: MemberId = id(0xb0b);
pub(crate) const CAROL: MemberId = id(0xca401);
pub(crate) const CUSTOMER: SubjectId = id(0xc057);
pub(crate) const OPERATIONS: TeamId = id(0x0b5);
pub(crate) const GROWTH: TeamId = id(0x640);

/// A fixed id; its UUID has the version and variant bits of a UUIDv7.
pub(crate) const fn id<T>(last_digits: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(0x019b_8d3a_5c00_7000_8000_0000_0000_0000 | last_digits))
}

pub(crate) const fn alice() -> Actor {
    Actor::Member(ALICE)
}

pub(crate) const fn bob() -> Actor {
    Actor::Member(BOB)
}

pub(crate) const fn carol() -> Actor {
    Actor::Member(CAROL)
}

pub(crate) const fn customer() -> Actor {
    Actor::Customer(CUSTOMER)
}

pub(crate) fn engine() -> Actor {
    Actor::system("router")
}

/// When every history begins; each event of it comes a minute later.
pub(crate) fn morning() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

/// When every command is given.
pub(crate) fn noon() -> Timestamp {
    morning() + Duration::hours(3)
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

/// What somebody wrote.
pub(crate) fn words(of: MemberId, text: &str) -> Personal<String> {
    Personal::new(of.cast(), text.to_owned())
}
