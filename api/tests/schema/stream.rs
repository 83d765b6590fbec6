//! Events as they happen.

use std::time::Duration;

use async_graphql::{Request, Variables};
use escalon_application::Caller;
use escalon_domain::access::Permission;
use futures::{Stream, StreamExt};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::world::World;

const EVENTS: &str = "subscription($after: Position, $filter: EventFilterInput) {
    events(after: $after, filter: $filter) { position events { position name stream actor { id } data } } }";

fn follow(
    world: &World,
    caller: &Caller,
    after: Value,
    filter: Value,
) -> impl Stream<Item = Value> + Unpin + use<> {
    let variables = Variables::from_json(Value::from_iter([("after", after), ("filter", filter)]));
    let request = Request::new(EVENTS).variables(variables).data(caller.clone());
    let responses = world.schema.execute_stream(request);
    Box::pin(responses.map(|response| serde_json::to_value(response).expect("JSON")))
}

async fn batch(stream: &mut (impl Stream<Item = Value> + Unpin)) -> Value {
    let mut next = stream.next().await.expect("a batch");
    assert_eq!(next.get("errors"), None, "{next}");
    next["data"]["events"].take()
}

fn names(batch: &Value) -> Vec<&str> {
    batch["events"].as_array().expect("a list").iter().filter_map(|event| event["name"].as_str()).collect()
}

#[tokio::test]
async fn a_stream_resumes_without_gap_or_duplicate() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let id = world.ticket(&asha).await;
    for number in 0..150 {
        world
            .done(&asha, "ticketComment", "id", json!({ "id": id, "body": format!("comment {number}") }))
            .await;
    }
    let mut positions = Vec::new();
    let mut after = json!("0");
    // A new stream for each batch, as a client that is always interrupted.
    while positions.len() < 150 {
        let filter = json!({ "names": ["ticket.commented"] });
        let batch = batch(&mut follow(&world, &asha, after, filter)).await;
        let found = batch["events"].as_array().expect("a list").iter();
        positions.extend(
            found.map(|event| event["position"].as_str().expect("digits").parse::<i64>().expect("digits")),
        );
        after = batch["position"].clone();
    }
    assert_eq!(positions.len(), 150);
    assert!(positions.windows(2).all(|pair| pair[0] + 1 == pair[1]));

    let mut stream = follow(&world, &asha, json!(null), json!({ "streams": [id] }));
    let waiting = tokio::spawn(async move { batch(&mut stream).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.done(&asha, "ticketTag", "id", json!({ "id": id, "tags": ["new"] })).await;
    let live = timeout(Duration::from_secs(5), waiting).await.expect("soon").expect("a batch");
    assert_eq!(names(&live), ["ticket.tagged"]);
    assert_eq!(live["events"][0]["stream"], id);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_tells_the_position() {
    let world = World::new().await;
    let asha = world.administrator("asha").await;
    let mut stream = follow(&world, &asha, json!(null), json!(null));
    let begun = Instant::now();
    let heartbeat = batch(&mut stream).await;
    assert_eq!(heartbeat["events"], json!([]));
    assert_eq!(begun.elapsed().as_secs(), 15);
    let renamed = world.command(&asha, "organizationRename", "id", json!({ "name": "Ajax" })).await;
    let renaming = batch(&mut stream).await;
    assert_eq!(names(&renaming), ["organization.renamed"]);
    assert_eq!(renaming["position"], renamed["position"]);
    assert_ne!(renaming["position"], heartbeat["position"]);
}

#[tokio::test]
async fn without_the_audit_permission_only_what_one_may_see() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let own = [Permission::TicketReadOwn, Permission::TicketCreate];
    let customer = world.member("customer", &own).await;
    let (theirs, mine) = (world.ticket(&asha).await, world.ticket(&customer).await);
    world.done(&asha, "ticketNote", "id", json!({ "id": mine, "body": "rude" })).await;
    world.done(&asha, "ticketComment", "id", json!({ "id": mine, "body": "hello" })).await;
    let code = async |filter: Value| {
        let response = follow(&world, &customer, json!("0"), filter).next().await.expect("an answer");
        response["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
    };
    assert_eq!(code(json!(null)).await, "NOT_PERMITTED");
    assert_eq!(code(json!({ "streams": [mine, theirs] })).await, "NOT_FOUND");
    assert_eq!(code(json!({ "streams": [world.operator.organization.to_string()] })).await, "NOT_PERMITTED");
    assert_eq!(code(json!({ "streams": [] })).await, "BAD_USER_INPUT");

    let mut stream = follow(&world, &customer, json!("0"), json!({ "streams": [mine] }));
    let seen = batch(&mut stream).await;
    assert_eq!(names(&seen), ["ticket.opened", "ticket.commented"], "notes are for those who may write them");

    let member = customer.member().expect("a member").to_string();
    world.done(&asha, "memberSuspend", "id", json!({ "id": member, "reason": "gone" })).await;
    world.done(&asha, "ticketComment", "id", json!({ "id": mine, "body": "secret" })).await;
    let end = stream.next().await.expect("an answer");
    assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert!(stream.next().await.is_none());
}
