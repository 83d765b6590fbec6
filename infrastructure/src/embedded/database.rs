//! Connecting, and the database itself.

use std::io;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection, Executor};

use super::error::EmbeddedError;
use super::layout::{DATABASE, Layout, PORT, SUPERUSER};

/// How long to wait between two attempts.
const RETRY: Duration = Duration::from_millis(20);

/// PostgreSQL's codes, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
const CANNOT_CONNECT_NOW: &str = "57P03";
const NO_SUCH_DATABASE: &str = "3D000";
const DUPLICATE_DATABASE: &str = "42P04";
const UNIQUE_VIOLATION: &str = "23505";

pub(super) fn connect_options(layout: &Layout) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(layout.socket_dir())
        .port(PORT)
        .username(SUPERUSER)
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable)
}

/// Waits until the database answers, and creates it when it is missing.
pub(super) async fn reach(layout: &Layout, deadline: Instant) -> Result<(), EmbeddedError> {
    loop {
        match try_reach(layout).await {
            Ok(()) => return Ok(()),
            Err(error) if is_starting(&error) && Instant::now() < deadline => tokio::time::sleep(RETRY).await,
            Err(error) => return Err(EmbeddedError::connect(layout, error)),
        }
    }
}

/// One attempt of the same.
pub(super) async fn try_reach(layout: &Layout) -> Result<(), sqlx::Error> {
    match connect_options(layout).connect().await {
        Ok(connection) => connection.close().await,
        Err(error) if code(&error).as_deref() == Some(NO_SUCH_DATABASE) => create(layout).await,
        Err(error) => Err(error),
    }
}

/// Whether the error is one of a server that is not there yet, or is on its way.
pub(super) fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            !matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput)
        }
        other => code(other).as_deref() == Some(CANNOT_CONNECT_NOW),
    }
}

/// Two processes may arrive here at once; that the other was faster is fine.
async fn create(layout: &Layout) -> Result<(), sqlx::Error> {
    let mut connection: PgConnection = connect_options(layout).database("postgres").connect().await?;
    let statement = format!("create database {DATABASE}");
    match connection.execute(statement.as_str()).await {
        Err(error) if !matches!(code(&error).as_deref(), Some(DUPLICATE_DATABASE | UNIQUE_VIOLATION)) => {
            return Err(error);
        }
        _ => {}
    }
    connection.close().await
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}
