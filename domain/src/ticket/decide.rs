//! The rules of a ticket.

use super::{
    Action, Assigned, Closed, Commented, Edited, Noted, Open, Opened, Prioritized, Proof, ProofApproved,
    ProofId, ProofRejected, ProofStatus, ProofSubmitted, Reopened, ResolutionAccepted, ResolutionProposed,
    Resumed, SlaTerms, Status, Tagged, Ticket, TicketCommand, TicketError, TicketEvent, Unassigned, Untagged,
    Waiting, sla,
};
use crate::{
    fault::{self, Fault},
    personal::Personal,
    refusal::Refusal,
    sla::{Moment, What, clocks},
    stamp::{Actor, Stamp},
    ticket_type::check_fields,
};

const MOST_TAGS: usize = 100;
const LONGEST_TITLE: usize = 300;
const LONGEST_TEXT: usize = 20_000;

pub(super) fn decide(
    ticket: &Ticket,
    command: TicketCommand,
    stamp: &Stamp,
) -> Result<Vec<TicketEvent>, TicketError> {
    use TicketCommand as Command;
    if let Command::Open(open) = command {
        return if ticket.status == Status::Unknown {
            opening(*open, stamp)
        } else {
            Err(TicketError::AlreadyOpened)
        };
    }
    if ticket.status == Status::Unknown {
        return Err(TicketError::NotOpened);
    }
    let event: TicketEvent = match command {
        Command::Open(_) => return Err(TicketError::AlreadyOpened),
        Command::Edit { title, description, brand, fields } => {
            return editing(ticket, title, description, brand, fields.into_iter().collect());
        }
        Command::Prioritize { priority } => match &ticket.priority {
            Some(previous) if *previous != priority => {
                Prioritized { previous: previous.clone(), priority }.into()
            }
            _ => return Ok(Vec::new()),
        },
        Command::Assign { team, assignee } => {
            let (previous_team, previous_assignee) = (ticket.team, ticket.assignee);
            if (team, assignee) == (previous_team, previous_assignee) {
                return Ok(Vec::new());
            } else if (team, assignee) == (None, None) {
                Unassigned { previous_team, previous_assignee }.into()
            } else {
                Assigned { previous_team, previous_assignee, team, assignee }.into()
            }
        }
        Command::Comment { comment, body } => {
            let response = !is_requester(ticket, &stamp.by);
            Commented { comment, body: words(ticket, stamp, "body", body)?, response }.into()
        }
        Command::Note { note, body } => Noted { note, body: words(ticket, stamp, "body", body)? }.into(),
        Command::Tag { mut tags } => {
            tags.retain(|tag| !ticket.tags.contains(tag));
            if ticket.tags.len() + tags.len() > MOST_TAGS {
                let message = format!("a ticket has {MOST_TAGS} tags at most; remove some first");
                return Err(TicketError::Invalid(vec![Fault::at(["tags"], message)]));
            }
            if tags.is_empty() { return Ok(Vec::new()) } else { Tagged { tags }.into() }
        }
        Command::Untag { mut tags } => {
            tags.retain(|tag| ticket.tags.contains(tag));
            if tags.is_empty() { return Ok(Vec::new()) } else { Untagged { tags }.into() }
        }
        Command::Wait { reason } => {
            allowed(ticket, Action::Wait)?;
            if ticket.waiting_for.as_ref() == Some(&reason) {
                return Ok(Vec::new());
            } else {
                Waiting { reason }.into()
            }
        }
        Command::Resume => {
            allowed(ticket, Action::Resume)?;
            Resumed {}.into()
        }
        Command::ProposeResolution { remarks } => {
            allowed(ticket, Action::ProposeResolution)?;
            let proposed = ResolutionProposed { remarks: words(ticket, stamp, "remarks", remarks)? }.into();
            if ticket.rules.acceptance {
                return Ok(vec![proposed]);
            }
            proven(ticket)?;
            return Ok(vec![proposed, ResolutionAccepted {}.into()]);
        }
        Command::AcceptResolution => {
            allowed(ticket, Action::AcceptResolution)?;
            proven(ticket)?;
            ResolutionAccepted {}.into()
        }
        Command::Reopen { reason } => {
            allowed(ticket, Action::Reopen)?;
            Reopened { reason: words(ticket, stamp, "reason", reason)? }.into()
        }
        Command::Close { reason } => {
            allowed(ticket, Action::Close)?;
            if ticket.status != Status::Resolved && reason.is_none() {
                let fault =
                    Fault::at(["reason"], "a ticket that is not resolved needs a reason to be closed");
                return Err(TicketError::Invalid(vec![fault]));
            }
            Closed { reason: reason.map(|reason| words(ticket, stamp, "reason", reason)).transpose()? }.into()
        }
        Command::SubmitProof { proof, summary } => {
            allowed(ticket, Action::SubmitProof)?;
            if ticket.proofs.contains_key(&proof) {
                let fault =
                    Fault::at(["proof"], "was submitted already; another proof needs an id of its own");
                return Err(TicketError::Invalid(vec![fault]));
            }
            ProofSubmitted { proof, summary: words(ticket, stamp, "summary", summary)? }.into()
        }
        Command::ApproveProof { proof } => {
            reviewable(ticket, proof, &stamp.by)?;
            ProofApproved { proof }.into()
        }
        Command::RejectProof { proof, reason } => {
            reviewable(ticket, proof, &stamp.by)?;
            ProofRejected { proof, reason: words(ticket, stamp, "reason", reason)? }.into()
        }
        Command::SetDeadline { deadline } => return sla::set(ticket, deadline.map(|terms| *terms), stamp),
        Command::SetThresholds { thresholds, calendar } => {
            return sla::set_thresholds(ticket, &thresholds, calendar.as_deref(), stamp);
        }
        Command::Due { sla } => return Ok(sla::due(ticket, sla.as_deref(), stamp.at)),
    };
    Ok(vec![event])
}

