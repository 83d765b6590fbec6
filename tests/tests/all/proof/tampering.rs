//! Changes of a real history: in its file, bit by bit, and in the database, by somebody who owns it.

use std::ops::Range;

use escalon_proof::{
    Hash,
    chain::{Record, link},
    verify::{Fault, Kept, Verifier},
};
use escalon_tests::TestApp;
use sqlx::{Connection, PgConnection};

use super::{as_owner, export, faults, history, keys, verify};

/// Flips every bit of these lines and says which were not found in their line.
fn undetected(
    lines: &[String],
    numbers: Range<usize>,
    keys: &[escalon_proof::key::VerifierKey],
) -> Vec<String> {
    let kept = Kept::default();
    let mut before = Verifier::new(keys, &kept);
    lines[..numbers.start].iter().for_each(|line| before.line(line.as_bytes()));
    let mut missed = Vec::new();
    for number in numbers {
        let line = &lines[number];
        for bit in 0..line.len() * 8 {
            let mut bytes = line.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut verifier = before.clone();
            bytes.split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line));
            if verifier.so_far().is_good() {
                lines[number + 1..].iter().for_each(|line| verifier.line(line.as_bytes()));
            }
            let found = match verifier.so_far().findings.first() {
                Some(finding) => Some(finding.line),
                None => verifier.finish().findings.first().map(|finding| finding.line),
            };
            if found != Some(number as u64 + 1) {
                missed.push(format!("line {}, bit {bit}: {found:?}", number + 1));
            }
        }
        before.line(line.as_bytes());
    }
    missed
}

#[tokio::test]
async fn every_flipped_bit_and_every_removed_repeated_or_exchanged_line_of_a_real_history_is_found() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 2).await;
    let (lines, keys) = (export(&app, &acme, false).await, keys(&app));
    assert_eq!(faults(&verify(&lines, &keys, "")), []);
    let middle = lines.len() / 2;
    let missed = std::thread::scope(|scope| {
        let halves = [0..middle, middle..lines.len()]
            .map(|numbers| scope.spawn(|| undetected(&lines, numbers, &keys)));
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(missed, Vec::<String>::new());

    for one in 0..lines.len() {
        let mut changed = lines.clone();
        changed.remove(one);
        let report = verify(&changed, &keys, "");
        assert!(faults(&report)[0].0.abs_diff(one as u64 + 1) <= 1, "{one} removed: {report:?}");
        let mut changed = lines.clone();
        changed.insert(one, lines[one].clone());
        assert_eq!(faults(&verify(&changed, &keys, ""))[0].0, one as u64 + 2, "{one} repeated");
        for other in one + 1..lines.len() {
            let mut changed = lines.clone();
            changed.swap(one, other);
            assert_eq!(
                faults(&verify(&changed, &keys, ""))[0].0,
                one as u64 + 1,
                "{one} and {other} exchanged"
            );
        }
    }
}

#[tokio::test]
async fn a_changed_event_in_the_database_is_found_and_the_rest_is_known_to_be_as_signed() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 2).await;
    export(&app, &acme, false).await;
    let organization = acme.organization;
    let one = format!(
        "where organization = '{organization}' and event_type = 'ticket.tagged' and payload::text like '%t1%'"
    );
    let changes = [
        ("payload = replace(payload::text, 't1', 't9')::json", Fault::Content),
        ("metadata = replace(metadata::text, 'system:', 'System:')::json", Fault::Content),
        ("event_version = '2'", Fault::Content),
        ("recorded_at = recorded_at + interval '1 microsecond'", Fault::Leaf),
        ("occurred_at = occurred_at + interval '1 day'", Fault::OccurredAt),
        ("hash = sha256('anything')", Fault::Hash),
    ];
    as_owner(
        &app,
        &format!("create table kept as select * from escalon.events where organization = '{organization}'"),
    )
    .await;
    for (change, fault) in changes {
        as_owner(&app, &format!("update escalon.events set {change} {one}")).await;
        let report = verify(&export(&app, &acme, false).await, &keys(&app), "");
        assert_eq!(faults(&report)[0].1, &fault, "{change}: {report:?}");
        assert_eq!(report.findings[0].event.as_ref().unwrap().sequence, 2);
        assert!(report.pinned, "{change}");
        as_owner(
            &app,
            "update escalon.events e set payload = k.payload, metadata = k.metadata, hash = k.hash,
            event_version = k.event_version, recorded_at = k.recorded_at, occurred_at = k.occurred_at
            from kept k where k.insertion = e.insertion",
        )
        .await;
        assert_eq!(faults(&verify(&export(&app, &acme, false).await, &keys(&app), "")), []);
    }
}

