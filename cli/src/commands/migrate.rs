//! `escalon migrate`.

use std::time::Duration;

use clap::Args;
use escalon_infrastructure::{database, embedded::Mode};
use serde_json::json;

use crate::{args::Global, output::Answer, problem::Problem};

/// How long to wait for a database that is starting.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bring the database's schema up to date. Every other command does it, too; this one does nothing else.
#[derive(Debug, Args)]
pub(crate) struct Migrate {}

impl Migrate {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let (options, postgres) = global.config(Mode::Tool).database().await?;
        let migrated = database::migrate(&options, PATIENCE).await;
        if let Some(postgres) = postgres {
            postgres.stop().await;
        }
        migrated?;
        Answer::new(&json!({ "migrated": true }), "the database's schema is up to date")
    }
}
