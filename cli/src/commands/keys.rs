//! `escalon keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use escalon_cli::compose::App;
use escalon_infrastructure::vault::MasterKeySource;
use serde_json::json;

use super::with_app;
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
    progress::spinner,
};

/// Look after the master key, which wraps the keys of persons.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Say which master keys are in use
    Status,
    /// Change to another master key, while the engine runs; can be cut off and begun again
    Rotate(Rotate),
}

/// Change to another master key.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The file with the new key; made when it is not there
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Keys {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self {
            Self::Status => status(app).await,
            Self::Rotate(Rotate { to }) => rotate(app, to).await,
        })
        .await
    }
}

async fn status(app: &App) -> Result<Answer, Problem> {
    let all = app.vault.master_keys().await?;
    let last = all.iter().rposition(|key| key.retired_at.is_none());
    let rows = all.iter().enumerate().map(|(place, key)| {
        let state = match (key.retired_at, Some(place) == last) {
            (Some(_), _) => "retired",
            (None, true) => "wraps new keys",
            (None, false) => "being replaced; run escalon keys rotate again to finish",
        };
        let keys = grouped(u64::try_from(key.keys).unwrap_or(0));
        [key.id.clone(), keys, key.since.to_rfc3339(), state.to_owned()]
    });
    Answer::new(&all, table(["master key", "keys", "since", "state"], rows))
}

async fn rotate(app: &App, to: PathBuf) -> Result<Answer, Problem> {
    let waiting = spinner("the keys of persons are wrapped anew");
    let source = MasterKeySource::File(to.clone());
    let id = app.vault.rotate(&source, |left| {
        waiting.set_message(format!("the keys of persons are wrapped anew, {left} to go"));
    });
    let id = id.await?;
    waiting.finish_and_clear();
    let text = format!(
        "the master key is {id} now; start the engine with --master-key-file {} from now on.\nKeep the former key as long as there are backups from before: they open with it alone.",
        to.display()
    );
    Answer::new(&json!({ "id": id, "file": to }), text)
}
