//! Registering, logging in, and who is calling.

use escalon_domain::access::Permission;
use serde_json::json;

use crate::world::{World, command, text};

#[tokio::test]
async fn an_invited_person_registers_and_sees_themselves() {
    let world = World::new().await;
    world.member("support", &[Permission::TicketCreate]).await;
    let input = json!({ "name": "Usha Rao", "email": "usha@example.com", "roles": ["support"] });
    let document = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
        member { id status viewerCan { suspend reinstate } } errors { message } invitation position } }";
    let invited = world.send(Some(&world.operator), document, input).await.data.into_json().expect("JSON");
    let invited = &invited["memberInvite"];
    assert_eq!(invited["errors"], json!([]));
    assert_eq!(invited["member"]["status"], "INVITED");
    assert_eq!(invited["member"]["viewerCan"], json!({ "suspend": true, "reinstate": false }));
    assert!(invited["position"].is_string());

    let document = "mutation($input: MemberRegisterInput!) { memberRegister(input: $input) {
        member { id status name { text } email { text } roles { name } viewerCan { suspend } }
        token expiresAt errors { code path message } } }";
    let mut input = json!({ "organization": "acme", "name": "ignored", "email": "usha@example.com",
        "password": "short", "invitation": invited["invitation"] });
    let weak = world.send(None, document, input.clone()).await.data.into_json().expect("JSON");
    assert_eq!(weak["memberRegister"]["errors"][0]["path"], json!(["password"]));
    assert_eq!(weak["memberRegister"]["token"], json!(null));

    input["password"] = json!("correct horse battery staple");
    let registered = world.send(None, document, input).await;
    assert!(registered.errors.is_empty(), "{:?}", registered.errors);
    let registered = registered.data.into_json().expect("JSON");
    let registered = &registered["memberRegister"];
    assert_eq!(registered["errors"], json!([]));
    assert_eq!(registered["member"]["status"], "ACTIVE");
    assert_eq!(registered["member"]["name"]["text"], "Usha Rao", "one's own name is not masked");
    assert_eq!(registered["member"]["email"]["text"], "usha@example.com");
    assert_eq!(registered["member"]["roles"], json!([{ "name": "support" }]));
    assert_eq!(registered["expiresAt"], "2026-01-05T10:00:00+00:00");

    let caller = world.engine.authenticate(&text(&registered["token"]), "graphql").await.expect("a caller");
    let viewer = "{ viewer { member { id } organization { slug } roles { title } level permissions
        create: can(permission: \"ticket.create\") close: can(permission: \"ticket.close\") } }";
    let viewer = world.ask(&caller, viewer).await;
    assert_eq!(viewer["viewer"]["organization"]["slug"], "acme");
    assert_eq!(viewer["viewer"]["member"]["id"], registered["member"]["id"]);
    assert_eq!(viewer["viewer"]["level"], 5);
    assert_eq!(viewer["viewer"]["permissions"], json!(["ticket.create"]));
    assert_eq!(viewer["viewer"]["create"], true);
    assert_eq!(viewer["viewer"]["close"], false);
    assert_eq!(
        world.code(Some(&caller), "{ viewer { can(permission: \"nonsense\") } }").await,
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn wrong_credentials_are_one_and_the_same_error() {
    let world = World::new().await;
    world.member("asha", &[]).await;
    let document = "mutation($input: MemberLogInInput!) { memberLogIn(input: $input) {
        token member { name { text } } errors { __typename code message } } }";
    let log_in = async |organization: &str, email: &str, password: &str| {
        let input = json!({ "organization": organization, "email": email, "password": password });
        let response = world.send(None, document, input).await;
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        let mut data = response.data.into_json().expect("JSON");
        data["memberLogIn"].take()
    };
    let right = log_in("acme", "asha@example.com", "correct horse of asha").await;
    assert_eq!(right["errors"], json!([]));
    assert_eq!(right["member"]["name"]["text"], "asha Rao");
    assert!(right["token"].is_string());
    let wrong = log_in("acme", "asha@example.com", "wrong").await;
    assert_eq!(wrong["errors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(wrong["errors"][0]["__typename"], "WrongCredentials");
    assert_eq!(wrong["member"], json!(null));
    assert_eq!(log_in("acme", "nobody@example.com", "wrong").await, wrong);
    assert_eq!(log_in("nowhere", "asha@example.com", "correct horse of asha").await, wrong);
    assert_eq!(log_in("acme", "no address", "wrong").await, wrong);
}

#[tokio::test]
async fn everything_else_needs_a_login() {
    let world = World::new().await;
    for query in [
        "{ viewer { level } }",
        "{ organization { name } }",
        "{ ticket(id: \"nonsense\") { id } }",
        "{ tickets(first: 1) { nodes { id } } }",
        "{ roles(first: 1) { nodes { id } } }",
        "{ timeline(subject: \"x\", first: 1) { nodes { name } } }",
        "{ auditLog(first: 1) { nodes { action } } }",
        "{ serviceDashboard { tickets } }",
        "{ projections { name } }",
    ] {
        assert_eq!(world.code(None, query).await, "UNAUTHENTICATED", "{query}");
    }
    let document = command("organizationRename", "id");
    let response = world.send(None, &document, json!({ "name": "x" })).await;
    assert_eq!(crate::world::code(&response), "UNAUTHENTICATED");
    assert!(response.errors[0].message.contains("Authorization: Bearer"));
    let introspection = world.send(None, "{ __schema { queryType { name } } }", json!(null)).await;
    assert!(introspection.errors.is_empty());
}

#[tokio::test]
async fn members_are_given_roles_suspended_and_reinstated() {
    let world = World::new().await;
    let boss = world.administrator("boss").await;
    world.member("helper", &[Permission::TicketCreate]).await;
    let asha = world.member("asha", &[]).await.member().expect("a member").to_string();
    let granted = world
        .done(&boss, "memberGrantRole", "version roles { name }", json!({ "id": asha, "role": "helper" }))
        .await;
    assert_eq!(granted["roles"], json!([{ "name": "helper" }, { "name": "asha" }]));
    let input = json!({ "id": asha, "role": "helper", "expectedVersion": granted["version"] });
    let revoked = world.done(&boss, "memberRevokeRole", "roles { name }", input).await;
    assert_eq!(revoked["roles"], json!([{ "name": "asha" }]));
    let above = world.refused(&boss, "memberGrantRole", json!({ "id": asha, "role": "administrator" })).await;
    assert_eq!(above[0]["code"], "NOT_ALLOWED");
    let suspended =
        world.done(&boss, "memberSuspend", "status", json!({ "id": asha, "reason": "leave" })).await;
    assert_eq!(suspended["status"], "SUSPENDED");
    let again = world.refused(&boss, "memberGrantRole", json!({ "id": asha, "role": "helper" })).await;
    assert_eq!(again[0]["code"], "INVALID_TRANSITION");
    assert_eq!(again[0]["allowed"], json!(["reinstate", "forget"]));
    let reinstated = world.done(&boss, "memberReinstate", "status", json!({ "id": asha })).await;
    assert_eq!(reinstated["status"], "ACTIVE");
    let mine = boss.member().expect("a member").to_string();
    let last = world.refused(&boss, "memberSuspend", json!({ "id": mine, "reason": "gone" })).await;
    assert_eq!(last[0]["code"], "NOT_ALLOWED");
}
