//! Any moment: by a time in the world, by what the engine knew, by a position, by a version; and two moments compared field
//! by field, through GraphQL.

use std::collections::BTreeSet;

use chrono::Duration;
use escalon_application::{
    Caller, Once,
    escalation::RaiseEscalation,
    ticket::{EditTicket, OpenTicket},
};
use escalon_domain::{
    access::{Permission, Role},
    escalation::{Cause, EscalationSubject, Urgency},
    stamp::Actor,
    team::Team,
    ticket::{TicketCommand, TicketId},
    ticket_type::{Field, FieldKind, TicketType},
};
use escalon_tests::{Client, TestApp};
use serde_json::{Value, json};

use super::store::{incident, opening};

const AUDITOR: &[Permission] =
    &[Permission::AuditView, Permission::TicketReadAll, Permission::EscalationRead, Permission::MemberRead];

fn tag(word: &str) -> TicketCommand {
    TicketCommand::Tag { tags: BTreeSet::from([word.parse().unwrap()]) }
}

fn with_phone() -> TicketType {
    let phone = Field {
        name: "phone".parse().unwrap(),
        title: "Phone".to_owned(),
        kind: FieldKind::Text,
        required: false,
        personal: true,
    };
    TicketType { fields: vec![phone], ..incident() }
}

/// An organization with a ticket, and somebody who reads its history.
struct Scene {
    app: TestApp,
    operator: Caller,
    auditor: Caller,
    ticket: TicketId,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let operator = app.organization("acme").await;
        app.engine().define(&operator, with_phone(), &Once::default()).await.unwrap();
        let auditor = app.member(&operator, "auditor", AUDITOR).await;
        let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id;
        Self { app, operator, auditor, ticket }
    }

    async fn change(&self, by: &Caller, command: TicketCommand) {
        self.app.engine().change_ticket(by, self.ticket, command, &Once::default()).await.unwrap();
    }

    async fn token(&self) -> String {
        let (member, lifetime) = (self.auditor.member().unwrap(), Duration::hours(100));
        self.app.engine().token_for(&self.operator, member, lifetime).await.unwrap()
    }
}

const STANDS: &str = "query($id: ID!, $asOf: AsOf) { ticket(id: $id, asOf: $asOf) { version tags } }";
const HISTORY: &str = "query($id: ID!) { ticket(id: $id) { history(first: 100) {
    nodes { name sequence position occurredAt recordedAt } } } }";
const COMPARE: &str =
    "query($id: ID!, $from: AsOf!, $to: AsOf) { ticket(id: $id) { compare(from: $from, to: $to) {
    fromVersion toVersion changes(first: 100) { nodes { path field before after
        events(first: 100) { nodes { sequence position name actor { id } occurredAt recordedAt } } } } } } }";

async fn history(client: &Client<'_>, id: &str) -> Vec<Value> {
    let mut answer = client.query(HISTORY, json!({ "id": id })).await;
    serde_json::from_value(answer["ticket"]["history"]["nodes"].take()).unwrap()
}

async fn tags(client: &Client<'_>, id: &str, as_of: Value) -> Value {
    client.query(STANDS, json!({ "id": id, "asOf": as_of })).await["ticket"]["tags"].take()
}

