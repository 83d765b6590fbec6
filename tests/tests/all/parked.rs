//! Poison: its sequence is parked, everything else goes on, and operators put it right.

use std::{sync::Arc, time::Duration};

use escalon_application::{Once, parked_sequence::SkipSequence, ports::Sequences};
use escalon_domain::{access::Permission, parked_sequence::Skip, ticket::TicketCommand};
use escalon_infrastructure::subscription::{Consumer, PgSequences, skipped};
use escalon_projections::{AuditFilter, Page, Scope};
use escalon_tests::TestApp;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::{
    consumers::{Behave, Bench, Probe},
    store::{opening, ticket_type},
};

fn sequences(bench: &Bench, probe: &Arc<Probe>) -> PgSequences {
    let consumer: Arc<dyn Consumer> = probe.clone();
    PgSequences::new(bench.database.clone(), bench.feed(), vec![consumer])
}

/// The second event of stream `b` is poison, whether it says so or breaks something.
async fn poisoned(bad: Behave) -> (Bench, Arc<Probe>) {
    let mut bench = Bench::new().await;
    let probe = Probe::new(move |event| if event.position == 6 { bad.clone() } else { Behave::Take });
    bench.append(&["a", "b", "c", "a", "c", "b", "a", "b", "c", "b", "a"]).await;
    (bench, probe)
}

#[tokio::test]
async fn the_poisoned_stream_waits_and_the_others_go_on() {
    for (bad, said) in [
        (Behave::Poison, "it tastes bad"),
        (Behave::Panic, "the consumer panicked: it burns"),
        (Behave::Quote, "the consumer panicked; what it said is left out, since it may quote what is stored"),
    ] {
        let (mut bench, probe) = poisoned(bad).await;
        let process = bench.process("one", &probe);
        bench.takes(&["a", "b", "c", "a", "c", "a", "c", "a"]).await;
        bench.append(&["b", "a"]).await;
        bench.takes(&["a", "b", "c", "a", "c", "a", "c", "a", "a"]).await;
        let [parked] = &sequences(&bench, &probe).list(None).await.unwrap()[..] else { panic!("one") };
        assert_eq!((parked.stream.id.as_str(), parked.position, parked.sequence), ("b", 6, 2));
        assert_eq!((parked.waiting, parked.attempts, parked.event.as_str()), (4, 5, "probe.made"));
        assert_eq!(parked.error, said);
        process.stop().await;
    }
}

#[tokio::test]
async fn a_retry_takes_what_waits_in_order_or_says_what_is_still_wrong() {
    let (mut bench, probe) = poisoned(Behave::Poison).await;
    let process = bench.process("one", &probe);
    bench.takes(&["a", "b", "c", "a", "c", "a", "c", "a"]).await;
    let sequences = sequences(&bench, &probe);
    let id = sequences.list(None).await.unwrap()[0].id;
    let resumed = sequences.resume(id, None).await.unwrap();
    assert_eq!((resumed.taken, resumed.parked), (0, true));
    assert_eq!(sequences.find(id).await.unwrap().unwrap().attempts, 6);
    // The first is mended, and now it is the last that is wrong.
    probe.change(|event| if event.position == 10 { Behave::Poison } else { Behave::Take });
    let resumed = sequences.resume(id, None).await.unwrap();
    assert_eq!((resumed.taken, resumed.parked), (2, true));
    let parked = sequences.find(id).await.unwrap().unwrap();
    assert_eq!((parked.position, parked.waiting, parked.attempts), (10, 1, 1));
    probe.change(|_| Behave::Take);
    let resumed = sequences.resume(id, None).await.unwrap();
    assert_eq!((resumed.taken, resumed.parked), (1, false));
    assert_eq!(sequences.find(id).await.unwrap(), None);
    bench.append(&["b"]).await;
    bench.takes(&["a", "b", "c", "a", "c", "b", "a", "b", "c", "b", "a", "b"]).await;
    process.stop().await;
}

