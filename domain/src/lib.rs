//! What is true in Escalon: aggregates, value objects and policies, pure and synchronous.
//!
//! Nothing in here reads a clock, draws an id, logs or waits. Time, the actor, ids and looked-up facts
//! arrive as data, so every rule is a function and every test is *given / when / then*:
//!
//! ```
//! use escalon_domain::{aggregate::{Aggregate, fold}, stamp::{Actor, Stamp}, organization::*};
//!
//! let stamp = Stamp::new("2026-01-05T09:00:00Z".parse().unwrap(), Actor::system("test"));
//! let found = OrganizationCommand::Found { slug: "acme".parse().unwrap(), name: "Acme".into() };
//! let events = Organization::default().decide(found, &stamp).unwrap();
//! let acme = fold::<Organization>(&events, &stamp);
//! assert_eq!(acme.name, "Acme");
//! ```
//!
//! # Adding an event
//! 1. Add its struct and its line in the aggregate's `event.rs` (the stored name never changes again).
//! 2. Emit it in `decide.rs`, fold it in `state.rs`.
//! 3. Say in the aggregate's `claims` which uniqueness it takes or releases, if any.
//! 4. Test it as given / when / then in `domain/tests/`.

pub mod access;
pub mod aggregate;
pub mod alert;
pub mod alert_rule;
pub mod assignment;
pub mod calendar;
pub mod claim;
pub mod contact;
pub mod customer;
pub mod definition;
pub mod escalation;
pub mod fault;
pub mod id;
pub mod illegible;
pub mod maintenance;
pub mod member;
pub mod notification;
pub mod organization;
pub mod parked_sequence;
pub mod personal;
pub mod policy;
pub mod refusal;
pub mod routing;
pub mod schedule;
pub mod score;
pub mod sla;
pub mod slug;
pub mod source;
pub mod stamp;
pub mod team;
pub mod telling;
pub mod ticket;
pub mod ticket_type;
pub mod wait;
pub mod zone;
