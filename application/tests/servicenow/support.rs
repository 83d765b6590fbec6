//! Rows in short form, and steps in short form.

use chrono_tz::UTC;
use escalon_application::servicenow::{Advance, Known, Misfit, Record, Row, Step, advance};

/// A record that is New, moderate, in Group 1, with nobody.
pub(crate) fn record(number: &str) -> Record {
    let text = str::to_owned;
    Record {
        number: text(number),
        incident_state: text("New"),
        reopen_count: text("0"),
        caller_id: text("Caller 1"),
        opened_at: text("1/3/2016 08:00"),
        sys_updated_by: text("Updated by 1"),
        sys_updated_at: text("1/3/2016 09:00"),
        contact_type: text("Phone"),
        location: text("Location 1"),
        category: text("Category 1"),
        subcategory: text("Subcategory 2"),
        u_symptom: text("?"),
        impact: text("2 - Medium"),
        urgency: text("2 - Medium"),
        priority: text("3 - Moderate"),
        assignment_group: text("Group 1"),
        assigned_to: text("?"),
        closed_code: text("code 6"),
    }
}

/// The record with other values in some columns.
pub(crate) fn with(number: &str, changes: &[(&str, &str)]) -> Record {
    let mut record = record(number);
    for (column, value) in changes {
        let cell = match *column {
            "state" => &mut record.incident_state,
            "reopen" => &mut record.reopen_count,
            "at" => &mut record.sys_updated_at,
            "by" => &mut record.sys_updated_by,
            "opened" => &mut record.opened_at,
            "priority" => &mut record.priority,
            "team" => &mut record.assignment_group,
            "assignee" => &mut record.assigned_to,
            "category" => &mut record.category,
            "symptom" => &mut record.u_symptom,
            "caller" => &mut record.caller_id,
            other => panic!("no short form for {other}"),
        };
        (*value).clone_into(cell);
    }
    record
}

pub(crate) fn row(line: u64, changes: &[(&str, &str)]) -> Row {
    read(line, &with("INC1", changes)).unwrap()
}

pub(crate) fn read(line: u64, record: &Record) -> Result<Row, Misfit> {
    Row::read(line, record, UTC)
}

/// What these rows of one incident lead to, one after the other.
pub(crate) fn follow(rows: &[&[(&str, &str)]]) -> Vec<Advance> {
    let mut known: Option<Known> = None;
    let lines = rows.iter().enumerate();
    lines
        .map(|(place, changes)| {
            let advance = advance(known.take(), &row(place as u64 + 2, changes));
            known = Some(advance.known.clone());
            advance
        })
        .collect()
}

/// The names of the steps of the last of these rows.
pub(crate) fn names(advance: &Advance) -> Vec<&'static str> {
    advance.steps.iter().map(|planned| planned.step.name()).collect()
}

pub(crate) fn steps(advance: &Advance) -> Vec<Step> {
    advance.steps.iter().map(|planned| planned.step.clone()).collect()
}
