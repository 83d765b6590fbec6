//! `escalon import`.

use std::{path::PathBuf, time::Instant};

use chrono_tz::Tz;
use clap::{Args, Subcommand};
use escalon_application::{
    Caller, Failure,
    servicenow::{self, ImportError, ImportOptions, Report},
};
use escalon_cli::compose::App;
use escalon_domain::slug::Slug;
use serde_json::json;

use super::{SOURCE, caught_up, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped},
    problem::Problem,
    progress::ImportBar,
    servicenow_log::ServiceNowLog,
};

/// So many misfits are shown to people; `--json` has them all.
const SHOWN: usize = 20;

/// Bring in history from elsewhere.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Replay a ServiceNow audit log, at the times it happened. Running it again imports nothing twice
    Servicenow(ServiceNow),
}

/// Replay a ServiceNow audit log.
#[derive(Debug, Args)]
pub(crate) struct ServiceNow {
    /// The log: CSV with a header, gzip-compressed or not
    file: PathBuf,
    /// The short name of the organization that gets it
    #[arg(long, value_name = "NAME")]
    organization: String,
    /// Found the organization if it is not there
    #[arg(long)]
    create: bool,
    /// The time zone of the log's times
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: Tz,
    /// Stop at the first line that does not fit
    #[arg(long)]
    strict: bool,
    /// How many incidents to import at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=40))]
    concurrency: u16,
}

impl Import {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let Self::Servicenow(command) = self;
        // A file that is not there or not a log is told of before anything is started.
        let log = ServiceNowLog::open(&command.file, command.timezone)?;
        with_app(global, async |app| command.import(app, log).await).await
    }
}

impl ServiceNow {
    async fn import(self, app: &App, log: ServiceNowLog) -> Result<Answer, Problem> {
        let operator = self.operator(app).await?;
        let (broken, bar) = (log.broken.clone(), ImportBar::new(log.bytes, log.read.clone()));
        let options = ImportOptions { concurrency: self.concurrency.into(), strict: self.strict };
        let start = Instant::now();
        let report = servicenow::import(&app.engine, &operator, log, options, &bar).await;
        bar.finish();
        let report = report.map_err(|error| match error {
            ImportError::Misfit(misfit) => Problem::new(format!("{}, {misfit}", self.file.display()))
                .cure("mend the line and run it again, or leave out --strict to import everything else"),
            other => Problem::from(other).cure("running it again goes on where it stopped"),
        })?;
        let seconds = start.elapsed().as_secs_f64();
        caught_up(app).await?;
        if let Some(why) = broken.lock().ok().and_then(|broken| broken.clone()) {
            let message =
                format!("{} broke off after {} rows: {why}", self.file.display(), grouped(report.rows));
            return Err(
                Problem::new(message).cure("what came before is imported; run it again with the whole file")
            );
        }
        let mut document = serde_json::to_value(&report)?;
        document["organization"] = json!(self.organization);
        document["seconds"] = json!(seconds);
        Answer::new(&document, self.words(&report, seconds))
    }

    async fn operator(&self, app: &App) -> Result<Caller, Problem> {
        match app.engine.operate(&self.organization, SOURCE).await {
            Err(Failure::NotFound { .. }) if self.create => {
                let slug: Slug = self.organization.parse()?;
                Ok(app.engine.found_organization(slug, self.organization.clone(), SOURCE).await?)
            }
            Err(Failure::NotFound { .. }) => {
                Err(Problem::new(format!("there is no organization “{}”", self.organization))
                    .cure("add --create to found it"))
            }
            found => Ok(found?),
        }
    }

    fn words(&self, report: &Report, seconds: f64) -> String {
        let Report { rows, tickets, events, skipped_incidents, misfits, adjusted, inferred } = report;
        let mut lines = vec![format!(
            "{} rows into {}: {} tickets, {} events in {seconds:.1} s ({:.0} a second)",
            grouped(*rows),
            self.organization,
            grouped(*tickets),
            grouped(*events),
            *events as f64 / seconds.max(0.001)
        )];
        let notes = [
            (*skipped_incidents, "incidents were there already"),
            (*adjusted, "rows lay before their ticket's latest step and got its time"),
            (*inferred, "resolutions were inferred from a later reopening"),
            (misfits.len() as u64, "misfits"),
        ];
        let notes = notes.iter().filter(|(count, _)| *count > 0);
        lines.extend(notes.map(|(count, what)| format!("{} {what}", grouped(*count))));
        lines.extend(misfits.iter().take(SHOWN).map(|misfit| format!("  {misfit}")));
        if misfits.len() > SHOWN {
            lines.push(format!("  … and {} more; --json names them all", misfits.len() - SHOWN));
        }
        lines.join("\n")
    }
}
