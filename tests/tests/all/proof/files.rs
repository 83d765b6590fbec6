//! What is handed on: exports and proofs.

use escalon_application::{Once, ports::StreamKey};
use escalon_domain::{access::Permission, ticket::TicketCommand};
use escalon_infrastructure::notary::ledger::ProofError;
use escalon_proof::{
    export::{EventLine, read, write},
    verify::{Kept, verify_proof},
};
use escalon_tests::TestApp;
use futures::future::join_all;
use serde_json::json;

use super::{export, faults, history, keys, verify};
use crate::store::opening;

#[tokio::test]
async fn a_history_is_exported_whole_and_verifies_with_the_key_alone() {
    let app = TestApp::new().await;
    let (acme, other) = (history(&app, "acme", 2).await, history(&app, "other", 1).await);
    for caller in [&acme, &other] {
        let lines = export(&app, caller, false).await;
        let report = verify(&lines, &keys(&app), "");
        assert_eq!(faults(&report), []);
        let stored: i64 = sqlx::query_scalar("select count(*) from escalon.events where organization = $1")
            .bind(caller.organization.to_string())
            .fetch_one(&app.app.database.engine)
            .await
            .unwrap();
        assert_eq!(report.events, stored.unsigned_abs());
        assert_eq!(report.origin.unwrap(), format!("escalon/{}", caller.organization));
        assert!(report.streams >= 3 && report.checkpoints == 1 && report.pinned);
    }
}

#[tokio::test]
async fn a_history_of_several_tiles_with_its_checkpoints_and_the_anchor_agree() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 1).await;
    let once = Once::default();
    for round in 0..3 {
        let opened = (0..100).map(|_| app.engine().open_ticket(&acme, opening(), &once));
        assert!(join_all(opened).await.iter().all(Result::is_ok), "{round}");
        app.app.notary.cover(acme.organization, super::PATIENCE).await.unwrap();
    }
    app.app.notary.step().await.unwrap();
    let lines = export(&app, &acme, true).await;
    let anchored: String = app.anchor.kept().iter().map(|kept| format!("{}\n", kept.note)).collect();
    let report = verify(&lines, &keys(&app), &anchored);
    assert_eq!(faults(&report), []);
    assert!(report.events > 300 && report.checkpoints >= 3, "{report:?}");
    assert_eq!(report.kept, report.checkpoints);

    // Every event is proven, and every checkpoint goes on from every older one.
    let ledger = app.app.notary.ledger();
    let organization = acme.organization.to_string();
    let kept = Kept::default();
    let events: Vec<EventLine<'_>> =
        lines.iter().filter_map(|line| read(line.trim_end().as_bytes()).ok()).collect();
    for event in events.iter().step_by(17).chain(events.last()) {
        let proof = ledger.prove(&organization, event.position).await.unwrap().unwrap();
        assert_eq!((proof.event.index, &proof.event), (event.index, event));
        let file = write(&proof).unwrap() + "\n";
        assert_eq!(faults(&verify_proof(file.as_bytes(), &keys(&app), &kept)), []);
        let stream = StreamKey { kind: event.kind.to_string(), id: event.id.to_string() };
        let position = ledger.position(&organization, &stream, event.sequence).await.unwrap();
        assert_eq!(position, Some(event.position));
    }
    let sizes: Vec<u64> = app.anchor.kept().iter().map(|kept| kept.size).collect();
    for (place, from) in sizes.iter().enumerate() {
        for to in &sizes[place..] {
            let proof = ledger.consistency(&organization, *from, *to).await.unwrap();
            let file = write(&proof).unwrap() + "\n";
            assert_eq!(faults(&verify_proof(file.as_bytes(), &keys(&app), &kept)), [], "{from} {to}");
        }
    }
    let missing = ledger.consistency(&organization, 1, sizes[0]).await.unwrap_err();
    assert!(
        matches!(&missing, ProofError::NoCheckpoint { size: 1, around } if *around == [sizes[0]]),
        "{missing}"
    );
}

