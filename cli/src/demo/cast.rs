//! Who and what there is in the demo. Everything is made once, however often the demo is started.

use escalon_application::{Caller, Engine, Failure, Once, definition::Governed, member::InviteMember};
use escalon_domain::{
    access::Role,
    id::Id,
    member::{Email, MemberId},
    team::Team,
    ticket_type::TicketType,
};
use serde_json::{Value, json};

use super::{ORGANIZATION, SOURCE, slug};

/// Everybody's password.
pub const PASSWORD: &str = "escalon-demo-2026";

/// Somebody in the demo.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: MemberId,
    /// Their address.
    pub email: &'static str,
    /// The short name of their role.
    pub role: &'static str,
    /// What they may do, in words.
    pub may: &'static str,
}

/// Everybody, and the operator who set it up.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The operator.
    pub operator: Caller,
    /// Everybody, the administrator first.
    pub people: Vec<Person>,
}

impl Cast {
    /// The first person with a role.
    pub(crate) fn with(&self, role: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.role == role)
    }

    /// Everybody with a role.
    pub(crate) fn all(&self, role: &str) -> Vec<MemberId> {
        self.people.iter().filter(|person| person.role == role).map(|person| person.id).collect()
    }
}

const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Ada Marsh", "admin@demo.test", "administrator", "does everything"),
    ("Mo Keller", "manager@demo.test", "manager", "runs operations, invites people, reads the audit log"),
    ("Olu Adeyemi", "operations@demo.test", "operations", "works on tickets and escalations"),
    (
        "Oksana Bilyk",
        "oksana@demo.test",
        "operations",
        "the same, so that somebody can review her proof of work",
    ),
    ("Gita Rao", "growth@demo.test", "growth", "opens tickets, accepts, reopens and closes her own"),
    ("Vera Lund", "viewer@demo.test", "viewer", "reads everything and changes nothing"),
];

/// Founds the demo, or finds it again.
///
/// # Errors
/// The database cannot be reached, or somebody took the demo apart.
pub async fn cast(engine: &Engine) -> Result<Cast, Failure> {
    let operator = match engine.operate(ORGANIZATION, SOURCE).await {
        Err(Failure::NotFound { .. }) => {
            engine.found_organization(slug(ORGANIZATION)?, "Demo".to_owned(), SOURCE).await?
        }
        found => found?,
    };
    for role in roles() {
        defined::<Role>(engine, &operator, role).await?;
    }
    for kind in ticket_types() {
        defined::<TicketType>(engine, &operator, kind).await?;
    }
    let mut people = Vec::new();
    for (name, email, role, may) in PEOPLE {
        let id = member(engine, &operator, name, email, role).await?;
        people.push(Person { id, email, role, may });
    }
    let members: Vec<_> =
        people.iter().filter(|person| person.role == "operations").map(|person| person.id).collect();
    defined::<Team>(
        engine,
        &operator,
        json!({ "name": "operations", "title": "Operations", "members": members }),
    )
    .await?;
    Ok(Cast { operator, people })
}

async fn defined<B: Governed>(engine: &Engine, operator: &Caller, body: Value) -> Result<(), Failure> {
    let body = serde_json::from_value(body).map_err(|error| Failure::invalid(["demo"], error.to_string()))?;
    match engine.define::<B>(operator, body, &Once::default()).await {
        Ok(_) | Err(Failure::Duplicate { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

async fn member(
    engine: &Engine,
    operator: &Caller,
    name: &str,
    email: &str,
    role: &str,
) -> Result<MemberId, Failure> {
    let address: Email = email.parse().map_err(|_| Failure::invalid(["email"], "is not an address"))?;
    if let Some(id) = engine.by_email(operator, &address).await? {
        return Ok(id);
    }
    let id = Id::derived(operator.organization, &format!("demo:{email}"));
    let input = InviteMember {
        id: Some(id),
        name: name.to_owned(),
        email: Some(address),
        roles: vec![role.to_owned()],
        joins: false,
    };
    engine.invite_member(operator, input, &Once::default()).await?;
    engine.set_password(operator, id, PASSWORD.to_owned()).await?;
    Ok(id)
}

fn roles() -> [Value; 4] {
    let growth = [
        "ticket.create",
        "ticket.read_own",
        "ticket.comment",
        "ticket.accept",
        "ticket.reopen",
        "ticket.close",
        "escalation.create",
        "member.read",
    ];
    let viewer = ["ticket.read_all", "escalation.read", "member.read", "analytics.view", "audit.view"];
    let operations = [
        "ticket.read_all",
        "ticket.edit",
        "ticket.prioritize",
        "ticket.assign",
        "ticket.comment",
        "ticket.note",
        "ticket.tag",
        "ticket.wait",
        "ticket.resolve",
        "proof.submit",
        "proof.review",
        "escalation.create",
        "escalation.read",
        "escalation.handle",
        "escalation.resolve",
        "member.read",
        "analytics.view",
        "personal_data.view",
    ];
    let beyond = [
        "ticket.create",
        "ticket.close",
        "ticket.reopen",
        "member.invite",
        "member.suspend",
        "role.grant",
        "team.define",
        "ticket_type.define",
        "audit.view",
        "projection.operate",
    ];
    let manager: Vec<_> = operations.iter().chain(&beyond).copied().collect();
    [
        json!({ "name": "manager", "title": "Manager", "level": 2, "permissions": manager }),
        json!({ "name": "operations", "title": "Operations", "level": 3, "permissions": operations }),
        json!({ "name": "growth", "title": "Growth", "level": 4, "permissions": growth }),
        json!({ "name": "viewer", "title": "Viewer", "level": 8, "permissions": viewer }),
    ]
}

fn ticket_types() -> [Value; 2] {
    let issues = ["product_not_as_listed", "missing_image", "wrong_price", "stock_mismatch"];
    [
        json!({
            "name": "growth", "title": "Growth request", "prefix": "GROW",
            "fields": [
                { "name": "issue_type", "title": "Issue type", "kind": { "choice": { "options": issues } }, "required": true },
                { "name": "expected_output", "title": "Expected output", "kind": "text" },
            ],
        }),
        json!({
            "name": "field_work", "title": "Field work", "prefix": "WORK",
            "rules": { "acceptance": false, "proof": true },
        }),
    ]
}
