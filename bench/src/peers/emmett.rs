//! emmett: `appendToStream` of its PostgreSQL event store, by a script for Node.js with a pool for its callers.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use super::{Contender, Round, Specimen, npm, printed, program};
use crate::{Result, cluster::Cluster};

const DATABASE: &str = "emmett";

/// emmett in a database of its own.
pub(crate) struct Emmett<'c> {
    cluster: &'c Cluster,
    specimen: Specimen,
}

#[derive(Deserialize)]
struct Answer {
    rate: f64,
    p99: f64,
}

impl<'c> Emmett<'c> {
    pub(crate) async fn new(cluster: &'c Cluster, specimen: &Specimen) -> Result<Self> {
        npm::install().await?;
        cluster.create(DATABASE).await?;
        Ok(Self { cluster, specimen: specimen.clone() })
    }
}

#[async_trait]
impl Contender for Emmett<'_> {
    fn name(&self) -> &'static str {
        "emmett"
    }

    async fn append(&self, callers: usize, time: Duration) -> Result<Round> {
        let mut node = program(self.cluster, "node").await?;
        node.current_dir(npm::directory())
            .arg("emmett.mjs")
            .args([DATABASE, &callers.to_string(), &time.as_secs_f64().to_string()])
            .args([&self.specimen.payload, &self.specimen.metadata]);
        let printed = printed(node).await?;
        let last = printed.lines().last().unwrap_or_default();
        let Answer { rate, p99 } = serde_json::from_str(last)?;
        Ok(Round { rate, p99: Some(p99) })
    }
}
