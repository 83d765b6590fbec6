//! Daily sequences of ticket numbers, kept in the database. Openings that happen together draw together.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use escalon_application::ports::{Numbers, StoreError};
use escalon_domain::organization::OrganizationId;
use sqlx::PgPool;

use crate::{database::Database, gather::Gather};

const OPERATION: &str = "drawing a ticket number";
/// How many numbers are drawn at once.
const GROUP: usize = 256;

/// A sequence: organization, prefix and day.
type Sequence = (String, String, NaiveDate);
type Answer = Result<i64, StoreError>;

/// Daily sequences, kept in the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PgNumbers {
    draws: Gather<Sequence, Answer>,
}

impl PgNumbers {
    /// Over this database.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        let pool = database.writer.clone();
        Self { draws: Gather::new(1, GROUP, move |wanted| answer(pool.clone(), wanted)) }
    }
}

#[async_trait]
impl Numbers for PgNumbers {
    async fn next(
        &self,
        organization: OrganizationId,
        prefix: &str,
        day: NaiveDate,
    ) -> Result<u32, StoreError> {
        let drawn = self.draws.ask((organization.to_string(), prefix.to_owned(), day)).await;
        let drawn = drawn.map_err(|gone| StoreError::broken(OPERATION, gone))??;
        u32::try_from(drawn).map_err(|error| StoreError::broken(OPERATION, error))
    }
}

async fn answer(pool: PgPool, wanted: Vec<Sequence>) -> Vec<Answer> {
    let mut counts = BTreeMap::<&Sequence, i64>::new();
    for sequence in &wanted {
        *counts.entry(sequence).or_default() += 1;
    }
    let mut next = match draw(&pool, &counts).await {
        Ok(next) => next,
        Err(error) => {
            let message = error.to_string();
            let fail = |_| match &error {
                sqlx::Error::Database(_) => Err(StoreError::broken(OPERATION, message.clone())),
                _ => Err(StoreError::Unavailable { operation: OPERATION, source: message.clone().into() }),
            };
            return wanted.iter().map(fail).collect();
        }
    };
    let mut give = |sequence: &Sequence| {
        let number = next.get_mut(sequence).ok_or_else(|| StoreError::broken(OPERATION, "no number came"))?;
        *number += 1;
        Ok(*number)
    };
    wanted.iter().map(&mut give).collect()
}

/// Draws so many numbers of each sequence; answers the one before the first of each.
async fn draw(
    pool: &PgPool,
    counts: &BTreeMap<&Sequence, i64>,
) -> Result<BTreeMap<Sequence, i64>, sqlx::Error> {
    let column =
        |part: fn(&Sequence) -> &String| counts.keys().map(|key| part(key).as_str()).collect::<Vec<_>>();
    let drawn: Vec<(String, String, NaiveDate, i64)> =
        sqlx::query_as("select organization, prefix, day, last from escalon.next_numbers($1, $2, $3, $4)")
            .bind(column(|key| &key.0))
            .bind(column(|key| &key.1))
            .bind(counts.keys().map(|key| key.2).collect::<Vec<_>>())
            .bind(counts.values().copied().collect::<Vec<_>>())
            .fetch_all(pool)
            .await?;
    let before = |(organization, prefix, day, last): (String, String, NaiveDate, i64)| {
        let key = (organization, prefix, day);
        let count = counts.get(&key).copied().unwrap_or_default();
        (key, last - count)
    };
    Ok(drawn.into_iter().map(before).collect())
}
