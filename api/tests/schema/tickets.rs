//! Tickets, from opening to closing.

use escalon_domain::access::Permission;
use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn a_ticket_lives_through_its_statuses() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let me = asha.member().expect("a member").to_string();
    let input = json!({ "type": "help", "title": "No light", "description": "since Monday", "brand": "Lumen",
        "priority": "high", "fields": { "order": "A-1" } });
    let fields = "id version number status brand type { name prefix needsAcceptance fields { name kind personal } }
        title { text forgotten } description { text } priority { name rank } fields tags openedAt
        requester { id member { name { text } } customerName { text } } openedBy { kind id member { id } }
        viewerCan { edit wait resume proposeResolution acceptResolution reopen close submitProof reviewProof }";
    let ticket = world.done(&asha, "ticketOpen", fields, input).await;
    assert_eq!(ticket["number"], "HELP-20260105-0001");
    assert_eq!(ticket["status"], "OPEN");
    assert_eq!(ticket["version"], 1);
    assert_eq!(ticket["type"]["name"], "help");
    assert_eq!(ticket["type"]["fields"], json!([{ "name": "order", "kind": "TEXT", "personal": true }]));
    assert_eq!(ticket["title"], json!({ "text": "No light", "forgotten": false }));
    assert_eq!(ticket["priority"], json!({ "name": "high", "rank": 2 }));
    assert_eq!(ticket["fields"], json!({ "order": "A-1" }));
    assert_eq!(ticket["openedAt"], "2026-01-05T09:00:00+00:00");
    assert_eq!(ticket["requester"]["id"], me);
    assert_eq!(ticket["requester"]["member"]["name"]["text"], "asha Rao");
    assert_eq!(ticket["openedBy"]["kind"], "MEMBER");
    assert_eq!(
        ticket["viewerCan"],
        json!({ "edit": true, "wait": true, "resume": false, "proposeResolution": true, "acceptResolution": false,
            "reopen": false, "close": true, "submitProof": true, "reviewProof": false })
    );
    let id = text(&ticket["id"]);

    let change = async |mutation: &str, fields: &str, mut input: serde_json::Value| {
        input["id"] = json!(id);
        world.done(&asha, mutation, fields, input).await
    };
    let edited = change(
        "ticketEdit",
        "title { text } fields",
        json!({ "title": "Dark", "fields": { "order": null } }),
    )
    .await;
    assert_eq!(edited, json!({ "title": { "text": "Dark" }, "fields": {} }));
    let prioritized = change("ticketPrioritize", "priority { rank }", json!({ "priority": "urgent" })).await;
    assert_eq!(prioritized["priority"]["rank"], 1);
    let assigned =
        change("ticketAssign", "assigneeId assignee { id } team { id }", json!({ "assignee": me })).await;
    assert_eq!(assigned, json!({ "assigneeId": me, "assignee": { "id": me }, "team": null }));
    let unassigned = change("ticketAssign", "assigneeId", json!({})).await;
    assert_eq!(unassigned["assigneeId"], json!(null));
    let tagged = change("ticketTag", "tags", json!({ "tags": ["vip", "lamp"] })).await;
    assert_eq!(tagged["tags"], json!(["lamp", "vip"]));
    assert_eq!(change("ticketUntag", "tags", json!({ "tags": ["vip"] })).await["tags"], json!(["lamp"]));
    let waiting = change("ticketWait", "status waitingFor", json!({ "reason": "supplier" })).await;
    assert_eq!(waiting, json!({ "status": "WAITING", "waitingFor": "supplier" }));
    assert_eq!(change("ticketResume", "status", json!({})).await["status"], "OPEN");
    change("ticketComment", "id", json!({ "body": "We look into it" })).await;
    let noted = "comments(first: 1, after: \"1\") { totalCount nodes { internal body { text } } pageInfo { hasNextPage } }";
    let noted = change("ticketNote", noted, json!({ "body": "Lamp 7 again" })).await;
    let note = json!({ "internal": true, "body": { "text": "Lamp 7 again" } });
    assert_eq!(noted["comments"]["nodes"], json!([note]));
    assert_eq!(noted["comments"]["totalCount"], 2);
    let proof = change("ticketSubmitProof", "proofs { id status }", json!({ "summary": "photo" })).await;
    assert_eq!(proof["proofs"][0]["status"], "SUBMITTED");
    let own = json!({ "id": id, "proof": proof["proofs"][0]["id"] });
    assert_eq!(world.refused(&asha, "ticketApproveProof", own.clone()).await[0]["code"], "NOT_ALLOWED");
    let other = world.administrator("usha").await;
    let approved = world.done(&other, "ticketApproveProof", "proofs { status }", own.clone()).await;
    assert_eq!(approved["proofs"][0]["status"], "APPROVED");
    let mut rejection = own;
    rejection["reason"] = json!("blurred");
    assert_eq!(world.refused(&other, "ticketRejectProof", rejection).await[0]["code"], "INVALID_TRANSITION");
    let proposed = change(
        "ticketProposeResolution",
        "status resolution { remarks { text } }",
        json!({ "remarks": "New lamp" }),
    )
    .await;
    assert_eq!(
        proposed,
        json!({ "status": "PROCESSED", "resolution": { "remarks": { "text": "New lamp" } } })
    );
    assert_eq!(change("ticketAcceptResolution", "status", json!({})).await["status"], "RESOLVED");
    assert_eq!(
        change("ticketReopen", "reopenings", json!({ "reason": "dark again" })).await["reopenings"],
        1
    );
    assert_eq!(change("ticketClose", "status", json!({ "reason": "moved" })).await["status"], "CLOSED");

    let query = format!(
        "{{ ticket(id: \"{id}\") {{ version history(first: 2, after: \"1\") {{ totalCount
            nodes {{ name sequence kind position occurredAt recordedAt source actor {{ member {{ id }} }} data }}
            pageInfo {{ hasNextPage endCursor }} }} }}
           then: ticket(id: \"{id}\", asOf: {{ version: 1 }}) {{ version status title {{ text }} }}
           early: ticket(id: \"{id}\", asOf: {{ time: \"2020-01-01T00:00:00Z\" }}) {{ version }} }}"
    );
    let answer = world.ask(&asha, &query).await;
    let history = &answer["ticket"]["history"];
    assert_eq!(history["totalCount"], answer["ticket"]["version"]);
    assert_eq!(history["nodes"][0]["name"], "ticket.edited");
    assert_eq!(history["nodes"][0]["data"]["title"]["value"], "Dark");
    assert_eq!(history["nodes"][0]["actor"]["member"]["id"], me);
    assert!(history["nodes"][0]["position"].is_string());
    assert_eq!(history["pageInfo"], json!({ "hasNextPage": true, "endCursor": "3" }));
    assert_eq!(answer["then"], json!({ "version": 1, "status": "OPEN", "title": { "text": "No light" } }));
    assert_eq!(answer["early"], json!(null));
}

