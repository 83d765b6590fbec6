//! Appends: a whole group in one transaction and one round trip. Each append of a group is done or refused on its own: the
//! rare group that meets somebody is given to the database function `escalon.append`, which finds out who.

use std::{collections::BTreeMap, sync::Arc};

use escalon_application::ports::{Append, AppendError, Appended, Head, StoreError};
use escalon_domain::claim::{Claim, ClaimScope};
use escalon_proof::chain::{Record, link};
use serde::Deserialize;
use sqlx::{Row, postgres::PgRow, types::JsonValue};

use super::{
    columns::Columns,
    group::groups,
    insert::insert,
    row::{metadata_json, read},
};
use crate::{
    error::{shared, store_error},
    gather::Worker,
    line::Line,
};

const OPERATION: &str = "appending events";
/// How often a group is tried that met another in the database.
const ATTEMPTS: usize = 5;

pub(super) type Answer = Result<Stored, AppendError>;

/// An append that was done, with the insertion numbers of all its events.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) appended: Appended,
    pub(super) insertions: Vec<i64>,
}

/// An append with what the database is to keep of it.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) append: Append,
    /// The text of the metadata, the same for all its events.
    pub(super) metadata: String,
    /// The version of each event's shape, as text.
    pub(super) versions: Vec<String>,
    /// The hash of each event.
    pub(super) hashes: Vec<escalon_proof::Hash>,
}

impl Ready {
    /// Chains the events, whose payloads are as they will be stored.
    ///
    /// # Errors
    /// The metadata have no JSON form.
    pub(super) fn new(append: Append) -> Result<Self, StoreError> {
        let metadata = metadata_json(&append.metadata)?;
        let versions: Vec<String> = append.events.iter().map(|event| event.version.to_string()).collect();
        let mut hashes = Vec::with_capacity(append.events.len());
        let Head { version: mut sequence, hash: mut previous } = append.after;
        for (event, version) in append.events.iter().zip(&versions) {
            sequence += 1;
            previous = link(
                &previous,
                &Record {
                    kind: &append.stream.kind,
                    id: &append.stream.id,
                    sequence,
                    name: &event.name,
                    version,
                    payload: &event.payload,
                    metadata: &metadata,
                },
            );
            hashes.push(previous);
        }
        Ok(Self { append, metadata, versions, hashes })
    }

    /// Where the stream stands when this is stored.
    fn head(&self) -> Head {
        let version = self.append.after.version + self.hashes.len() as u64;
        Head { version, hash: self.hashes.last().copied().unwrap_or(self.append.after.hash) }
    }
}

/// Writes appends, over a connection of its own.
pub(super) struct Writer(pub(super) Line);

impl Worker<Ready, Answer> for Writer {
    async fn answer(&mut self, ready: Vec<Ready>) -> Vec<Answer> {
        let mut answers = BTreeMap::new();
        for group in groups(&ready) {
            let members: Vec<&Ready> = group.iter().map(|place| &ready[*place]).collect();
            answers.extend(group.into_iter().zip(self.together(&members).await));
        }
        answers.into_values().collect()
    }
}

impl Writer {
    /// A group. When it fails as a whole for a reason that lies in it, each is tried alone, so that none fails for another.
    async fn together(&mut self, group: &[&Ready]) -> Vec<Answer> {
        match self.write(group).await {
            Ok(answers) => answers,
            Err(error @ StoreError::Unavailable { .. }) => {
                let error = Arc::new(error);
                group.iter().map(|_| Err(shared(&error).into())).collect()
            }
            Err(error) if group.len() == 1 => vec![Err(error.into())],
            Err(_) => {
                let mut answers = Vec::with_capacity(group.len());
                for one in group {
                    answers.push(match self.write(&[one]).await {
                        Ok(answer) => answer.into_iter().next().unwrap_or_else(|| Err(unanswered())),
                        Err(error) => Err(error.into()),
                    });
                }
                answers
            }
        }
    }

