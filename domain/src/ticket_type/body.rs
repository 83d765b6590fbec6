//! What a ticket type is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Field, FieldKind, PriorityScale};
use crate::{
    definition::{Body, Definition},
    fault::{self, Fault},
    id::{Id, Named},
    slug::Slug,
};

/// What a ticket type is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketType {
    /// Its short name, unique among ticket types.
    pub name: Slug,
    /// Its name for people.
    pub title: String,
    /// What ticket numbers begin with, 2 to 8 capital letters or digits: `GROW` gives `GROW-20251008-0001`.
    pub prefix: String,
    /// The words for priorities, the most important first.
    #[serde(default)]
    pub priorities: PriorityScale,
    /// The priority of a ticket that names none; the middle of the scale when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_priority: Option<Slug>,
    /// The custom fields.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// How a resolution is reached.
    #[serde(default)]
    pub rules: TicketRules,
}

/// How tickets of a type reach their resolution; copied into each ticket when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TicketRules {
    /// Whether the requester's side must accept a proposed resolution; else proposing it resolves the ticket.
    pub acceptance: bool,
    /// Whether an approved proof of work is needed before the ticket can be resolved.
    pub proof: bool,
}

impl Default for TicketRules {
    fn default() -> Self {
        Self { acceptance: true, proof: false }
    }
}

/// The id of a ticket type.
pub type TicketTypeId = Id<Definition<TicketType>>;

impl Named for TicketType {
    const PREFIX: &'static str = "ticket_type";
}

impl TicketType {
    /// The word for the priority of a ticket that names none.
    #[must_use]
    pub fn usual_priority(&self) -> Option<&Slug> {
        self.default_priority.as_ref().or_else(|| self.priorities.0.get(self.priorities.0.len() / 2))
    }
}

impl Body for TicketType {
    const DEFINED: &'static str = "ticket_type.defined";
    const REVISED: &'static str = "ticket_type.revised";
    const RETIRED: &'static str = "ticket_type.retired";

    fn name(&self) -> &Slug {
        &self.name
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = fault::length(["title"], &self.title, 1, 120).into_iter().collect();
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if !(2..=8).contains(&self.prefix.len()) || !self.prefix.bytes().all(capital) {
            faults.push(Fault::at(["prefix"], "needs 2 to 8 capital letters or digits, such as GROW"));
        }
        let words: BTreeSet<_> = self.priorities.0.iter().collect();
        if words.is_empty() || words.len() != self.priorities.0.len() || words.len() > 9 {
            faults.push(Fault::at(
                ["priorities"],
                "needs one to nine different words, the most important first",
            ));
        }
        if self.default_priority.as_ref().is_some_and(|word| !words.contains(word)) {
            faults.push(Fault::at(["default_priority"], "is not among the priorities"));
        }
        if self.fields.len() > 100 {
            faults.push(Fault::at(["fields"], "a type has 100 fields at most"));
        }
        let mut names = BTreeSet::new();
        for (place, field) in self.fields.iter().enumerate() {
            let place = place.to_string();
            faults.extend(fault::length(["fields", &place, "title"], &field.title, 1, 120));
            if !names.insert(&field.name) {
                faults
                    .push(Fault::at(["fields", &place, "name"], format!("“{}” is there twice", field.name)));
            }
            if matches!(&field.kind, FieldKind::Choice { options } if options.is_empty()) {
                faults.push(Fault::at(["fields", &place, "options"], "a choice needs at least one option"));
            }
            if let FieldKind::Choice { options } = &field.kind
                && (options.len() > 200 || options.iter().any(|option| option.chars().count() > 120))
            {
                let message = "a choice has 200 options at most, each of 120 characters at most";
                faults.push(Fault::at(["fields", &place, "options"], message));
            }
            if field.personal && matches!(field.kind, FieldKind::Number | FieldKind::Flag) {
                faults.push(Fault::at(
                    ["fields", &place, "personal"],
                    "a number or flag cannot be personal; use a text",
                ));
            }
        }
        faults
    }
}
