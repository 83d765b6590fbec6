//! The mapping: an incident as far as it is known, and its next row, give steps. Pure.

use escalon_domain::stamp::Timestamp;

use super::{FIELDS, Opening, PRIORITIES, Planned, Row, Step, row::USUAL_PRIORITY, state::Standing};

/// An incident as far as the rows read so far tell: what the next row is compared with.
#[derive(Debug, Clone)]
pub struct Known {
    rows: u32,
    at: Timestamp,
    state: String,
    standing: Standing,
    reopen_count: u32,
    priority: Option<String>,
    team: Option<String>,
    assignee: Option<String>,
    fields: [Option<String>; FIELDS.len()],
}

/// What a row adds.
#[derive(Debug)]
pub struct Advance {
    /// The incident after the row.
    pub known: Known,
    /// What was done, in order.
    pub steps: Vec<Planned>,
    /// What in the row does not fit, in words.
    pub misfits: Vec<String>,
    /// Whether its time lay before the incident's latest step.
    pub adjusted: bool,
    /// Whether a resolution had to be inferred.
    pub inferred: bool,
}

/// The next row of an incident; the first one opens it.
#[must_use]
pub fn advance(known: Option<Known>, row: &Row) -> Advance {
    let mut misfits = Vec::new();
    let mut steps = Vec::new();
    let mut inferred = false;
    let first = known.is_none();
    let mut known = known.unwrap_or_else(|| opening(row, &mut steps, &mut misfits));
    known.rows += 1;
    let mut changes = Vec::new();

    let code = row.fields.last().and_then(Option::as_deref);
    let reopened = row.reopen_count.is_some_and(|count| count > known.reopen_count);
    if reopened {
        if !known.standing.is_done() {
            inferred = true;
            changes.push(Step::InferResolution {
                remarks: "The log shows no resolution before the reopening".to_owned(),
            });
        }
        changes.push(Step::Reopen);
        known.standing = Standing::Working;
    }
    known.reopen_count = row.reopen_count.unwrap_or(known.reopen_count);
    changes.extend(prioritized(&mut known, row, &mut misfits));
    changes.extend(edited(&mut known, row));
    if (&known.team, &known.assignee) != (&row.team, &row.assignee) {
        (known.team, known.assignee) = (row.team.clone(), row.assignee.clone());
        changes.push(Step::Assign { team: row.team.clone(), assignee: row.assignee.clone() });
    }
    if first || reopened || row.state != known.state {
        match Standing::of(&row.state) {
            None => misfits.push(format!(
                "incident_state: “{}” is not a state; the ticket stays {}",
                row.state,
                known.standing.word()
            )),
            Some(there) => match known.standing.step_to(&there, code) {
                Ok(step) => {
                    changes.extend(step);
                    known.standing = there;
                }
                Err(()) => misfits.push(format!(
                    "incident_state: “{}” after “{}” without a higher reopen_count; the ticket stays {}",
                    row.state,
                    known.state,
                    known.standing.word()
                )),
            },
        }
        known.state.clone_from(&row.state);
    }

    let adjusted = !changes.is_empty() && row.updated_at < known.at;
    known.at = known.at.max(row.updated_at);
    let (ordinal, at) = (known.rows, known.at);
    steps.extend(changes.into_iter().map(|step| Planned {
        line: row.line,
        ordinal,
        at,
        by: row.updated_by.clone(),
        step,
    }));
    Advance { known, steps, misfits, adjusted, inferred }
}

fn opening(row: &Row, steps: &mut Vec<Planned>, misfits: &mut Vec<String>) -> Known {
    let at = row.opened_at.clone().unwrap_or_else(|error| {
        misfits
            .push(format!("opened_at: {error}; the ticket opens at its first row's sys_updated_at instead"));
        row.updated_at
    });
    // One that is not known is named when the row's priority is compared with the ticket's.
    let priority = row.priority.as_deref().and_then(word);
    let what = row.fields.iter().take(2).flatten().map(String::as_str).collect::<Vec<_>>().join(" / ");
    let title = if what.is_empty() { row.number.clone() } else { format!("{}: {what}", row.number) };
    let opening = Opening {
        title,
        caller: row.caller.clone(),
        priority,
        team: row.team.clone(),
        assignee: row.assignee.clone(),
        fields: row.fields.clone(),
    };
    steps.push(Planned {
        line: row.line,
        ordinal: 1,
        at,
        by: row.updated_by.clone(),
        step: Step::Open(Box::new(opening)),
    });
    Known {
        rows: 0,
        at,
        state: "opened".to_owned(),
        standing: Standing::Working,
        reopen_count: row.reopen_count.unwrap_or(0),
        priority: Some(priority.unwrap_or(USUAL_PRIORITY).to_owned()),
        team: row.team.clone(),
        assignee: row.assignee.clone(),
        fields: row.fields.clone(),
    }
}

fn prioritized(known: &mut Known, row: &Row, misfits: &mut Vec<String>) -> Option<Step> {
    let written = row.priority.as_ref().filter(|written| Some(*written) != known.priority.as_ref())?;
    let Some(priority) = word(written) else {
        misfits.push(unknown_priority(written));
        return None;
    };
    let before = known.priority.replace(written.clone());
    (before.as_deref().and_then(word) != Some(priority)).then_some(Step::Prioritize { priority })
}

fn edited(known: &mut Known, row: &Row) -> Option<Step> {
    let names = FIELDS.iter().zip(known.fields.iter().zip(&row.fields));
    let changed = names.filter(|(_, (before, after))| before != after);
    let fields: Vec<_> = changed.map(|(name, (_, after))| (*name, after.clone())).collect();
    known.fields.clone_from(&row.fields);
    (!fields.is_empty()).then_some(Step::Edit { fields })
}

/// `2 - High` is `high`.
fn word(written: &str) -> Option<&'static str> {
    let word = written.rsplit(" - ").next()?.trim();
    PRIORITIES.into_iter().find(|known| known.eq_ignore_ascii_case(word))
}

fn unknown_priority(written: &str) -> String {
    let known = escalon_domain::refusal::list(&PRIORITIES);
    format!(
        "priority: “{written}” is not a priority; they end in {known}. The ticket keeps the priority it has"
    )
}
