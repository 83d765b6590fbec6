//! `escalon audit replay`.

use clap::{Args, Subcommand};
use escalon_application::Moment;
use escalon_cli::compose::App;
use escalon_projections::{Replay as Made, Until};
use indicatif::HumanBytes;
use serde_json::json;

use super::{audit::when::moment, operator, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
    progress::counter,
};

/// Replay a whole organization to a moment, into read models of its own that can be asked like the live ones.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Replay {
    #[command(subcommand)]
    kept: Option<Kept>,
    /// The short name or id of the organization
    #[arg(long, required = true, value_name = "NAME")]
    organization: Option<String>,
    #[command(flatten)]
    until: When,
}

/// Up to where.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct When {
    /// What had happened in the world by this time (2026-01-31T12:00:00Z, or 2026-01-31 for the end of that day in UTC);
    /// with recorded: before it, what the engine knew by then
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Until>,
    /// What is recorded up to this position
    #[arg(long, value_name = "NUMBER")]
    position: Option<i64>,
}

/// The replays that are there.
#[derive(Debug, Subcommand)]
enum Kept {
    /// List the replays that are there
    List,
    /// Drop a replay
    Drop {
        /// Its number
        id: i32,
    },
}

fn time(text: &str) -> Result<Until, String> {
    match moment(text) {
        Ok(Moment::At(time)) => Ok(Until::At(time)),
        Ok(Moment::RecordedBy(time)) => Ok(Until::RecordedBy(time)),
        _ => Err("needs a time such as 2026-01-31T12:00:00Z, a day such as 2026-01-31, or recorded: and a time or day"
            .to_owned()),
    }
}

impl Replay {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self.kept {
            Some(Kept::List) => list(app).await,
            Some(Kept::Drop { id }) => {
                app.projections.drop_replay(id).await?;
                Answer::new(&json!({ "id": id, "dropped": true }), format!("replay {id} is dropped"))
            }
            None => make(app, &self.organization.unwrap_or_default(), &self.until).await,
        })
        .await
    }
}

async fn make(app: &App, organization: &str, when: &When) -> Result<Answer, Problem> {
    let until = match (when.at, when.position) {
        (_, Some(position)) => Until::Position(position),
        (Some(until), None) => until,
        (None, None) => return Err(Problem::new("up to when?").cure("say --at TIME or --position NUMBER")),
    };
    let caller = operator(app, organization).await?;
    let cut_off = app.projections.drop_cut_off().await?;
    let bar = counter(organization);
    let progress = bar.clone();
    let made = app.projections.replay(caller.organization, until, move |done| {
        progress.set_length(u64::try_from(done.of).unwrap_or(0));
        progress.set_position(u64::try_from(done.events).unwrap_or(0));
    });
    let made = made.await?;
    bar.finish_and_clear();
    let dropped =
        cut_off.iter().map(|id| format!("replay {id} was cut off and is dropped; this one begins anew\n"));
    Answer::new(&made, dropped.collect::<String>() + &words(organization, &made))
}

fn words(organization: &str, made: &Made) -> String {
    let Made { id, schema, organization: key, .. } = made;
    let (events, moment) = (count(made.events), made.moment.to_rfc3339());
    format!(
        "replay {id}: {organization} as of {moment}, {events} events up to position {position}\n\n\
         Ask it like the live read models:\n  \
         escalon dashboard --organization {organization} --replay {id}\n  \
         escalon ticket list --organization {organization} --replay {id}\n\n\
         Or in SQL, in the schema {schema}:\n  \
         set role escalon_app; set escalon.organization = '{key}'; set search_path = {schema}, escalon;\n  \
         select number, status, title from ticket order by number;\n\n\
         escalon audit replay drop {id} drops it.",
        position = count(made.position),
    )
}

async fn list(app: &App) -> Result<Answer, Problem> {
    let all = app.projections.replays().await?;
    let rows = all.iter().map(|one| {
        [
            one.id.to_string(),
            one.organization.clone(),
            count(one.position),
            one.moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            count(one.events),
            HumanBytes(u64::try_from(one.bytes).unwrap_or(0)).to_string(),
            state(one),
        ]
    });
    Answer::new(
        &all,
        table(["replay", "organization", "position", "as of", "events", "size", "schema"], rows),
    )
}

/// Where its tables are, or why they are of no use.
fn state(one: &Made) -> String {
    match (one.ready, one.making) {
        (true, _) => one.schema.clone(),
        (false, true) => "being made".to_owned(),
        (false, false) => format!("cut off; run the command again, or escalon audit replay drop {}", one.id),
    }
}

fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or(0))
}
