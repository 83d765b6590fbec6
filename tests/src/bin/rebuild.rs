//! Rebuilds a projection in small steps, for tests that kill it: `rebuild URL NAME`. With the id of an organization in place
//! of the name it begins to replay that, and stands still in the middle.
#![allow(clippy::expect_used, reason = "a failed expectation is a failed test")]

use std::time::Duration;

use escalon_infrastructure::{
    database::{Database, options_from_url},
    feed::Feed,
    vault::{MasterKeySource, Vault},
};
use escalon_projections::{Projections, Until};
use escalon_tests::MASTER_KEY;
use tokio::sync::watch;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (url, name) = (arguments.next().expect("a URL"), arguments.next().expect("a projection"));
    let database = Database::new(&options_from_url(&url).expect("a URL"), 4);
    let vault = Vault::new(&database, MasterKeySource::text(MASTER_KEY.to_owned()));
    let feed = Feed::new(database.clone(), watch::channel(0).1, vault);
    let projections = Projections::new(database.clone(), feed).in_chunks_of(500);
    if let Ok(organization) = name.parse() {
        let until = Until::Position(1);
        let stand_still = |_| std::thread::sleep(Duration::from_secs(60));
        projections.replay(organization, until, stand_still).await.expect("a replay");
    }
    let report = projections.rebuild(&name, |_| {}).await.expect("a rebuild");
    assert!(report.comparison.is_some_and(|compared| compared.is_equal()), "old and new differ");
    database.close().await;
}
