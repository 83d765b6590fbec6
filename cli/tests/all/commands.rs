//! The commands as they are typed.

use std::fs;

use serde_json::json;

use super::engine::Engine;

const HEADER: &str = "number,incident_state,reopen_count,caller_id,opened_at,sys_updated_by,sys_updated_at,contact_type,location,\
category,subcategory,u_symptom,impact,urgency,priority,assignment_group,assigned_to,closed_code,extra\n";

fn line(number: &str, state: &str, reopenings: u32, minute: u32, team: &str, assignee: &str) -> String {
    format!(
        "{number},{state},{reopenings},Caller 1,29/2/2016 06:38,Updated by 1,29/2/2016 07:{minute:02},Phone,Location 1,\
         Category 1,Subcategory 1,?,2 - Medium,2 - Medium,3 - Moderate,{team},{assignee},code 6,ignored\n"
    )
}

fn log() -> String {
    [
        HEADER.to_owned(),
        line("INC1", "New", 0, 1, "Group 1", "?"),
        line("INC1", "Resolved", 0, 2, "Group 2", "Resolver 1"),
        line("INC2", "Awaiting User Info", 0, 3, "?", "?"),
        "short,line\n".to_owned(),
        line("INC1", "Active", 1, 4, "Group 2", "Resolver 1"),
        line("INC1", "Closed", 1, 5, "Group 2", "Resolver 1"),
        line("INC2", "-100", 0, 6, "Group 1", "?"),
        line("INC2", "Closed", 0, 7, "Group 1", "?"),
    ]
    .concat()
}

#[test]
fn an_import_runs_once_and_the_dashboard_shows_it_before_and_after_a_rebuild() {
    let engine = Engine::new();
    let log = engine.file("log.csv", log().as_bytes());
    let import = ["import", "servicenow", log.to_str().unwrap(), "--organization", "holdout"];
    assert!(engine.fails(&import, 1).contains("--create"));

    let report = engine.json(&[&import[..], &["--create"]].concat());
    assert_eq!((&report["rows"], &report["tickets"], &report["events"]), (&json!(8), &json!(2), &json!(10)));
    let lines: Vec<_> =
        report["misfits"].as_array().unwrap().iter().map(|misfit| misfit["line"].clone()).collect();
    assert_eq!(lines, [5, 8]);

    let dashboard = ["dashboard", "--organization", "holdout"];
    let shown = engine.json(&dashboard);
    assert_eq!(shown["byStatus"], json!({ "closed": 2 }));
    assert_eq!(shown["byPriority"], json!({ "moderate": 2 }));
    let counts = ["tickets", "reopenings", "teamChanges", "assigneeChanges"].map(|key| shown[key].as_i64());
    assert_eq!(counts, [2, 1, 2, 1].map(Some));

    let again = engine.json(&import);
    assert_eq!((&again["events"], &again["skippedIncidents"]), (&json!(0), &json!(2)));
    for rebuilt in engine.json(&["projections", "rebuild", "--all"]).as_array().unwrap() {
        assert_eq!(rebuilt["equal"], json!(true), "{rebuilt}");
    }
    assert_eq!(engine.json(&dashboard), shown);
    assert!(engine.fails(&[&import[..], &["--strict"]].concat(), 1).contains("line 5"));
}