#[tokio::test]
async fn proofs_are_had_through_the_api_by_those_who_may_read_history() {
    let app = TestApp::new().await;
    let (acme, other) = (history(&app, "acme", 1).await, history(&app, "other", 1).await);
    app.member(&acme, "audrey", &[Permission::AuditView]).await;
    app.member(&acme, "nobody", &[]).await;
    let ticket = app.engine().open_ticket(&acme, opening(), &Once::default()).await.unwrap();
    let first = app.app.notary.cover(acme.organization, super::PATIENCE).await.unwrap();
    let wait = TicketCommand::Wait { reason: "customer".parse().unwrap() };
    app.engine().change_ticket(&acme, ticket.id, wait, &Once::default()).await.unwrap();
    let last = app.app.notary.cover(acme.organization, super::PATIENCE).await.unwrap();
    app.settle().await;
    let api = app.serve().await;
    let audrey = api.log_in("acme", "audrey@example.com", "correct horse battery audrey").await;

    let answer = audrey.query("{ auditCheckpoint { origin size root note } }", json!({})).await;
    assert_eq!(answer["auditCheckpoint"]["note"], last.to_string());
    let proof = "query ($position: Position, $stream: ID, $version: Int) {
        eventProof(position: $position, stream: $stream, version: $version) { position index hashes document checkpoint { size } }
    }";
    let by_version = audrey.query(proof, json!({ "stream": ticket.id, "version": 2 })).await;
    let document = by_version["eventProof"]["document"].as_str().unwrap();
    let kept = Kept::read(&last.to_string(), &keys(&app)).unwrap();
    let report = verify_proof(document.as_bytes(), &keys(&app), &kept);
    assert_eq!((faults(&report), report.kept), (vec![], 1));
    let position = by_version["eventProof"]["position"].clone();
    let by_position = audrey.query(proof, json!({ "position": position })).await;
    assert_eq!(by_position["eventProof"]["document"], document);

    let consistency =
        "query ($from: Int!, $to: Int!) { consistencyProof(from: $from, to: $to) { document } }";
    let (from, to) = (first.unverified().size, last.unverified().size);
    let answer = audrey.query(consistency, json!({ "from": from, "to": to })).await;
    let document = answer["consistencyProof"]["document"].as_str().unwrap();
    assert_eq!(faults(&verify_proof(document.as_bytes(), &keys(&app), &kept)), []);

    // What is not there, or somebody else's, is nothing.
    let theirs: i64 = sqlx::query_scalar(
        "select max(position) from escalon.event_positions join escalon.events using (insertion) where organization = $1",
    )
    .bind(other.organization.to_string())
    .fetch_one(&app.app.database.engine)
    .await
    .unwrap();
    for asked in [
        json!({ "position": theirs.to_string() }),
        json!({ "position": "999999" }),
        json!({ "stream": ticket.id, "version": 99 }),
        json!({ "stream": "nonsense", "version": 1 }),
    ] {
        assert_eq!(audrey.query(proof, asked.clone()).await["eventProof"], json!(null), "{asked}");
    }
    let nobody = api.log_in("acme", "nobody@example.com", "correct horse battery nobody").await;
    let code = async |client: &escalon_tests::Client<'_>, query: &str, variables| {
        client.ask(query, variables).await.1["errors"][0]["extensions"]["code"].clone()
    };
    assert_eq!(code(&nobody, proof, json!({ "position": "1" })).await, "NOT_PERMITTED");
    assert_eq!(code(&nobody, "{ auditCheckpoint { size } }", json!({})).await, "NOT_PERMITTED");
    assert_eq!(code(&nobody, consistency, json!({ "from": from, "to": to })).await, "NOT_PERMITTED");
    assert_eq!(code(&audrey, consistency, json!({ "from": 1, "to": to })).await, "NOT_FOUND");
    assert_eq!(code(&audrey, consistency, json!({ "from": to, "to": from })).await, "BAD_USER_INPUT");
    assert_eq!(code(&audrey, proof, json!({ "position": "1", "version": 1 })).await, "BAD_USER_INPUT");
    api.stop().await;
}

#[tokio::test]
async fn an_export_holds_personal_values_sealed_and_forgetting_somebody_changes_no_line_of_it() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 1).await;
    let frieda = app.member(&acme, "frieda", &[]).await.member().unwrap();
    let before = export(&app, &acme, false).await;
    let text = before.concat();
    assert!(text.contains("sealed") && !text.contains("frieda@example.com"), "{text}");
    let reason = "They asked for it.".to_owned();
    app.engine().forget_member(&acme, frieda, reason, &Once::default()).await.unwrap();
    let after = export(&app, &acme, false).await;
    let events = 1..before.len() - 1;
    assert_eq!(after[events.clone()], before[events]);
    assert!(after.len() > before.len(), "the forgetting is an event, too");
    assert_eq!(faults(&verify(&after, &keys(&app), "")), []);
}
