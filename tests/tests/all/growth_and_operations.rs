//! Requirement B, as its people would tell it: a ticket from creation to closing, with every ✘ of its table refused.

use escalon_tests::{Client, TestApp};
use serde_json::{Value, json};

use super::roles;

async fn act(client: &Client<'_>, name: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    client
        .mutate(name, &input_type, input, "ticket { id number status reopenings version } position replayed")
        .await
}

fn refused(payload: &Value) -> &str {
    assert!(payload["ticket"].is_null(), "{payload}");
    payload["errors"][0]["code"].as_str().unwrap()
}

fn status(payload: &Value) -> &str {
    assert_eq!(payload["errors"], json!([]), "{payload}");
    payload["ticket"]["status"].as_str().unwrap()
}

fn opening() -> Value {
    json!({ "type": "listing_issue", "title": "Colour is blue, listing says green", "description": "Seen this morning.",
        "brand": "Northwind", "priority": "urgent",
        "fields": { "issue_type": "product_not_as_listed", "expected_output": "Listing shows the blue variant" } })
}

#[tokio::test]
async fn a_ticket_goes_from_creation_to_closing_and_every_cross_of_the_table_is_refused() {
    let app = TestApp::new().await;
    let operator = roles::furnished(&app, "acme").await;
    roles::person(&app, &operator, "grace", "growth").await;
    let api = app.serve().await;
    let growth = api.log_in("acme", "growth@example.com", roles::PASSWORD).await;
    let grace = api.log_in("acme", "grace@example.com", roles::PASSWORD).await;
    let ops = api.log_in("acme", "ops@example.com", roles::PASSWORD).await;
    let admin = api.log_in("acme", "admin@example.com", roles::PASSWORD).await;

    // Creating: growth and admin may, operations may not. Every fault of the input is named at once.
    assert_eq!(refused(&act(&ops, "ticketOpen", opening()).await), "NOT_PERMITTED");
    let wrong = json!({ "type": "listing_issue", "title": " ", "priority": "asap", "fields": { "issue_type": "magic", "colour": "blue" } });
    let wrong = act(&growth, "ticketOpen", wrong).await;
    let paths: Vec<String> =
        wrong["errors"].as_array().unwrap().iter().map(|error| error["path"].to_string()).collect();
    assert_eq!(
        paths,
        [r#"["title"]"#, r#"["priority"]"#, r#"["fields","colour"]"#, r#"["fields","issue_type"]"#],
        "{wrong}"
    );
    let opened = act(&growth, "ticketOpen", opening()).await;
    assert_eq!((status(&opened), opened["ticket"]["number"].as_str()), ("OPEN", Some("GROW-20260105-0001")));
    let id = opened["ticket"]["id"].as_str().unwrap();
    let by_admin = act(&admin, "ticketOpen", opening()).await;
    assert_eq!(by_admin["ticket"]["number"], "GROW-20260105-0002");

    // Seeing: growth its own, operations and admin all.
    app.settle().await;
    let see =
        "query($id: ID!) { ticket(id: $id) { number } tickets(first: 10) { nodes { number } totalCount } }";
    let listed = |answer: &Value| answer["data"]["tickets"]["nodes"].as_array().map_or(0, Vec::len);
    for (client, sees, count) in [(&growth, true, 1), (&grace, false, 0), (&ops, true, 2), (&admin, true, 2)]
    {
        let (_, answer) = client.ask(see, json!({ "id": id })).await;
        assert_eq!(answer["data"]["ticket"]["number"].is_string(), sees, "{answer}");
        let (_, answer) = client.ask("{ tickets(first: 10) { nodes { number } } }", json!({})).await;
        assert_eq!(listed(&answer), count, "{answer}");
    }

    // Resolving: operations and admin, not growth. A resolution has remarks.
    let remarks = json!({ "id": id, "remarks": "The listing now shows the blue variant." });
    assert_eq!(refused(&act(&growth, "ticketProposeResolution", remarks.clone()).await), "NOT_PERMITTED");
    assert_eq!(
        refused(&act(&ops, "ticketProposeResolution", json!({ "id": id, "remarks": "" })).await),
        "INVALID_INPUT"
    );
    assert_eq!(status(&act(&ops, "ticketProposeResolution", remarks.clone()).await), "PROCESSED");

    // Reopening: growth and admin, not operations; with a reason; and only one's own.
    let reason = json!({ "id": id, "reason": "Still green on the mobile page." });
    assert_eq!(refused(&act(&ops, "ticketReopen", reason.clone()).await), "NOT_PERMITTED");
    assert_eq!(refused(&act(&grace, "ticketReopen", reason.clone()).await), "NOT_FOUND");
    assert_eq!(
        refused(&act(&growth, "ticketReopen", json!({ "id": id, "reason": " " })).await),
        "INVALID_INPUT"
    );
    let reopened = act(&growth, "ticketReopen", reason.clone()).await;
    assert_eq!((status(&reopened), &reopened["ticket"]["reopenings"]), ("REOPENED", &json!(1)));
    let again = act(&growth, "ticketReopen", reason).await;
    assert_eq!(refused(&again), "INVALID_TRANSITION");
    assert_eq!(
        again["errors"][0]["allowed"],
        json!(["wait", "propose a resolution", "close", "submit proof"])
    );

    // Accepting and closing.
    assert_eq!(status(&act(&ops, "ticketProposeResolution", remarks).await), "PROCESSED");
    assert_eq!(refused(&act(&ops, "ticketAcceptResolution", json!({ "id": id })).await), "NOT_PERMITTED");
    assert_eq!(status(&act(&growth, "ticketAcceptResolution", json!({ "id": id })).await), "RESOLVED");
    assert_eq!(refused(&act(&ops, "ticketClose", json!({ "id": id })).await), "NOT_PERMITTED");
    assert_eq!(status(&act(&growth, "ticketClose", json!({ "id": id })).await), "CLOSED");

    // The dashboard and the timeline tell the same story.
    app.settle().await;
    let dashboard =
        ops.query("{ serviceDashboard { tickets byStatus { count } reopenings } }", json!({})).await;
    assert_eq!(dashboard["serviceDashboard"]["reopenings"], 1, "{dashboard}");
    assert_eq!(dashboard["serviceDashboard"]["tickets"], 2);
    let timeline = "query($id: ID!) { timeline(subject: $id, first: 50) { nodes { name } } }";
    let timeline = growth.query(timeline, json!({ "id": id })).await;
    let kinds: Vec<&str> = timeline["timeline"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["name"].as_str())
        .collect();
    let story =
        ["opened", "resolution_proposed", "reopened", "resolution_proposed", "resolution_accepted", "closed"];
    assert_eq!(kinds, story.map(|what| format!("ticket.{what}")), "{timeline}");
    api.stop().await;
}

#[tokio::test]
async fn people_register_log_in_and_see_who_they_are() {
    let app = TestApp::new().await;
    roles::furnished(&app, "acme").await;
    let api = app.serve().await;
    let admin = api.log_in("acme", "admin@example.com", roles::PASSWORD).await;
    let register = |email: &str, password: &str, invitation: Value| json!({ "organization": "acme", "name": "Nina", "email": email, "password": password, "invitation": invitation });
    let select = "token";
    let join = async |input: Value| {
        api.anonymous().mutate("memberRegister", "MemberRegisterInput", input, select).await
    };

    let uninvited = join(register("nina@example.com", "a long enough one", Value::Null)).await;
    assert!(uninvited["errors"][0]["message"].as_str().unwrap().contains("invitation only"), "{uninvited}");
    let input = json!({ "setting": "REGISTRATION_ROLE", "value": "growth" });
    let set = admin.mutate("organizationSet", "OrganizationSetInput", input, "replayed").await;
    assert_eq!(set["errors"], json!([]));
    let weak = join(register("nina@example.com", "short", Value::Null)).await;
    assert_eq!(weak["errors"][0]["path"], json!(["password"]), "{weak}");
    let joined = join(register("nina@example.com", "a long enough one", Value::Null)).await;
    let nina = api.with_token(joined["token"].as_str().unwrap());
    let me = nina
        .query(
            "{ viewer { member { name { text } } roles { name } can(permission: \"ticket.create\") } }",
            json!({}),
        )
        .await;
    assert_eq!(me["viewer"]["member"]["name"]["text"], "Nina", "{me}");
    assert_eq!((&me["viewer"]["roles"][0]["name"], &me["viewer"]["can"]), (&json!("growth"), &json!(true)));
    let twice = join(register("NINA@example.com", "a long enough one", Value::Null)).await;
    assert_eq!(twice["errors"][0]["path"], json!(["email"]), "nobody is told whose it is: {twice}");
    let wrong =
        json!({ "organization": "acme", "email": "nina@example.com", "password": "a wrong one, sadly" });
    let wrong = api.anonymous().mutate("memberLogIn", "MemberLogInInput", wrong, select).await;
    let nobody =
        json!({ "organization": "nowhere", "email": "nobody@example.com", "password": "a wrong one, sadly" });
    let nobody = api.anonymous().mutate("memberLogIn", "MemberLogInInput", nobody, select).await;
    assert_eq!(
        (&wrong["errors"], &wrong["token"]),
        (&nobody["errors"], &Value::Null),
        "nobody learns who is a member"
    );
    api.stop().await;
}