    /// All of a group at once if it meets nobody, else each on its own.
    async fn write(&mut self, group: &[&Ready]) -> Result<Vec<Answer>, StoreError> {
        let columns = Columns::of(group)?;
        if let Some(insert) = insert(&columns) {
            match self.0.fetch_all(insert).await {
                Ok(rows) => return answers(group, &[], &rows),
                Err(error) if met_somebody(&error) => {}
                Err(error) => return Err(store_error(OPERATION)(error)),
            }
        }
        for attempt in 1.. {
            match self.0.fetch_all(columns.each()).await {
                Ok(rows) => {
                    let (refusals, stored): (Vec<_>, Vec<_>) = rows
                        .into_iter()
                        .partition(|row| row.try_get::<Option<i32>, _>("place").ok().flatten().is_some());
                    return answers(group, &refusals, &stored);
                }
                Err(error) if attempt < ATTEMPTS && met_another(&error) => {}
                Err(error) => return Err(store_error(OPERATION)(error)),
            }
        }
        Err(StoreError::broken(OPERATION, "appends kept meeting each other"))
    }
}

/// Whether somebody had been there before: on the stream, under the key, or with the claim.
fn met_somebody(error: &sqlx::Error) -> bool {
    met_another(error) || error.as_database_error().is_some_and(|error| error.is_unique_violation())
}

/// Whether two transactions stood in each other's way, so that one of them was ended and nothing of it kept.
fn met_another(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

/// What became of each append: those that were refused are named with the reason, and the insertion numbers of the others'
/// events come in their order.
fn answers(group: &[&Ready], refusals: &[PgRow], stored: &[PgRow]) -> Result<Vec<Answer>, StoreError> {
    let mut answers: Vec<Option<Answer>> = group.iter().map(|_| None).collect();
    for row in refusals {
        let place = usize::try_from(read::<i32>(row, "place", OPERATION)? - 1).unwrap_or(usize::MAX);
        if let Some(answer) = answers.get_mut(place) {
            *answer = Some(Err(refusal(row)?));
        }
    }
    let mut stored = stored.iter();
    let mut stored_as = |ready: &&Ready| -> Result<Answer, StoreError> {
        let mut insertions = Vec::with_capacity(ready.hashes.len());
        for row in stored.by_ref().take(ready.hashes.len()) {
            if read::<&str>(row, "stream", OPERATION)? != ready.append.stream.id {
                return Err(StoreError::broken(OPERATION, "the events came back in another order"));
            }
            insertions.push(read(row, "insertion", OPERATION)?);
        }
        let Some(insertion) = insertions.last().copied() else { return Ok(Err(unanswered())) };
        Ok(Ok(Stored { appended: Appended { head: ready.head(), insertion }, insertions }))
    };
    let answer = |(ready, answer): (&&Ready, Option<Answer>)| answer.map_or_else(|| stored_as(ready), Ok);
    group.iter().zip(answers).map(answer).collect()
}

fn refusal(row: &PgRow) -> Result<AppendError, StoreError> {
    let detail: Option<JsonValue> = read(row, "detail", OPERATION)?;
    let detail = detail.unwrap_or_default();
    Ok(match read::<&str>(row, "outcome", OPERATION)? {
        "done" => AppendError::AlreadyDone,
        "taken" => taken(detail)?,
        _ => AppendError::VersionConflict { actual: detail.as_u64().unwrap_or_default() },
    })
}

#[derive(Deserialize)]
struct Taken {
    kind: String,
    key: String,
    holder: String,
    platform: bool,
}

fn taken(detail: JsonValue) -> Result<AppendError, StoreError> {
    let taken: Taken =
        serde_json::from_value(detail).map_err(|error| StoreError::broken(OPERATION, error))?;
    let scope = if taken.platform { ClaimScope::Platform } else { ClaimScope::Organization };
    Ok(AppendError::ClaimTaken {
        claim: Claim { scope, kind: taken.kind, key: taken.key },
        holder: taken.holder,
    })
}

fn unanswered() -> AppendError {
    StoreError::broken(OPERATION, "the database did not say what became of it").into()
}