#[test]
fn generations_are_listed_compared_gone_back_to_and_dropped_and_a_moment_is_replayed() {
    let engine = Engine::new();
    let log = engine.file("log.csv", log().as_bytes());
    let import = ["import", "servicenow", log.to_str().unwrap(), "--organization", "usp", "--create"];
    engine.json(&import);
    let name = "ticket_inbox";
    assert_eq!(engine.json(&["projections", "diff", name])["equal"], json!(true));
    let rebuilt = &engine.json(&["projections", "rebuild", name])[0];
    assert_eq!((&rebuilt["equal"], &rebuilt["events"]), (&json!(true), &json!(10)));
    let states = || {
        let listed = engine.json(&["projections", "list", "--checksums"]);
        let mine = listed.as_array().unwrap().iter().filter(|one| one["name"] == name);
        mine.map(|one| (one["generation"].clone(), one["state"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(states(), [(json!(1), json!("kept")), (json!(2), json!("live"))]);
    assert_eq!(engine.json(&["projections", "rollback", name])["generation"], json!(1));
    assert_eq!(engine.json(&["projections", "switch", name, "2"])["generation"], json!(2));
    assert!(engine.fails(&["projections", "drop", name, "2"], 1).contains("is the live one"));
    assert_eq!(engine.json(&["projections", "drop", name, "1"])["dropped"], json!(true));
    assert_eq!(states(), [(json!(2), json!("live"))]);
    assert!(engine.fails(&["projections", "rollback", name], 1).contains("projections rebuild"));
    assert!(engine.fails(&["projections", "diff", "inbox"], 1).contains("ticket_inbox"));

    // In the middle of the log, one of the two tickets is resolved, and the other does not wait yet.
    let replay = ["audit", "replay", "--organization", "usp", "--at", "2016-02-29T07:02:30Z"];
    let id = engine.json(&replay)["id"].to_string();
    let dashboard = engine.json(&["dashboard", "--organization", "usp", "--replay", &id]);
    assert_eq!(
        (&dashboard["tickets"], &dashboard["byStatus"]),
        (&json!(2), &json!({ "open": 1, "resolved": 1 }))
    );
    let resolved = ["ticket", "list", "--status", "resolved"];
    let tickets = engine.json(&[&resolved[..], &["--replay", &id]].concat());
    assert_eq!(tickets.as_array().unwrap().len(), 1);
    assert_eq!(engine.json(&resolved), json!([]));
    assert_eq!(engine.json(&["audit", "replay", "list"])[0]["ready"], json!(true));
    assert_eq!(engine.json(&["audit", "replay", "drop", &id])["dropped"], json!(true));
    assert!(engine.fails(&["ticket", "list", "--replay", &id], 1).contains("replay list"));
    assert!(engine.fails(&["audit", "replay", "--organization", "usp"], 2).contains("--position"));
    let beyond = ["audit", "replay", "--organization", "usp", "--position", "1000000"];
    assert!(engine.fails(&beyond, 1).contains("there is no position 1000000"));
}

#[test]
fn members_their_history_and_any_moment_of_it() {
    let engine = Engine::new();
    let organization = engine.json(&["organization", "create", "acme"]);
    assert!(engine.fails(&["organization", "create", "acme"], 1).contains("choose another name"));
    let invite = ["member", "invite", "ann@acme.test", "--name", "Ann", "--role", "administrator"];
    let id = engine.json(&invite)["id"].as_str().unwrap().to_owned();
    assert_eq!(engine.json(&["member", "list"])[0]["roles"], json!(["Administrator"]));
    assert!(
        engine
            .fails(&["member", "revoke", "administrator", "ann@acme.test"], 1)
            .contains("last administrator")
    );
    assert!(engine.fails(&["token", "issue", "ann@acme.test"], 1).contains("not active"));

    let history = engine.json(&["audit", "history", &id]);
    let names: Vec<_> = history.as_array().unwrap().iter().map(|event| event["event"].clone()).collect();
    assert_eq!(names, ["member.invited", "member.role_granted"]);
    let at_first = engine.json(&["audit", "show", &id, "--as-of", "1"]);
    assert_eq!((&at_first["state"]["roles"], &at_first["of"]), (&json!([]), &json!(2)));
    assert!(engine.fails(&["audit", "show", &id, "--as-of", "2020-01-01"], 1).contains("not there yet"));
    assert!(engine.fails(&["audit", "show", &id, "--as-of", "soon"], 2).contains("2026-01-31"));
    let compared = engine.json(&["audit", "compare", &id, "--from", "1"]);
    let change = &compared["changes"][0];
    assert_eq!((&compared["fromVersion"], &compared["toVersion"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&change["path"][0], &change["events"][0]["event"]),
        (&json!("roles"), &json!("member.role_granted"))
    );
    let (last, recorded) = (&history[1], history[0]["recordedAt"].as_str().unwrap());
    let position = change["events"][0]["position"].as_i64().unwrap();
    let by_position = engine.json(&["audit", "show", &id, "--as-of", &format!("position:{position}")]);
    assert_eq!(by_position["version"], last["sequence"]);
    let known = engine.json(&["audit", "show", &id, "--as-of", &format!("recorded:{recorded}")]);
    assert_eq!(known["version"], json!(1));
    let table = String::from_utf8(engine.run(&["audit", "compare", &id, "--from", "1"]).stdout).unwrap();
    assert!(table.contains("member.role_granted #2") && table.contains("system:operator"), "{table}");
    assert!(
        engine.fails(&["audit", "compare", &id, "--from", "2", "--to", "1"], 1).contains("earlier one first")
    );
    assert!(
        engine.fails(&["audit", "show", &id, "--as-of", "position:999999"], 1).contains("beyond the head")
    );
    assert_eq!(
        engine.json(&["audit", "show", organization["id"].as_str().unwrap()])["state"]["slug"],
        "acme"
    );
    assert!(engine.json(&["doctor"]).as_array().unwrap().iter().all(|finding| finding["ok"] == json!(true)));
}

#[test]
fn analysts_are_granted_and_files_are_exported_and_the_history_tells_of_both() {
    let engine = Engine::new();
    let organization = engine.json(&["organization", "create", "acme"])["id"].as_str().unwrap().to_owned();
    engine.json(&["member", "invite", "ann@acme.test", "--name", "Ann Smith", "--role", "administrator"]);
    let grant = ["analytics", "grant", "--organization", "acme"];
    let missing = engine.fails(&grant, 1);
    assert!(
        missing.contains("needs a password") && missing.contains("ESCALON_ANALYST_PASSWORD"),
        "{missing}"
    );
    let with_password = |password: &str, more: &[&str]| {
        let mut command = engine.command(&[&grant[..], &["--password-stdin", "--json"], more].concat());
        let file = engine.file("password", password.as_bytes());
        command.stdin(fs::File::open(file).unwrap()).output().unwrap()
    };
    let short = with_password("short", &[]);
    assert!(String::from_utf8_lossy(&short.stderr).contains("12 characters"), "{short:?}");
    let granted = with_password("correct horse battery", &[]);
    let said = String::from_utf8([granted.stdout, granted.stderr].concat()).unwrap();
    assert!(said.contains("analyst_acme") && !said.contains("correct horse"), "{said}");
    engine.json(&[&grant[..], &["--unmasked"]].concat());
    let analysts = engine.json(&["analytics", "list", "--organization", "acme"]);
    assert_eq!(analysts[0]["unmasked"], json!(true), "{analysts}");
    engine.json(&["analytics", "revoke", "--organization", "acme", "--role", "analyst_acme"]);
    let unknown =
        engine.fails(&["analytics", "revoke", "--organization", "acme", "--role", "analyst_acme"], 1);
    assert!(unknown.contains("escalon analytics list"), "{unknown}");

    let out = engine.path("figures");
    let out = out.to_str().unwrap();
    let export = ["export", "--organization", "acme", "--format", "csv", "--out", out];
    let all = engine.json(&[&export[..], &["--all"]].concat());
    assert!(all["files"].as_array().unwrap().len() >= 10, "{all}");
    let members = fs::read_to_string(format!("{out}/members.csv")).unwrap();
    assert!(members.contains(",A. S.,a***@acme.test,"), "{members}");
    let view = [&export[..], &["--view", "members"]].concat();
    assert!(engine.fails(&view, 1).contains("--overwrite"));
    assert!(engine.fails(&[&view[..], &["--overwrite", "--unmasked"]].concat(), 2).contains("--reason"));
    let why = "asked for by the data protection officer";
    engine.json(&[&view[..], &["--overwrite", "--unmasked", "--reason", why]].concat());
    let members = fs::read_to_string(format!("{out}/members.csv")).unwrap();
    assert!(members.contains(",Ann Smith,ann@acme.test,"), "{members}");
    let history = engine.json(&["audit", "history", &organization]);
    let told: Vec<_> = history.as_array().unwrap()[1..].iter().map(|one| one["event"].clone()).collect();
    assert_eq!(
        told,
        [
            "organization.analyst_granted",
            "organization.analyst_granted",
            "organization.analyst_revoked",
            "organization.personal_data_exported"
        ]
    );
    assert_eq!(history[4]["data"], json!({ "views": ["members"], "format": "csv", "reason": why }));
    assert!(engine.fails(&[&export[..], &["--view", "nothing"]].concat(), 2).contains("service_daily"));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_cure_before_anything_is_started() {
    let engine = Engine::new();
    let headless = engine.file("headless.csv", b"number,priority\nINC1,1 - Critical\n");
    let import =
        |file: &str| engine.fails(&["import", "servicenow", file, "--organization", "x", "--create"], 1);
    assert!(import("/nowhere.csv").contains("cannot be read"));
    assert!(import(headless.to_str().unwrap()).contains("does not name the column incident_state"));
    let cut = engine.file("cut.csv.gz", &[0x1f, 0x8b, 8, 0]);
    assert!(import(cut.to_str().unwrap()).contains("cut.csv.gz"));
    assert!(!engine.path("data").exists());
    assert!(engine.fails(&["projections", "rebuild"], 2).contains("--all"));
    assert!(engine.fails(&["--postgres-bin", "/nowhere", "migrate"], 1).contains("apt-get install"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_was_cut_off_is_shown_as_such_and_dropped_when_another_is_begun() {
    let engine = Engine::acme();
    let (postgres, mut owner) = engine.database().await;
    let left = "insert into escalon.replays (organization, position, moment) values ('organization_x', 1, now()) returning id";
    let id: i32 = sqlx::query_scalar(left).fetch_one(&mut owner).await.unwrap();
    drop((owner, postgres));
    let listed = engine.good(&["audit", "replay", "list"]);
    assert!(
        listed.contains(&format!("cut off; run the command again, or escalon audit replay drop {id}")),
        "{listed}"
    );
    let made = engine.good(&["audit", "replay", "--organization", "acme", "--position", "1"]);
    assert!(
        made.contains(&format!("replay {id} was cut off and is dropped; this one begins anew")),
        "{made}"
    );
    let listed = engine.json(&["audit", "replay", "list"]);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["ready"]), (1, &json!(true)), "{listed}");
}
