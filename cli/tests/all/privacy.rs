//! `escalon member forget`, `customer forget`, `privacy` and `keys` as they are typed, and what they say to what is wrong.

use std::fs;

use serde_json::{Value, json};

use super::engine::{Engine, Running, ask, text};

const REASON: &str = "Asked for it in writing.";

#[test]
fn a_member_is_forgotten_with_a_certificate_and_bad_input_names_its_cure() {
    let engine = Engine::acme();
    let bob = ["member", "invite", "bob@acme.test", "--name", "Bob Barker", "--role", "administrator"];
    let id = engine.json(&bob)["id"].as_str().unwrap().to_owned();
    let forget = ["member", "forget", "bob@acme.test"];
    let missing = engine.fails(&forget, 2);
    assert!(missing.contains("--reason"), "{missing}");
    let empty = engine.fails(&[&forget[..], &["--reason", ""]].concat(), 1);
    assert!(empty.contains("reason") && empty.contains('3'), "{empty}");
    let telling = engine.fails(&[&forget[..], &["--reason", "Bob Barker asked for it."]].concat(), 1);
    assert!(telling.contains("reason") && !telling.contains("Barker"), "{telling}");
    let unknown = engine.fails(&["member", "forget", "nobody@acme.test", "--reason", REASON], 1);
    assert!(unknown.contains("escalon member list"), "{unknown}");
    let unknown =
        engine.fails(&["member", "forget", "member_00000000000000000000000000", "--reason", REASON], 1);
    assert!(unknown.contains("there is no member with the id"), "{unknown}");
    let early = engine.fails(&["privacy", "certificate", &id], 1);
    assert!(early.contains("there is no forgotten person with the id"), "{early}");

    let certificate = engine.json(&[&forget[..], &["--reason", REASON]].concat());
    assert_eq!((&certificate["stream"], &certificate["reason"]), (&json!(id), &json!(REASON)));
    assert!(
        certificate["keyDestroyedAt"].is_string() && certificate["scrubbedAt"].is_null(),
        "{certificate}"
    );
    let again = engine.fails(&[&forget[..], &["--reason", REASON]].concat(), 1);
    assert!(again.contains("escalon member list"), "{again}");
    let listed = engine.json(&["member", "list"]).to_string();
    assert!(!listed.contains("Barker") && !listed.contains("bob@acme.test"), "{listed}");

    let scrubbed = engine.json(&["privacy", "scrub"]);
    assert_eq!((&scrubbed["people"], &scrubbed["done"]), (&json!(1), &json!(true)), "{scrubbed}");
    assert!(engine.good(&["privacy", "scrub"]).contains("nothing to scrub"));
    let later = engine.json(&["privacy", "certificate", &id]);
    assert!(later["scrubbedAt"].is_string() && later["digest"] == certificate["digest"], "{later}");
    let nonsense = engine.fails(&["privacy", "certificate", "somebody"], 1);
    assert!(nonsense.contains("subject_"), "{nonsense}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten_by_reference_beside_a_running_engine() {
    let engine = Engine::new();
    let running = Running::start(engine.directory(), &["demo", "--still"]);
    let open = "mutation { ticketOpen(input: { type: \"work_item\", title: \"Wrong colour\", requester: { customer: \
        { reference: \"crm-4711\", name: \"Dana Sommer\" } } }) { ticket { id } errors { message } } }";
    let define = "mutation { ticketTypeDefine(input: { name: \"work_item\", title: \"Work item\", prefix: \"WORK\" }) \
        { errors { message } } }";
    let (client, url, token) = (reqwest::Client::new(), running.url(), running.administrator());
    let defined = ask(&client, &url, &token, define, json!({})).await.unwrap();
    assert_eq!(defined["ticketTypeDefine"]["errors"], json!([]));
    let opened = ask(&client, &url, &token, open, json!({})).await.unwrap()["ticketOpen"].take();
    let title = format!("{{ ticket(id: {}) {{ title {{ text forgotten }} }} }}", opened["ticket"]["id"]);
    let title = async || -> Value {
        ask(&client, &url, &token, &title, json!({})).await.unwrap()["ticket"]["title"].take()
    };
    assert_eq!(title().await, json!({ "text": "Wrong colour", "forgotten": false }));

    let forget =
        |who: &str, reason: &str| engine.run(&["customer", "forget", who, "--reason", reason, "--json"]);
    let telling = text(&forget("crm-4711", "crm-4711 asked for it."));
    assert!(telling.contains("reason"), "{telling}");
    let unknown = text(&forget("crm-0815", REASON));
    assert!(unknown.contains("there is no customer with the id crm-0815"), "{unknown}");
    assert!(engine.fails(&["customer", "forget", "crm-4711"], 2).contains("--reason"));
    let done = forget("crm-4711", REASON);
    let certificate: Value =
        serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", text(&done)));
    let subject = certificate["subject"].as_str().unwrap();
    assert!(subject.starts_with("subject_") && certificate["values"].as_u64() >= Some(2), "{certificate}");
    assert_eq!(title().await, json!({ "text": null, "forgotten": true }));
    assert_eq!(engine.json(&["privacy", "certificate", subject])["digest"], certificate["digest"]);
    assert!(
        text(&forget("crm-4711", REASON)).contains("there is no customer"),
        "their reference leads nowhere"
    );
    running.kill();
}

#[test]
fn the_master_key_is_shown_and_changed_and_a_wrong_or_missing_one_is_named_with_its_cure() {
    let engine = Engine::acme();
    let first = engine.json(&["keys", "status"]);
    assert_eq!(first.as_array().unwrap().len(), 1, "{first}");
    assert!(first[0]["keys"].as_i64() > Some(0) && first[0]["retiredAt"].is_null(), "{first}");

    let wrong = engine.file("wrong.key", "11".repeat(32).as_bytes());
    let wrong = engine.fails(&["--master-key-file", wrong.to_str().unwrap(), "keys", "status"], 1);
    assert!(wrong.contains("give the right one with --master-key-file"), "{wrong}");
    assert!(wrong.contains(first[0]["id"].as_str().unwrap()), "{wrong}");
    let nonsense = engine.file("nonsense.key", b"not a key");
    let nonsense = engine.fails(&["--master-key-file", nonsense.to_str().unwrap(), "keys", "status"], 1);
    assert!(nonsense.contains("openssl rand -hex 32") && !nonsense.contains("not a key\n"), "{nonsense}");
    let absent = engine.path("absent.key");
    let missing = engine.fails(&["--master-key-file", absent.to_str().unwrap(), "keys", "status"], 1);
    assert!(missing.contains("put it back") && !absent.exists(), "{missing}");

    assert!(engine.fails(&["keys", "rotate"], 2).contains("--to"));
    let new = engine.path("new.key");
    let to = new.to_str().unwrap();
    let taken = engine.file("taken.key", b"not a key");
    let refused = engine.fails(&["keys", "rotate", "--to", taken.to_str().unwrap()], 1);
    assert!(refused.contains("openssl rand -hex 32"), "{refused}");
    let nowhere = engine.fails(&["keys", "rotate", "--to", "/proc/nowhere/new.key"], 1);
    assert!(nowhere.contains("/proc/nowhere/new.key"), "{nowhere}");
    let rotated = engine.json(&["keys", "rotate", "--to", to]);
    let keys = engine.json(&["--master-key-file", to, "keys", "status"]);
    assert_eq!((&keys[0]["keys"], &keys[1]["id"]), (&json!(0), &rotated["id"]), "{keys}");
    assert!(keys[0]["retiredAt"].is_string() && keys[1]["keys"].as_i64() > Some(0), "{keys}");
    let old = engine.file(
        "old.key",
        fs::read(engine.path("data/master.key")).unwrap().split(|b| *b == b'\n').next().unwrap(),
    );
    let retired = engine.fails(&["--master-key-file", old.to_str().unwrap(), "member", "list"], 1);
    assert!(retired.contains("give the right one"), "{retired}");
    let back = engine.fails(&["--master-key-file", to, "keys", "rotate", "--to", old.to_str().unwrap()], 1);
    assert!(back.contains("was retired before; change to a new one"), "{back}");
    let listed = engine.json(&["--master-key-file", to, "member", "list"]);
    assert_eq!(listed[0]["name"], json!("Ann"), "what was sealed before opens by the new key");
}
