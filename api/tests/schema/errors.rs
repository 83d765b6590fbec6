//! What the caller can mend, and what they cannot.

use async_graphql::Request;
use escalon_api::http::MinPosition;
use serde_json::json;

use crate::world::{World, code, command};

#[tokio::test]
async fn each_fault_of_an_input_is_an_error_with_its_path() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let refused = async |mutation: &str, input| world.refused(&asha, mutation, input).await;
    let input = json!({ "type": "help", "title": "", "priority": "nonsense", "fields": { "nothing": 1 } });
    let errors = refused("ticketOpen", input).await;
    let paths: Vec<_> =
        errors.as_array().expect("a list").iter().map(|error| error["path"].clone()).collect();
    assert_eq!(paths, [json!(["title"]), json!(["priority"]), json!(["fields", "nothing"])]);
    assert!(errors.as_array().expect("a list").iter().all(|error| error["__typename"] == "InvalidInput"));
    let id = world.ticket(&asha).await;
    assert_eq!(refused("ticketClose", json!({ "id": "nonsense" })).await[0]["path"], json!(["id"]));
    assert_eq!(
        refused("ticketTag", json!({ "id": id, "tags": ["ok", "Not ok"] })).await[0]["path"],
        json!(["tags", "1"])
    );
    assert_eq!(refused("ticketEdit", json!({ "id": id, "fields": [1] })).await[0]["path"], json!(["fields"]));
    assert_eq!(
        refused("ticketAssign", json!({ "id": id, "assignee": "x" })).await[0]["path"],
        json!(["assignee"])
    );
    let email = json!({ "name": "x", "email": "nonsense" });
    let document = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) { member { id } errors { path } } }";
    let invited = world.send(Some(&asha), document, email).await.data.into_json().expect("JSON");
    assert_eq!(invited["memberInvite"]["errors"][0]["path"], json!(["email"]));
}

#[tokio::test]
async fn an_illegal_transition_says_what_is_allowed() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    let errors = world.refused(&asha, "ticketAcceptResolution", json!({ "id": id })).await;
    assert_eq!(errors[0]["__typename"], "InvalidTransition");
    assert_eq!(errors[0]["allowed"], json!(["wait", "propose a resolution", "close", "submit proof"]));
    let missing = format!("ticket_{}", "0".repeat(26));
    assert_eq!(
        world.refused(&asha, "ticketResume", json!({ "id": missing })).await[0]["__typename"],
        "NotFound"
    );
}

#[tokio::test]
async fn a_database_that_is_away_is_said_so_without_telling_of_our_insides() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    world.memory.set_away(true);
    for response in [
        world.send(Some(&asha), &command("ticketClose", "id"), json!({ "id": id })).await,
        world.send(Some(&asha), &format!("{{ ticket(id: \"{id}\") {{ id }} }}"), json!(null)).await,
    ] {
        assert_eq!(code(&response), "UNAVAILABLE");
        assert!(response.errors[0].message.contains("idempotencyKey"));
        assert!(!serde_json::to_string(&response).expect("JSON").contains("swordfish"));
    }
}

#[tokio::test]
async fn a_page_is_asked_for_from_one_end() {
    let world = World::new().await;
    let asha = world.administrator("asha").await;
    for arguments in [
        "filter: {}",
        "first: 1, last: 1",
        "first: 101",
        "first: -1",
        "filter: { assignee: \"x\" }, first: 1",
    ] {
        let query = format!("{{ tickets({arguments}) {{ totalCount }} }}");
        assert_eq!(world.code(Some(&asha), &query).await, "BAD_USER_INPUT", "{arguments}");
    }
}

#[tokio::test]
async fn a_position_that_is_none_is_refused() {
    let world = World::new().await;
    let asha = world.administrator("asha").await;
    let request = Request::new("{ viewer { level } }").data(asha).data(MinPosition("nonsense".to_owned()));
    assert_eq!(code(&world.schema.execute(request).await), "BAD_USER_INPUT");
}