#[tokio::test]
async fn a_skip_passes_over_the_event_that_was_seen_or_over_all_that_waits() {
    let (mut bench, probe) = poisoned(Behave::Poison).await;
    let process = bench.process("one", &probe);
    bench.takes(&["a", "b", "c", "a", "c", "a", "c", "a"]).await;
    let sequences = sequences(&bench, &probe);
    let id = sequences.list(None).await.unwrap()[0].id;
    let resumed = sequences.resume(id, Some((Skip::Event, 8))).await.unwrap();
    assert_eq!((resumed.skipped, resumed.parked), (0, true), "it stands before another event");
    probe.change(|event| if event.position == 10 { Behave::Poison } else { Behave::Take });
    let resumed = sequences.resume(id, Some((Skip::Event, 6))).await.unwrap();
    assert_eq!((resumed.skipped, resumed.taken, resumed.parked), (1, 1, true));
    bench.append(&["b"]).await;
    bench.append(&["c"]).await;
    bench.takes(&["a", "b", "c", "a", "c", "a", "b", "c", "a", "c"]).await;
    let resumed = sequences.resume(id, Some((Skip::Waiting, 10))).await.unwrap();
    assert_eq!((resumed.skipped, resumed.taken, resumed.parked), (2, 0, false));
    bench.append(&["b"]).await;
    bench.takes(&["a", "b", "c", "a", "c", "a", "b", "c", "a", "c", "b"]).await;
    let skipped = skipped(&bench.database.engine, "probe").await.unwrap();
    assert!([2, 4, 5].into_iter().all(|sequence| skipped.has("b", sequence)), "{skipped:?}");
    assert_eq!(skipped.count(), 3, "{skipped:?}");
    process.stop().await;
}

#[tokio::test]
async fn what_is_in_the_way_of_everything_parks_nothing() {
    for obstacle in [
        Behave::Hindered,
        Behave::Run("select * from a_table_that_is_not_there".to_owned()),
        Behave::Run("select pg_terminate_backend(pg_backend_pid())".to_owned()),
    ] {
        let (mut bench, probe) = poisoned(obstacle).await;
        let process = bench.process("one", &probe);
        let begin = std::time::Instant::now();
        loop {
            let error: Option<Option<String>> =
                sqlx::query_scalar("select error from escalon.subscriptions where name = 'probe'")
                    .fetch_optional(&mut bench.owner)
                    .await
                    .unwrap();
            if probe.batches.load(std::sync::atomic::Ordering::Relaxed) > 4 && error.flatten().is_some() {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "it does not say what is in the way");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(bench.taken().await, Vec::<String>::new());
        assert_eq!(sequences(&bench, &probe).list(None).await.unwrap(), []);
        probe.change(|_| Behave::Take);
        bench.takes(&["a", "b", "c", "a", "c", "b", "a", "b", "c", "b", "a"]).await;
        process.stop().await;
    }
}

#[tokio::test]
async fn one_poisonous_event_among_a_thousand_is_found_without_trying_each() {
    let mut bench = Bench::new().await;
    let probe = Probe::new(|event| if event.position == 701 { Behave::Poison } else { Behave::Take });
    let streams: Vec<String> = (0..1_000).map(|number| format!("stream {number}")).collect();
    bench.append(&streams.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let process = bench.process("one", &probe);
    let mut expected: Vec<&str> = streams.iter().map(String::as_str).collect();
    expected.remove(700);
    bench.takes(&expected).await;
    let batches = probe.batches.load(std::sync::atomic::Ordering::Relaxed);
    assert!(batches < 40, "{batches} batches");
    process.stop().await;
}

/// A closing without data, as no version of the engine writes it.
const BROKEN: &str = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
        metadata, organization, occurred_at, hash)
    select aggregate_type, aggregate_id, 2, 'ticket.closed', '1', '{\"event\":\"ticket.closed\"}', metadata, organization,
        occurred_at, sha256('broken') from escalon.events where aggregate_id = $1";

#[tokio::test]
async fn operators_see_and_mend_parked_sequences_of_their_own_and_the_audit_log_tells() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let (bad, good) = (
        app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id,
        app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id,
    );
    app.settle().await;
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    sqlx::query(BROKEN).bind(bad.to_string()).execute(&mut owner).await.unwrap();
    app.engine()
        .change_ticket(&operator, good, TicketCommand::Close { reason: Some("Done.".to_owned()) }, &once)
        .await
        .unwrap();
    app.settle().await;

    let boss = app.member(&operator, "boss", &[Permission::EngineOperate, Permission::AuditView]).await;
    let parked = app.engine().parked_sequences(&boss).await.unwrap();
    let mut names: Vec<_> = parked.iter().map(|one| one.subscription.as_str()).collect();
    names.sort_unstable();
    // Who reads tickets, or everything.
    let readers = ["audit_log", "service_dashboard", "ticket_inbox", "timeline"];
    assert_eq!(names, readers.map(|name| format!("projection.{name}")));
    assert!(parked.iter().all(|one| one.stream.id == bad.to_string() && one.waiting == 1), "{parked:?}");
    assert!(parked[0].error.contains("position"), "{}", parked[0].error);

    // Others do not see them.
    let stranger = app.organization("other").await;
    assert!(app.engine().parked_sequences(&stranger).await.unwrap().is_empty());
    assert!(app.engine().parked_sequence(&stranger, parked[0].id).await.is_err());
    let carol = app.member(&operator, "carol", &[Permission::ProjectionOperate]).await;
    assert!(app.engine().parked_sequences(&carol).await.is_err());

    let inbox = parked.iter().find(|one| one.subscription == "projection.ticket_inbox").unwrap();
    let (_, resumed) = app.engine().retry_sequence(&boss, inbox.id, &once).await.unwrap();
    assert!(resumed.parked);
    let skip = |position, reason: &str| SkipSequence {
        what: Skip::Event,
        position: Some(position),
        reason: reason.to_owned(),
    };
    let other = app.engine().skip_sequence(&boss, inbox.id, skip(inbox.position + 1, "x"), &once).await;
    assert!(other.unwrap_err().to_string().contains("by now"));
    let unexplained = app.engine().skip_sequence(&boss, inbox.id, skip(inbox.position, ""), &once).await;
    assert!(unexplained.unwrap_err().to_string().contains("reason"));
    let key = Once::new(Some("skip".to_owned()), None, &"skip");
    for _ in 0..2 {
        let explained = skip(inbox.position, "It was written by hand.");
        let (_, resumed) = app.engine().skip_sequence(&boss, inbox.id, explained, &key).await.unwrap();
        assert!(!resumed.parked, "the second time it is done already");
    }
    app.settle().await;
    let filter = AuditFilter { resource: Some(inbox.id.to_string()), ..AuditFilter::default() };
    let log = app.app.reads.audit(&Scope::of(&boss), filter, Page::first(10)).await.unwrap();
    let mut told: Vec<_> =
        log.items.iter().map(|(_, row)| (row.action.as_str(), row.actor.as_str())).collect();
    told.sort_unstable();
    let actor = boss.actor.to_string();
    assert_eq!(
        told,
        [("parked_sequence.retried", actor.as_str()), ("parked_sequence.skipped", actor.as_str())]
    );
    let skipped = log.items.iter().find(|(_, row)| row.action == "parked_sequence.skipped").unwrap();
    assert_eq!(skipped.1.new_value["reason"], "It was written by hand.");

    // A rebuild passes over what was skipped, and comes to the same; where nothing was, it stops and names the event.
    let report = app.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    assert!(report.comparison.unwrap().is_equal());
    let stopped = app.app.projections.rebuild("timeline", |_| {}).await.unwrap_err().to_string();
    assert!(stopped.contains(&format!("position {}", inbox.position)), "{stopped}");
}

