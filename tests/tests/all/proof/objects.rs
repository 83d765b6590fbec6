//! Checkpoints in an object store.

use std::{fs, path::Path, sync::Arc};

use escalon_infrastructure::notary::{
    Notary, Settings,
    anchor::{Anchor, Kept},
    objects::{ObjectAnchor, ObjectStore},
};
use escalon_proof::{
    Hash,
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    key::SignerKey,
    tree::empty,
};
use escalon_tests::{
    TestApp, notary,
    objects::{ACCESS_KEY, ObjectStoreServer, SECRET_KEY},
};

use super::{PATIENCE, history};

fn anchor(server: &ObjectStoreServer, secret: &str) -> ObjectAnchor {
    ObjectAnchor::new(ObjectStore {
        endpoint: Some(server.endpoint.clone()),
        region: "us-east-1".to_owned(),
        bucket: "audit".to_owned(),
        prefix: "checkpoints/".to_owned(),
        access_key: ACCESS_KEY.to_owned(),
        secret_key: secret.to_owned(),
    })
}

fn kept(organization: &str, size: u64, root: Hash) -> Kept {
    let key = SignerKey::from_seed("escalon/notary", &[7; 32]);
    let note = Checkpoint { origin: origin(organization), size, root }.sign(&key).to_string();
    Kept { organization: organization.to_owned(), size, note }
}

/// The objects of an organization, by name.
fn objects(directory: &Path, organization: &str) -> Vec<(String, String)> {
    let folder = directory.join("audit/checkpoints").join(organization);
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn each_checkpoint_is_an_object_of_its_own_and_none_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let server = ObjectStoreServer::start(directory.path(), "audit").await;
    let anchor = anchor(&server, SECRET_KEY);
    assert_eq!(anchor.largest("organization_a").await.unwrap(), None);
    let all: Vec<Kept> = [1, 2, 9, 10].map(|size| kept("organization_a", size, empty())).into();
    anchor.keep(&all).await.unwrap();
    anchor.keep(&[kept("organization_b", 700, empty())]).await.unwrap();
    // What is kept twice is there once; the largest stands first.
    anchor.keep(&all[1..3]).await.unwrap();
    let there = objects(directory.path(), "organization_a");
    let notes: Vec<&String> = there.iter().map(|(_, note)| note).collect();
    assert_eq!(notes, all.iter().rev().map(|kept| &kept.note).collect::<Vec<_>>());
    assert!(there[0].0.ends_with(".10.note"), "{there:?}");
    assert_eq!(anchor.largest("organization_a").await.unwrap().as_ref(), all.last());
    assert_eq!(anchor.largest("organization_b").await.unwrap().unwrap().size, 700);

    // Another tree of the same size is what two databases with one key would sign.
    let fork = anchor.keep(&[kept("organization_a", 9, Hash([1; 32]))]).await.unwrap_err().to_string();
    assert!(
        fork.contains("another checkpoint over 9 leaves") && fork.contains("stop the wrong one"),
        "{fork}"
    );
    assert_eq!(objects(directory.path(), "organization_a"), there);
}

#[tokio::test]
async fn the_notary_keeps_and_recalls_checkpoints_there_and_says_what_is_in_its_way() {
    let directory = tempfile::tempdir().unwrap();
    let server = ObjectStoreServer::start(directory.path(), "audit").await;
    let app = TestApp::new().await;
    let acme = history(&app, "acme", 1).await;
    let restarted = |secret: &str| {
        let anchor = Arc::new(anchor(&server, secret));
        let settings = Settings { anchor, ..notary(7, Arc::default()) };
        Notary::new(app.app.database.clone(), app.app.feed.clone(), settings)
    };
    let signed = restarted(SECRET_KEY).cover(acme.organization, PATIENCE).await.unwrap();
    let organization = acme.organization.to_string();
    let there = objects(directory.path(), &organization);
    assert_eq!(
        there.iter().map(|(_, note)| note.parse().unwrap()).collect::<Vec<SignedCheckpoint>>(),
        [signed]
    );

    app.organization("other").await;
    app.settle().await;
    let wrong = restarted("wrong").cover(acme.organization, PATIENCE).await;
    assert!(wrong.is_ok(), "nothing of it is new");
    let reason = anchor(&server, "wrong").largest(&organization).await.unwrap_err().to_string();
    assert!(
        reason.contains("s3://audit/checkpoints/") && reason.contains("SignatureDoesNotMatch"),
        "{reason}"
    );
    assert!(!reason.contains("wrong"), "the key is not told: {reason}");

    let key = SignerKey::from_seed("escalon/notary", &[7; 32]);
    let larger =
        Checkpoint { origin: origin(&organization), size: 5_000, root: empty() }.sign(&key).to_string();
    anchor(&server, SECRET_KEY)
        .keep(&[Kept { organization: organization.clone(), size: 5_000, note: larger }])
        .await
        .unwrap();
    let opening = crate::store::opening();
    app.engine().open_ticket(&acme, opening, &escalon_application::Once::default()).await.unwrap();
    let refused = restarted(SECRET_KEY).cover(acme.organization, PATIENCE).await.unwrap_err().to_string();
    assert!(refused.contains("holds a checkpoint over 5000") && refused.contains("s3://audit"), "{refused}");
}
