//! The notary at work: what it signs, what it refuses, and what does not stop it.

use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

use escalon_application::Caller;
use escalon_infrastructure::notary::{
    Notary, NotaryError,
    anchor::{Anchor, FileAnchor, Kept},
    keys::Keys,
};
use escalon_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    key::SignerKey,
    tree::empty,
};
use escalon_tests::{TestApp, notary};

use super::{PATIENCE, as_owner, export, faults, history, keys, verify};
use crate::store::ticket_type;

async fn checkpoints(app: &TestApp) -> i64 {
    let count = sqlx::query_scalar("select count(*) from escalon.notary_checkpoints");
    count.fetch_one(&app.app.database.engine).await.unwrap()
}

#[tokio::test]
async fn each_event_is_one_leaf_whoever_builds_and_a_tree_that_did_not_grow_is_not_signed_again() {
    let app = TestApp::new().await;
    let beside = app.beside().await;
    let (acme, _) = tokio::join!(history(&app, "acme", 3), history(&beside, "other", 3));
    app.settle().await;
    for _ in 0..3 {
        let (one, other) = tokio::join!(app.app.notary.step(), beside.app.notary.step());
        one.unwrap();
        other.unwrap();
    }
    let sizes: Vec<(i64, i64, i64)> = sqlx::query_as(
        "select t.size, t.signed, (select count(*) from escalon.events e where e.organization = t.organization)
         from escalon.notary_trees t",
    )
    .fetch_all(&app.app.database.engine)
    .await
    .unwrap();
    assert_eq!(sizes.len(), 2);
    for (size, signed, events) in sizes {
        assert_eq!((size, signed), (events, events));
    }
    let before = checkpoints(&app).await;
    app.app.notary.step().await.unwrap();
    assert_eq!(checkpoints(&app).await, before);
    let anchored = app.anchor.kept().len() + beside.anchor.kept().len();
    assert!(anchored as i64 >= before, "each is anchored by one of them");
    assert_eq!(faults(&verify(&export(&beside, &acme, true).await, &keys(&app), "")), []);
}

#[tokio::test]
async fn an_anchor_that_cannot_be_written_stops_nothing_and_gets_everything_later() {
    let app = TestApp::new().await;
    app.anchor.set_broken(true);
    let acme = history(&app, "acme", 1).await;
    app.app.notary.cover(acme.organization, PATIENCE).await.unwrap();
    app.app.notary.step().await.unwrap();
    ticket_type_of(&app, "other").await;
    app.settle().await;
    app.app.notary.step().await.unwrap();
    assert!(checkpoints(&app).await >= 2 && app.anchor.kept().is_empty());
    app.anchor.set_broken(false);
    app.app.notary.step().await.unwrap();
    assert_eq!(app.anchor.kept().len() as i64, checkpoints(&app).await);
    app.app.notary.step().await.unwrap();
    assert_eq!(app.anchor.kept().len() as i64, checkpoints(&app).await, "once each");
}

async fn ticket_type_of(app: &TestApp, name: &str) -> Caller {
    let operator = app.organization(name).await;
    ticket_type(app, &operator).await;
    operator
}

#[tokio::test]
async fn a_stored_tree_or_checkpoint_that_was_changed_is_not_signed_any_more() {
    let foreign = SignerKey::from_seed("escalon/notary", &[9; 32]);
    let own = SignerKey::from_seed("escalon/notary", &[7; 32]);
    let of = |size: u64| Checkpoint { origin: origin("organization_x"), size, root: empty() };
    let cases = [
        ("update escalon.notary_tiles set hashes = overlay(hashes placing '\\x00'::bytea from 40) where level = 0".to_owned(), "is not the one"),
        ("update escalon.notary_tiles set hashes = substr(hashes, 33) where level = 0".to_owned(), "hashes instead of"),
        ("delete from escalon.notary_tiles".to_owned(), "missing"),
        ("update escalon.notary_checkpoints set note = replace(note, '=', 'A')".to_owned(), "is none"),
        ("update escalon.notary_checkpoints set note = overlay(note placing 'x' from 12)".to_owned(), "is wrong"),
        (format!("update escalon.notary_checkpoints set note = '{}'", of(3).sign(&foreign)), "--notary-key-file"),
        (format!("update escalon.notary_checkpoints set note = '{}'", of(3).sign(&own)), "another one stands"),
        ("delete from escalon.notary_checkpoints".to_owned(), "is gone"),
    ];
    for (change, reason) in cases {
        let app = TestApp::new().await;
        let acme = history(&app, "acme", 1).await;
        app.app.notary.cover(acme.organization, PATIENCE).await.unwrap();
        as_owner(&app, &change).await;
        let before = checkpoints(&app).await;
        ticket_type_again(&app, &acme).await;
        let said = match app.app.notary.cover(acme.organization, PATIENCE).await {
            Err(NotaryError::Halted { reason, .. }) => {
                let halted: Option<String> = sqlx::query_scalar("select halted from escalon.notary_trees")
                    .fetch_one(&app.app.database.engine)
                    .await
                    .unwrap();
                assert_eq!(halted.as_ref(), Some(&reason));
                reason
            }
            Err(NotaryError::Store(error)) => error.to_string(),
            other => panic!("{change}: {other:?}"),
        };
        assert!(said.contains(reason), "{change}: {said}");
        assert_eq!(checkpoints(&app).await, before, "{change}: nothing was signed");
    }
}

