//! What an engine tells of its work holds nothing of people: neither its log, nor what it keeps of events that it cannot take,
//! nor what operators are shown of them.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::engine::{Engine, Running, ask, text};

/// What every planted value holds. It begins no word of ours.
const MARK: &str = "zzqxv";
/// The same for numbers.
const DIGITS: &str = "5550137791";

fn holds_no_mark(place: &str, told: &str) {
    for (number, line) in told.lines().enumerate() {
        let line = line.to_lowercase();
        assert!(!line.contains(MARK) && !line.contains(DIGITS), "{place}, line {}: {line}", number + 1);
    }
}

/// Somebody who asks an engine, and counts nothing as an answer that is an error of GraphQL.
struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    async fn query(&self, query: &str) -> Value {
        ask(&self.http, &self.url, &self.token, query, json!({})).await.unwrap_or_else(|| panic!("{query}"))
    }

    /// Runs a mutation; its faults, and what was asked for.
    async fn mutate(&self, name: &str, input: Value, select: &str) -> Value {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {name}(input: $input) {{ errors {{ message }} {select} }} }}"
        );
        let answer = ask(&self.http, &self.url, &self.token, &query, json!({ "input": input })).await;
        answer.unwrap_or_else(|| panic!("{name}"))[name].take()
    }

    async fn done(&self, name: &str, input: Value, select: &str) -> Value {
        let answer = self.mutate(name, input, select).await;
        assert_eq!(answer["errors"], json!([]), "{name}: {answer}");
        answer
    }

    async fn refused(&self, name: &str, input: Value) {
        let answer = self.mutate(name, input, "__typename").await;
        assert_ne!(answer["errors"], json!([]), "{name}: {answer}");
    }

    /// Sends what is no request.
    async fn nonsense(&self, body: String) {
        let request =
            self.http.post(&self.url).bearer_auth(&self.token).header("content-type", "application/json");
        assert!(!request.body(body).send().await.unwrap().text().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_commands_nor_forgetting_nor_refusals_leave_values_in_the_log() {
    let home = Engine::new();
    let log = home.path("engine.log");
    let engine = Running::start_talkative(home.directory(), &log, &["demo", "--still"]);
    let (http, url, token) = (reqwest::Client::new(), engine.url(), engine.administrator());
    let client = Client { http, url, token };
    let field = json!([{ "name": "contact", "title": "Contact", "kind": "TEXT", "personal": true }]);
    let kind = json!({ "name": "complaint", "title": "Complaint", "prefix": "COMP", "fields": field });
    client.done("ticketTypeDefine", kind, "__typename").await;

    let person =
        json!({ "name": "Zzqxvfrieda Winter", "email": "zzqxvfrieda@zzqxv.example", "roles": ["viewer"] });
    let member = client.done("memberInvite", person.clone(), "member { id }").await;
    let member = member["member"]["id"].as_str().unwrap().to_owned();
    client.refused("memberInvite", person).await;
    let requester = json!({ "customer": { "reference": "zzqxvreference-17", "name": "Zzqxvdana Sommer" } });
    let opening = json!({
        "type": "complaint", "title": "Zzqxvcolour is wrong", "description": "zzqxvlisting", "requester": requester,
        "fields": { "contact": format!("zzqxvdana@zzqxv.example {DIGITS}") }, "idempotencyKey": "first",
    });
    let ticket = client.done("ticketOpen", opening.clone(), "ticket { id }").await;
    let ticket = ticket["ticket"]["id"].as_str().unwrap().to_owned();
    for (name, key) in [("ticketComment", "body"), ("ticketNote", "body")] {
        client.done(name, json!({ "id": ticket, key: "Zzqxvdana called" }), "__typename").await;
    }
    let raise = json!({
        "subject": { "ticket": ticket }, "reason": "Zzqxvdana is angry",
        "customer": { "reference": "zzqxvreference-17", "name": "Zzqxvdana", "phone": format!("+4930{DIGITS}"),
            "email": "zzqxvdana@zzqxv.example" },
    });
    client.done("escalationRaise", raise, "__typename").await;

    // What is refused, by every door.
    let long = format!("{MARK}{}", "x".repeat(2_000));
    client.refused("ticketOpen", json!({ "type": "complaint", "title": long })).await;
    client.refused("ticketOpen", json!({ "type": "zzqxvtype", "title": "A title" })).await;
    client.refused("ticketWait", json!({ "id": ticket, "reason": "Zzqxv reason!" })).await;
    let other = [opening, json!({ "title": "Zzqxvother" })].concat_objects();
    client.refused("ticketOpen", other).await;
    let wrong =
        json!({ "organization": "demo", "email": "zzqxvfrieda@zzqxv.example", "password": "zzqxvpassword" });
    client.refused("memberLogIn", wrong).await;
    client.nonsense(format!("{{\"query\": \"{{ {MARK}field }}\"}}")).await;
    client.nonsense(format!("{{\"query\": \"{MARK}")).await;
    let variables = json!({ "query": "query($id: ID!, $n: Int!) { ticket(id: $id) { id } tickets(first: $n) { totalCount } }",
        "variables": { "id": "zzqxvid", "n": "zzqxvnumber" } });
    client.nonsense(variables.to_string()).await;
    let found =
        client.query("{ tickets(first: 5, filter: { text: \"zzqxvcolour\" }) { nodes { title { text } } } }");
    assert!(found.await["tickets"]["nodes"].is_array());

    let telling = json!({ "id": member, "reason": "Zzqxvfrieda Winter asked for it" });
    client.refused("memberForget", telling).await;
    let why = "Asked for it in writing.";
    client.done("memberForget", json!({ "id": member, "reason": why }), "__typename").await;
    let which = json!({ "customer": { "reference": "zzqxvreference-17" }, "reason": why });
    client.done("customerForget", which.clone(), "__typename").await;
    client.refused("customerForget", which).await;
    let scrub = home.run(&["privacy", "scrub", "--log", "debug"]);
    holds_no_mark("escalon privacy scrub", &text(&scrub));
    engine.kill();
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("DEBUG") && told.contains("a read model was built"), "{told}");
    holds_no_mark("the log", &told);
}

/// Objects laid over each other.
trait Concat {
    fn concat_objects(self) -> Value;
}

impl<const N: usize> Concat for [Value; N] {
    fn concat_objects(self) -> Value {
        let fields = self.into_iter().flat_map(|one| one.as_object().cloned().unwrap_or_default());
        Value::Object(fields.collect())
    }
}

/// Puts an event behind the last of a stream, as no version of the engine writes it.
async fn insert(owner: &mut PgConnection, stream: &str, payload: &str) {
    sqlx::query(
        "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            organization, occurred_at, hash)
         select aggregate_type, aggregate_id, sequence + 1, 'member.suspended', '1', $2::json, metadata, organization,
            occurred_at, sha256('planted')
         from escalon.events where aggregate_id = $1 order by sequence desc limit 1",
    )
    .bind(stream)
    .bind(payload)
    .execute(owner)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_taken_is_parked_and_shown_and_logged_without_its_values() {
    let home = Engine::new();
    home.good(&["organization", "create", "acme"]);
    let invite = |name: &str| {
        let email = format!("{name}@acme.test");
        let invited = home.json(&["member", "invite", &email, "--name", name, "--role", "administrator"]);
        invited["id"].as_str().unwrap().to_owned()
    };
    // By every kind of fault that quotes: a wrong type, a wrong word, a field that nobody knows, an id that is none.
    let head = r#""event":"member.suspended","at":"2026-01-05T09:00:00Z""#;
    let payloads = [
        format!(r#"{{{head},"by":"system:test","data":"Zzqxvada {DIGITS}"}}"#),
        format!(r#"{{{head},"by":"zzqxvada","data":{{}}}}"#),
        format!(
            r#"{{{head},"by":"system:test","data":{{"reason":{{"subject":"zzqxvada","value":"Zzqxvada"}}}}}}"#
        ),
        format!(r#"{{{head},"by":"system:test","data":{{"zzqxvada":{DIGITS}}}}}"#),
    ];
    let streams = ["one", "two", "three", "four"].map(invite);
    let log = home.path("engine.log");
    let engine = Running::start_talkative(home.directory(), &log, &["serve"]);
    let (postgres, mut owner) = home.database().await;
    for (stream, payload) in streams.iter().zip(&payloads) {
        insert(&mut owner, stream, payload).await;
    }
    let begin = Instant::now();
    let parked = loop {
        let rows: Vec<(uuid::Uuid, String)> =
            sqlx::query_as("select id, p::text from escalon.parked_sequences p order by 1")
                .fetch_all(&mut owner)
                .await
                .unwrap();
        // The directory and the audit log read members.
        if rows.len() >= 2 * streams.len() {
            break rows;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{rows:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for (_, row) in &parked {
        holds_no_mark("the parked row", row);
        assert!(row.contains("member.suspended version 1") || row.contains("event ? version 0"), "{row}");
        assert!(row.contains("line 1, column"), "{row}");
    }
    let noted: Vec<Option<String>> =
        sqlx::query_scalar("select error from escalon.subscriptions").fetch_all(&mut owner).await.unwrap();
    holds_no_mark("what is noted", &format!("{noted:?}"));

    let listed = home.run(&["subscriptions", "parked", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), parked.len());
    for one in listed.as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        for command in ["show", "retry"] {
            let shown = text(&home.run(&["subscriptions", command, id, "--log", "debug"]));
            assert!(shown.contains("cannot be read"), "{shown}");
            holds_no_mark(command, &shown);
        }
    }
    let rebuilt = home.run(&["projections", "rebuild", "--all", "--log", "debug"]);
    assert!(!rebuilt.status.success() && text(&rebuilt).contains("cannot be read"), "{}", text(&rebuilt));
    holds_no_mark("a rebuild", &text(&rebuilt));
    drop((owner, postgres));
    engine.kill();
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("a sequence is parked"), "{told}");
    holds_no_mark("the log", &told);
}
