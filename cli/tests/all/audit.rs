//! `escalon audit` as it is typed: a history is exported, and verified where there is neither database nor configuration.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::engine::{Engine, escalon, text};

impl Engine {
    fn export(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let out = path.to_str().unwrap();
        self.good(&["audit", "export", "--organization", "acme", "--out", out, "--checkpoints"]);
        path
    }

    fn key(&self) -> String {
        self.good(&["audit", "key"]).trim().to_owned()
    }
}

/// Verifies in a directory where nothing else is.
fn verify(file: &Path, more: &[&str]) -> (bool, Value) {
    let empty = tempfile::tempdir().unwrap();
    let mut command = escalon();
    command.current_dir(empty.path()).args(["--json", "audit", "verify"]).arg(file).args(more);
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| json!(text(&output)));
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "nothing was made");
    (output.status.success(), report)
}

#[test]
fn a_history_is_exported_and_verified_elsewhere_and_a_change_is_located() {
    let engine = Engine::acme();
    let (file, key) = (engine.export("acme.ndjson"), engine.key());
    let anchor = engine.path("data/checkpoints.log");
    let anchored = ["--key", &key, "--checkpoint", anchor.to_str().unwrap()];
    let (good, report) = verify(&file, &anchored);
    assert!(good && report["findings"] == json!([]), "{report}");
    assert!(report["events"].as_u64().unwrap() >= 4 && report["kept"].as_u64().unwrap() >= 1, "{report}");

    // The same again to the standard output.
    let streamed = engine.good(&["audit", "export", "--organization", "acme", "--out", "-", "--checkpoints"]);
    assert_eq!(streamed, fs::read_to_string(&file).unwrap());

    let changed = engine.path("changed.ndjson");
    fs::write(&changed, streamed.replacen("member.invited", "member.exvited", 1)).unwrap();
    let (good, report) = verify(&changed, &["--key", &key]);
    assert!(!good && report["restAsSigned"] == json!(true), "{report}");
    assert!(report["findings"][0]["stream"].as_str().unwrap().starts_with("member_"), "{report}");
    let (good, report) = verify(&engine.path("data/token.key"), &["--key", &key]);
    assert!(!good && report["findings"][0]["what"].as_str().unwrap().contains("neither"), "{report}");

    let mode = fs::metadata(engine.path("data/notary.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        engine
            .bad(&["audit", "export", "--organization", "nobody", "--out", "-"])
            .contains("organization list")
    );
    let nowhere = ["audit", "export", "--organization", "acme", "--out", "/nowhere/x"];
    assert!(engine.bad(&nowhere).contains("can be written"));
}

#[test]
fn an_event_is_proven_by_itself_and_histories_go_on_from_each_other_also_after_the_key_was_replaced() {
    let engine = Engine::acme();
    let (first, old) = (engine.export("first.ndjson"), engine.key());
    let size = verify(&first, &["--key", &old]).1["events"].to_string();
    let new = engine.good(&["audit", "key", "--replace"]).trim().to_owned();
    assert_ne!(new, old);
    engine.good(&["member", "invite", "bob@acme.test", "--name", "Bob", "--role", "administrator"]);
    let second = engine.export("second.ndjson");
    let (good, report) = verify(&second, &["--key", &new, "--key", &old]);
    assert!(good, "{report}");
    assert!(!verify(&second, &["--key", &old]).0, "the old key did not sign the end");

    let more = report["events"].to_string();
    let proof = engine.path("proof.json");
    fs::write(&proof, engine.good(&["audit", "prove", "--from", &size, "--to", &more])).unwrap();
    let (good, report) = verify(&proof, &["--key", &new, "--key", &old]);
    assert!(good, "{report}");
    fs::write(&proof, engine.good(&["audit", "prove", "1"])).unwrap();
    let (good, report) = verify(&proof, &["--key", &new]);
    assert!(good && report["events"] == json!(1), "{report}");
    let id = engine.good(&["--json", "member", "list"]);
    let id = serde_json::from_str::<Value>(&id).unwrap()[0]["id"].as_str().unwrap().to_owned();
    fs::write(&proof, engine.good(&["audit", "prove", &id, "1"])).unwrap();
    assert!(verify(&proof, &["--key", &new]).0);
    assert!(engine.bad(&["audit", "prove", "999"]).contains("no such event"));
    assert!(engine.bad(&["audit", "prove", &id]).contains("does not say which"));
    assert!(engine.bad(&["audit", "prove", "--from", "1", "--to", &more]).contains("nearest"));
    assert!(verify(&proof, &["--key", "nonsense"]).1.as_str().unwrap().contains("escalon audit key"));
}

#[test]
fn a_wrong_or_missing_key_of_the_notary_is_named_with_its_cure() {
    let engine = Engine::acme();
    engine.export("acme.ndjson");
    let key = engine.path("data/notary.key");
    let saved = fs::read_to_string(&key).unwrap();
    let absent = ["--notary-key-file", "/nowhere.key", "audit", "key"];
    assert!(engine.bad(&absent).contains("there is no notary key"));
    fs::write(&key, "PRIVATE+KEY+damaged").unwrap();
    assert!(engine.bad(&["organization", "list"]).contains("restore it from a copy"));
    fs::remove_file(&key).unwrap();
    engine.good(&["member", "invite", "bob@acme.test", "--name", "Bob", "--role", "administrator"]);
    let refused = engine.bad(&["audit", "export", "--organization", "acme", "--out", "-"]);
    assert!(refused.contains("--notary-key-file") && refused.contains("does not sign"), "{refused}");
    fs::write(&key, saved).unwrap();
    engine.export("again.ndjson");
}

#[test]
fn the_place_of_checkpoints_is_one_that_can_be_read_back_or_it_is_said_why_not() {
    let engine = Engine::acme();
    engine.export("acme.ndjson");
    let export = ["audit", "export", "--organization", "acme", "--out", "-"];
    let with = |more: &[&str], variables: &[(&str, &str)]| {
        let mut command = engine.command(&[&export[..], more].concat());
        text(&command.envs(variables.iter().copied()).output().unwrap())
    };
    let bucket = [("ESCALON_NOTARY_ANCHOR_BUCKET", "audit")];
    assert!(with(&[], &bucket).contains("set ESCALON_OBJECTS_ACCESS_KEY"));
    let keyless = [bucket[0], ("ESCALON_OBJECTS_ACCESS_KEY", "escalon")];
    assert!(
        with(&[], &keyless).contains("set ESCALON_OBJECTS_SECRET_KEY_FILE or ESCALON_OBJECTS_SECRET_KEY")
    );
    let both = with(&["--notary-anchor-file", "/tmp/x"], &bucket);
    assert!(both.contains("name one of the two"), "{both}");
    // Nobody listens there: what is new is not signed before it is known what was.
    engine.good(&["member", "invite", "bob@acme.test", "--name", "Bob", "--role", "administrator"]);
    let deaf = [
        keyless[0],
        keyless[1],
        ("ESCALON_OBJECTS_SECRET_KEY", "hidden"),
        ("ESCALON_OBJECTS_ENDPOINT", "http://127.0.0.1:1"),
    ];
    let deaf = with(&[], &deaf);
    assert!(deaf.contains("s3://audit/checkpoints/") && deaf.contains("cannot be read"), "{deaf}");
    assert!(!deaf.contains("hidden"), "{deaf}");
    engine.good(&export);
    let lag = engine.json(&["subscriptions", "list"]);
    let notary = lag.as_array().unwrap().iter().find(|one| one["name"] == "notary").unwrap();
    assert_eq!(
        (&notary["error"], &notary["owner"]),
        (&json!(null), &json!("each process in turn")),
        "{notary}"
    );
}
