//! Off the disk: what was updated is still there in old versions of rows, in indexes and in the log, until it is rewritten.

use std::time::Duration;

use escalon_domain::personal::SubjectId;
use escalon_infrastructure::store_error;
use serde::Serialize;
use sqlx::{Connection, Executor, PgConnection};

use super::{log, sweep};
use crate::{
    error::ProjectionError,
    generations::{GenerationState, Projections},
    projection::{Projection, subscription},
};

const OPERATION: &str = "scrubbing what was forgotten";
/// How long to wait for the read models, and for transactions that may still see old rows.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many people are seen to at a time.
const PEOPLE: i64 = 1_000;
/// Tables with what is not in read models: keys and password hashes.
const SECRETS: [&str; 2] = ["escalon.subject_keys", "escalon.credentials"];

/// What a scrub did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scrub {
    /// How many people were waiting for it.
    pub people: usize,
    /// Whether nothing readable of them is left where the engine can see to it.
    pub done: bool,
    /// The tables that were rewritten.
    pub rewritten: Vec<String>,
    /// What it waits for, or what is left to somebody else.
    pub notes: Vec<String>,
}

/// Somebody who was forgotten and is not scrubbed yet.
type Waiting = (String, String, i64);

impl Projections {
    /// Takes what belonged to those who were forgotten off the disk: old versions of rows, indexes, former generations and
    /// the log. It can be ended at any moment and begins anew the next time.
    ///
    /// # Errors
    /// Somebody else does it at this moment, or the database failed.
    pub async fn scrub(&self) -> Result<Scrub, ProjectionError> {
        let connection = self.database().engine.acquire().await.map_err(store_error(OPERATION))?;
        let mut connection = connection.detach();
        let alone: bool =
            sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended('escalon.scrub', 0))")
                .fetch_one(&mut connection)
                .await
                .map_err(store_error(OPERATION))?;
        if !alone {
            return Err(ProjectionError::Busy { name: "the scrub" });
        }
        let scrub = self.scrub_alone(&mut connection).await;
        // The lock ends with the connection.
        if let Err(error) = connection.close().await {
            tracing::debug!(%error, "the scrub's connection did not close properly");
        }
        scrub
    }

    async fn scrub_alone(&self, connection: &mut PgConnection) -> Result<Scrub, ProjectionError> {
        let waiting: Vec<Waiting> = sqlx::query_as(
            "select organization, subject, insertion from escalon.forgettings where scrubbed_at is null
             order by insertion limit $1",
        )
        .bind(PEOPLE)
        .fetch_all(&mut *connection)
        .await
        .map_err(store_error(OPERATION))?;
        let mut scrub = Scrub { people: waiting.len(), ..Scrub::default() };
        let Some((.., last)) = waiting.last() else { return Ok(Scrub { done: true, ..scrub }) };
        match self.reached(connection, *last).await? {
            true => self.rewrite(connection, &waiting, &mut scrub).await?,
            false => scrub.notes.push("read models have not come to the forgetting yet".to_owned()),
        }
        let people: Vec<&str> = waiting.iter().map(|(_, subject, _)| subject.as_str()).collect();
        let organizations: Vec<&str> =
            waiting.iter().map(|(organization, ..)| organization.as_str()).collect();
        sqlx::query(
            "update escalon.forgettings f
             set scrubbed_at = case when $3 then clock_timestamp() end, scrub = nullif($4, '')
             from unnest($1::text[], $2::text[]) as w (organization, subject)
             where f.organization = w.organization and f.subject = w.subject and f.scrubbed_at is null",
        )
        .bind(organizations)
        .bind(people)
        .bind(scrub.done)
        .bind(scrub.notes.join("; "))
        .execute(connection)
        .await
        .map_err(store_error(OPERATION))?;
        Ok(scrub)
    }

    /// Whether every read model has taken the event with this insertion number.
    async fn reached(&self, connection: &mut PgConnection, insertion: i64) -> Result<bool, ProjectionError> {
        let Some(position) = self.feed().position_of(insertion, PATIENCE).await? else { return Ok(false) };
        let names: Vec<String> = self.names().into_iter().map(subscription).collect();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let behind: i64 = sqlx::query_scalar(
                "select count(*) from unnest($1::text[]) as n (name)
                 left join escalon.subscriptions s on s.name = n.name where coalesce(s.position, 0) < $2",
            )
            .bind(&names)
            .bind(position)
            .fetch_one(&mut *connection)
            .await
            .map_err(store_error(OPERATION))?;
            if behind == 0 || tokio::time::Instant::now() > deadline {
                return Ok(behind == 0);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn rewrite(
        &self,
        connection: &mut PgConnection,
        waiting: &[Waiting],
        scrub: &mut Scrub,
    ) -> Result<(), ProjectionError> {
        if !self.cleared_of_copies(waiting, scrub).await? {
            return Ok(());
        }
        let mut tables: Vec<String> = SECRETS.iter().map(|table| (*table).to_owned()).collect();
        let mut built = Vec::new();
        for projection in self.projections().iter().filter(|projection| !projection.personal().is_empty()) {
            let schema = self.swept(projection.as_ref(), waiting, scrub).await?;
            let (mut own, mut bytes) = (Vec::new(), 0);
            for table in personal_tables(projection.as_ref()) {
                let table = format!("{schema}.{table}");
                bytes += size(connection, &table).await?;
                own.push(table);
            }
            if bytes > self.in_place() {
                built.push(projection.name());
            } else {
                tables.extend(own);
            }
        }
        // A row that somebody may still see is carried over by a rewrite, as dead as it is.
        if !log::quiet(connection, PATIENCE).await.map_err(store_error(OPERATION))? {
            scrub.notes.push("waits for a transaction that began before the forgetting to end".to_owned());
            return Ok(());
        }
        for table in tables {
            connection.execute("set lock_timeout = '5s'").await.map_err(store_error(OPERATION))?;
            let rewritten = connection.execute(format!("vacuum (full, analyze) {table}").as_str()).await;
            match rewritten {
                Ok(_) => scrub.rewritten.push(table),
                Err(error) if code(&error).as_deref() == Some("55P03") => {
                    scrub.notes.push(format!("{table} was in use all the time"));
                    return Ok(());
                }
                Err(error) => return Err(store_error(OPERATION)(error).into()),
            }
        }
        for name in built {
            self.rebuild(name, |_| {}).await?;
            scrub.rewritten.push(name.to_owned());
        }
        if !self.cleared_of_copies(waiting, scrub).await? {
            return Ok(());
        }
        scrub.notes.extend(log::cleared(connection).await.map_err(store_error(OPERATION))?);
        scrub.done = true;
        Ok(())
    }

    /// Drops what was kept beside the live read models: former generations, and replays of these people's organizations.
    /// False while one is being built.
    async fn cleared_of_copies(
        &self,
        waiting: &[Waiting],
        scrub: &mut Scrub,
    ) -> Result<bool, ProjectionError> {
        self.drop_kept().await?;
        for replay in self.replays().await? {
            if waiting.iter().any(|(organization, ..)| *organization == replay.organization) {
                self.drop_replay(replay.id).await?;
            }
        }
        let beside = |state| !matches!(state, GenerationState::Live | GenerationState::Kept);
        let building = self.generations().await?.into_iter().find(|one| beside(one.state));
        if let Some(building) = &building {
            scrub.notes.push(format!("waits until {} is built, or dropped", building.name));
        }
        Ok(building.is_none())
    }

    /// The schema of a projection's live tables, without what belonged to these people.
    async fn swept(
        &self,
        projection: &dyn Projection,
        waiting: &[Waiting],
        scrub: &mut Scrub,
    ) -> Result<String, ProjectionError> {
        let mut tx = self.database().engine.begin().await.map_err(store_error(OPERATION))?;
        // Whoever projects live waits meanwhile.
        self.hold(&mut tx, projection.name()).await?;
        let schema: String =
            sqlx::query_scalar("select schema from escalon.projections where name = $1 and live")
                .bind(projection.name())
                .fetch_one(&mut *tx)
                .await
                .map_err(store_error(OPERATION))?;
        for (organization, subject, _) in waiting {
            match subject.parse::<SubjectId>() {
                Ok(id) => sweep(&mut tx, self.feed(), projection, &schema, (organization, id)).await?,
                Err(_) => scrub.notes.push(format!("{subject} is not the id of a subject")),
            }
        }
        tx.commit().await.map_err(store_error(OPERATION))?;
        Ok(schema)
    }
}

fn personal_tables(projection: &dyn Projection) -> Vec<&'static str> {
    let mut tables: Vec<_> = projection.personal().iter().map(|place| place.table()).collect();
    tables.sort_unstable();
    tables.dedup();
    tables
}

async fn size(connection: &mut PgConnection, table: &str) -> Result<i64, ProjectionError> {
    let found = sqlx::query_scalar("select pg_total_relation_size($1::regclass)").bind(table);
    Ok(found.fetch_one(connection).await.map_err(store_error(OPERATION))?)
}

pub(super) fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
