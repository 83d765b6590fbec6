//! From a definition's events to its row, the same for every kind.

use escalon_domain::{
    definition::{Body, DefinitionEvent},
    stamp::Timestamp,
};
use serde_json::Value;

use crate::{
    happening::{Happening, What},
    row,
    tables::Fold,
};

row! {
    /// Something an organization defined, at its latest version.
    pub struct DefinitionRow in "definition" {
        /// Its id, `role_…`, `team_…` or `ticket_type_…`.
        pub id: String,
        /// The organization it belongs to.
        pub organization: String,
        /// What kind of thing: `role`, `team`, `ticket_type`.
        pub kind: String,
        /// Its short name.
        pub name: String,
        /// Its name for people.
        pub title: String,
        /// What it is.
        pub body: Value,
        /// Whether it is no longer to be used for anything new.
        pub retired: bool,
        /// When it last changed.
        pub updated_at: Timestamp,
        /// Its version; what is pinned to it names this.
        pub version: i64,
    }
}

/// The fold over definitions of every kind.
#[derive(Debug, Clone, Copy)]
pub struct DefinitionFold;

impl Fold for DefinitionFold {
    type Row = DefinitionRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Role(_) | What::Team(_) | What::TicketType(_)).then(|| happening.id())
    }

    fn apply(row: Option<DefinitionRow>, happening: &Happening<'_>) -> Option<DefinitionRow> {
        match &happening.what {
            What::Role(event) => change(row, event, happening),
            What::Team(event) => change(row, event, happening),
            What::TicketType(event) => change(row, event, happening),
            _ => row,
        }
    }
}

fn change<B: Body>(
    row: Option<DefinitionRow>,
    event: &DefinitionEvent<B>,
    happening: &Happening<'_>,
) -> Option<DefinitionRow> {
    let body = match event {
        DefinitionEvent::Defined(defined) => &defined.body,
        DefinitionEvent::Revised(revised) => &revised.body,
        DefinitionEvent::Retired(_) => {
            return row.map(|row| DefinitionRow {
                retired: true,
                updated_at: happening.at(),
                version: happening.version(),
                ..row
            });
        }
    };
    // A body came out of JSON a moment ago, so it goes back into it.
    let json = serde_json::to_value(body).unwrap_or_default();
    Some(DefinitionRow {
        id: happening.id().to_owned(),
        organization: happening.organization(),
        kind: B::PREFIX.to_owned(),
        name: body.name().to_string(),
        title: json.get("title").and_then(Value::as_str).unwrap_or(body.name().as_str()).to_owned(),
        body: json,
        retired: false,
        updated_at: happening.at(),
        version: happening.version(),
    })
}