#[tokio::test]
async fn operators_do_the_same_over_the_api() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let bad = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id;
    let boss = app.member(&operator, "boss", &[Permission::EngineOperate]).await;
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    sqlx::query(BROKEN).bind(bad.to_string()).execute(&mut owner).await.unwrap();
    app.settle().await;
    let token =
        app.engine().token_for(&operator, boss.member().unwrap(), chrono::Duration::hours(1)).await.unwrap();
    let api = app.serve().await;
    let client = api.with_token(&token);
    let lag = "{ subscriptions { name owner behind parked rate secondsToGo heartbeatAt } }";
    let lag = client.query(lag, json!({})).await;
    let inbox =
        lag["subscriptions"].as_array().unwrap().iter().find(|one| one["name"] == "projection.ticket_inbox");
    let inbox = inbox.unwrap();
    assert_eq!((&inbox["behind"], &inbox["parked"]), (&json!(0), &json!(1)), "{inbox}");
    assert!(inbox["owner"].is_string() && inbox["heartbeatAt"].is_string(), "{inbox}");
    let list =
        "{ parkedSequences(first: 10) { totalCount nodes { id subscription stream event position error } } }";
    let list = client.query(list, json!({})).await["parkedSequences"].take();
    assert_eq!(list["totalCount"], 4);
    let one = &list["nodes"][0];
    assert_eq!((&one["stream"], &one["event"]), (&json!(bad.to_string()), &json!("ticket.closed")));
    let retry = json!({ "id": one["id"] });
    let select = "parkedSequence { taken skipped parked } position";
    let retried = client.mutate("parkedSequenceRetry", "ParkedSequenceRetryInput", retry, select).await;
    assert_eq!(retried["parkedSequence"], json!({ "taken": 0, "skipped": 0, "parked": true }));
    let skip =
        json!({ "id": one["id"], "part": "WAITING", "position": one["position"], "reason": "Not ours." });
    let skipped = client.mutate("parkedSequenceSkip", "ParkedSequenceSkipInput", skip, select).await;
    assert_eq!(skipped["parkedSequence"], json!({ "taken": 0, "skipped": 1, "parked": false }), "{skipped}");
    assert!(skipped["position"].is_string());
    api.stop().await;
}
