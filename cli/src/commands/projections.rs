//! `escalon projections`.

use clap::{Args, Subcommand};
use escalon_cli::compose::App;
use escalon_projections::{
    Comparison, GenerationState, Kept, Progress, ProjectionStatus, RebuildReport, Switched,
};
use indicatif::{HumanBytes, ProgressBar};
use serde_json::{Value, json};

use super::with_app;
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
    progress::counter,
};

/// Look after the read models.
#[derive(Debug, Subcommand)]
pub(crate) enum Projections {
    /// List the generations of every projection: version, position, size, state
    List(List),
    /// Say how far each projection is, and what stops it
    Status,
    /// Build read models anew beside the live ones, compare, and switch; goes on with a build that was cut off
    Rebuild(Rebuild),
    /// Compare a live read model with a fresh build of it; fails when they differ
    Diff(Diff),
    /// Make a generation that is kept the live one, brought up to date first
    Switch(Generation),
    /// Go back to the generation that was live before, brought up to date first
    Rollback(Name),
    /// Drop a generation that is not live
    Drop(Generation),
}

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// With checksums of the live ones, which takes a pass over their rows
    #[arg(long)]
    checksums: bool,
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

/// What to compare.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    which: Name,
    /// How many rows of each table that differ to print
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    limit: u32,
}

/// Which projection.
#[derive(Debug, Args)]
pub(crate) struct Name {
    /// The projection
    name: String,
}

/// Which generation.
#[derive(Debug, Args)]
pub(crate) struct Generation {
    #[command(flatten)]
    of: Name,
    /// Its number, see `escalon projections list`
    generation: i32,
}

impl Projections {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self {
            Self::List(what) => list(app, what.checksums).await,
            Self::Status => status(app).await,
            Self::Rebuild(which) => rebuild(app, which).await,
            Self::Diff(what) => diff(app, &what).await,
            Self::Switch(Generation { of: Name { name }, generation }) => {
                let bar = counter(&name);
                switched(&app.projections.switch(&name, generation, shown(&bar)).await?)
            }
            Self::Rollback(Name { name }) => {
                let bar = counter(&name);
                switched(&app.projections.rollback(&name, shown(&bar)).await?)
            }
            Self::Drop(Generation { of: Name { name }, generation }) => {
                app.projections.drop_generation(&name, generation).await?;
                let text = format!("generation {generation} of {name} is dropped");
                Answer::new(&json!({ "name": name, "generation": generation, "dropped": true }), text)
            }
        })
        .await
    }
}

/// Shows progress on a bar.
fn shown(bar: &ProgressBar) -> impl Fn(Progress) + Send + Sync + use<> {
    let (bar, name) = (bar.clone(), bar.message());
    move |done| {
        bar.set_message(format!("{name}: {}", done.stage.name()));
        bar.set_length(u64::try_from(done.of).unwrap_or(0));
        bar.set_position(u64::try_from(done.events).unwrap_or(0));
    }
}

async fn list(app: &App, checksums: bool) -> Result<Answer, Problem> {
    let (mut documents, mut rows) = (Vec::new(), Vec::new());
    for one in app.projections.generations().await? {
        let checksum = match checksums && one.state == GenerationState::Live {
            true => Some(app.projections.checksum(one.name).await?.1),
            false => None,
        };
        let known = if one.known { String::new() } else { " (not of this program)".to_owned() };
        rows.push([
            one.name.to_owned(),
            one.generation.to_string(),
            format!("{}{known}", one.version),
            state(&one),
            count(one.position),
            HumanBytes(u64::try_from(one.bytes).unwrap_or(0)).to_string(),
            checksum.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]);
        let mut document = json!({
            "name": one.name, "generation": one.generation, "version": one.version, "known": one.known,
            "state": one.state, "position": one.position, "bytes": one.bytes, "schema": one.schema,
            "loaded": one.loading.map(|(events, _)| events), "toLoad": one.loading.map(|(_, of)| of),
        });
        if let Some(checksum) = checksum {
            document["checksum"] = json!(checksum);
        }
        documents.push(document);
    }
    let header = ["projection", "generation", "version", "state", "position", "size", "checksum"];
    Answer::new(&documents, table(header, rows))
}

fn state(one: &Kept) -> String {
    match one.loading {
        Some((events, of)) => format!("{}, {} of {}", one.state.name(), count(events), count(of)),
        None => one.state.name().to_owned(),
    }
}

