//! Running the steps of one incident, in order.

use escalon_domain::{
    member::MemberId,
    slug::InvalidSlug,
    team::TeamId,
    ticket::{Open, Ticket, TicketCommand, TicketNumber},
    ticket_type::{FieldValue, GivenFields},
};

use super::{
    FIELDS, Misfit, Opening, Planned, Step,
    cast::{Cast, NUMBER_FIELD},
};
use crate::{caller::Caller, engine::Done, failure::Failure, once::Once, ticket::RequesterInput};

/// Some rows of an incident, as steps.
pub(super) struct Chunk {
    pub(super) number: String,
    pub(super) rows: u64,
    pub(super) steps: Vec<Planned>,
}

/// What became of a chunk.
pub(super) struct Outcome {
    pub(super) number: String,
    pub(super) rows: u64,
    pub(super) opened: bool,
    pub(super) skipped: bool,
    pub(super) events: u64,
    pub(super) misfits: Vec<Misfit>,
}

/// Runs a chunk. What the engine refuses is a misfit; only a failing database stops the import.
pub(super) async fn run(cast: &Cast<'_>, chunk: Chunk) -> Result<Outcome, Failure> {
    let Chunk { number, rows, steps } = chunk;
    let opens = steps.first().is_some_and(|planned| matches!(planned.step, Step::Open(_)));
    let mut outcome = Outcome { rows, opened: false, skipped: false, events: 0, misfits: Vec::new(), number };
    let number = outcome.number.clone();
    let misfit =
        |planned: &Planned, message| Misfit { line: planned.line, number: Some(number.clone()), message };
    if let Some(last) = steps.last() {
        let caller = cast.caller(last.by.as_deref(), last.at).await?;
        match cast.engine.done_before(&caller, &once(&number, last)).await {
            Ok(None) => {}
            Ok(Some(_)) => {
                outcome.skipped = opens;
                return Ok(outcome);
            }
            Err(error @ Failure::Store(_)) => return Err(error),
            Err(_) => {
                let message = "imported before with something else in this place (another file, or another time zone?); left as it is";
                outcome.misfits.push(misfit(last, message.to_owned()));
                return Ok(outcome);
            }
        }
    }
    for planned in &steps {
        match execute(cast, &number, planned).await {
            Ok(true) => {
                outcome.events += planned.step.events();
                outcome.opened |= matches!(planned.step, Step::Open(_));
            }
            Ok(false) => {}
            Err(error @ Failure::Store(_)) => return Err(error),
            Err(other) => {
                let opening = matches!(planned.step, Step::Open(_));
                let rest = if opening { "; none of the incident is imported" } else { "" };
                outcome.misfits.push(misfit(planned, format!("{}: {other}{rest}", planned.step.name())));
                if opening {
                    break;
                }
            }
        }
    }
    Ok(outcome)
}

fn once(number: &str, planned: &Planned) -> Once {
    Once::new(Some(planned.key(number)), None, &(planned.at, &planned.step))
}

/// Runs a step; whether it changed anything now.
async fn execute(cast: &Cast<'_>, number: &str, planned: &Planned) -> Result<bool, Failure> {
    if let Some(name) = &planned.by {
        cast.member(name).await?;
    }
    let caller = cast.caller(planned.by.as_deref(), planned.at).await?;
    let once = once(number, planned);
    let command = match &planned.step {
        Step::Open(_) if cast.engine.done_before(&caller, &once).await?.is_some() => return Ok(false),
        Step::Open(opening) => opening_command(cast, &caller, number, opening).await?,
        step => command(cast, step).await?,
    };
    let done: Done<Ticket> = cast.engine.change_ticket(&caller, cast.ticket(number), command, &once).await?;
    Ok(!done.replayed && done.insertion.is_some())
}

async fn command(cast: &Cast<'_>, step: &Step) -> Result<TicketCommand, Failure> {
    let misnamed = |error: InvalidSlug| Failure::invalid(["fields"], error.to_string());
    Ok(match step {
        Step::Open(_) => return Err(Failure::invalid(["step"], "an incident opens once")),
        Step::InferResolution { remarks } | Step::Resolve { remarks } => {
            TicketCommand::ProposeResolution { remarks: remarks.clone() }
        }
        Step::Reopen => TicketCommand::Reopen { reason: "Reopened in ServiceNow".to_owned() },
        Step::Prioritize { priority } => {
            let found = cast.ticket_type.priorities.find(priority);
            TicketCommand::Prioritize {
                priority: found.map_err(|error| Failure::invalid(["priority"], error.to_string()))?,
            }
        }
        Step::Edit { fields } => {
            let value = |value: &Option<String>| value.clone().map(FieldValue::Text);
            let fields = fields.iter().map(|(name, text)| Ok((name.parse().map_err(misnamed)?, value(text))));
            let fields = fields.collect::<Result<_, Failure>>()?;
            TicketCommand::Edit { title: None, description: None, brand: None, fields }
        }
        Step::Assign { team, assignee } => {
            let (team, assignee) = holders(cast, team.as_deref(), assignee.as_deref()).await?;
            TicketCommand::Assign { team, assignee }
        }
        Step::Wait { reason } => TicketCommand::Wait { reason: reason.clone() },
        Step::Resume => TicketCommand::Resume,
        Step::Close { reason } => TicketCommand::Close { reason: reason.clone() },
    })
}

async fn holders(
    cast: &Cast<'_>,
    team: Option<&str>,
    assignee: Option<&str>,
) -> Result<(Option<TeamId>, Option<MemberId>), Failure> {
    let team = match team {
        Some(title) => Some(cast.team(title).await?),
        None => None,
    };
    let assignee = match assignee {
        Some(name) => Some(cast.member(name).await?),
        None => None,
    };
    Ok((team, assignee))
}

/// Draws a ticket number, so it must not be called for what was opened before.
async fn opening_command(
    cast: &Cast<'_>,
    caller: &Caller,
    number: &str,
    opening: &Opening,
) -> Result<TicketCommand, Failure> {
    let (team, assignee) = holders(cast, opening.team.as_deref(), opening.assignee.as_deref()).await?;
    let asking = opening.caller.as_deref().unwrap_or("Unknown caller").to_owned();
    let requester = RequesterInput::Customer { reference: asking.clone(), name: asking };
    let requester = cast.engine.requester(caller, Some(requester)).await?;
    let known =
        FIELDS.iter().zip(&opening.fields).filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let fields: GivenFields =
        known.chain([(NUMBER_FIELD, number)]).map(|(name, text)| (name.to_owned(), text.into())).collect();
    let prefix = &cast.ticket_type.prefix;
    let day = caller.at.unwrap_or_else(|| cast.engine.now()).date_naive();
    let sequence = cast.engine.ports.numbers.next(caller.organization, prefix, day, None).await?;
    let sequence = sequence.unwrap_or_default();
    Ok(TicketCommand::Open(Box::new(Open {
        number: TicketNumber::new(prefix, day, sequence),
        pin: cast.pin,
        ticket_type: cast.ticket_type.clone(),
        requester,
        title: opening.title.clone(),
        description: String::new(),
        brand: None,
        priority: opening.priority.map(str::to_owned),
        fields,
        team,
        assignee,
        channel: caller.source.clone(),
        sla: None,
        deadline: None,
    })))
}
