//! An organization with members, behind the real schema.

use std::sync::Arc;

use async_graphql::{Request, Response, Variables};
use escalon_api::schema::{AppSchema, AppState, build};
use escalon_application::{Caller, Engine, Once, member::InviteMember};
use escalon_domain::{
    access::{Permission, Role},
    stamp::Actor,
};
use escalon_infrastructure::{
    database::Database,
    feed,
    vault::{MasterKeySource, Vault},
};
use escalon_memory::Memory;
use escalon_projections::ReadModels;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::memory::MemoryFeed;

pub(crate) struct World {
    pub(crate) memory: Arc<Memory>,
    pub(crate) engine: Engine,
    pub(crate) schema: AppSchema,
    /// The operator of the organization `acme`.
    pub(crate) operator: Caller,
}

impl World {
    pub(crate) async fn new() -> Self {
        let (engine, memory) = Memory::engine();
        // Nobody listens there: read models are not tested here, only what is said when they are away.
        let options = "postgres://nobody@127.0.0.1:1/none".parse().expect("a URL");
        let database = Database::new(&options, 1);
        let vault = Vault::new(&database, MasterKeySource::text(String::new()));
        let feed = feed::Feed::new(database.clone(), watch::channel(0).1, vault);
        let reads = ReadModels::new(database, feed);
        let live = Arc::new(MemoryFeed(memory.clone()));
        let state = AppState { engine: engine.clone(), reads, positions: live.clone(), feed: live };
        let founded = engine.found_organization("acme".parse().expect("a slug"), "Acme".to_owned(), "test");
        let operator = founded.await.expect("an organization");
        Self { memory, engine, schema: build(state), operator }
    }

    /// A member who has exactly these permissions, at level 5.
    pub(crate) async fn member(&self, name: &str, permissions: &[Permission]) -> Caller {
        let role = Role {
            name: name.to_lowercase().parse().expect("a short name"),
            title: name.to_owned(),
            level: 5,
            permissions: permissions.iter().copied().collect(),
        };
        let role =
            self.engine.define(&self.operator, role, &Once::default()).await.expect("a role").id.to_string();
        let email = format!("{}@example.com", name.to_lowercase()).parse().expect("an address");
        let invite = InviteMember {
            id: None,
            name: format!("{name} Rao"),
            email: Some(email),
            roles: vec![role],
            joins: false,
        };
        let member =
            self.engine.invite_member(&self.operator, invite, &Once::default()).await.expect("a member");
        let password = format!("correct horse of {name}");
        self.engine.set_password(&self.operator, member.id, password).await.expect("a password");
        let mut grants = escalon_domain::access::Grants::none();
        grants.level = 5;
        grants.permissions.extend(permissions);
        Caller { actor: Actor::Member(member.id), grants, ..self.operator.clone() }
    }

    /// A member who may do everything.
    pub(crate) async fn administrator(&self, name: &str) -> Caller {
        self.member(name, Permission::ALL).await
    }

    pub(crate) fn request(caller: Option<&Caller>, document: &str, input: Value) -> Request {
        let request =
            Request::new(document).variables(Variables::from_json(Value::from_iter([("input", input)])));
        match caller {
            Some(caller) => request.data(caller.clone()),
            None => request,
        }
    }

    pub(crate) async fn send(&self, caller: Option<&Caller>, document: &str, input: Value) -> Response {
        self.schema.execute(Self::request(caller, document, input)).await
    }

    /// The data of a query that succeeds.
    pub(crate) async fn ask(&self, caller: &Caller, document: &str) -> Value {
        let response = self.send(Some(caller), document, Value::Null).await;
        assert!(response.errors.is_empty(), "{document}: {:?}", response.errors);
        response.data.into_json().expect("JSON")
    }

    /// The code of the one top-level error of a request that fails.
    pub(crate) async fn code(&self, caller: Option<&Caller>, document: &str) -> String {
        code(&self.send(caller, document, Value::Null).await)
    }

    /// The payload of a mutation, with `fields` of its object.
    pub(crate) async fn command(&self, caller: &Caller, mutation: &str, fields: &str, input: Value) -> Value {
        let document = command(mutation, fields);
        let response = self.send(Some(caller), &document, input).await;
        assert!(response.errors.is_empty(), "{document}: {:?}", response.errors);
        let mut data = response.data.into_json().expect("JSON");
        data[mutation].take()
    }

    /// The object of a mutation that is done.
    pub(crate) async fn done(&self, caller: &Caller, mutation: &str, fields: &str, input: Value) -> Value {
        let mut payload = self.command(caller, mutation, fields, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        payload["object"].take()
    }

    /// The errors of a mutation that is refused.
    pub(crate) async fn refused(&self, caller: &Caller, mutation: &str, input: Value) -> Value {
        let mut payload = self.command(caller, mutation, "id", input).await;
        assert_eq!(payload["object"], Value::Null, "{mutation}");
        assert_eq!(payload["position"], Value::Null, "{mutation}");
        payload["errors"].take()
    }

    /// A ticket type `help` with a required personal field `order`, which needs no proof.
    pub(crate) async fn ticket_type(&self) {
        let fields = json!([{ "name": "order", "title": "Order", "kind": "TEXT", "personal": true }]);
        let input = json!({ "name": "help", "title": "Help", "prefix": "HELP", "fields": fields });
        self.done(&self.operator, "ticketTypeDefine", "id", input).await;
    }

    /// The id of a ticket that the caller opens.
    pub(crate) async fn ticket(&self, caller: &Caller) -> String {
        let input = json!({ "type": "help", "title": "No light", "fields": { "order": "A-1" } });
        text(&self.done(caller, "ticketOpen", "id", input).await["id"])
    }
}

/// The document of a mutation; its object is called `object`.
pub(crate) fn command(mutation: &str, fields: &str) -> String {
    let verb = mutation.find(char::is_uppercase).expect("objectVerb");
    let long = ["ticketType", "parkedSequence"].into_iter().find(|name| mutation.starts_with(name));
    // Of who was forgotten nothing is left to show but the proof of it.
    let (object, fields) = match long.unwrap_or(&mutation[..verb]) {
        "customer" => ("certificate", "subject"),
        object => (object, fields),
    };
    let input = mutation[..1].to_uppercase() + &mutation[1..] + "Input";
    format!(
        "mutation($input: {input}!) {{ {mutation}(input: $input) {{
            object: {object} {{ {fields} }}
            errors {{ __typename code message path ... on InvalidTransition {{ allowed }}
                ... on VersionConflict {{ expected actual }} ... on NotPermitted {{ permission }}
                ... on Duplicate {{ holder }} }}
            position replayed }} }}"
    )
}

pub(crate) fn code(response: &Response) -> String {
    let [error] = response.errors.as_slice() else { panic!("one error: {:?}", response.errors) };
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    code.unwrap_or_else(|| panic!("a code: {error:?}")).to_string().replace('"', "")
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}
