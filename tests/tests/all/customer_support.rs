//! Requirement A without telephony, as its people would tell it: a customer's conversation is raised to a person.

use escalon_tests::{Client, TestApp};
use serde_json::{Value, json};

use super::roles;

async fn act(client: &Client<'_>, name: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    client.mutate(name, &input_type, input, "escalation { id status version } position").await
}

fn status(payload: &Value) -> &str {
    assert_eq!(payload["errors"], json!([]), "{payload}");
    payload["escalation"]["status"].as_str().unwrap()
}

fn raising(conversation: &str) -> Value {
    json!({ "subject": { "conversation": conversation }, "cause": "CUSTOMER", "urgency": "URGENT",
        "reason": "I have asked three times for a refund.",
        "customer": { "reference": "cust-77", "name": "Marta", "phone": "+15558675309", "email": "marta@example.com", "preferred": "CALL" } })
}

#[tokio::test]
async fn a_conversation_is_raised_owned_and_resolved() {
    let app = TestApp::new().await;
    roles::furnished(&app, "support").await;
    let api = app.serve().await;
    let staff = api.log_in("support", "a-staff@example.com", roles::PASSWORD).await;
    let viewer = api.log_in("support", "a-viewer@example.com", roles::PASSWORD).await;
    let manager = api.log_in("support", "a-manager@example.com", roles::PASSWORD).await;
    let other = api.log_in("support", "admin@example.com", roles::PASSWORD).await;

    // A reason has 10 characters or more.
    let mut short = raising("conv-1");
    short["reason"] = json!("help");
    assert_eq!(act(&staff, "escalationRaise", short).await["errors"][0]["path"], json!(["reason"]));

    let raised = act(&staff, "escalationRaise", raising("conv-1")).await;
    assert_eq!(status(&raised), "PENDING");
    let id = raised["escalation"]["id"].as_str().unwrap();

    // A second one of the same conversation names the first; another conversation is another matter.
    let second = act(&other, "escalationRaise", raising("conv-1")).await;
    assert_eq!(
        (&second["errors"][0]["code"], &second["errors"][0]["holder"]),
        (&json!("DUPLICATE"), &json!(id)),
        "{second}"
    );
    status(&act(&staff, "escalationRaise", raising("conv-2")).await);

    // Who may look, may not touch; and the manager of this organization has no inbox at all.
    let by_id = json!({ "id": id });
    assert_eq!(status(&act(&viewer, "escalationView", by_id.clone()).await), "PENDING");
    for name in ["escalationStart", "escalationAcknowledge"] {
        assert_eq!(act(&viewer, name, by_id.clone()).await["errors"][0]["code"], "NOT_PERMITTED");
    }
    app.settle().await;
    let see = "query($id: ID!) { escalation(id: $id) { status } }";
    let (_, nothing) = manager.ask(see, by_id.clone()).await;
    assert!(nothing["data"]["escalation"].is_null(), "{nothing}");

    // Personal data are masked for whoever may not see them.
    let contact = "query($id: ID!) { escalation(id: $id) { customer { phone { text } email { text } } } }";
    let seen = staff.query(contact, by_id.clone()).await;
    assert_eq!(seen["escalation"]["customer"]["phone"]["text"], "+15558675309", "{seen}");
    let masked = viewer.query(contact, by_id.clone()).await;
    assert_eq!(masked["escalation"]["customer"]["email"]["text"], "m***@example.com", "{masked}");

    // Assign to me, start, call, acknowledge, hand back, snooze, wake, resolve with notes.
    let me = staff.query("{ viewer { member { id } } }", json!({})).await["viewer"]["member"]["id"].clone();
    assert_eq!(
        status(&act(&staff, "escalationAssign", json!({ "id": id, "assignee": me })).await),
        "ASSIGNED"
    );
    assert_eq!(status(&act(&staff, "escalationStart", by_id.clone()).await), "IN_PROGRESS");
    let call = json!({ "id": id, "channel": "CALL", "note": "Left a message." });
    assert_eq!(status(&act(&staff, "escalationContact", call).await), "IN_PROGRESS");
    status(&act(&staff, "escalationAcknowledge", by_id.clone()).await);
    let twice = act(&staff, "escalationAcknowledge", by_id.clone()).await;
    assert_eq!(twice["errors"][0]["code"], "INVALID_TRANSITION", "{twice}");
    assert!(twice["errors"][0]["allowed"].as_array().unwrap().contains(&json!("un-acknowledge")), "{twice}");
    status(&act(&staff, "escalationUnacknowledge", by_id.clone()).await);
    let until = json!({ "id": id, "until": "2026-01-05T11:00:00Z" });
    status(&act(&staff, "escalationSnooze", until).await);
    status(&act(&staff, "escalationWake", by_id.clone()).await);
    let without = act(&staff, "escalationResolve", json!({ "id": id, "notes": "" })).await;
    assert_eq!(without["errors"][0]["path"], json!(["notes"]), "{without}");
    assert_eq!(
        status(
            &act(&staff, "escalationResolve", json!({ "id": id, "notes": "Refund granted by phone." })).await
        ),
        "RESOLVED"
    );
    let late = act(&staff, "escalationStart", by_id).await;
    assert_eq!(late["errors"][0]["allowed"], json!(["view"]), "{late}");

    // Resolved, so the conversation may be raised again.
    status(&act(&staff, "escalationRaise", raising("conv-1")).await);

    // The inbox filters and searches.
    app.settle().await;
    let inbox = "query($filter: EscalationFilterInput) { escalations(first: 10, filter: $filter) { totalCount nodes { status } } }";
    let count = async |filter: Value| {
        staff.query(inbox, json!({ "filter": filter })).await["escalations"]["totalCount"].clone()
    };
    assert_eq!(count(json!({})).await, 3);
    assert_eq!(count(json!({ "statuses": ["RESOLVED"] })).await, 1);
    assert_eq!(count(json!({ "statuses": ["PENDING"], "text": "refund" })).await, 2);
    assert_eq!(count(json!({ "text": "parcel" })).await, 0);
    api.stop().await;
}

#[tokio::test]
async fn a_ticket_of_another_organization_cannot_be_escalated() {
    let app = TestApp::new().await;
    roles::furnished(&app, "support").await;
    let other = app.organization("other").await;
    super::store::ticket_type(&app, &other).await;
    let opened = app
        .engine()
        .open_ticket(&other, super::store::opening(), &escalon_application::Once::default())
        .await
        .unwrap();
    let api = app.serve().await;
    let staff = api.log_in("support", "a-staff@example.com", roles::PASSWORD).await;
    let raise = json!({ "subject": { "ticket": opened.id.to_string() }, "reason": "Somebody else's ticket, in fact." });
    let refused = act(&staff, "escalationRaise", raise).await;
    assert_eq!(refused["errors"][0]["code"], "NOT_FOUND", "{refused}");
    api.stop().await;
}
