//! Escalations, from raising to resolving.

use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn an_escalation_is_owned_and_resolved() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let me = asha.member().expect("a member").to_string();
    let ticket = world.ticket(&asha).await;
    let customer = json!({ "reference": "crm-7", "name": "Mira Bhat", "phone": "9812345678",
        "email": "mira@example.com", "preferred": "CALL" });
    let input = json!({ "subject": { "ticket": ticket }, "reason": "nobody answers for days", "urgency": "HIGH",
        "customer": customer });
    let fields = "id status cause rule urgency reason { text } subject { key conversation ticket { number } }
        customer { name { text } phone { text } email { text } preferred } raisedBy { id }
        viewerCan { assign start contact acknowledge unacknowledge snooze wake view resolve cancel }";
    let raised = world.done(&asha, "escalationRaise", fields, input.clone()).await;
    assert_eq!(raised["status"], "PENDING");
    assert_eq!(raised["cause"], "HAND");
    assert_eq!(raised["urgency"], "HIGH");
    assert_eq!(raised["subject"]["key"], ticket);
    assert_eq!(raised["subject"]["ticket"]["number"], "HELP-20260105-0001");
    assert_eq!(raised["customer"]["phone"]["text"], "9812345678");
    assert_eq!(raised["customer"]["preferred"], "CALL");
    assert_eq!(raised["viewerCan"]["acknowledge"], true);
    assert_eq!(raised["viewerCan"]["unacknowledge"], false);
    assert_eq!(raised["viewerCan"]["wake"], false);
    let id = text(&raised["id"]);
    let second = world.refused(&asha, "escalationRaise", input).await;
    assert_eq!(second[0]["code"], "DUPLICATE");
    assert_eq!(second[0]["holder"], id);

    let change = async |mutation: &str, fields: &str, mut input: serde_json::Value| {
        input["id"] = json!(id);
        world.done(&asha, mutation, fields, input).await
    };
    let assigned = change("escalationAssign", "status assignee { id }", json!({ "assignee": me })).await;
    assert_eq!(assigned, json!({ "status": "ASSIGNED", "assignee": { "id": me } }));
    assert_eq!(change("escalationStart", "status", json!({})).await["status"], "IN_PROGRESS");
    let contact =
        change("escalationContact", "lastContactAt", json!({ "channel": "SMS", "note": "told" })).await;
    assert!(contact["lastContactAt"].is_string());
    let viewed = change("escalationView", "viewers { memberId member { id } at }", json!({})).await;
    assert_eq!(viewed["viewers"][0]["member"]["id"], me);
    let until = json!({ "until": "2026-01-05T12:00:00Z" });
    assert_eq!(
        change("escalationSnooze", "snoozedUntil", until).await["snoozedUntil"],
        "2026-01-05T12:00:00+00:00"
    );
    assert_eq!(change("escalationWake", "snoozedUntil", json!({})).await["snoozedUntil"], json!(null));
    let owned =
        change("escalationAcknowledge", "acknowledgement { by { id } }", json!({ "note": "mine" })).await;
    assert_eq!(owned["acknowledgement"]["by"]["id"], me);
    let given_up = change("escalationUnacknowledge", "acknowledgement { at }", json!({})).await;
    assert_eq!(given_up["acknowledgement"], json!(null));
    let resolved =
        change("escalationResolve", "status notes { text } endedAt", json!({ "notes": "called back" })).await;
    assert_eq!(resolved["status"], "RESOLVED");
    assert_eq!(resolved["notes"]["text"], "called back");
    let late = world.refused(&asha, "escalationCancel", json!({ "id": id, "reason": "no" })).await;
    assert_eq!(late[0]["code"], "INVALID_TRANSITION");
    assert_eq!(late[0]["allowed"], json!(["view"]));
    let query = format!(
        "{{ escalation(id: \"{id}\", asOf: {{ version: 1 }}) {{ status history(first: 100) {{ totalCount }} }} }}"
    );
    let answer = world.ask(&asha, &query).await;
    assert_eq!(answer["escalation"], json!({ "status": "PENDING", "history": { "totalCount": 10 } }));
}

#[tokio::test]
async fn rules_and_conversations_escalate_too() {
    let world = World::new().await;
    let asha = world.administrator("asha").await;
    let mut input = json!({ "subject": { "conversation": "chat-9" }, "reason": "angry customer",
        "cause": "RULE", "rule": "sentiment" });
    let raised = world
        .done(
            &asha,
            "escalationRaise",
            "cause rule urgency subject { conversation ticket { id } }",
            input.clone(),
        )
        .await;
    let subject = json!({ "conversation": "chat-9", "ticket": null });
    assert_eq!(
        raised,
        json!({ "cause": "RULE", "rule": "sentiment", "urgency": "MEDIUM", "subject": subject })
    );
    input["cause"] = json!("HAND");
    assert_eq!(world.refused(&asha, "escalationRaise", input.clone()).await[0]["path"], json!(["rule"]));
    input["rule"] = json!(null);
    let cancelled = world.done(&asha, "escalationRaise", "id", input).await;
    let input = json!({ "id": cancelled["id"], "reason": "calmed down" });
    assert_eq!(world.done(&asha, "escalationCancel", "status", input).await["status"], "CANCELLED");
}
