//! Daily sequences of ticket numbers, kept in the database. Openings that happen together draw together.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::NaiveDate;
use escalon_application::ports::{Numbers, StoreError};
use escalon_domain::organization::OrganizationId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    database::Database,
    error::{shared, store_error},
    gather::{Gather, Worker},
    line::Line,
};

const OPERATION: &str = "drawing a ticket number";
/// How many numbers are drawn at once.
const GROUP: usize = 256;

/// A sequence: organization, prefix and day.
type Sequence = (String, String, NaiveDate);
/// A number that is wanted, unless this command is known.
type Wanted = (Sequence, Option<Uuid>);
type Answer = Result<Option<i64>, StoreError>;

/// Daily sequences, kept in the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PgNumbers {
    draws: Gather<Wanted, Answer>,
}

impl PgNumbers {
    /// Over this database.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        Self { draws: Gather::new([Drawer(database.line())], GROUP) }
    }
}

#[async_trait]
impl Numbers for PgNumbers {
    async fn next(
        &self,
        organization: OrganizationId,
        prefix: &str,
        day: NaiveDate,
        unless: Option<Uuid>,
    ) -> Result<Option<u32>, StoreError> {
        let drawn = self.draws.ask(((organization.to_string(), prefix.to_owned(), day), unless)).await;
        let drawn = drawn.map_err(|gone| StoreError::broken(OPERATION, gone))??;
        drawn.map(u32::try_from).transpose().map_err(|error| StoreError::broken(OPERATION, error))
    }
}

struct Drawer(Line);

impl Worker<Wanted, Answer> for Drawer {
    async fn answer(&mut self, wanted: Vec<Wanted>) -> Vec<Answer> {
        let mut drawn = match draw(&mut self.0, &wanted).await {
            Ok(drawn) => drawn,
            Err(error) => {
                let error = Arc::new(store_error(OPERATION)(error));
                return wanted.iter().map(|_| Err(shared(&error))).collect();
            }
        };
        let given = |(sequence, command): &Wanted| {
            if command.is_some_and(|command| drawn.known.contains(&command)) {
                return Ok(None);
            }
            let next = drawn.next.get_mut(sequence);
            let next = next.ok_or_else(|| StoreError::broken(OPERATION, "no number came"))?;
            *next += 1;
            Ok(Some(*next))
        };
        wanted.iter().map(given).collect()
    }
}

struct Drawn {
    known: HashSet<Uuid>,
    /// The number before the next of each sequence.
    next: HashMap<Sequence, i64>,
}

async fn draw(line: &mut Line, wanted: &[Wanted]) -> Result<Drawn, sqlx::Error> {
    type Row = (Option<Uuid>, Option<String>, Option<String>, Option<NaiveDate>, Option<i64>);
    let query = sqlx::query(
        "select known, organization, prefix, day, last from escalon.next_numbers($1, $2, $3, $4)",
    )
    .bind(wanted.iter().map(|((organization, ..), _)| organization.as_str()).collect::<Vec<_>>())
    .bind(wanted.iter().map(|((_, prefix, _), _)| prefix.as_str()).collect::<Vec<_>>())
    .bind(wanted.iter().map(|((.., day), _)| *day).collect::<Vec<_>>())
    .bind(wanted.iter().map(|(_, command)| *command).collect::<Vec<_>>());
    let rows = line.fetch_all(query).await?;
    let rows: Vec<Row> = rows.iter().map(Row::from_row).collect::<Result<_, _>>()?;
    let mut drawn = Drawn { known: rows.iter().filter_map(|row| row.0).collect(), next: HashMap::new() };
    for row in rows {
        if let (_, Some(organization), Some(prefix), Some(day), Some(last)) = row {
            drawn.next.insert((organization, prefix, day), last);
        }
    }
    for (sequence, command) in wanted {
        if command.is_none_or(|command| !drawn.known.contains(&command))
            && let Some(last) = drawn.next.get_mut(sequence)
        {
            *last -= 1;
        }
    }
    Ok(drawn)
}
