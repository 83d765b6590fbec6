//! What it was measured on.

use std::{fs, io::Write, process::Command, time::Instant};

use serde::{Deserialize, Serialize};

use crate::{Result, cluster::Cluster};

/// The machine, the versions, and the settings that differ from PostgreSQL's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: f64,
    pub(crate) kernel: String,
    /// How long the disk takes to keep 8 KiB for good, in microseconds: the median of a hundred.
    pub(crate) sync_micros: f64,
    pub(crate) postgres: String,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) rust: String,
    pub(crate) node: String,
    pub(crate) commit: String,
    pub(crate) day: String,
}

impl Machine {
    pub(crate) async fn look(cluster: &Cluster) -> Result<Self> {
        let mut connection = cluster.connect("postgres").await?;
        let postgres = sqlx::query_scalar("select version()").fetch_one(&mut connection).await?;
        let day =
            sqlx::query_scalar("select to_char(now(), 'YYYY-MM-DD')").fetch_one(&mut connection).await?;
        let settings = sqlx::query_as(
            "select name, current_setting(name) from pg_settings
             where name in ('fsync', 'synchronous_commit', 'full_page_writes')
                or source = 'command line' and name !~ '^(log|unix|port|listen|cluster_name|data_dir|config|hba|ident|timezone)'
             order by name",
        )
        .fetch_all(&mut connection)
        .await?;
        let memory = field("/proc/meminfo", "MemTotal");
        let kilobytes: f64 =
            memory.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0.0);
        Ok(Self {
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: kilobytes / 1_048_576.0,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            sync_micros: sync_micros()?,
            postgres,
            settings,
            rust: said("rustc", &["--version"]),
            node: said("node", &["--version"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
            day,
        })
    }
}

/// The value of a line `name : value` in a file of the kernel.
fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value).trim().to_owned()
}

/// What a program says about itself.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| "absent".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn sync_micros() -> Result<f64> {
    let mut file = tempfile::tempfile()?;
    let mut all = Vec::new();
    for _ in 0..100 {
        let start = Instant::now();
        file.write_all(&[7; 8_192])?;
        file.sync_data()?;
        all.push(start.elapsed().as_secs_f64() * 1e6);
    }
    all.sort_by(f64::total_cmp);
    Ok(all[all.len() / 2])
}
