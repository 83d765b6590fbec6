//! Roles, teams, ticket types, and the organization itself.

use serde_json::json;

use crate::world::{World, text};

#[tokio::test]
async fn roles_are_defined_revised_and_retired() {
    let world = World::new().await;
    let boss = world.administrator("boss").await;
    let mut input =
        json!({ "name": "agent", "title": "Agent", "level": 7, "permissions": ["ticket.create"] });
    let fields = "id version name title level permissions retired viewerCan { revise retire }";
    let defined = world.done(&boss, "roleDefine", fields, input.clone()).await;
    assert_eq!(defined["permissions"], json!(["ticket.create"]));
    assert_eq!(defined["viewerCan"], json!({ "revise": true, "retire": true }));
    let taken = world.refused(&boss, "roleDefine", input.clone()).await;
    assert_eq!(taken[0]["code"], "DUPLICATE");
    assert_eq!(taken[0]["holder"], defined["id"]);
    input["id"] = defined["id"].clone();
    input["title"] = json!("Senior agent");
    input["expectedVersion"] = json!(1);
    let revised = world.done(&boss, "roleRevise", fields, input.clone()).await;
    assert_eq!(revised["title"], "Senior agent");
    assert_eq!(world.refused(&boss, "roleRevise", input.clone()).await[0]["code"], "VERSION_CONFLICT");
    let query = format!(
        "{{ byName: role(name: \"agent\") {{ version }} byId: role(id: \"{}\", asOf: {{ version: 1 }}) {{ title }}
           none: role(name: \"nobody\") {{ id }} }}",
        text(&defined["id"])
    );
    let found = world.ask(&boss, &query).await;
    assert_eq!(found, json!({ "byName": { "version": 2 }, "byId": { "title": "Agent" }, "none": null }));
    assert_eq!(world.code(Some(&boss), "{ role { id } }").await, "BAD_USER_INPUT");
    let retired = json!({ "id": defined["id"], "reason": "unused" });
    assert_eq!(
        world.done(&boss, "roleRetire", "retired viewerCan { revise }", retired).await,
        json!({ "retired": true, "viewerCan": { "revise": false } })
    );
    let wrong = json!({ "name": "No Slug", "title": "", "level": 7, "permissions": [] });
    assert_eq!(world.refused(&boss, "roleDefine", wrong).await[0]["path"], json!(["name"]));
    let unknown =
        json!({ "name": "x", "title": "X", "level": 7, "permissions": ["ticket.create", "nonsense"] });
    assert_eq!(world.refused(&boss, "roleDefine", unknown).await[0]["path"], json!(["permissions", "1"]));
    let above = json!({ "name": "x", "title": "X", "level": 1, "permissions": [] });
    assert_eq!(world.refused(&boss, "roleDefine", above).await[0]["path"], json!(["level"]));
}

#[tokio::test]
async fn teams_have_members() {
    let world = World::new().await;
    let boss = world.administrator("boss").await;
    let me = boss.member().expect("a member").to_string();
    let input = json!({ "name": "lamps", "title": "Lamps", "members": [me] });
    let team = world.done(&boss, "teamDefine", "id memberIds members { name { text } }", input).await;
    assert_eq!(team["memberIds"], json!([me]));
    assert_eq!(team["members"], json!([{ "name": { "text": "boss Rao" } }]));
    let input = json!({ "id": team["id"], "name": "lights", "title": "Lights" });
    assert_eq!(
        world.done(&boss, "teamRevise", "name memberIds", input).await,
        json!({ "name": "lights", "memberIds": [] })
    );
    let input = json!({ "id": team["id"], "reason": "merged" });
    assert_eq!(world.done(&boss, "teamRetire", "retired", input).await["retired"], true);
    assert_eq!(world.ask(&boss, "{ team(name: \"lights\") { id } }").await, json!({ "team": null }));
}

#[tokio::test]
async fn ticket_types_say_every_fault_at_once() {
    let world = World::new().await;
    let boss = world.administrator("boss").await;
    let wrong = json!({ "name": "help", "title": "", "prefix": "h", "defaultPriority": "nonsense",
        "fields": [{ "name": "size", "title": "Size", "kind": "CHOICE" }] });
    let errors = world.refused(&boss, "ticketTypeDefine", wrong).await;
    let paths: Vec<_> =
        errors.as_array().expect("a list").iter().map(|error| error["path"].to_string()).collect();
    assert_eq!(
        paths,
        [r#"["title"]"#, r#"["prefix"]"#, r#"["defaultPriority"]"#, r#"["fields","0","options"]"#]
    );
    let input = json!({ "name": "help", "title": "Help", "prefix": "HELP", "priorities": ["now", "later"],
        "fields": [{ "name": "size", "title": "Size", "kind": "CHOICE", "options": ["s", "l"], "required": true }],
        "needsAcceptance": false, "needsProof": true });
    let fields = "id priorities defaultPriority needsAcceptance needsProof fields { name kind options required personal }";
    let defined = world.done(&boss, "ticketTypeDefine", fields, input).await;
    assert_eq!(defined["defaultPriority"], "later");
    assert_eq!(defined["needsAcceptance"], false);
    assert_eq!(defined["fields"][0]["options"], json!(["s", "l"]));
    let input = json!({ "id": defined["id"], "name": "help", "title": "Helping", "prefix": "HELP" });
    assert_eq!(
        world.done(&boss, "ticketTypeRevise", "title needsAcceptance", input).await,
        json!({ "title": "Helping", "needsAcceptance": true })
    );
    let input = json!({ "id": defined["id"], "reason": "unused" });
    assert_eq!(
        world.done(&boss, "ticketTypeRetire", "version retired", input).await,
        json!({ "version": 3, "retired": true })
    );
    let retired = world.refused(&boss, "ticketOpen", json!({ "type": "help", "title": "x" })).await;
    assert_eq!(retired[0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn the_organization_is_renamed_and_set() {
    let world = World::new().await;
    let boss = world.administrator("boss").await;
    world.member("newcomer", &[]).await;
    let renamed = world
        .done(
            &boss,
            "organizationRename",
            "version name slug viewerCan { rename }",
            json!({ "name": "Ajax" }),
        )
        .await;
    assert_eq!(renamed["name"], "Ajax");
    assert_eq!(renamed["viewerCan"]["rename"], true);
    let input =
        json!({ "setting": "REGISTRATION_ROLE", "value": "newcomer", "expectedVersion": renamed["version"] });
    let set = world.done(&boss, "organizationSet", "settings { setting value }", input).await;
    assert_eq!(set["settings"], json!([{ "setting": "REGISTRATION_ROLE", "value": "newcomer" }]));
    let then = world
        .ask(&boss, "{ organization(asOf: { version: 1 }) { name history(first: 5) { nodes { name } } } }")
        .await;
    assert_eq!(then["organization"]["name"], "Acme");
    assert_eq!(then["organization"]["history"]["nodes"][2]["name"], "organization.setting_changed");
}
