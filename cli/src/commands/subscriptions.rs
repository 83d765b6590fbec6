//! `escalon subscriptions`.

use clap::{Args, Subcommand};
use escalon_application::{
    Caller, Once,
    parked_sequence::SkipSequence,
    ports::{Parked, Resumed, Sequences},
};
use escalon_cli::compose::App;
use escalon_domain::parked_sequence::{ParkedSequenceId, Skip};
use escalon_projections::SubscriptionStatus;
use serde_json::{Value, json};

use super::{operator, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped, table},
    problem::Problem,
};

/// See how far the consumers of events are, and what they could not get past.
#[derive(Debug, Subcommand)]
pub(crate) enum Subscriptions {
    /// Say how far each subscription is, who works for it, and what stands in its way
    List,
    /// List the streams that a subscription could not get past
    Parked {
        /// Those of this organization only
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
    /// Show a parked sequence: its event, the error, and what waits
    Show(Which),
    /// Take the waiting events of a parked sequence once more, in order
    Retry(Which),
    /// Pass over what could not be taken, and go on with what waits behind it
    Skip(SkipArguments),
}

/// Which sequence.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The id of the parked sequence
    id: ParkedSequenceId,
}

/// What to pass over, and why.
#[derive(Debug, Args)]
pub(crate) struct SkipArguments {
    /// The id of the parked sequence
    id: ParkedSequenceId,
    /// Why; it is recorded
    #[arg(long)]
    reason: String,
    /// Pass over everything that waits, not only the event that could not be taken
    #[arg(long)]
    sequence: bool,
}

impl Subscriptions {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self {
            Self::List => list(app).await,
            Self::Parked { organization } => parked(app, organization).await,
            Self::Show(which) => show(&find(app, which.id).await?),
            Self::Retry(which) => {
                let (caller, parked) = owned(app, which.id).await?;
                let (_, resumed) = app.engine.retry_sequence(&caller, parked.id, &Once::default()).await?;
                outcome(app, &parked, resumed).await
            }
            Self::Skip(SkipArguments { id, reason, sequence }) => {
                let (caller, parked) = owned(app, id).await?;
                let what = if sequence { Skip::Waiting } else { Skip::Event };
                let skip = SkipSequence { what, position: Some(parked.position), reason };
                let (_, resumed) = app.engine.skip_sequence(&caller, id, skip, &Once::default()).await?;
                outcome(app, &parked, resumed).await
            }
        })
        .await
    }
}

async fn list(app: &App) -> Result<Answer, Problem> {
    let all = app.reads.subscriptions().await?;
    let documents: Vec<Value> = all.iter().map(status).collect();
    let rows = all.iter().map(|one| {
        [
            one.name.clone(),
            one.owner.clone().unwrap_or_else(|| "nobody".to_owned()),
            count(one.position),
            count(one.behind),
            format!("{:.1}", one.seconds_behind),
            format!("{:.0}", one.rate),
            one.seconds_to_go.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.0} s")),
            count(one.parked),
            one.error.clone().unwrap_or_default(),
        ]
    });
    let header = [
        "subscription",
        "owner",
        "position",
        "behind",
        "seconds behind",
        "events/s",
        "to go",
        "parked",
        "error",
    ];
    let failed = all.iter().any(|one| one.error.is_some() || one.parked > 0);
    Ok(Answer::new(&documents, table(header, rows))?.failed(failed))
}

fn status(one: &SubscriptionStatus) -> Value {
    json!({
        "name": one.name, "owner": one.owner, "heartbeatAt": one.heartbeat_at, "position": one.position,
        "head": one.head, "behind": one.behind, "secondsBehind": one.seconds_behind, "rate": one.rate,
        "secondsToGo": one.seconds_to_go, "parked": one.parked, "error": one.error, "updatedAt": one.updated_at,
    })
}

async fn parked(app: &App, organization: Option<String>) -> Result<Answer, Problem> {
    let organization = match organization {
        Some(name) => Some(operator(app, &name).await?.organization),
        None => None,
    };
    let all = app.projections.sequences().list(organization).await?;
    let documents: Vec<Value> = all.iter().map(document).collect();
    if all.is_empty() {
        return Answer::new(&documents, "Nothing is parked.");
    }
    let rows = all.iter().map(|one| {
        let waiting = grouped(one.waiting);
        [
            one.id.to_string(),
            one.subscription.clone(),
            one.stream.id.clone(),
            count(one.position),
            one.event.clone(),
            waiting,
        ]
    });
    let text = table(["id", "subscription", "stream", "position", "event", "waiting"], rows);
    Ok(Answer::new(&documents, text)?.failed(true))
}

fn document(one: &Parked) -> Value {
    json!({
        "id": one.id, "subscription": one.subscription, "organization": one.organization,
        "stream": one.stream.id, "kind": one.stream.kind, "position": one.position, "event": one.event,
        "sequence": one.sequence, "error": one.error, "attempts": one.attempts, "waiting": one.waiting,
        "parkedAt": one.parked_at, "triedAt": one.tried_at,
    })
}

fn show(one: &Parked) -> Result<Answer, Problem> {
    let moment = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let rows = [
        ["subscription", &one.subscription],
        ["organization", &one.organization.to_string()],
        ["stream", &one.stream.id],
        [
            "event",
            &format!("{}, number {} of the stream, position {}", one.event, one.sequence, one.position),
        ],
        ["error", &one.error],
        ["tried", &format!("{} times, last at {}", one.attempts, moment(one.tried_at))],
        ["parked", &moment(one.parked_at)],
        ["waiting", &events(one.waiting)],
    ];
    let rows = rows.map(|row| row.map(ToOwned::to_owned));
    Answer::new(&document(one), table(["parked sequence", &one.id.to_string()], rows))
}

async fn find(app: &App, id: ParkedSequenceId) -> Result<Parked, Problem> {
    let missing = || {
        Problem::new(format!("{id} is not parked, or not any more")).cure(
            "escalon subscriptions parked lists what is; escalon audit history shows what was done about it",
        )
    };
    app.projections.sequences().find(id).await?.ok_or_else(missing)
}

/// A parked sequence, and the operator of its organization, in whose history it is recorded what is done about it.
async fn owned(app: &App, id: ParkedSequenceId) -> Result<(Caller, Parked), Problem> {
    let parked = find(app, id).await?;
    Ok((operator(app, &parked.organization.to_string()).await?, parked))
}

async fn outcome(app: &App, parked: &Parked, resumed: Resumed) -> Result<Answer, Problem> {
    let Resumed { taken, skipped, parked: still } = resumed;
    let mut text = format!("{} taken, {} passed over. ", events(taken), grouped(skipped));
    if still {
        let now = find(app, parked.id).await?;
        text += &format!("It is parked still, before position {}: {}", now.position, now.error);
    } else {
        text += &format!("{} goes on with {}.", parked.subscription, parked.stream.id);
    }
    let answer = json!({ "id": parked.id, "taken": taken, "skipped": skipped, "parked": still });
    Ok(Answer::new(&answer, text)?.failed(still))
}

fn events(number: u64) -> String {
    if number == 1 { "1 event".to_owned() } else { format!("{} events", grouped(number)) }
}

fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or(0))
}
