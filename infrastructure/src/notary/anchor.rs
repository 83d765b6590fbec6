//! Anchors: where checkpoints are kept outside the database. An anchor that cannot be written does not stop anything: the
//! checkpoints wait in their table, it is said loudly, and they are written as soon as it can be.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use escalon_application::ports::StoreError;

use super::{Notary, tiles};
use crate::error::store_error;

/// How many checkpoints are written at once.
const BATCH: i64 = 500;

/// A signed checkpoint on its way to an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose tree.
    pub organization: String,
    /// How many leaves it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// Keeps checkpoints outside the database. It may get one twice.
#[async_trait]
pub trait Anchor: std::fmt::Debug + Send + Sync {
    /// Where it is, for messages.
    fn place(&self) -> String;

    /// Keeps them for good: when it returns, a crash does not lose them.
    ///
    /// # Errors
    /// It cannot now.
    async fn keep(&self, checkpoints: &[Kept]) -> io::Result<()>;
}

/// A file that is only ever appended to.
#[derive(Debug, Clone)]
pub struct FileAnchor(PathBuf);

impl FileAnchor {
    /// This file, which is made when it is not there.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }
}

#[async_trait]
impl Anchor for FileAnchor {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    async fn keep(&self, checkpoints: &[Kept]) -> io::Result<()> {
        let text: String = checkpoints.iter().map(|kept| format!("{}\n", kept.note)).collect();
        let path = self.0.clone();
        tokio::task::spawn_blocking(move || append(&path, &text)).await.map_err(io::Error::other)?
    }
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).create(true).open(path)?;
    // One write, so that two processes do not write into each other.
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

impl Notary {
    /// Gives the anchor what it does not have yet.
    pub(super) async fn anchor_pending(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "anchoring checkpoints";
        loop {
            let rows: Vec<(String, i64, String)> = sqlx::query_as(
                "select organization, size, note from escalon.notary_checkpoints where anchored_at is null
                 order by signed_at, organization, size limit $1",
            )
            .bind(BATCH)
            .fetch_all(&self.database.engine)
            .await
            .map_err(store_error(OPERATION))?;
            if rows.is_empty() {
                return Ok(());
            }
            let kept: Vec<Kept> = rows
                .into_iter()
                .map(|(organization, size, note)| Kept { organization, size: size.unsigned_abs(), note })
                .collect();
            if let Err(error) = self.settings.anchor.keep(&kept).await {
                metrics::counter!("escalon_notary_anchor_failures_total").increment(1);
                tracing::error!(
                    place = self.settings.anchor.place(), %error, waiting = kept.len(),
                    "checkpoints cannot be kept outside the database; trying again"
                );
                return Ok(());
            }
            let sizes = kept.iter().map(|kept| tiles::signed(kept.size)).collect::<Result<Vec<_>, _>>()?;
            sqlx::query(
                "update escalon.notary_checkpoints c set anchored_at = now()
                 from unnest($1::text[], $2::bigint[]) as k (organization, size)
                 where c.organization = k.organization and c.size = k.size",
            )
            .bind(kept.iter().map(|kept| kept.organization.as_str()).collect::<Vec<_>>())
            .bind(sizes)
            .execute(&self.database.engine)
            .await
            .map_err(store_error(OPERATION))?;
        }
    }

    /// How far it is, as metrics.
    pub(super) async fn measure(&self) -> Result<(), StoreError> {
        let (position, pending): (i64, i64) = sqlx::query_as(
            "select (select position from escalon.notary),
                (select count(*) from escalon.notary_checkpoints where anchored_at is null)",
        )
        .fetch_one(&self.database.engine)
        .await
        .map_err(store_error("measuring the notary"))?;
        metrics::gauge!("escalon_notary_position").set(position as f64);
        metrics::gauge!("escalon_notary_behind").set((self.feed.head() - position).max(0) as f64);
        metrics::gauge!("escalon_notary_anchor_pending").set(pending as f64);
        Ok(())
    }
}