#[tokio::test]
async fn a_removed_or_moved_event_in_the_database_is_found() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 2).await;
    let lines = export(&app, &acme, false).await;
    let tagged = format!("organization = '{}' and event_type = 'ticket.tagged'", acme.organization);
    exchange(&app, &tagged).await;
    let report = verify(&export(&app, &acme, false).await, &keys(&app), "");
    assert!(matches!(faults(&report)[0].1, Fault::StreamGap(_)), "{report:?}");
    exchange(&app, &tagged).await;
    assert_eq!(faults(&verify(&export(&app, &acme, false).await, &keys(&app), "")), []);

    as_owner(&app, &format!("delete from escalon.events where {tagged} and payload::text like '%t0%'")).await;
    let report = verify(&export(&app, &acme, false).await, &keys(&app), "");
    assert!(faults(&report).iter().any(|(_, fault)| matches!(fault, Fault::Missing(_))), "{report:?}");
    assert_eq!(faults(&verify(&lines, &keys(&app), "")), [], "the earlier export stands");
}

#[tokio::test]
async fn a_history_rewritten_with_all_its_hashes_is_found_by_the_signed_root() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 2).await;
    let before = export(&app, &acme, false).await;
    let anchored: String =
        app.app.notary.ledger().latest(&acme.organization.to_string()).await.unwrap().unwrap().to_string();
    rewrite(&app, &acme.organization.to_string()).await;
    let report = verify(&export(&app, &acme, false).await, &keys(&app), "");
    // The chain is whole again; leaves and root are not, and they tell which event it was.
    assert!(
        faults(&report).iter().all(|(_, fault)| matches!(fault, Fault::Leaf | Fault::Root { .. })),
        "{report:?}"
    );
    assert!(report.pinned && report.findings[0].event.as_ref().unwrap().sequence == 2);

    // Whoever rebuilds the tree, too, and has the key, is found by the checkpoint that was kept elsewhere.
    for table in ["tiles", "trees", "checkpoints"] {
        as_owner(&app, &format!("delete from escalon.notary_{table}")).await;
    }
    as_owner(&app, "update escalon.notary set position = 0").await;
    let beside = app.beside().await;
    let forged = export(&beside, &acme, false).await;
    assert_eq!(faults(&verify(&forged, &keys(&app), "")), [], "by itself it looks as it should");
    let report = verify(&forged, &keys(&app), &anchored);
    assert!(matches!(faults(&report)[..], [(_, Fault::Kept { .. })]), "{report:?}");
    assert_eq!(verify(&before, &keys(&app), &anchored).kept, 1);
}

/// Exchanges the positions of two events.
async fn exchange(app: &TestApp, which: &str) {
    let which = format!("insertion in (select insertion from escalon.events where {which})");
    as_owner(app, &format!("update escalon.event_positions set position = -position where {which}")).await;
    let other = "(select -min(q.position) - max(q.position) + p.position from escalon.event_positions q where q.position < 0)";
    as_owner(app, &format!("update escalon.event_positions p set position = {other} where {which}")).await;
}

/// Changes the last tagging and gives it the hash that follows from it.
async fn rewrite(app: &TestApp, organization: &str) {
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    let (kind, id, metadata, payload): (String, String, String, String) = sqlx::query_as(
        "select aggregate_type, aggregate_id, metadata::text, payload::text from escalon.events
         where organization = $1 and event_type = 'ticket.tagged' and payload::text like '%t1%'",
    )
    .bind(organization)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let previous: Vec<u8> =
        sqlx::query_scalar("select hash from escalon.events where aggregate_id = $1 and sequence = 1")
            .bind(&id)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let payload = payload.replace("t1", "t9");
    let record = Record {
        kind: &kind,
        id: &id,
        sequence: 2,
        name: "ticket.tagged",
        version: "1",
        payload: &payload,
        metadata: &metadata,
    };
    let hash = link(&Hash(previous.try_into().unwrap()), &record);
    sqlx::query(
        "update escalon.events set payload = $1::json, hash = $2 where aggregate_id = $3 and sequence = 2",
    )
    .bind(payload)
    .bind(hash.0.to_vec())
    .bind(id)
    .execute(&mut owner)
    .await
    .unwrap();
}
