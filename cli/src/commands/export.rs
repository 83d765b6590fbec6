//! `escalon export`.

use std::{fs, path::PathBuf};

use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use escalon_application::Caller;
use escalon_cli::{
    compose::App,
    export::{self, Exported},
};
use escalon_projections::{
    Scope,
    analytics::{VIEWS, View},
};
use serde_json::json;

use super::{caught_up, operator, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
    progress::spinner,
};

/// Write analytics views to files. Personal data are masked unless --unmasked is given.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The short name or id of the organization
    #[arg(long, value_name = "NAME")]
    organization: String,
    #[command(flatten)]
    which: Which,
    /// The format
    #[arg(long)]
    format: Format,
    /// The file, or the directory in which each view becomes a file
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// Replace files that are there
    #[arg(long)]
    overwrite: bool,
    /// Show personal data in clear; the reason is recorded in the organization's history
    #[arg(long, requires = "reason")]
    unmasked: bool,
    /// Why personal data are exported in clear, in 10 characters or more
    #[arg(long, value_name = "TEXT", requires = "unmasked")]
    reason: Option<String>,
}

/// Which views.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// A view; may be given several times
    #[arg(long, value_name = "VIEW", value_parser = PossibleValuesParser::new(VIEWS.iter().map(|view| view.name)))]
    view: Vec<String>,
    /// All of them, as they stand at one moment
    #[arg(long)]
    all: bool,
}

/// The format of the files.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl From<Format> for export::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Parquet => Self::Parquet,
        }
    }
}

impl Export {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| self.over(app).await).await
    }

    async fn over(self, app: &App) -> Result<Answer, Problem> {
        let caller = operator(app, &self.organization).await?;
        caught_up(app).await?;
        let wanted = |view: &&View| self.which.all || self.which.view.iter().any(|name| name == view.name);
        let views: Vec<&'static View> = VIEWS.iter().filter(wanted).collect();
        let files = self.files(&views)?;
        if let Some(reason) = &self.reason {
            self.record(app, &caller, &views, reason).await?;
        }
        let mut snapshot = app.reads.analytics(&Scope::of(&caller), self.unmasked).await?;
        let mut written = Vec::new();
        for (view, path) in views.into_iter().zip(files) {
            let waiting = spinner(format!("exporting {}", view.name));
            written
                .push(export::export(&mut snapshot, view, self.format.into(), path, self.overwrite).await?);
            waiting.finish_and_clear();
        }
        Answer::new(&json!({ "files": written, "unmasked": self.unmasked }), words(&written))
    }

    /// Recorded before anything is read: what is in the history was intended, and what is not was not done.
    async fn record(&self, app: &App, caller: &Caller, views: &[&View], reason: &str) -> Result<(), Problem> {
        let names = views.iter().map(|view| view.name.to_owned()).collect();
        let format = export::Format::from(self.format).name().to_owned();
        app.engine.export_personal_data(caller, names, format, reason.to_owned()).await?;
        Ok(())
    }

    /// Where each view goes.
    fn files(&self, views: &[&View]) -> Result<Vec<PathBuf>, Problem> {
        if let [_] = views
            && !self.which.all
            && !self.out.is_dir()
        {
            return Ok(vec![self.out.clone()]);
        }
        fs::create_dir_all(&self.out)
            .map_err(|error| Problem::new(format!("{} cannot be made: {error}", self.out.display())))?;
        let end = export::Format::from(self.format).name();
        Ok(views.iter().map(|view| self.out.join(format!("{}.{end}", view.name))).collect())
    }
}

fn words(written: &[Exported]) -> String {
    let rows = written.iter().map(|one| {
        [one.view.to_owned(), grouped(one.rows), grouped(one.bytes), one.path.display().to_string()]
    });
    table(["view", "rows", "bytes", "file"], rows)
}
