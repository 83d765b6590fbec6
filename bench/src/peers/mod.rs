//! Who is measured beside Escalon, each with events of the same bytes and in a database of its own.

mod emmett;
mod message_db;
mod npm;
mod pgbench;
mod postgres_es;

use std::{process::Stdio, time::Duration};

use async_trait::async_trait;
use tokio::process::Command;

pub(crate) use self::{
    emmett::Emmett,
    message_db::MessageDb,
    pgbench::Pgbench,
    postgres_es::{PostgresEs, Replay},
};
use crate::{Result, cluster::Cluster};

/// An event as Escalon stores it, from which everybody's events are made.
#[derive(Debug, Clone)]
pub(crate) struct Specimen {
    pub(crate) payload: String,
    pub(crate) metadata: String,
}

/// What a round of appends found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// Events a second.
    pub(crate) rate: f64,
    /// The latency that 99 of 100 calls did not exceed, in milliseconds, where it is known.
    pub(crate) p99: Option<f64>,
}

/// Somebody who appends events, each to a fresh stream.
#[async_trait]
pub(crate) trait Contender: Send + Sync {
    /// As it stands in the table.
    fn name(&self) -> &'static str;

    /// Appends with so many callers at once, for so long.
    async fn append(&self, callers: usize, time: Duration) -> Result<Round>;
}

impl From<crate::load::Load> for Round {
    fn from(load: crate::load::Load) -> Self {
        Self { rate: load.rate(), p99: Some(load.percentile(0.99)) }
    }
}

/// A program that finds the cluster through the usual variables of libpq.
pub(crate) async fn program(cluster: &Cluster, name: &str) -> Result<Command> {
    let mut command = Command::new(name);
    command.env("PGHOST", cluster.socket().await?).env("PGUSER", Cluster::OWNER).stdin(Stdio::null());
    command.kill_on_drop(true);
    Ok(command)
}

/// What a program prints, if it succeeds.
pub(crate) async fn printed(mut command: Command) -> Result<String> {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        let program = command.as_std().get_program().display().to_string();
        return Err(format!(
            "{program}: {}\n{}\n{}",
            output.status,
            text(&output.stdout),
            text(&output.stderr)
        )
        .into());
    }
    Ok(text(&output.stdout))
}