#[tokio::test]
async fn personal_data_is_masked_for_those_who_may_not_see_it() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let clerk =
        [Permission::TicketReadAll, Permission::MemberRead, Permission::AuditView, Permission::TicketComment];
    let clerk = world.member("clerk", &clerk).await;
    let requester = json!({ "customer": { "reference": "crm-7", "name": "Mira Bhat" } });
    let input = json!({ "type": "help", "title": "No light", "requester": requester });
    let id = text(&world.done(&asha, "ticketOpen", "id", input).await["id"]);
    world.done(&asha, "ticketNote", "id", json!({ "id": id, "body": "rude" })).await;
    let query = format!(
        "{{ ticket(id: \"{id}\") {{ title {{ text }} requester {{ customerName {{ text }} member {{ id }} }}
            openedBy {{ member {{ name {{ text }} email {{ text }} }} }} comments(first: 10) {{ totalCount }}
            history(first: 1) {{ nodes {{ data }} }} }} viewer {{ member {{ name {{ text }} }} }} }}"
    );
    let clear = world.ask(&asha, &query).await;
    assert_eq!(clear["ticket"]["requester"]["customerName"]["text"], "Mira Bhat");
    assert_eq!(clear["ticket"]["comments"]["totalCount"], 1);
    let masked = world.ask(&clerk, &query).await;
    assert_eq!(masked["ticket"]["title"]["text"], "No light", "free text is not masked");
    assert_eq!(masked["ticket"]["requester"]["customerName"]["text"], "M. B.");
    assert_eq!(masked["ticket"]["openedBy"]["member"]["name"]["text"], "a. R.");
    assert_eq!(masked["ticket"]["openedBy"]["member"]["email"]["text"], "a***@example.com");
    assert_eq!(masked["ticket"]["comments"]["totalCount"], 0, "notes are for those who may write them");
    let data = &masked["ticket"]["history"]["nodes"][0]["data"];
    assert_eq!(data["requester"]["customer"]["name"]["value"], "M. B.");
    assert_eq!(masked["viewer"]["member"]["name"]["text"], "clerk Rao", "everybody sees their own");
}

#[tokio::test]
async fn what_may_not_be_seen_is_not_there() {
    let world = World::new().await;
    world.ticket_type().await;
    let asha = world.administrator("asha").await;
    let own = [Permission::TicketReadOwn, Permission::TicketCreate, Permission::TicketComment];
    let customer = world.member("customer", &own).await;
    let (theirs, mine) = (world.ticket(&asha).await, world.ticket(&customer).await);
    let query =
        format!("{{ theirs: ticket(id: \"{theirs}\") {{ id }} mine: ticket(id: \"{mine}\") {{ id }} }}");
    assert_eq!(world.ask(&customer, &query).await, json!({ "theirs": null, "mine": { "id": mine } }));
    let comment = json!({ "id": theirs, "body": "hello" });
    assert_eq!(world.refused(&customer, "ticketComment", comment).await[0]["code"], "NOT_FOUND");
    let stranger = world.member("stranger", &[]).await;
    assert_eq!(
        world.code(Some(&stranger), &format!("{{ ticket(id: \"{mine}\") {{ id }} }}")).await,
        "NOT_PERMITTED"
    );
    assert_eq!(world.code(Some(&asha), "{ ticket(id: \"member_1\") { id } }").await, "BAD_USER_INPUT");
    let history = format!("{{ ticket(id: \"{mine}\") {{ history(first: 1) {{ totalCount }} }} }}");
    assert_eq!(world.code(Some(&customer), &history).await, "NOT_PERMITTED");
    let many = format!("{{ ticket(id: \"{mine}\") {{ history(first: 101) {{ totalCount }} }} }}");
    assert_eq!(world.code(Some(&asha), &many).await, "BAD_USER_INPUT");
}
