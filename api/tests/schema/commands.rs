//! What every command promises: done once, at the expected version, with its position.

use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn a_command_with_a_key_is_done_once() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let mut input = json!({ "type": "help", "title": "No light", "idempotencyKey": "k-1" });
    let first = world.command(&asha, "ticketOpen", "id number", input.clone()).await;
    assert_eq!(first["replayed"], false);
    assert!(first["position"].is_string());
    let again = world.command(&asha, "ticketOpen", "id number", input.clone()).await;
    assert_eq!(again["replayed"], true);
    assert_eq!(again["object"], first["object"]);
    assert_eq!(again["position"], first["position"]);
    input["title"] = json!("Another");
    let reused = world.refused(&asha, "ticketOpen", input).await;
    assert_eq!(reused[0]["code"], "KEY_REUSED");
    assert_eq!(reused[0]["path"], json!(["idempotencyKey"]));
    let long = json!({ "type": "help", "title": "x", "idempotencyKey": "k".repeat(201) });
    assert_eq!(world.refused(&asha, "ticketOpen", long).await[0]["path"], json!(["idempotencyKey"]));
}

#[tokio::test]
async fn a_command_at_another_version_is_refused() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    let input = json!({ "id": id, "body": "hello", "expectedVersion": 7 });
    let conflict = world.refused(&asha, "ticketComment", input).await;
    assert_eq!(conflict[0]["__typename"], "VersionConflict");
    assert_eq!(conflict[0]["path"], json!(["expectedVersion"]));
    assert_eq!((&conflict[0]["expected"], &conflict[0]["actual"]), (&json!(7), &json!(1)));
}

#[tokio::test]
async fn what_is_so_already_changes_nothing() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    let same = world.command(&asha, "ticketEdit", "version", json!({ "id": id, "title": "No light" })).await;
    assert_eq!(same["object"]["version"], 1);
    assert_eq!(same["errors"], json!([]));
    assert_eq!(same["position"], json!(null));
}

#[tokio::test]
async fn one_request_sees_what_it_did() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    let document = format!(
        "mutation {{ a: ticketTag(input: {{ id: \"{id}\", tags: [\"one\"] }}) {{ ticket {{ tags }} position }}
           b: ticketTag(input: {{ id: \"{id}\", tags: [\"two\"] }}) {{ ticket {{ tags }} position }} }}"
    );
    let done = world.ask(&asha, &document).await;
    assert_eq!(done["b"]["ticket"]["tags"], json!(["one", "two"]));
    let position = |part: &str| text(&done[part]["position"]).parse::<i64>().expect("digits");
    assert_eq!(position("a") + 1, position("b"));
}
