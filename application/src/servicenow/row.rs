//! A line of the log.

use chrono_tz::Tz;
use escalon_domain::stamp::Timestamp;
use serde::Deserialize;

use super::{InvalidMoment, Misfit, moment};

/// The words of ServiceNow's priorities, the most important first: `1 - Critical` is `critical`.
pub const PRIORITIES: [&str; 4] = ["critical", "high", "moderate", "low"];

/// The priority of an incident that names none.
pub(super) const USUAL_PRIORITY: &str = "moderate";

/// The custom fields that carry what the log says beyond the common fields of a ticket.
pub const FIELDS: [&str; 8] =
    ["category", "subcategory", "location", "contact_type", "impact", "urgency", "symptom", "closed_code"];

/// The most characters that may stand in a cell.
const LONGEST_CELL: usize = 120;

macro_rules! columns {
    ($($column:ident),+ $(,)?) => {
        /// The columns that are used, as they are written. Others are ignored.
        #[derive(Debug, Clone, Default, Deserialize)]
        #[expect(missing_docs, reason = "the columns are ServiceNow's own")]
        pub struct Record { $(pub $column: String),+ }

        /// The names of the columns that are used.
        pub const COLUMNS: &[&str] = &[$(stringify!($column)),+];

        impl Record {
            fn overlong(&self) -> Option<&'static str> {
                let long = |text: &str| text.chars().nth(LONGEST_CELL).is_some();
                $(if long(&self.$column) { return Some(stringify!($column)); })+
                None
            }
        }
    };
}

columns! {
    number, incident_state, reopen_count, caller_id, opened_at, sys_updated_by, sys_updated_at, contact_type, location,
    category, subcategory, u_symptom, impact, urgency, priority, assignment_group, assigned_to, closed_code,
}

/// The file does not have what is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the first line does not name the column {}; export the incident audit log with its header", .0.join(", "))]
pub struct MissingColumns(pub Vec<&'static str>);

/// Checks the header.
///
/// # Errors
/// Names every needed column that is not there.
pub fn check_columns<'a>(header: impl Iterator<Item = &'a str>) -> Result<(), MissingColumns> {
    let header: Vec<_> = header.collect();
    let missing: Vec<_> = COLUMNS.iter().copied().filter(|column| !header.contains(column)).collect();
    if missing.is_empty() { Ok(()) } else { Err(MissingColumns(missing)) }
}

/// A line of the log, read. What is unknown (`?`) is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// The incident.
    pub number: String,
    /// The state, as it is written.
    pub state: String,
    /// How often it had been reopened.
    pub reopen_count: Option<u32>,
    /// Who asks for it.
    pub caller: Option<String>,
    /// When it was opened; matters in an incident's first row only.
    pub opened_at: Result<Timestamp, InvalidMoment>,
    /// When the row was written.
    pub updated_at: Timestamp,
    /// Who wrote it.
    pub updated_by: Option<String>,
    /// The priority, as it is written.
    pub priority: Option<String>,
    /// The assignment group.
    pub team: Option<String>,
    /// The person it is assigned to.
    pub assignee: Option<String>,
    /// The values of [`FIELDS`], in that order.
    pub fields: [Option<String>; FIELDS.len()],
}

impl Row {
    /// Reads a record; its times are wall-clock times of this zone.
    ///
    /// # Errors
    /// The row cannot be used at all: no number, no time of its own, a count that is none, or an overlong cell.
    pub fn read(line: u64, record: &Record, zone: Tz) -> Result<Self, Misfit> {
        let number = known(&record.number);
        let misfit = |message: String| Misfit { line, number: known(&record.number), message };
        if let Some(column) = record.overlong() {
            let message =
                format!("{column} is longer than {LONGEST_CELL} characters; shorten it and import again");
            return Err(Misfit { line, number: None, message });
        }
        let number = number.ok_or_else(|| misfit("there is no incident number".to_owned()))?;
        let updated_at = moment(&record.sys_updated_at, zone)
            .map_err(|error| misfit(format!("sys_updated_at: {error}")))?;
        let reopen_count = known(&record.reopen_count).map(|count| count.parse()).transpose();
        let reopen_count = reopen_count
            .map_err(|_| misfit(format!("reopen_count: “{}” is not a count", record.reopen_count)))?;
        Ok(Self {
            line,
            number,
            state: record.incident_state.trim().to_owned(),
            reopen_count,
            caller: known(&record.caller_id),
            opened_at: moment(&record.opened_at, zone),
            updated_at,
            updated_by: known(&record.sys_updated_by),
            priority: known(&record.priority),
            team: known(&record.assignment_group),
            assignee: known(&record.assigned_to),
            fields: [
                known(&record.category),
                known(&record.subcategory),
                known(&record.location),
                known(&record.contact_type),
                known(&record.impact),
                known(&record.urgency),
                known(&record.u_symptom),
                known(&record.closed_code),
            ],
        })
    }
}

/// `?` and nothing mean unknown.
fn known(cell: &str) -> Option<String> {
    Some(cell.trim()).filter(|text| !text.is_empty() && *text != "?").map(str::to_owned)
}
