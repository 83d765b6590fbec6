//! The golden table: which role may do which mutation. Every mutation of the schema is in it, so one that does not
//! authorise shows as a row of ✔.

use escalon_tests::{Client, TestApp};
use serde_json::{Map, Value, json};

use super::roles;

const ANY: &str = "00000000000000000000000001";

/// A value of an input type, as small as it may be. What is asked for need not exist: authorising comes first.
fn value(of: &Value, field: &str, mutation: &str, types: &Value) -> Value {
    match of["kind"].as_str() {
        Some("NON_NULL") => value(&of["ofType"], field, mutation, types),
        Some("LIST") => json!([]),
        Some("INPUT_OBJECT") => object(of["name"].as_str().unwrap(), mutation, types),
        Some("ENUM") => types_named(types, of["name"].as_str().unwrap())["enumValues"][0]["name"].clone(),
        _ => match (of["name"].as_str().unwrap_or_default(), field) {
            ("ID", "id") => json!(format!("{}_{ANY}", prefix(mutation))),
            ("ID", "assignee" | "member") => json!(format!("member_{ANY}")),
            ("ID", "proof") => json!(format!("proof_{ANY}")),
            ("ID", "subject") => json!(format!("subject_{ANY}")),
            ("ID", _) => json!(format!("ticket_{ANY}")),
            ("Position", _) => json!("1"),
            ("Int", _) => json!(5),
            ("Boolean", _) => json!(true),
            ("DateTime", _) => json!("2026-01-05T10:00:00Z"),
            (_, "email") => json!("somebody@example.com"),
            (_, "setting") => json!("registration.role"),
            _ => json!("something"),
        },
    }
}

fn prefix(mutation: &str) -> &str {
    ["ticketType", "parkedSequence", "ticket", "escalation", "member", "role", "team", "organization"]
        .into_iter()
        .find(|prefix| mutation.starts_with(prefix))
        .map_or("ticket", |prefix| match prefix {
            "ticketType" => "ticket_type",
            "parkedSequence" => "parked_sequence",
            prefix => prefix,
        })
}

fn types_named<'a>(types: &'a Value, name: &str) -> &'a Value {
    types.as_array().unwrap().iter().find(|known| known["name"] == name).unwrap()
}

fn object(name: &str, mutation: &str, types: &Value) -> Value {
    let known = types_named(types, name);
    let fields = known["inputFields"].as_array().unwrap();
    let one_of = known["isOneOf"].as_bool() == Some(true);
    let needed = |field: &&Value| field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
    let chosen: Vec<&Value> = if one_of { vec![&fields[0]] } else { fields.iter().filter(needed).collect() };
    let entry = |field: &&Value| {
        let name = field["name"].as_str().unwrap();
        (name.to_owned(), value(&field["type"], name, mutation, types))
    };
    Value::Object(chosen.iter().map(entry).collect::<Map<_, _>>())
}

const SCHEMA: &str = "{ __schema { mutationType { fields { name args { name type { ofType { name } } } } }
    types { name isOneOf enumValues { name } inputFields { name defaultValue
        type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";

async fn may(client: &Client<'_>, name: &str, input_type: &str, input: &Value) -> bool {
    let document = format!(
        "mutation($input: {input_type}!) {{ {name}(input: $input) {{ errors {{ code message }} }} }}"
    );
    let (_, answer) = client.ask(&document, json!({ "input": input })).await;
    assert!(answer["errors"].is_null(), "{name}: {answer} for {input}");
    let errors = answer["data"][name]["errors"].as_array().unwrap();
    !errors.iter().any(|error| error["code"] == "NOT_PERMITTED")
}

#[tokio::test]
async fn the_golden_table_of_roles_and_mutations() {
    let app = TestApp::new().await;
    roles::furnished(&app, "acme").await;
    app.settle().await;
    let api = app.serve().await;
    let schema = api.anonymous().query(SCHEMA, json!({})).await["__schema"].take();
    let mut clients = Vec::new();
    for (role, ..) in roles::all() {
        clients.push((role, api.log_in("acme", &format!("{role}@example.com"), roles::PASSWORD).await));
    }
    let mut table = format!("{:<28}", "");
    for (role, _) in &clients {
        table += &format!("{role:<15}");
    }
    for mutation in schema["mutationType"]["fields"].as_array().unwrap() {
        let name = mutation["name"].as_str().unwrap();
        let input_type = mutation["args"][0]["type"]["ofType"]["name"].as_str().unwrap();
        let input = object(input_type, name, &schema["types"]);
        table += &format!("\n{name:<28}");
        for (_, client) in &clients {
            let mark = if may(client, name, input_type, &input).await { "✔" } else { "✘" };
            table += &format!("{mark:<15}");
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
    api.stop().await;
}

#[tokio::test]
async fn nothing_but_signing_in_works_without_a_token() {
    let app = TestApp::new().await;
    let api = app.serve().await;
    let schema = api.anonymous().query(SCHEMA, json!({})).await["__schema"].take();
    for mutation in schema["mutationType"]["fields"].as_array().unwrap() {
        let name = mutation["name"].as_str().unwrap();
        if ["memberLogIn", "memberRegister"].contains(&name) {
            continue;
        }
        let input_type = mutation["args"][0]["type"]["ofType"]["name"].as_str().unwrap();
        let input = object(input_type, name, &schema["types"]);
        let document =
            format!("mutation($input: {input_type}!) {{ {name}(input: $input) {{ errors {{ code }} }} }}");
        let (_, answer) = api.anonymous().ask(&document, json!({ "input": input })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{name}: {answer}");
    }
    api.stop().await;
}
