//! The promise of the store: the engine is killed with SIGKILL under load, and everything it acknowledged is there
//! afterwards, once, and in every read model.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use escalon_infrastructure::embedded::{EmbeddedPostgres, Mode, Options};
use serde_json::{Value, json};

use super::engine::{Engine, Running, ask};

const OPEN: &str = "mutation($input: TicketOpenInput!) { ticketOpen(input: $input) { ticket { id number } replayed errors { message } } }";

fn opening(key: &str) -> Value {
    json!({ "input": { "type": "work_item", "title": format!("Ticket {key}"), "idempotencyKey": key } })
}

/// Opens tickets until the engine does not answer any more; what was acknowledged, by key.
async fn load(
    url: String,
    token: String,
    worker: usize,
    acknowledged: Arc<Mutex<Vec<(String, String)>>>,
) -> String {
    let client = reqwest::Client::new();
    for count in 0.. {
        let key = format!("{worker}-{count}");
        let Some(data) = ask(&client, &url, &token, OPEN, opening(&key)).await else { return key };
        let id = data["ticketOpen"]["ticket"]["id"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned();
        acknowledged.lock().unwrap().push((key, id));
    }
    unreachable!("the engine is killed long before");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_survives_the_kill_and_every_read_model_catches_up() {
    let home = Engine::new();
    let engine = Running::start(home.directory(), &["demo", "--still"]);
    let token = engine.administrator();
    let client = reqwest::Client::new();
    let define = "mutation { ticketTypeDefine(input: { name: \"work_item\", title: \"Work item\", prefix: \"WORK\" }) { errors { message } } }";
    let defined = ask(&client, &engine.url(), &token, define, json!({})).await.unwrap();
    assert_eq!(defined["ticketTypeDefine"]["errors"], json!([]));

    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let workers = (0..8)
        .map(|worker| tokio::spawn(load(engine.url(), token.clone(), worker, Arc::clone(&acknowledged))));
    let workers: Vec<_> = workers.collect();
    while acknowledged.lock().unwrap().len() < 150 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    engine.kill();
    let mut in_doubt = Vec::new();
    for worker in workers {
        in_doubt.push(worker.await.unwrap());
    }

    // The next engine recovers, and the tokens of the one before are still good: the key is kept.
    let engine = Running::start(home.directory(), &["serve"]);
    let url = engine.url();
    let acknowledged = acknowledged.lock().unwrap().clone();
    let title = "query($id: ID!) { ticket(id: $id) { title { text } } }";
    for (key, id) in &acknowledged {
        let found = ask(&client, &url, &token, title, json!({ "id": id })).await;
        let found = found.unwrap_or_else(|| panic!("{key} ({id}) was acknowledged and is gone"));
        assert_eq!(found["ticket"]["title"]["text"], format!("Ticket {key}"));
    }
    // What was in doubt is repeated with its key, and so is done once, whether it was stored or not.
    for key in &in_doubt {
        let data = ask(&client, &url, &token, OPEN, opening(key)).await.unwrap();
        assert_eq!(data["ticketOpen"]["errors"], json!([]), "{key}");
    }
    let expected = acknowledged.len() + in_doubt.len();
    let count = "{ tickets(first: 1, filter: { type: \"work_item\" }) { totalCount } }";
    let begin = Instant::now();
    loop {
        let shown =
            ask(&client, &url, &token, count, json!({})).await.unwrap()["tickets"]["totalCount"].clone();
        if shown == json!(expected) {
            break;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{shown} of {expected} tickets are in the read model"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    engine.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_takes_the_subscriptions_over_within_five_seconds() {
    let home = Engine::new();
    let options = Options::new(home.path("postgres"), Mode::Engine);
    let postgres = EmbeddedPostgres::open(options).await.unwrap();
    let (user, name, socket) = (postgres.superuser(), postgres.database(), postgres.socket_dir().display());
    let database = format!("postgres://{user}@localhost/{name}?host={socket}");
    let first = Running::start_over(home.directory(), Some(&database), &["demo", "--still"]);
    let token = first.administrator();
    let second = Running::start_over(home.directory(), Some(&database), &["serve"]);
    let (client, url) = (reqwest::Client::new(), second.url());
    let owners = async || {
        let lag = "{ subscriptions { name owner } }";
        let lag = ask(&client, &url, &token, lag, json!({})).await.unwrap();
        let all = lag["subscriptions"].as_array().unwrap().clone();
        // The notary has no owner: each process works for it in turn.
        let owned = all.iter().filter(|one| one["name"] != "notary");
        owned.map(|one| one["owner"].as_str().unwrap_or("nobody").to_owned()).collect::<Vec<_>>()
    };
    let of = |running: &Running| format!("/{}/", running.child.id());
    let (former, next) = (of(&first), of(&second));
    assert!(owners().await.iter().all(|owner| owner.contains(&former)), "{:?}", owners().await);
    let define = "mutation { ticketTypeDefine(input: { name: \"work_item\", title: \"Work item\", prefix: \"WORK\" }) { errors { message } } }";
    assert!(ask(&client, &url, &token, define, json!({})).await.is_some());

    first.kill();
    let killed = Instant::now();
    assert!(ask(&client, &url, &token, OPEN, opening("after")).await.is_some());
    let count = "{ tickets(first: 1, filter: { type: \"work_item\" }) { totalCount } }";
    while ask(&client, &url, &token, count, json!({})).await.unwrap()["tickets"]["totalCount"] != json!(1) {
        assert!(killed.elapsed() < Duration::from_secs(5), "nobody took over: {:?}", owners().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while !owners().await.iter().all(|owner| owner.contains(&next)) {
        assert!(killed.elapsed() < Duration::from_secs(5), "{:?}", owners().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("taken over {:?} after the kill", killed.elapsed());
    second.kill();
    postgres.stop().await;
}

#[test]
fn a_second_engine_on_the_same_directory_is_refused_and_a_command_joins_the_first() {
    let home = Engine::new();
    let engine = Running::start(home.directory(), &["serve"]);
    let second = home.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains(&engine.child.id().to_string()), "{said}");
    let joined = home.run(&["organization", "list", "--json"]);
    assert!(joined.status.success(), "{}", String::from_utf8_lossy(&joined.stderr));
    engine.kill();
}