/// One event more.
async fn ticket_type_again(app: &TestApp, operator: &Caller) {
    use crate::store::opening;
    app.engine().open_ticket(operator, opening(), &escalon_application::Once::default()).await.unwrap();
}

#[tokio::test]
async fn another_key_is_not_accepted_unless_it_names_the_old_one() {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 1).await;
    app.app.notary.cover(acme.organization, PATIENCE).await.unwrap();
    ticket_type_again(&app, &acme).await;
    let with = |keys: Keys| {
        let settings = escalon_infrastructure::notary::Settings { keys, ..notary(9, Arc::default()) };
        Notary::new(app.app.database.clone(), app.app.feed.clone(), settings)
    };
    let new = SignerKey::from_seed("escalon/notary", &[9; 32]);
    let error = with(Keys::of(new.clone())).cover(acme.organization, PATIENCE).await.unwrap_err().to_string();
    assert!(error.contains("--notary-key-file") && error.contains("escalon/notary+"), "{error}");

    let text = format!("{}\n{}\n", new.secret(), app.app.notary.keys().verifier());
    let replaced = with(Keys::from_text(&text).unwrap());
    replaced.cover(acme.organization, PATIENCE).await.unwrap();
    let lines = export(&app, &acme, true).await;
    assert_eq!(faults(&verify(&lines, replaced.keys().trusted(), "")), [], "both keys verify the whole");
    assert!(!verify(&lines, &[new.verifier().clone()], "").is_good(), "the new one alone does not");
}

#[test]
fn the_key_is_made_once_kept_to_its_owner_and_replaced_with_a_memory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notary.key");
    let made = Keys::from_own_file(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Keys::from_own_file(&path).unwrap().verifier(), made.verifier());
    let replaced = Keys::replace(&path).unwrap();
    assert_eq!(replaced.earlier(), [made.verifier().clone()]);
    assert_eq!(Keys::from_file(&path).unwrap().trusted(), replaced.trusted());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing else is left");
    for wrong in ["", "nonsense", &made.verifier().to_string()] {
        let error = Keys::from_text(wrong).unwrap_err().to_string();
        assert!(error.contains("restore it from a copy"), "{error}");
    }
}

#[tokio::test]
async fn the_file_of_an_anchor_is_only_appended_to_and_can_be_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoints.log");
    let anchor = FileAnchor::new(path.clone());
    let key = SignerKey::from_seed("escalon/notary", &[1; 32]);
    let kept = |size| {
        let note =
            Checkpoint { origin: origin("organization_x"), size, root: empty() }.sign(&key).to_string();
        Kept { organization: "organization_x".to_owned(), size, note }
    };
    anchor.keep(&[kept(1), kept(2)]).await.unwrap();
    anchor.keep(&[kept(3)]).await.unwrap();
    let all = SignedCheckpoint::all(&fs::read_to_string(&path).unwrap()).unwrap();
    let sizes: Vec<u64> = all.iter().map(|signed| signed.unverified().size).collect();
    assert_eq!(sizes, [1, 2, 3]);
    assert!(FileAnchor::new(directory.path().to_owned()).keep(&[kept(4)]).await.is_err());
}
