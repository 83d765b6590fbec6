//! The notary after a start: what its anchor remembers, the database does not make it forget.

use std::{fs, sync::Arc};

use escalon_application::{Caller, Once};
use escalon_infrastructure::notary::{
    Notary, NotaryError,
    anchor::{Anchor, FileAnchor, Kept},
};
use escalon_proof::{
    checkpoint::{Checkpoint, origin},
    key::SignerKey,
    tree::empty,
};
use escalon_tests::{MemoryAnchor, TestApp, notary};

use super::{PATIENCE, as_owner, history};
use crate::store::opening;

/// The notary of a process that began just now, with the same key and this anchor.
fn restarted(app: &TestApp, anchor: &Arc<MemoryAnchor>) -> Notary {
    Notary::new(app.app.database.clone(), app.app.feed.clone(), notary(7, Arc::clone(anchor)))
}

async fn another_event(app: &TestApp, operator: &Caller) {
    app.engine().open_ticket(operator, opening(), &Once::default()).await.unwrap();
}

/// A history with a checkpoint in the anchor.
async fn anchored() -> (TestApp, Caller) {
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 1).await;
    app.app.notary.cover(acme.organization, PATIENCE).await.unwrap();
    assert!(!app.anchor.kept().is_empty());
    (app, acme)
}

async fn refusal(notary: &Notary, operator: &Caller) -> String {
    match notary.cover(operator.organization, PATIENCE).await {
        Err(NotaryError::Halted { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

/// As after the restore of a backup from before everything that the notary wrote.
async fn forget_checkpoints(app: &TestApp) {
    for table in ["notary_checkpoints", "notary_tiles", "notary_trees"] {
        as_owner(app, &format!("delete from escalon.{table}")).await;
    }
    as_owner(app, "update escalon.notary set position = 0").await;
}

fn kept(organization: &str, size: u64, key: u8) -> Kept {
    let key = SignerKey::from_seed("escalon/notary", &[key; 32]);
    let note = Checkpoint { origin: origin(organization), size, root: empty() }.sign(&key).to_string();
    Kept { organization: organization.to_owned(), size, note }
}

#[tokio::test]
async fn a_tree_that_goes_on_from_what_is_anchored_is_signed_after_a_restart() {
    let (app, acme) = anchored().await;
    another_event(&app, &acme).await;
    let signed = restarted(&app, &app.anchor).cover(acme.organization, PATIENCE).await.unwrap();
    assert!(signed.unverified().size > app.anchor.kept()[0].size);
    // Also when the database lost what the notary wrote, and the same tree was built anew.
    forget_checkpoints(&app).await;
    let again = restarted(&app, &app.anchor).cover(acme.organization, PATIENCE).await.unwrap();
    assert_eq!(again, signed);
}

#[tokio::test]
async fn a_tree_that_is_smaller_than_what_is_anchored_is_not_signed() {
    let (app, acme) = anchored().await;
    another_event(&app, &acme).await;
    app.anchor.keep(&[kept(&acme.organization.to_string(), 1_000, 7)]).await.unwrap();
    let reason = refusal(&restarted(&app, &app.anchor), &acme).await;
    assert!(
        reason.contains("holds a checkpoint over 1000") && reason.contains("restore a newer backup"),
        "{reason}"
    );
    assert!(reason.contains("--notary-anchor-file"), "{reason}");
    let halted: Option<String> = sqlx::query_scalar("select halted from escalon.notary_trees")
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    assert_eq!(halted, Some(reason));
    let lag = app.app.reads.subscriptions().await.unwrap();
    let lag = lag.iter().find(|one| one.name == "notary").unwrap();
    assert!(lag.error.as_ref().unwrap().contains("escalon doctor"), "{lag:?}");
    // Another anchor is a new beginning.
    restarted(&app, &Arc::default()).cover(acme.organization, PATIENCE).await.unwrap();
}

#[tokio::test]
async fn a_tree_that_departs_from_what_is_anchored_is_not_signed_whatever_the_database_says() {
    let (app, acme) = anchored().await;
    // Whoever owns the database changes an event and everything that the notary wrote about it.
    as_owner(&app, "update escalon.events set recorded_at = recorded_at - interval '1 day' where event_type = 'ticket.opened'")
        .await;
    forget_checkpoints(&app).await;
    another_event(&app, &acme).await;
    let reason = refusal(&restarted(&app, &app.anchor), &acme).await;
    assert!(reason.contains("does not begin with") && reason.contains("restore the right one"), "{reason}");
}

#[tokio::test]
async fn an_anchor_that_cannot_be_read_or_trusted_is_named_with_its_cure() {
    let (app, acme) = anchored().await;
    another_event(&app, &acme).await;
    let notary = restarted(&app, &app.anchor);
    app.anchor.set_unreadable(true);
    let reason = refusal(&notary, &acme).await;
    assert!(reason.contains("the share is not mounted") && reason.contains("mend its place"), "{reason}");
    app.anchor.set_unreadable(false);
    notary.cover(acme.organization, PATIENCE).await.unwrap();
    // From then on this process knows itself what was signed.
    app.anchor.set_unreadable(true);
    another_event(&app, &acme).await;
    notary.cover(acme.organization, PATIENCE).await.unwrap();

    let organization = acme.organization.to_string();
    let mut forged = kept(&organization, 5, 7);
    forged.note = forged.note.replacen("\n5\n", "\n6\n", 1);
    for (wrong, said) in
        [(kept(&organization, 5, 9), "does not know"), (forged, "somebody changed the anchor")]
    {
        another_event(&app, &acme).await;
        let anchor = Arc::<MemoryAnchor>::default();
        anchor.keep(&[wrong]).await.unwrap();
        let reason = refusal(&restarted(&app, &anchor), &acme).await;
        assert!(reason.contains(said), "{reason}");
    }
}

#[tokio::test]
async fn a_file_is_read_as_it_grows_and_what_a_crash_left_in_pieces_is_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoints.log");
    let anchor = FileAnchor::new(path.clone());
    let size = async |organization: &str| {
        anchor.largest(organization).await.unwrap().map(|kept| (kept.size, kept.organization))
    };
    assert_eq!(size("organization_a").await, None);
    anchor.keep(&[kept("organization_a", 1, 7), kept("organization_b", 4, 7)]).await.unwrap();
    assert_eq!(size("organization_a").await, Some((1, "organization_a".to_owned())));
    // Half a checkpoint, as a crash in the middle of a write leaves it; it comes again.
    let half = kept("organization_a", 2, 7).note;
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str(&half[..half.len() / 2]);
    fs::write(&path, &text).unwrap();
    assert_eq!(size("organization_a").await.unwrap().0, 1);
    anchor.keep(&[kept("organization_a", 2, 7), kept("organization_a", 3, 7)]).await.unwrap();
    anchor.keep(&[kept("organization_b", 2, 7)]).await.unwrap();
    assert_eq!((size("organization_a").await.unwrap().0, size("organization_b").await.unwrap().0), (3, 4));
    let afresh = FileAnchor::new(path.clone());
    assert_eq!(afresh.largest("organization_a").await.unwrap(), Some(kept("organization_a", 3, 7)));
    fs::write(&path, "").unwrap();
    assert_eq!(size("organization_a").await, None, "another file stands there");
    assert!(FileAnchor::new(directory.path().to_owned()).largest("organization_a").await.is_err());
}
