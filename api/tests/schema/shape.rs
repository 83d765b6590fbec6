//! What holds for the schema as a whole.

use std::path::Path;

use escalon_api::schema::sdl;
use serde_json::Value;

use crate::world::World;

#[test]
fn the_checked_in_schema_is_the_present_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept.trim_end() == sdl().trim_end(), "schema.graphql is not up to date: run `make doc`");
}

const TYPES: &str = "{ __schema { types { kind name description
    fields { name description type { kind } args { name type { kind } } }
    inputFields { name description } enumValues { name description } } } }";

/// The types of the schema, as introspection tells them.
struct Types(Vec<Value>);

impl Types {
    async fn new() -> Self {
        let response = World::new().await.send(None, TYPES, Value::Null).await;
        let mut data = response.data.into_json().expect("JSON");
        Self(serde_json::from_value(data["__schema"]["types"].take()).expect("a list"))
    }

    fn find(&self, name: &str) -> &Value {
        self.0
            .iter()
            .find(|found| found["name"] == name)
            .unwrap_or_else(|| panic!("the schema has no {name}"))
    }

    fn names(&self, name: &str, members: &str) -> Vec<&str> {
        let members = self.find(name)[members].as_array();
        members.into_iter().flatten().filter_map(|member| member["name"].as_str()).collect()
    }
}

/// These begin a session: doing them twice does no harm, and there is nobody yet whose keys they would be.
const SESSIONS: [&str; 2] = ["memberRegister", "memberLogIn"];

#[tokio::test]
async fn every_mutation_has_an_input_and_a_payload_of_its_own() {
    let types = Types::new().await;
    let mutations = types.names("Mutation", "fields");
    assert_eq!(mutations.len(), 50);
    for mutation in mutations {
        let name = mutation[..1].to_uppercase() + &mutation[1..];
        let payload = types.names(&format!("{name}Payload"), "fields");
        for field in ["errors", "position", "replayed"] {
            assert!(payload.contains(&field), "{name}Payload.{field}");
        }
        let input = types.names(&format!("{name}Input"), "inputFields");
        let session = SESSIONS.contains(&mutation);
        assert_eq!(input.contains(&"idempotencyKey"), !session, "{name}Input.idempotencyKey");
        let creates = ["ticketOpen", "escalationRaise", "memberInvite", "customerForget"].contains(&mutation)
            || name.ends_with("Define");
        assert_eq!(input.contains(&"expectedVersion"), !session && !creates, "{name}Input.expectedVersion");
    }
}

#[tokio::test]
async fn every_object_that_changes_has_its_version_its_history_and_its_buttons() {
    let types = Types::new().await;
    for object in ["Ticket", "Escalation", "Member", "Organization", "Role", "Team", "TicketType"] {
        for field in ["id", "version", "history", "viewerCan"] {
            assert!(types.names(object, "fields").contains(&field), "{object}.{field}");
        }
    }
}

#[tokio::test]
async fn everything_is_described() {
    let mut missing = Vec::new();
    for found in Types::new().await.0 {
        let name = found["name"].as_str().expect("a name");
        // What async-graphql makes of nodes says so itself.
        if name == "ID" || name.starts_with("__") || name.ends_with("Connection") || name.ends_with("Edge") {
            continue;
        }
        let mut look = |part: &Value, place: String| {
            if part["description"].as_str().is_none_or(str::is_empty) {
                missing.push(place);
            }
        };
        look(&found, name.to_owned());
        for members in ["fields", "inputFields", "enumValues"] {
            for member in found[members].as_array().into_iter().flatten() {
                look(member, format!("{name}.{}", member["name"].as_str().unwrap_or_default()));
            }
        }
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[tokio::test]
async fn every_list_takes_a_page() {
    let types = Types::new().await;
    for found in &types.0 {
        for field in found["fields"].as_array().into_iter().flatten() {
            let args: Vec<_> =
                field["args"].as_array().into_iter().flatten().map(|arg| arg["name"].as_str()).collect();
            let described = field["description"].as_str().unwrap_or_default();
            if args.contains(&Some("last")) {
                assert!(described.contains("at most 100") || described.contains("at\nmost 100"), "{field}");
            }
        }
    }
}
