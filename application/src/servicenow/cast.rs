//! Who and what an import needs in the organization: the ticket type, teams and members, each made once and remembered.

use std::collections::{BTreeMap, BTreeSet};

use escalon_domain::{
    definition::Pin,
    id::Id,
    member::{Member, MemberId},
    slug::{InvalidSlug, Slug},
    stamp::{Actor, Timestamp},
    team::{Team, TeamId},
    ticket::TicketId,
    ticket_type::{Field, FieldKind, PriorityScale, TicketRules, TicketType},
};
use futures::lock::Mutex;

use super::{FIELDS, PRIORITIES, import::SOURCE, row::USUAL_PRIORITY};
use crate::{
    caller::Caller,
    engine::{Engine, Moment},
    failure::Failure,
    member::InviteMember,
    once::Once,
};

/// The short name of the ticket type that incidents get.
const TICKET_TYPE: &str = "incident";
/// The field with the incident's own number.
pub(super) const NUMBER_FIELD: &str = "incident_number";

/// The engine, for one organization, with everything that was looked up.
pub(super) struct Cast<'a> {
    pub(super) engine: &'a Engine,
    pub(super) operator: Caller,
    pub(super) pin: Pin<TicketType>,
    pub(super) ticket_type: TicketType,
    teams: Mutex<BTreeMap<String, TeamId>>,
    members: Mutex<BTreeSet<MemberId>>,
}

impl<'a> Cast<'a> {
    /// Makes sure that the ticket type is there.
    pub(super) async fn new(engine: &'a Engine, operator: &Caller) -> Result<Self, Failure> {
        let operator = Caller { source: SOURCE.to_owned(), ..operator.clone() };
        match engine.define(&operator, ticket_type()?, &Once::default()).await {
            Ok(_) | Err(Failure::Duplicate { .. }) => {}
            Err(other) => return Err(other),
        }
        let (pin, ticket_type) = engine.living::<TicketType>(&operator, TICKET_TYPE).await?;
        fits(&ticket_type)?;
        Ok(Self { engine, operator, pin, ticket_type, teams: Mutex::default(), members: Mutex::default() })
    }

    /// Which ticket an incident is.
    pub(super) fn ticket(&self, number: &str) -> TicketId {
        Id::derived(self.operator.organization, &format!("servicenow:{number}"))
    }

    /// Who records a step.
    pub(super) async fn caller(&self, by: Option<&str>, at: Timestamp) -> Result<Caller, Failure> {
        let actor = match by {
            Some(name) => Actor::Member(self.member_id(name).await?),
            None => Actor::system(SOURCE),
        };
        Ok(self.operator.recording(actor, at))
    }

    /// Found again by the name, without being made of it.
    async fn member_id(&self, name: &str) -> Result<MemberId, Failure> {
        let reference = format!("servicenow:member:{name}");
        Ok(self.engine.ports.people.person(self.operator.organization, &reference).await?.cast())
    }

    /// The member of this name, invited when they are not there.
    pub(super) async fn member(&self, name: &str) -> Result<MemberId, Failure> {
        let id = self.member_id(name).await?;
        let mut members = self.members.lock().await;
        if !members.contains(&id) {
            let (_, version) = self.engine.load::<Member>(&self.operator, id, Moment::Now).await?;
            if version == 0 {
                let once = Once::new(Some(format!("servicenow:member:{id}")), None, &id);
                let input = InviteMember { id: Some(id), name: name.to_owned(), ..InviteMember::default() };
                self.engine.invite_member(&self.operator, input, &once).await?;
            }
            members.insert(id);
        }
        Ok(id)
    }

    /// The team of this name, defined when it is not there.
    pub(super) async fn team(&self, title: &str) -> Result<TeamId, Failure> {
        let mut teams = self.teams.lock().await;
        if let Some(id) = teams.get(title) {
            return Ok(*id);
        }
        let name = short_name(title).map_err(|error| Failure::invalid(["team"], error.to_string()))?;
        let id = match self.engine.resolve::<Team>(&self.operator, name.as_str()).await {
            Err(Failure::NotFound { .. }) => {
                let team = Team { name, title: title.to_owned(), members: BTreeSet::new() };
                self.engine.define(&self.operator, team, &Once::default()).await?.id
            }
            found => found?,
        };
        teams.insert(title.to_owned(), id);
        Ok(id)
    }
}

/// “Group 70” is `group-70`.
fn short_name(title: &str) -> Result<Slug, InvalidSlug> {
    let plain = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    plain.trim_matches(['-', '_']).parse()
}

fn ticket_type() -> Result<TicketType, Failure> {
    let slug =
        |name: &str| name.parse::<Slug>().map_err(|error| Failure::invalid(["name"], error.to_string()));
    let names = std::iter::once(NUMBER_FIELD).chain(FIELDS);
    let field = |name: &str| {
        let words = name.replace('_', " ");
        let title = words.get(..1).unwrap_or_default().to_uppercase() + words.get(1..).unwrap_or_default();
        Ok(Field { name: slug(name)?, title, kind: FieldKind::Text, required: false, personal: false })
    };
    Ok(TicketType {
        name: slug(TICKET_TYPE)?,
        title: "Incident".to_owned(),
        prefix: "INC".to_owned(),
        priorities: PriorityScale(PRIORITIES.into_iter().map(slug).collect::<Result<_, _>>()?),
        default_priority: Some(slug(USUAL_PRIORITY)?),
        fields: names.map(field).collect::<Result<_, Failure>>()?,
        rules: TicketRules { acceptance: false, proof: false },
    })
}

/// An organization may have had a type of this name before; it must be able to take incidents.
fn fits(found: &TicketType) -> Result<(), Failure> {
    let wanted = ticket_type()?;
    let same_field = |field: &&Field| {
        !found.fields.iter().any(|other| {
            other.name == field.name && other.kind == field.kind && other.personal == field.personal
        })
    };
    let mut lacks: Vec<String> = wanted
        .fields
        .iter()
        .filter(same_field)
        .map(|field| format!("the text field {}", field.name))
        .collect();
    lacks.extend(
        wanted
            .priorities
            .0
            .iter()
            .filter(|word| !found.priorities.0.contains(word))
            .map(|word| format!("the priority {word}")),
    );
    if found.rules != wanted.rules {
        lacks.push("resolving without acceptance or proof".to_owned());
    }
    if lacks.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the ticket type “{TICKET_TYPE}” of this organization lacks {}; revise it so, or import into another organization",
        lacks.join(", ")
    );
    Err(Failure::invalid(["ticket_type"], message))
}
