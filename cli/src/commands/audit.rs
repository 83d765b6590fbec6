//! `escalon audit`.

mod compare;
mod export;
mod key;
mod prove;
mod verify;
pub(super) mod when;

use clap::{Args, Subcommand};
use escalon_application::{Caller, Moment, engine::Guarded, ports::StoredEvent};
use escalon_cli::compose::App;
use escalon_domain::{
    access::Role, customer::Customer, definition::Definition, escalation::Escalation, id::Id, member::Member,
    organization::Organization, parked_sequence::ParkedSequence, team::Team, ticket::Ticket,
    ticket_type::TicketType,
};
use serde::Serialize;
use serde_json::{Value, json};

use self::{
    compare::Moments,
    when::{HELP, moment},
};
use super::{replay::Replay, some_operator, with_app};
use crate::{
    args::Global,
    output::{Answer, table},
    problem::Problem,
};

/// Read the history of anything, how it stood at any time, and prove that nobody changed it.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// List everything that happened to something
    History(Stream),
    /// Show something as it stands, or as it stood
    Show(Show),
    /// Compare two moments of something, field by field, with the events that made the difference
    Compare(Compare),
    /// Replay a whole organization to a moment, for the same queries as the live one
    Replay(Box<Replay>),
    /// Write the whole history of an organization, with its signed checkpoint, into a file that can be verified elsewhere
    Export(export::Export),
    /// Print the key that verifies checkpoints
    Key(key::Key),
    /// Verify an exported history or a proof, without a database
    Verify(verify::Verify),
    /// Prove that an event is in the history, or that the history goes on from an older checkpoint
    Prove(prove::Prove),
}

/// Of what.
#[derive(Debug, Args)]
pub(crate) struct Stream {
    /// The id of a ticket, escalation, member, customer, organization, role, team or ticket type
    stream: String,
    /// Its organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

/// Show something.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Show {
    #[command(flatten)]
    stream: Stream,
    /// As it stood at this moment: a time, a day, recorded:TIME, position:N, or after so many of its events
    #[arg(long, value_name = "MOMENT", value_parser = moment, default_value = "now")]
    as_of: Moment,
}

/// Compare something.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Compare {
    #[command(flatten)]
    stream: Stream,
    /// The earlier moment
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Moment,
    /// The later moment
    #[arg(long, value_name = "MOMENT", value_parser = moment, default_value = "now")]
    to: Moment,
}

/// What is asked of a stream, whatever its kind.
enum Asked {
    History,
    State(Moment),
    Difference(Moments),
}

impl Audit {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let (Stream { stream, organization }, asked) = match self {
            Self::Replay(replay) => return replay.run(global).await,
            Self::Export(command) => return command.run(global).await,
            Self::Key(command) => return command.run(global),
            Self::Verify(command) => return command.run(),
            Self::Prove(command) => return command.run(global).await,
            Self::History(stream) => (stream, Asked::History),
            Self::Show(Show { stream, as_of }) => (stream, Asked::State(as_of)),
            Self::Compare(Compare { stream, from, to }) => (stream, Asked::Difference(Moments { from, to })),
        };
        with_app(global, async |app| {
            let caller = some_operator(app, organization.as_deref()).await?;
            let asking = Asking { app, caller: &caller, stream: &stream, asked: &asked };
            // A kind is the word before the last underscore.
            match stream.rsplit_once('_').map(|(kind, _)| kind) {
                Some("ticket") => asking.of::<Ticket>().await,
                Some("escalation") => asking.of::<Escalation>().await,
                Some("customer") => asking.of::<Customer>().await,
                Some("member") => asking.of::<Member>().await,
                Some("organization") => asking.of::<Organization>().await,
                Some("role") => asking.of::<Definition<Role>>().await,
                Some("team") => asking.of::<Definition<Team>>().await,
                Some("ticket_type") => asking.of::<Definition<TicketType>>().await,
                Some("parked_sequence") => asking.of::<ParkedSequence>().await,
                _ => Err(Problem::new(format!("“{stream}” is not the id of anything with a history"))
                    .cure("such ids look like ticket_01h455vb4pex5vsknk084sn02q")),
            }
        })
        .await
    }
}

struct Asking<'a> {
    app: &'a App,
    caller: &'a Caller,
    stream: &'a str,
    asked: &'a Asked,
}

impl Asking<'_> {
    async fn of<A: Guarded + Serialize>(&self) -> Result<Answer, Problem> {
        let id: Id<A> = self.stream.parse()?;
        let engine = &self.app.engine;
        match self.asked {
            Asked::History => history(&engine.history(self.caller, id).await?),
            Asked::State(moment) => {
                let done = engine.as_of(self.caller, id, *moment).await?;
                let of = engine.history(self.caller, id).await?.len();
                let document =
                    json!({ "id": done.id, "version": done.version, "of": of, "state": done.state });
                Answer::new(&document, format!("{document:#}"))
            }
            Asked::Difference(Moments { from, to }) => {
                compare::answer(&engine.compare(self.caller, id, *from, *to).await?)
            }
        }
    }
}

fn history(events: &[StoredEvent]) -> Result<Answer, Problem> {
    let all: Vec<Value> = events.iter().map(document).collect::<Result<_, _>>()?;
    let rows = events.iter().map(|event| {
        let metadata = &event.metadata;
        let at = metadata.occurred_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        [
            event.sequence.to_string(),
            at,
            event.name.clone(),
            metadata.actor.to_string(),
            metadata.source.clone(),
        ]
    });
    Answer::new(&all, table(["#", "when", "what", "who", "source"], rows))
}

fn document(event: &StoredEvent) -> Result<Value, Problem> {
    let mut payload: Value = serde_json::from_str(&event.payload)?;
    Ok(json!({
        "sequence": event.sequence,
        "event": event.name,
        "version": event.version,
        "occurredAt": event.metadata.occurred_at,
        "recordedAt": event.recorded_at,
        "actor": event.metadata.actor,
        "source": event.metadata.source,
        "command": event.metadata.command,
        "correlation": event.metadata.correlation,
        "causation": event.metadata.causation,
        "insertion": event.insertion,
        "data": payload.get_mut("data").map(Value::take),
    }))
}