fn opening(open: Open, stamp: &Stamp) -> Result<Vec<TicketEvent>, TicketError> {
    let subject = open.requester.subject();
    let mut faults: Vec<Fault> =
        fault::length(["title"], &open.title, 1, LONGEST_TITLE).into_iter().collect();
    faults.extend(fault::length(["description"], &open.description, 0, LONGEST_TEXT));
    faults.extend(open.brand.as_ref().and_then(|brand| fault::length(["brand"], brand, 1, 120)));
    let word = open.priority.as_deref().or(open.ticket_type.usual_priority().map(crate::slug::Slug::as_str));
    let priority = open.ticket_type.priorities.find(word.unwrap_or_default());
    let priority = priority.map_err(|unknown| faults.push(Fault::at(["priority"], unknown.to_string()))).ok();
    let fields = check_fields(&open.ticket_type.fields, &open.fields, subject);
    let fields = fields.map_err(|found| faults.extend(found)).unwrap_or_default();
    for field in open.ticket_type.fields.iter().filter(|field| field.required) {
        if !open.fields.contains_key(field.name.as_str()) {
            faults.push(Fault::at(["fields", field.name.as_str()], "this type needs it"));
        }
    }
    let deadline = match sla::set(&Ticket::default(), open.deadline, stamp) {
        Ok(set) => set,
        Err(refusal) => {
            faults.extend(refusal.faults());
            Vec::new()
        }
    };
    let Some(priority) = priority.filter(|_| faults.is_empty()) else {
        return Err(TicketError::Invalid(faults));
    };
    let opened = Opened {
        number: open.number,
        ticket_type: open.pin,
        type_name: open.ticket_type.name,
        rules: open.ticket_type.rules,
        title: Personal::new(subject, open.title),
        description: Personal::new(subject, open.description),
        requester: open.requester,
        brand: open.brand,
        priority,
        fields: fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        team: open.team,
        assignee: open.assignee,
        channel: open.channel,
        sla: open.sla.as_ref().map(|(pin, _)| *pin),
    };
    let begin = [Moment::new(stamp.at, What::Opened(opened.priority.name.clone()))];
    let schedule = open.sla.map(|(pin, SlaTerms { policy, calendar })| {
        sla::scheduled(pin, &clocks(&policy, calendar.as_ref(), &begin, stamp.at)).into()
    });
    Ok(std::iter::once(opened.into()).chain(deadline).chain(schedule).collect())
}

fn editing(
    ticket: &Ticket,
    title: Option<String>,
    description: Option<String>,
    brand: Option<String>,
    mut fields: Vec<(crate::slug::Slug, Option<crate::ticket_type::FieldValue>)>,
) -> Result<Vec<TicketEvent>, TicketError> {
    let mut faults = Vec::new();
    faults.extend(title.as_ref().and_then(|title| fault::length(["title"], title, 1, LONGEST_TITLE)));
    faults
        .extend(description.as_ref().and_then(|text| fault::length(["description"], text, 0, LONGEST_TEXT)));
    faults.extend(brand.as_ref().and_then(|brand| fault::length(["brand"], brand, 1, 120)));
    if !faults.is_empty() {
        return Err(TicketError::Invalid(faults));
    }
    let Some(requester) = &ticket.requester else { return Err(TicketError::NotOpened) };
    let subject = requester.subject();
    let personal = |text: Option<String>, present: &Option<Personal<String>>| {
        text.map(|text| Personal::new(subject, text)).filter(|text| Some(text) != present.as_ref())
    };
    fields.retain(|(name, value)| ticket.fields.get(name) != value.as_ref());
    let edited = Edited {
        title: personal(title, &ticket.title),
        description: personal(description, &ticket.description),
        brand: brand.filter(|brand| Some(brand) != ticket.brand.as_ref()),
        fields,
    };
    Ok(if edited == Edited::default() { Vec::new() } else { vec![edited.into()] })
}

fn allowed(ticket: &Ticket, action: Action) -> Result<(), TicketError> {
    let status = ticket.status;
    if action.allowed_from(status) { Ok(()) } else { Err(TicketError::IllegalTransition { action, status }) }
}

fn proven(ticket: &Ticket) -> Result<(), TicketError> {
    if ticket.rules.proof && !ticket.is_proven() { Err(TicketError::ProofNeeded) } else { Ok(()) }
}

fn reviewable(ticket: &Ticket, id: ProofId, reviewer: &Actor) -> Result<(), TicketError> {
    match ticket.proofs.get(&id) {
        None => Err(TicketError::UnknownProof(id)),
        Some(Proof { by, .. }) if by == reviewer => Err(TicketError::OwnProof),
        Some(Proof { status: ProofStatus::Submitted, .. }) => Ok(()),
        Some(_) => Err(TicketError::ProofAlreadyReviewed(id)),
    }
}

pub(super) fn is_requester(ticket: &Ticket, actor: &Actor) -> bool {
    actor.subject().is_some() && actor.subject() == ticket.requester.as_ref().map(super::Requester::subject)
}

/// Text somebody wrote: theirs, or the requester's where a part of the engine wrote it.
fn words(ticket: &Ticket, stamp: &Stamp, name: &str, text: String) -> Result<Personal<String>, TicketError> {
    if let Some(fault) = fault::length([name], &text, 1, LONGEST_TEXT) {
        return Err(TicketError::Invalid(vec![fault]));
    }
    let requester = ticket.requester.as_ref().map(super::Requester::subject);
    let subject = stamp.by.subject().or(requester).ok_or(TicketError::NotOpened)?;
    Ok(Personal::new(subject, text))
}
