//! Who may do what: every mutation is tried by somebody who may do nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::World;

/// What each mutation needs, with an input that would do otherwise.
fn mutations(
    ticket: &str,
    escalation: &str,
    member: &str,
    role: &str,
) -> BTreeMap<&'static str, (Value, &'static str)> {
    let of_ticket = |more: Value| with(ticket, more);
    let of_escalation = |more: Value| with(escalation, more);
    let of_member = |more: Value| with(member, more);
    let of_role = |more: Value| with(role, more);
    let proof = format!("proof_{}", "0".repeat(26));
    let subject = json!({ "conversation": "c" });
    let title = json!({ "name": "x", "title": "X", "prefix": "XX", "level": 9, "permissions": [] });
    let only = |names: &[&str]| {
        let fields =
            title.as_object().expect("an object").iter().filter(|(name, _)| names.contains(&name.as_str()));
        Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let (as_role, as_team, as_type) = (
        only(&["name", "title", "level", "permissions"]),
        only(&["name", "title"]),
        only(&["name", "title", "prefix"]),
    );
    let team = format!("team_{}", "0".repeat(26));
    let ticket_type = format!("ticket_type_{}", "0".repeat(26));
    let parked = format!("parked_sequence_{}", "0".repeat(26));
    let reason = json!({ "reason": "because of that" });
    BTreeMap::from([
        ("organizationRename", (json!({ "name": "x" }), "organization.edit")),
        ("organizationSet", (json!({ "setting": "REGISTRATION_ROLE" }), "organization.edit")),
        ("memberInvite", (json!({ "name": "x" }), "member.invite")),
        ("memberGrantRole", (of_member(json!({ "role": "boss" })), "role.grant")),
        ("memberRevokeRole", (of_member(json!({ "role": "boss" })), "role.grant")),
        ("memberSuspend", (of_member(reason.clone()), "member.suspend")),
        ("memberReinstate", (of_member(json!({})), "member.suspend")),
        ("memberForget", (of_member(reason.clone()), "privacy.forget")),
        (
            "customerForget",
            (json!({ "customer": { "reference": "x" }, "reason": "because" }), "privacy.forget"),
        ),
        ("roleDefine", (as_role.clone(), "role.define")),
        ("roleRevise", (of_role(as_role), "role.define")),
        ("roleRetire", (of_role(reason.clone()), "role.define")),
        ("teamDefine", (as_team.clone(), "team.define")),
        ("teamRevise", (with(&team, as_team), "team.define")),
        ("teamRetire", (with(&team, reason.clone()), "team.define")),
        ("ticketTypeDefine", (as_type.clone(), "ticket_type.define")),
        ("ticketTypeRevise", (with(&ticket_type, as_type), "ticket_type.define")),
        ("ticketTypeRetire", (with(&ticket_type, reason.clone()), "ticket_type.define")),
        ("ticketOpen", (json!({ "type": "help", "title": "x" }), "ticket.create")),
        ("ticketEdit", (of_ticket(json!({ "title": "x" })), "ticket.edit")),
        ("ticketPrioritize", (of_ticket(json!({ "priority": "low" })), "ticket.prioritize")),
        ("ticketAssign", (of_ticket(json!({})), "ticket.assign")),
        ("ticketComment", (of_ticket(json!({ "body": "x" })), "ticket.comment")),
        ("ticketNote", (of_ticket(json!({ "body": "x" })), "ticket.note")),
        ("ticketTag", (of_ticket(json!({ "tags": ["x"] })), "ticket.tag")),
        ("ticketUntag", (of_ticket(json!({ "tags": ["x"] })), "ticket.tag")),
        ("ticketWait", (of_ticket(json!({ "reason": "x" })), "ticket.wait")),
        ("ticketResume", (of_ticket(json!({})), "ticket.wait")),
        ("ticketProposeResolution", (of_ticket(json!({ "remarks": "x" })), "ticket.resolve")),
        ("ticketAcceptResolution", (of_ticket(json!({})), "ticket.accept")),
        ("ticketReopen", (of_ticket(reason.clone()), "ticket.reopen")),
        ("ticketClose", (of_ticket(reason.clone()), "ticket.close")),
        ("ticketSubmitProof", (of_ticket(json!({ "summary": "x" })), "proof.submit")),
        ("ticketApproveProof", (of_ticket(json!({ "proof": proof })), "proof.review")),
        ("ticketRejectProof", (of_ticket(json!({ "proof": proof, "reason": "x" })), "proof.review")),
        (
            "escalationRaise",
            (json!({ "subject": subject, "reason": "because of that" }), "escalation.create"),
        ),
        ("escalationAssign", (of_escalation(json!({ "assignee": member })), "escalation.handle")),
        ("escalationStart", (of_escalation(json!({})), "escalation.handle")),
        ("escalationContact", (of_escalation(json!({ "channel": "CALL" })), "escalation.handle")),
        ("escalationAcknowledge", (of_escalation(json!({})), "escalation.handle")),
        ("escalationUnacknowledge", (of_escalation(json!({})), "escalation.handle")),
        (
            "escalationSnooze",
            (of_escalation(json!({ "until": "2026-01-06T00:00:00Z" })), "escalation.handle"),
        ),
        ("escalationWake", (of_escalation(json!({})), "escalation.handle")),
        ("escalationView", (of_escalation(json!({})), "escalation.read")),
        ("escalationResolve", (of_escalation(json!({ "notes": "x" })), "escalation.resolve")),
        ("escalationCancel", (of_escalation(reason), "escalation.handle")),
        ("parkedSequenceRetry", (with(&parked, json!({})), "engine.operate")),
        (
            "parkedSequenceSkip",
            (with(&parked, json!({ "part": "EVENT", "position": "1", "reason": "x" })), "engine.operate"),
        ),
    ])
}

fn with(id: &str, mut input: Value) -> Value {
    input["id"] = json!(id);
    input
}

/// These begin a session and need no permission.
const PUBLIC: [&str; 2] = ["memberRegister", "memberLogIn"];

#[tokio::test]
async fn every_mutation_needs_its_permission() {
    let world = World::new().await;
    world.ticket_type().await;
    let boss = world.administrator("boss").await;
    let nobody = world.member("nobody", &[]).await;
    let ticket = world.ticket(&boss).await;
    let raise = json!({ "subject": { "ticket": ticket }, "reason": "nobody answers" });
    let escalation = crate::world::text(&world.done(&boss, "escalationRaise", "id", raise).await["id"]);
    let role = crate::world::text(&world.ask(&boss, "{ role(name: \"nobody\") { id } }").await["role"]["id"]);
    let member = boss.member().expect("a member").to_string();
    let table = mutations(&ticket, &escalation, &member, &role);
    for (mutation, (input, permission)) in &table {
        let errors = world.refused(&nobody, mutation, input.clone()).await;
        assert_eq!(errors[0]["code"], "NOT_PERMITTED", "{mutation}");
        assert_eq!(errors[0]["permission"], *permission, "{mutation}");
    }
    let all = world.ask(&nobody, "{ __schema { mutationType { fields { name } } } }").await;
    let all = all["__schema"]["mutationType"]["fields"].as_array().expect("a list").clone();
    let names = all.iter().filter_map(|field| field["name"].as_str());
    let untested: Vec<_> = names.filter(|name| !table.contains_key(name) && !PUBLIC.contains(name)).collect();
    assert!(untested.is_empty(), "without a test of their permission: {untested:?}");
}

#[tokio::test]
async fn every_guarded_query_needs_its_permission() {
    let world = World::new().await;
    let nobody = world.member("nobody", &[]).await;
    let boss = world.administrator("boss").await;
    let member = boss.member().expect("a member");
    for query in [
        "{ tickets(first: 1) { totalCount } }".to_owned(),
        "{ members(first: 1) { totalCount } }".to_owned(),
        "{ auditLog(first: 1) { totalCount } }".to_owned(),
        "{ auditCheckpoint { size } }".to_owned(),
        "{ eventProof(position: \"1\") { document } }".to_owned(),
        "{ consistencyProof(from: 1, to: 2) { document } }".to_owned(),
        "{ serviceDashboard { tickets } }".to_owned(),
        "{ projections { name } }".to_owned(),
        "{ subscriptions { name } }".to_owned(),
        "{ parkedSequences(first: 1) { totalCount } }".to_owned(),
        "{ organization { history(first: 1) { totalCount } } }".to_owned(),
        format!("{{ member(id: \"{member}\") {{ id }} }}"),
        format!("{{ ticket(id: \"ticket_{}\") {{ id }} }}", "0".repeat(26)),
        format!("{{ escalation(id: \"escalation_{}\") {{ id }} }}", "0".repeat(26)),
    ] {
        assert_eq!(world.code(Some(&nobody), &query).await, "NOT_PERMITTED", "{query}");
    }
}
