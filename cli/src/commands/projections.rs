//! `escalon projections`.

use clap::{Args, Subcommand};
use escalon_cli::compose::App;
use escalon_projections::{ProjectionStatus, RebuildReport};
use serde_json::{Value, json};

use super::{caught_up, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
    progress::counter,
};

/// Look after the read models.
#[derive(Debug, Subcommand)]
pub(crate) enum Projections {
    /// List the projections and their live generations, with checksums
    List,
    /// Say how far each projection is, and what stops it
    Status,
    /// Build read models anew beside the live ones, compare, and switch
    Rebuild(Rebuild),
}

/// Which to rebuild.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Rebuild {
    /// The projection
    name: Option<String>,
    /// All of them, one after the other
    #[arg(long)]
    all: bool,
}

impl Projections {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self {
            Self::List => list(app).await,
            Self::Status => status(app).await,
            Self::Rebuild(which) => rebuild(app, which).await,
        })
        .await
    }
}

async fn list(app: &App) -> Result<Answer, Problem> {
    let (mut documents, mut rows) = (Vec::new(), Vec::new());
    for one in app.reads.status().await? {
        let (position, checksum) = app.projections.checksum(one.name).await?;
        documents.push(json!({
            "name": one.name, "generation": one.generation, "version": one.version,
            "position": position, "checksum": checksum,
        }));
        rows.push([
            one.name.to_owned(),
            number(one.generation),
            number(one.version),
            count(position),
            checksum.to_string(),
        ]);
    }
    Answer::new(&documents, table(["projection", "generation", "version", "position", "checksum"], rows))
}

async fn status(app: &App) -> Result<Answer, Problem> {
    let all = app.reads.status().await?;
    let documents: Vec<Value> = all.iter().map(document).collect();
    let rows = all.iter().map(|one| {
        let error = one.error.clone().unwrap_or_default();
        [
            one.name.to_owned(),
            count(one.position),
            count(one.behind),
            format!("{:.1}", one.seconds_behind),
            error,
        ]
    });
    let text = table(["projection", "position", "behind", "seconds behind", "error"], rows);
    Ok(Answer::new(&documents, text)?.failed(all.iter().any(|one| one.error.is_some())))
}

fn document(one: &ProjectionStatus) -> Value {
    json!({
        "name": one.name, "generation": one.generation, "version": one.version, "position": one.position,
        "head": one.head, "behind": one.behind, "secondsBehind": one.seconds_behind, "error": one.error,
        "updatedAt": one.updated_at,
    })
}

async fn rebuild(app: &App, which: Rebuild) -> Result<Answer, Problem> {
    let names = match which.name {
        Some(name) => vec![name],
        None => app.projections.names().into_iter().map(str::to_owned).collect(),
    };
    // So that old and new have the same events to compare.
    caught_up(app).await?;
    let mut reports = Vec::new();
    for name in names {
        let bar = counter(&name);
        let progress = bar.clone();
        let report = app.projections.rebuild(&name, move |done| {
            progress.set_length(u64::try_from(done.of).unwrap_or(0));
            progress.set_position(u64::try_from(done.events).unwrap_or(0));
        });
        reports.push(report.await?);
        bar.finish_and_clear();
    }
    let differs = |report: &RebuildReport| {
        report.checksum_before.as_ref().is_some_and(|before| *before != report.checksum_after)
    };
    let documents: Vec<_> = reports
        .iter()
        .map(|report| {
            json!({
                "name": report.name, "generation": report.generation, "events": report.events, "seconds": report.seconds,
                "checksumBefore": report.checksum_before, "checksumAfter": report.checksum_after, "equal": !differs(report),
            })
        })
        .collect();
    let rows = reports.iter().map(|report| {
        let compared = match &report.checksum_before {
            None => "nothing to compare with",
            Some(_) if differs(report) => "DIFFERS",
            Some(_) => "the same",
        };
        let rate = format!("{:.0}", report.events as f64 / report.seconds.max(0.001));
        [
            report.name.to_owned(),
            number(Some(report.generation)),
            count(report.events),
            rate,
            compared.to_owned(),
        ]
    });
    let text = table(["projection", "generation", "events", "a second", "old and new"], rows);
    Ok(Answer::new(&documents, text)?.failed(reports.iter().any(differs)))
}

fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or(0))
}

fn number(number: Option<i32>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| number.to_string())
}
