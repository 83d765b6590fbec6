//! `make bench`: Escalon, its peers and the limits of the machine side by side on one fresh cluster with `fsync` on.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`cluster`] | the one PostgreSQL cluster, and a database for each who is measured |
//! | [`load`] | callers in a closed or a paced loop, and the latencies they see |
//! | [`ours`] | Escalon: its write side alone, or everything at work |
//! | [`peers`] | stock postgres-es, message-db, emmett, and pgbench as the limit |
//! | [`history`] | a plausible past of any size |
//! | [`works`] | what is measured, a file each |
//! | [`results`], [`targets`] | the figures, and what was to be reached |
//! | [`report`] | the page and its charts, generated from the figures and nothing else |
#![allow(clippy::print_stdout, reason = "progress is shown where somebody waits for it")]

mod bench;
mod child;
mod cluster;
mod history;
mod load;
mod machine;
mod ours;
mod peers;
mod report;
mod results;
mod targets;
mod works;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::{bench::Bench, works::Work};

/// Commands are many small values, which this allocator gives and takes back for less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever went wrong: a benchmark that cannot run has nothing to report but this.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

/// Measure the engine beside its peers and write docs/benchmarks.md.
#[derive(Debug, Parser)]
struct Arguments {
    /// One short round over little data, to see that everything runs; writes into target/bench
    #[arg(long)]
    quick: bool,
    /// Measure only this; may be given several times; writes into target/bench
    #[arg(long, value_name = "WORK", value_enum)]
    only: Vec<Work>,
    /// How many rounds
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// How many tickets the largest history has, of ten events each
    #[arg(long, value_name = "N")]
    largest: Option<u64>,
    /// How long each measurement takes, in seconds
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Of those who append, measure only those whose names begin like this; for profiling
    #[arg(long, value_name = "TEXT")]
    who: Option<String>,
    /// Keep the cluster in this directory, and use what is there already
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the page and its charts anew from the results of the last run
    Render,
    /// Part of a measurement that needs a process of its own
    #[command(flatten)]
    Child(child::Child),
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::Render) => report::render(&report::docs()),
        Some(Command::Child(child)) => child.run().await,
        None => Bench::new(&arguments).await?.run(&arguments.only).await,
    }
}