async fn status(app: &App) -> Result<Answer, Problem> {
    let all = app.reads.status().await?;
    let documents: Vec<Value> = all.iter().map(document).collect();
    let rows = all.iter().map(|one| {
        let building = one.building.map(|percent| format!("being built, {percent} % loaded"));
        [
            one.name.to_owned(),
            one.generation.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            count(one.position),
            count(one.behind),
            format!("{:.1}", one.seconds_behind),
            count(one.parked),
            one.error.clone().or(building).unwrap_or_default(),
        ]
    });
    let header = ["projection", "generation", "position", "behind", "seconds behind", "parked", ""];
    let text = table(header, rows);
    Ok(Answer::new(&documents, text)?.failed(all.iter().any(|one| one.error.is_some())))
}

fn document(one: &ProjectionStatus) -> Value {
    json!({
        "name": one.name, "generation": one.generation, "version": one.version, "position": one.position,
        "head": one.head, "behind": one.behind, "secondsBehind": one.seconds_behind, "parked": one.parked,
        "error": one.error, "updatedAt": one.updated_at, "building": one.building,
    })
}

async fn rebuild(app: &App, which: Rebuild) -> Result<Answer, Problem> {
    let names = match which.name {
        Some(name) => vec![name],
        None => app.projections.names().into_iter().map(str::to_owned).collect(),
    };
    let mut reports = Vec::new();
    for name in names {
        let bar = counter(&name);
        reports.push(app.projections.rebuild(&name, shown(&bar)).await?);
        bar.finish_and_clear();
    }
    let differs = |report: &RebuildReport| report.comparison.as_ref().is_some_and(|one| !one.is_equal());
    let documents: Vec<_> = reports
        .iter()
        .map(|report| {
            let compared = report.comparison.as_ref();
            json!({
                "name": report.name, "generation": report.generation, "position": report.position,
                "events": report.events, "seconds": report.seconds,
                "checksumBefore": compared.map(|one| &one.checksum_live),
                "checksumAfter": compared.map(|one| &one.checksum_fresh), "equal": !differs(report),
            })
        })
        .collect();
    let rows = reports.iter().map(|report| {
        let compared = match &report.comparison {
            None => "nothing to compare with",
            Some(_) if differs(report) => "DIFFERS",
            Some(_) => "the same",
        };
        [
            report.name.to_owned(),
            report.generation.to_string(),
            count(report.events),
            format!("{:.0}", report.events as f64 / report.seconds.max(0.001)),
            compared.to_owned(),
        ]
    });
    let text = table(["projection", "generation", "events", "a second", "old and new"], rows);
    Ok(Answer::new(&documents, text)?.failed(reports.iter().any(differs)))
}

async fn diff(app: &App, what: &Diff) -> Result<Answer, Problem> {
    let name = &what.which.name;
    let bar = counter(name);
    let found = app.projections.diff(name, what.limit, shown(&bar)).await?;
    bar.finish_and_clear();
    let mut document = serde_json::to_value(&found)?;
    document["equal"] = json!(found.is_equal());
    Ok(Answer::new(&document, words(&found))?.failed(!found.is_equal()))
}

fn words(found: &Comparison) -> String {
    let (name, position) = (found.name, count(found.position));
    if found.is_equal() {
        return format!("{name} is what a fresh build gives at position {position}: {}", found.checksum_live);
    }
    let side = |columns: &Option<_>| match columns {
        Some(columns) => Value::Object(Clone::clone(columns)).to_string(),
        None => "no such row".to_owned(),
    };
    let rows = found
        .differences
        .iter()
        .map(|row| [row.table.to_owned(), row.key.clone(), side(&row.live), side(&row.fresh)]);
    format!(
        "{name} DIFFERS from a fresh build at position {position}.\nlive   {}\nfresh  {}\n\n{}\n\nescalon projections rebuild {name} puts the fresh one in its place.",
        found.checksum_live,
        found.checksum_fresh,
        table(["table", "key", "live", "fresh"], rows)
    )
}

fn switched(done: &Switched) -> Result<Answer, Problem> {
    let text = format!(
        "generation {} of {} is live at position {}, after taking what happened in {} positions",
        done.generation,
        done.name,
        count(done.position),
        count(done.taken)
    );
    Answer::new(done, text)
}

fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or(0))
}