async fn refused(client: &Client<'_>, query: &str, variables: Value) -> String {
    let (_, answer) = client.ask(query, variables).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    answer["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_happened_until_a_time_and_what_was_known_then_are_two_answers() {
    let scene = Scene::new().await;
    let opened_at = scene.app.engine().now();
    scene.change(&scene.operator, tag("first")).await;
    scene.app.clock.advance(Duration::days(2));
    let importer = scene.operator.recording(Actor::system("importer"), opened_at + Duration::hours(1));
    scene.change(&importer, tag("imported")).await;
    scene.change(&scene.operator, tag("last")).await;
    scene.app.settle().await;

    let api = scene.app.serve().await;
    let (client, id) = (api.with_token(&scene.token().await), scene.ticket.to_string());
    let events = history(&client, &id).await;
    assert_eq!(events.len(), 4, "{events:?}");
    let then = json!({ "time": opened_at + Duration::hours(3) });
    assert_eq!(tags(&client, &id, then).await, json!(["first", "imported"]), "as it was in the world");
    let known = |event: &Value| json!({ "recordedBy": event["recordedAt"] });
    assert_eq!(tags(&client, &id, known(&events[1])).await, json!(["first"]), "as the engine knew it");
    assert_eq!(tags(&client, &id, known(&events[2])).await, json!(["first", "imported"]));
    let at = |event: &Value| json!({ "position": event["position"] });
    for (event, expected) in events.iter().zip([
        json!([]),
        json!(["first"]),
        json!(["first", "imported"]),
        json!(["first", "imported", "last"]),
    ]) {
        assert_eq!(tags(&client, &id, at(event)).await, expected, "{event}");
        assert_eq!(tags(&client, &id, json!({ "version": event["sequence"] })).await, expected);
    }
    api.stop().await;
}

#[tokio::test]
async fn two_moments_are_compared_field_by_field_with_the_events_that_made_the_difference() {
    let scene = Scene::new().await;
    scene.change(&scene.operator, tag("first")).await;
    let edit = |title: &str, phone: &str| EditTicket {
        title: Some(title.to_owned()),
        fields: [("phone".to_owned(), json!(phone))].into(),
        ..EditTicket::default()
    };
    let (engine, once) = (scene.app.engine(), Once::default());
    for (title, phone) in [("It smokes", "9812345678"), ("It burns", "9898989898")] {
        engine.edit_ticket(&scene.operator, scene.ticket, edit(title, phone), &once).await.unwrap();
    }
    engine.prioritize_ticket(&scene.operator, scene.ticket, "urgent", &once).await.unwrap();
    scene.change(&scene.operator, TicketCommand::Untag { tags: ["first".parse().unwrap()].into() }).await;
    scene.app.settle().await;

    let api = scene.app.serve().await;
    let (client, id) = (api.with_token(&scene.token().await), scene.ticket.to_string());
    let events = history(&client, &id).await;
    let variables =
        json!({ "id": id, "from": { "version": 2 }, "to": { "position": events[4]["position"] } });
    let mut answer = client.query(COMPARE, variables).await;
    let found = answer["ticket"]["compare"].take();
    assert_eq!((&found["fromVersion"], &found["toVersion"]), (&json!(2), &json!(5)));
    let changes = found["changes"]["nodes"].as_array().unwrap();
    let change = |field: &str| {
        let found = changes.iter().find(|change| change["field"] == field);
        found.unwrap_or_else(|| panic!("{field}: {changes:?}"))
    };
    let sequences = |field: &str| -> Vec<u64> {
        let events = change(field)["events"]["nodes"].as_array().unwrap();
        events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
    };
    assert_eq!(change("title")["before"]["value"], "The printer is on fire");
    assert_eq!(change("title")["after"]["value"], "It burns");
    assert_eq!(sequences("title"), [3, 4]);
    assert_eq!(change("priority.name")["after"], "urgent");
    assert_eq!(sequences("priority.name"), [5]);
    let cause = &change("priority.name")["events"]["nodes"][0];
    for (field, expected) in [
        ("name", &json!("ticket.prioritized")),
        ("position", &events[4]["position"]),
        ("occurredAt", &events[4]["occurredAt"]),
        ("recordedAt", &events[4]["recordedAt"]),
    ] {
        assert_eq!(&cause[field], expected, "{cause}");
    }
    assert_eq!(cause["actor"]["id"], "system:operator");
    // Personal values are masked as everywhere; the tag that came and went after the second moment is no difference.
    assert_eq!(change("fields.phone")["path"], json!(["fields", "phone"]));
    assert_eq!(change("fields.phone")["before"], Value::Null);
    assert_eq!(change("fields.phone")["after"]["value"], "98****9898");
    assert!(changes.iter().all(|change| change["path"][0] != "tags"), "{changes:?}");
    api.stop().await;
}

#[tokio::test]
async fn moments_that_make_no_sense_are_refused_with_their_cure() {
    let scene = Scene::new().await;
    scene.change(&scene.operator, tag("first")).await;
    scene.app.settle().await;
    let api = scene.app.serve().await;
    let (client, id) = (api.with_token(&scene.token().await), scene.ticket.to_string());
    let compare = async |from: Value, to: Value| {
        refused(&client, COMPARE, json!({ "id": id, "from": from, "to": to })).await
    };
    let early = compare(json!({ "time": "2020-01-01T00:00:00Z" }), Value::Null).await;
    assert!(early.contains("not there yet") && early.contains("2026-01-05T09:00:00Z"), "{early}");
    let order = compare(json!({ "version": 2 }), json!({ "version": 1 })).await;
    assert!(order.contains("give the earlier one first"), "{order}");
    let beyond = compare(json!({ "version": 1 }), json!({ "position": "1000000" })).await;
    let head = scene.app.app.feed.head();
    assert!(beyond.contains(&format!("the last event has position {head}")), "{beyond}");
    let version = compare(json!({ "version": 1 }), json!({ "version": 9 })).await;
    assert!(version.contains("ask for one from 1 to 2"), "{version}");
    let beyond = refused(&client, STANDS, json!({ "id": id, "asOf": { "position": "1000000" } })).await;
    assert!(beyond.contains("beyond the head"), "{beyond}");
    let early = json!({ "id": id, "asOf": { "position": "1" } });
    assert_eq!(client.query(STANDS, early).await["ticket"], Value::Null, "not there yet");
    api.stop().await;
}

#[tokio::test]
async fn comparing_needs_the_permission_to_read_history() {
    let scene = Scene::new().await;
    let reader = scene.app.member(&scene.operator, "reader", &[Permission::TicketReadAll]).await;
    let lifetime = Duration::hours(1);
    let token = scene.app.engine().token_for(&scene.operator, reader.member().unwrap(), lifetime).await;
    let api = scene.app.serve().await;
    let variables = json!({ "id": scene.ticket.to_string(), "from": { "version": 1 } });
    let (_, answer) = api.with_token(&token.unwrap()).ask(COMPARE, variables).await;
    assert_eq!(answer["errors"][0]["extensions"]["permission"], "audit.view", "{answer}");
    api.stop().await;
}

#[tokio::test]
async fn everything_with_a_history_can_be_compared() {
    let scene = Scene::new().await;
    let (engine, operator, once) = (scene.app.engine(), &scene.operator, Once::default());
    engine.rename_organization(operator, "Acme & Sons".to_owned(), &once).await.unwrap();
    let member = scene.auditor.member().unwrap();
    engine.grant_role(operator, member, "administrator", &once).await.unwrap();
    let role = engine.resolve::<Role>(operator, "auditor-role").await.unwrap();
    let permissions = BTreeSet::from([Permission::AuditView]);
    let body =
        Role { name: "auditor-role".parse().unwrap(), title: "Auditors".to_owned(), level: 5, permissions };
    engine.revise(operator, role, body, &once).await.unwrap();
    let team = |members| Team { name: "night".parse().unwrap(), title: "Night".to_owned(), members };
    let night = engine.define(operator, team(BTreeSet::new()), &once).await.unwrap().id;
    engine.revise(operator, night, team([member].into()), &once).await.unwrap();
    let kind = engine.resolve::<TicketType>(operator, "incident").await.unwrap();
    engine
        .revise(operator, kind, TicketType { title: "Outage".to_owned(), ..incident() }, &once)
        .await
        .unwrap();
    let raise = RaiseEscalation {
        subject: EscalationSubject::Ticket(scene.ticket),
        cause: Cause::Hand,
        reason: "nobody has answered for two hours".to_owned(),
        urgency: Urgency::ALL[0],
        customer: None,
    };
    let escalation = engine.raise_escalation(operator, raise, &once).await.unwrap().id;
    engine.assign_escalation(operator, escalation, member, &once).await.unwrap();
    scene.app.settle().await;

    let token = scene.token().await;
    let api = scene.app.serve().await;
    let client = api.with_token(&token);
    let what = "compare(from: { version: 1 }) { changes(first: 100) { nodes { field after events(first: 9) { nodes { name } } } } }";
    let document = format!(
        "{{ organization {{ {what} }} member(id: \"{member}\") {{ {what} }} role(id: \"{role}\") {{ {what} }}
           team(id: \"{night}\") {{ {what} }} ticketType(id: \"{kind}\") {{ {what} }}
           escalation(id: \"{escalation}\") {{ {what} }} }}"
    );
    let answer = client.query(&document, json!({})).await;
    for (kind, field, event) in [
        ("organization", "name", "organization.renamed"),
        ("member", "roles[", "member.role_granted"),
        ("role", "body.title", "role.revised"),
        ("team", "body.members[", "team.revised"),
        ("ticketType", "body.title", "ticket_type.revised"),
        ("escalation", "assignee", "escalation.assigned"),
    ] {
        let changes = answer[kind]["compare"]["changes"]["nodes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["field"].as_str().unwrap().starts_with(field));
        let change = change.unwrap_or_else(|| panic!("{kind}: {changes:?}"));
        let names: Vec<_> = change["events"]["nodes"].as_array().unwrap().iter().collect();
        assert!(names.iter().any(|named| named["name"] == event), "{kind}: {change}");
    }
    api.stop().await;
}

#[tokio::test]
async fn a_change_that_was_taken_back_is_no_difference() {
    let scene = Scene::new().await;
    scene.change(&scene.operator, tag("first")).await;
    scene.change(&scene.operator, TicketCommand::Untag { tags: ["first".parse().unwrap()].into() }).await;
    let another = OpenTicket { title: "Another".to_owned(), ..opening() };
    scene.app.engine().open_ticket(&scene.operator, another, &Once::default()).await.unwrap();
    scene.app.settle().await;
    let engine = scene.app.engine();
    let (from, to) = (escalon_application::Moment::Version(1), escalon_application::Moment::Now);
    let found = engine.compare(&scene.auditor, scene.ticket, from, to).await.unwrap();
    assert!(found.changes.is_empty(), "{:?}", found.changes);
}
