//! The rules of the domain as *given / when / then*, its tables of moves, its properties, and the shapes it stores.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets what cannot be fails")]

mod alert;
mod alert_rule;
mod assignment;
mod calendar;
mod cast;
mod contact;
mod definition;
mod escalation;
mod golden;
mod harness;
mod illegible;
mod maintenance;
mod member;
mod notification;
mod organization;
mod parked_sequence;
mod policy;
mod properties;
mod retired;
mod routing;
mod schedule;
mod score;
mod sla;
mod source;
mod table;
mod telling;
mod text;
mod ticket;
mod typeid;
mod zone;
