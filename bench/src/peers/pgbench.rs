//! The limit: pgbench inserting rows of the same bytes into a table with our columns and indexes, and nothing else.

use std::{io::Write, time::Duration};

use async_trait::async_trait;
use sqlx::Executor;
use tempfile::NamedTempFile;

use super::{Contender, Round, Specimen, printed, program};
use crate::{Result, cluster::Cluster};

/// Our columns and indexes. Ids ascend, as ours do.
const TABLES: &str = "
    create sequence ids cache 1000;
    create table events (
        aggregate_type text not null, aggregate_id text not null, sequence bigint not null,
        event_type text not null, event_version text not null, payload json not null, metadata json not null,
        organization text not null, occurred_at timestamptz not null,
        recorded_at timestamptz not null default clock_timestamp(),
        insertion bigint not null generated always as identity,
        hash bytea not null, command uuid, input bytea,
        primary key (aggregate_type, aggregate_id, sequence));
    create unique index on events (insertion);
    create unique index on events (command) where command is not null;";

const INSERT: &str = "insert into events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, \
    metadata, organization, occurred_at, hash, command, input) \
    select 'team', 'team_' || lpad(nextval('ids')::text, 26, '0'), 1, 'team.defined', '1', cast(:payload as json), \
    cast(:metadata as json), 'organization_01ke6kmq00e00800000000m4ee', now(), \
    '\\x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', gen_random_uuid(), \
    '\\x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' ";

/// pgbench in a database of its own.
pub(crate) struct Pgbench<'c> {
    cluster: &'c Cluster,
    database: &'static str,
    rows: u32,
    specimen: Specimen,
    script: NamedTempFile,
}

impl<'c> Pgbench<'c> {
    /// With so many rows a transaction: one or a hundred.
    pub(crate) async fn new(cluster: &'c Cluster, rows: u32, specimen: &Specimen) -> Result<Self> {
        let database = if rows == 1 { "pgbench_one" } else { "pgbench_hundred" };
        cluster.create(database).await?;
        cluster.connect(database).await?.execute(TABLES).await?;
        let mut script = NamedTempFile::new()?;
        let from = if rows == 1 { String::new() } else { format!("from generate_series(1, {rows})") };
        writeln!(script, "{INSERT}{from};")?;
        Ok(Self { cluster, database, rows, specimen: specimen.clone(), script })
    }
}

#[async_trait]
impl Contender for Pgbench<'_> {
    fn name(&self) -> &'static str {
        if self.rows == 1 { "pgbench, one row" } else { "pgbench, a hundred rows" }
    }

    async fn append(&self, callers: usize, time: Duration) -> Result<Round> {
        let mut command = program(self.cluster, "pgbench").await?;
        let seconds = time.as_secs().max(1).to_string();
        command
            .args(["--no-vacuum", "--protocol", "prepared", "--time", &seconds])
            .args(["--client", &callers.to_string(), "--jobs", &callers.min(2).to_string()])
            .arg("--define")
            .arg(format!("payload={}", self.specimen.payload))
            .arg("--define")
            .arg(format!("metadata={}", self.specimen.metadata))
            .arg("--file")
            .arg(self.script.path())
            .arg(self.database);
        let printed = printed(command).await?;
        let rate = printed
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
        let rate = rate.ok_or_else(|| format!("pgbench printed no rate:\n{printed}"))?;
        Ok(Round { rate: rate * f64::from(self.rows), p99: None })
    }
}
