//! What needs a process of its own: its peak memory is then that of the one thing it does.

use std::fs;

use clap::Subcommand;
use escalon_projections::Projections;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::process::Command;

use crate::{Result, cluster::Cluster, ours::WriteSide, peers::printed};

/// The projection that is rebuilt.
const INBOX: &str = "ticket_inbox";

/// A process's only work.
#[derive(Debug, Subcommand)]
pub(crate) enum Child {
    /// Rebuild the inbox and print what that took
    #[command(hide = true)]
    Rebuild {
        /// The directory of the server's socket
        socket: String,
        /// The database
        database: String,
    },
}

/// What a rebuild took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Rebuilt {
    pub(crate) events: i64,
    pub(crate) seconds: f64,
    /// The most memory the process ever had.
    pub(crate) peak_mib: f64,
}

impl Child {
    pub(crate) async fn run(self) -> Result<()> {
        let Self::Rebuild { socket, database } = self;
        let options = PgConnectOptions::new_without_pgpass()
            .socket(socket)
            .username(Cluster::OWNER)
            .database(&database)
            .ssl_mode(PgSslMode::Disable);
        let side = WriteSide::over(&options).await?;
        let projections = Projections::new(side.database.clone(), side.feed.clone());
        let report = projections.rebuild(INBOX, |_| {}).await?;
        let rebuilt = Rebuilt { events: report.events, seconds: report.seconds, peak_mib: peak_mib()? };
        println!("{}", serde_json::to_string(&rebuilt)?);
        projections.drop_kept().await?;
        side.database.close().await;
        Ok(())
    }
}

/// Rebuilds the inbox of a database in a process of its own.
pub(crate) async fn rebuild(cluster: &Cluster, database: &str) -> Result<Rebuilt> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["rebuild", &cluster.socket().await?, database]);
    let printed = printed(command).await?;
    Ok(serde_json::from_str(printed.lines().last().unwrap_or_default())?)
}

fn peak_mib() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak memory")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1_024.0)
}
