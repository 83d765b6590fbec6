//! Anchors: where checkpoints are kept outside the database. An anchor that cannot be written does not stop anything: the
//! checkpoints wait in their table, it is said loudly, and they are written as soon as it can be.

use std::{
    collections::HashMap,
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use escalon_application::ports::StoreError;
use escalon_proof::checkpoint::{Checkpoint, SignedCheckpoint, origin};

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

    /// The largest checkpoint that it holds of an organization's tree.
    ///
    /// # Errors
    /// It cannot be read now.
    async fn largest(&self, organization: &str) -> io::Result<Option<Kept>>;
}

/// A file that is only ever appended to.
#[derive(Debug, Clone)]
pub struct FileAnchor {
    path: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

/// What was read of the file until now: it may be long, and only grows.
#[derive(Debug, Default)]
struct Seen {
    bytes: u64,
    largest: HashMap<String, Kept>,
}

impl FileAnchor {
    /// This file, which is made when it is not there.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, seen: Arc::default() }
    }
}

#[async_trait]
impl Anchor for FileAnchor {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    async fn keep(&self, checkpoints: &[Kept]) -> io::Result<()> {
        let text: String = checkpoints.iter().map(|kept| format!("{}\n", kept.note)).collect();
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || append(&path, &text)).await.map_err(io::Error::other)?
    }

    async fn largest(&self, organization: &str) -> io::Result<Option<Kept>> {
        let (anchor, origin) = (self.clone(), origin(organization));
        let find = move || {
            let mut seen = anchor.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.read_on(&anchor.path)?;
            Ok(seen.largest.get(&origin).cloned())
        };
        tokio::task::spawn_blocking(find).await.map_err(io::Error::other)?
    }
}

impl Seen {
    /// Reads what was appended since.
    fn read_on(&mut self, path: &Path) -> io::Result<()> {
        let mut file = match fs::File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *self = Self::default();
                return Ok(());
            }
            opened => opened?,
        };
        if file.metadata()?.len() < self.bytes {
            // Another file stands there.
            *self = Self::default();
        }
        file.seek(SeekFrom::Start(self.bytes))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        self.bytes += self.take(&text) as u64;
        Ok(())
    }

    /// Takes the notes of a text, and answers where the last whole one ends. What a crash left in pieces is passed over: it
    /// was written again.
    fn take(&mut self, text: &str) -> usize {
        let (mut rest, mut before, mut end) = (text, "", 0);
        while let Some((part, after)) = rest.split_once("\n\n") {
            if part.starts_with("— ") {
                let note = format!("{}\n\n{part}\n", before.trim_start_matches('\n'));
                if let Ok(signed) = note.parse::<SignedCheckpoint>() {
                    self.note(signed.unverified(), note);
                }
                end = text.len() - after.len();
            }
            (rest, before) = (after, part);
        }
        end
    }

    fn note(&mut self, Checkpoint { origin, size, .. }: &Checkpoint, note: String) {
        if self.largest.get(origin).is_none_or(|kept| kept.size < *size) {
            let organization = origin.rsplit('/').next().unwrap_or_default().to_owned();
            self.largest.insert(origin.clone(), Kept { organization, size: *size, note });
        }
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
