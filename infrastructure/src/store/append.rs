//! One append: a call of the database function `escalon.append`, which is one transaction and one round trip.

use escalon_application::ports::{Append, AppendError, Appended, StoreError};
use escalon_domain::claim::{Claim, ClaimChange, ClaimScope};
use serde::Deserialize;
use sqlx::{PgPool, Row};

use super::{claim_organization, row::metadata_json};
use crate::error::store_error;

const OPERATION: &str = "appending events";
/// Raised by `escalon.append` when another stream holds a claim.
const CLAIM_TAKEN: &str = "ES002";
const UNIQUE_VIOLATION: &str = "23505";

pub(super) async fn append(pool: &PgPool, append: &Append) -> Result<Appended, AppendError> {
    let [take, release] = claims(append);
    let (names, versions, payloads) = columns(append);
    let expected =
        i64::try_from(append.expected_version).map_err(|error| StoreError::broken(OPERATION, error))?;
    let row = sqlx::query(
        "select outcome, version, insertion
         from escalon.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(append.metadata.organization.to_string())
    .bind(&append.stream.kind)
    .bind(&append.stream.id)
    .bind(expected)
    .bind(names)
    .bind(versions)
    .bind(payloads)
    .bind(metadata_json(&append.metadata)?)
    .bind(append.metadata.occurred_at)
    .bind(take.organizations)
    .bind(take.kinds)
    .bind(take.keys)
    .bind(release.organizations)
    .bind(release.kinds)
    .bind(release.keys)
    .bind(append.metadata.command)
    .bind(&append.input)
    .fetch_one(pool)
    .await
    .map_err(refused)?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<(String, Option<i64>, Option<i64>), sqlx::Error> {
        Ok((row.try_get("outcome")?, row.try_get("version")?, row.try_get("insertion")?))
    };
    match read(&row).map_err(store_error(OPERATION))? {
        (outcome, Some(version), Some(insertion)) if outcome == "appended" => {
            Ok(Appended { version: version.unsigned_abs(), insertion })
        }
        (outcome, ..) if outcome == "done" => Err(AppendError::AlreadyDone),
        (_, actual, _) => Err(AppendError::VersionConflict { actual: actual.unwrap_or(0).unsigned_abs() }),
    }
}

#[derive(Default)]
struct ClaimColumns {
    organizations: Vec<String>,
    kinds: Vec<String>,
    keys: Vec<String>,
}

/// The claims to take and to release, as columns.
fn claims(append: &Append) -> [ClaimColumns; 2] {
    let mut columns = [ClaimColumns::default(), ClaimColumns::default()];
    for change in &append.claims {
        let (side, claim) = match change {
            ClaimChange::Take(claim) => (0, claim),
            ClaimChange::Release(claim) => (1, claim),
        };
        columns[side].organizations.push(claim_organization(append.metadata.organization, claim));
        columns[side].kinds.push(claim.kind.clone());
        columns[side].keys.push(claim.key.clone());
    }
    columns
}

fn columns(append: &Append) -> (Vec<&str>, Vec<String>, Vec<&str>) {
    let names = append.events.iter().map(|event| event.name.as_str()).collect();
    let versions = append.events.iter().map(|event| event.version.to_string()).collect();
    let payloads = append.events.iter().map(|event| event.payload.as_str()).collect();
    (names, versions, payloads)
}

#[derive(Deserialize)]
struct Taken {
    kind: String,
    key: String,
    holder: String,
    platform: bool,
}

fn refused(error: sqlx::Error) -> AppendError {
    if let Some(database) = error.as_database_error() {
        // Two requests with one key at the same time: the other one was first.
        if database.code().as_deref() == Some(UNIQUE_VIOLATION)
            && database.constraint() == Some("commands_pkey")
        {
            return AppendError::AlreadyDone;
        }
        if database.code().as_deref() == Some(CLAIM_TAKEN) {
            let detail = database
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .and_then(|error| error.detail());
            if let Some(taken) = detail.and_then(|detail| serde_json::from_str::<Taken>(detail).ok()) {
                let scope = if taken.platform { ClaimScope::Platform } else { ClaimScope::Organization };
                let claim = Claim { scope, kind: taken.kind, key: taken.key };
                return AppendError::ClaimTaken { claim, holder: taken.holder };
            }
        }
    }
    AppendError::Store(store_error(OPERATION)(error))
}
