//! A connection that a worker keeps to itself. A pool asks the server before it lends a connection and again when it gets
//! it back; for a statement that takes a fifth of a millisecond these are half of its time.

use std::time::Duration;

use sqlx::{
    Connection, Executor, PgConnection, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgRow, PgSeverity},
    query::Query,
};
use tokio::time::{Instant, sleep};

/// How long to try to reach a server that is away or starting.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// After so long without use the server is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(1);

/// A connection of one's own: made when it is first needed, and anew after it broke.
#[derive(Debug)]
pub(crate) struct Line {
    options: PgConnectOptions,
    role: &'static str,
    open: Option<(PgConnection, Instant)>,
}

impl Line {
    /// A line to this database, as this role.
    pub(crate) const fn new(options: PgConnectOptions, role: &'static str) -> Self {
        Self { options, role, open: None }
    }

    /// What a statement answers.
    pub(crate) async fn fetch_all(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut connection = self.connection().await?;
        let answer = query.fetch_all(&mut connection).await;
        if !answer.as_ref().is_err_and(has_ended) {
            self.open = Some((connection, Instant::now()));
        }
        answer
    }

    async fn connection(&mut self) -> Result<PgConnection, sqlx::Error> {
        if let Some((mut connection, used)) = self.open.take()
            && (used.elapsed() < IDLE || connection.ping().await.is_ok())
        {
            return Ok(connection);
        }
        let start = Instant::now();
        loop {
            match self.connect().await {
                Err(error) if has_ended(&error) && start.elapsed() < PATIENCE => sleep(PAUSE).await,
                connected => return connected,
            }
        }
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        connection.execute(format!("set role {}", self.role).as_str()).await?;
        Ok(connection)
    }
}

/// Whether there is no connection after this error.
fn has_ended(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let error = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
            error.is_none_or(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic))
        }
        sqlx::Error::RowNotFound
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::Encode(_) => false,
        _ => true,
    }
}
