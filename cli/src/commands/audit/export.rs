//! `escalon audit export`.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use escalon_cli::compose::App;
use escalon_infrastructure::notary::export;
use serde_json::json;

use crate::{
    args::Global,
    commands::{operator, with_app},
    output::{Answer, grouped},
    problem::Problem,
    progress::{counter, spinner},
};

/// How long to wait for a checkpoint over everything that is stored.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Write the whole history of an organization into a file that can be verified elsewhere. Personal values are sealed in it.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Whose history
    #[arg(long, value_name = "NAME")]
    organization: String,
    /// The file to write; - is the standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// With all checkpoints that were signed on the way, which tell more closely where something was changed
    #[arg(long)]
    checkpoints: bool,
}

impl Export {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| {
            let organization = operator(app, &self.organization).await?.organization;
            let waiting = spinner("the notary signs what is stored");
            let checkpoint = app.notary.cover(organization, PATIENCE).await;
            waiting.finish_and_clear();
            let export = export::Export::new(
                app.notary.ledger(),
                organization.to_string(),
                checkpoint?,
                self.checkpoints,
            );
            self.write(app, export.await?).await
        })
        .await
    }

    async fn write(&self, app: &App, mut export: export::Export) -> Result<Answer, Problem> {
        let events = export.events();
        if self.out == Path::new("-") {
            let mut out = BufWriter::new(io::stdout().lock());
            copy(&mut export, &mut out).await?;
            return Ok(Answer::none());
        }
        // A file with the name that was asked for is whole.
        let part = PathBuf::from(format!("{}.part", self.out.display()));
        let failed = |error: io::Error| {
            Problem::new(format!("{}: {error}", self.out.display()))
                .cure("name a file in a directory that can be written, or - for the standard output")
        };
        let mut out = BufWriter::new(File::create(&part).map_err(failed)?);
        copy(&mut export, &mut out).await?;
        out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
        std::fs::rename(&part, &self.out).map_err(failed)?;
        let key = app.notary.keys().verifier().to_string();
        let text = format!(
            "{} events are in {}\nverify them anywhere with: escalon audit verify {} --key {key}",
            grouped(events),
            self.out.display(),
            self.out.display(),
        );
        Answer::new(&json!({ "file": self.out, "events": events, "key": key }), text)
    }
}

async fn copy(export: &mut export::Export, out: &mut impl Write) -> Result<(), Problem> {
    let bar = counter("written");
    bar.set_length(export.events());
    while let Some((text, events)) = export.next().await? {
        out.write_all(text.as_bytes())?;
        bar.inc(events);
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(())
}
