//! What is measured: a file each.

pub(crate) mod append;
pub(crate) mod http;
pub(crate) mod inbox;
pub(crate) mod long_stream;
pub(crate) mod order;
pub(crate) mod rebuild;
pub(crate) mod size;
mod stores;
pub(crate) mod tenants;
pub(crate) mod visible;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

pub(crate) use self::append::CALLERS;
use crate::{Result, bench::Bench, results::Results};

/// What can be measured, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Work {
    /// Commands and appends on fresh streams
    Append,
    /// A command on a long stream
    LongStream,
    /// Reaching the readers: the sequencer against the order by transaction ids
    Order,
    /// From the commit to the read model
    Visible,
    /// Mutations over HTTP
    Http,
    /// Rebuilding the inbox
    Rebuild,
    /// A large store against a small one
    Size,
    /// Pages of the inbox
    Inbox,
    /// One organization with a hundred times the events of the others
    Tenants,
}

impl Work {
    /// Its heading.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Append => "Commands on fresh streams",
            Self::LongStream => "A command on a long stream",
            Self::Order => "From the commit to the readers, in order",
            Self::Visible => "From the commit to the read model",
            Self::Http => "Mutations over HTTP",
            Self::Rebuild => "Rebuilding the inbox",
            Self::Size => "A large store against a small one",
            Self::Inbox => "Pages of the inbox",
            Self::Tenants => "One large organization among small ones",
        }
    }

    pub(crate) async fn run(self, bench: &Bench) -> Result<()> {
        match self {
            Self::Append => append::run(bench).await,
            Self::LongStream => long_stream::run(bench).await,
            Self::Order => order::run(bench).await,
            Self::Visible => visible::run(bench).await,
            Self::Http => http::run(bench).await,
            Self::Rebuild => rebuild::run(bench).await,
            Self::Size => size::run(bench).await,
            Self::Inbox => inbox::run(bench).await,
            Self::Tenants => tenants::run(bench).await,
        }
    }
}

/// How many calls there are at once, as a case.
pub(crate) fn callers(count: usize) -> String {
    if count == 1 { "1 caller".to_owned() } else { format!("{count} callers") }
}

/// The sizes of which somebody's rebuild was measured.
pub(crate) fn cases(results: &Results, who: &str) -> Vec<String> {
    let sizes =
        results.of(Work::Rebuild).filter(|figure| figure.key.who == who && !figure.key.case.contains(','));
    sizes.map(|figure| figure.key.case.clone()).collect()
}
