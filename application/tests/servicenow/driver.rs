//! The driver over an engine: once, in order, and on with the rest after a failure.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use escalon_application::{
    Caller, Engine, Failure, Moment,
    servicenow::{ImportError, ImportOptions, Misfit, Progress, Report, Row, import},
};
use escalon_domain::{
    id::Id,
    ticket::{Status, Ticket},
};
use escalon_memory::Memory;
use futures::executor::block_on;

use crate::support::{read, with};

#[derive(Default)]
struct Counting(AtomicU64, AtomicU64);

impl Progress for Counting {
    fn advanced(&self, rows: u64, events: u64) {
        self.0.fetch_add(rows, Ordering::Relaxed);
        self.1.fetch_add(events, Ordering::Relaxed);
    }
}

type Line<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn log(lines: &[Line<'_>]) -> Vec<Result<Row, Misfit>> {
    (2..).zip(lines).map(|(line, (number, changes))| read(line, &with(number, changes))).collect()
}

fn run(
    engine: &Engine,
    caller: &Caller,
    rows: Vec<Result<Row, Misfit>>,
    strict: bool,
) -> Result<Report, ImportError> {
    let (count, progress) = (rows.len() as u64, Counting::default());
    let result = block_on(import(
        engine,
        caller,
        rows.into_iter(),
        ImportOptions { strict, ..ImportOptions::default() },
        &progress,
    ));
    if let Ok(report) = &result {
        assert_eq!((report.rows, progress.0.into_inner()), (count, count));
        assert_eq!(report.events, progress.1.into_inner());
    }
    result
}

fn acme(engine: &Engine) -> Caller {
    block_on(engine.found_organization("acme".parse().unwrap(), "Acme".into(), "test")).unwrap()
}

fn ticket(engine: &Engine, caller: &Caller, number: &str) -> Arc<Ticket> {
    let id = Id::derived(caller.organization, &format!("servicenow:{number}"));
    block_on(engine.ticket(caller, id, Moment::Now)).unwrap().state
}

const LOG: &[Line<'_>] = &[
    ("INC1", &[]),
    ("INC1", &[("state", "Resolved"), ("assignee", "Resolver 1")]),
    ("INC2", &[("team", "Group 2"), ("by", "Updated by 2")]),
    ("INC2", &[("state", "Active"), ("reopen", "1"), ("team", "?"), ("at", "1/3/2016 07:00")]),
    ("INC1", &[("state", "Closed"), ("assignee", "Resolver 1")]),
    ("INC2", &[("state", "Closed"), ("reopen", "1"), ("team", "?"), ("priority", "1 - Critical")]),
];

#[test]
fn incidents_whose_rows_lie_apart_come_out_whole() {
    let (engine, memory) = Memory::engine();
    let caller = acme(&engine);
    let report = run(&engine, &caller, log(LOG), false).unwrap();
    assert_eq!(report.misfits, []);
    assert_eq!((report.tickets, report.events, report.adjusted, report.inferred), (2, 12, 1, 1));
    let (one, two) = (ticket(&engine, &caller, "INC1"), ticket(&engine, &caller, "INC2"));
    assert_eq!((one.status, one.assignee.is_some(), one.reopenings), (Status::Closed, true, 0));
    assert_eq!((two.status, two.team, two.reopenings), (Status::Closed, None, 1));
    assert_eq!(two.priority.as_ref().unwrap().name.as_str(), "critical");
    assert_eq!(one.closed_at.unwrap().to_rfc3339(), "2016-03-01T09:00:00+00:00");
    assert_eq!((memory.streams("team"), memory.streams("member")), (2, 3));
}

#[test]
fn again_it_imports_nothing() {
    let (engine, memory) = Memory::engine();
    let caller = acme(&engine);
    run(&engine, &caller, log(LOG), false).unwrap();
    let events = memory.events();
    let again = run(&engine, &caller, log(LOG), false).unwrap();
    assert_eq!((again.tickets, again.events, again.skipped_incidents, again.misfits), (0, 0, 2, vec![]));
    assert_eq!(memory.events(), events);
}

#[test]
fn cut_short_anywhere_it_goes_on_to_the_same_end() {
    let (engine, memory) = Memory::engine();
    let caller = acme(&engine);
    let before = memory.events();
    run(&engine, &caller, log(LOG), false).unwrap();
    let whole = memory.events() - before;
    for appends in 0.. {
        let (engine, memory) = Memory::engine();
        let caller = acme(&engine);
        let before = memory.events();
        memory.fail_after(Some(appends));
        let cut = run(&engine, &caller, log(LOG), false);
        memory.fail_after(None);
        let report = run(&engine, &caller, log(LOG), false).unwrap();
        assert_eq!((memory.events() - before, report.misfits), (whole, vec![]), "cut after {appends}");
        if cut.is_ok() {
            break;
        }
        assert!(matches!(cut, Err(ImportError::Failure(Failure::Store(_)))));
    }
}

#[test]
fn misfits_stop_nothing_unless_strict() {
    let lines: &[Line<'_>] = &[
        ("INC1", &[("state", "Resolved")]),
        ("INC1", &[("state", "Active"), ("team", "Group 2")]),
        ("INC1", &[("at", "nonsense")]),
        ("INC1", &[("state", "Closed"), ("team", "Group 2")]),
    ];
    let (engine, _) = Memory::engine();
    let caller = acme(&engine);
    let strict = run(&engine, &caller, log(lines), true).unwrap_err().to_string();
    assert!(strict.starts_with("line 3 (INC1): incident_state"), "{strict}");
    let report = run(&engine, &caller, log(lines), false).unwrap();
    assert_eq!(report.misfits.iter().map(|misfit| misfit.line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(ticket(&engine, &caller, "INC1").status, Status::Closed);
}

#[test]
fn the_same_incident_with_another_history_is_left_as_it_is() {
    let (engine, memory) = Memory::engine();
    let caller = acme(&engine);
    run(&engine, &caller, log(&[("INC1", &[]), ("INC1", &[("state", "Resolved")])]), false).unwrap();
    let events = memory.events();
    let other = log(&[("INC1", &[]), ("INC1", &[("state", "Resolved"), ("at", "2/3/2016 10:00")])]);
    let report = run(&engine, &caller, other, false).unwrap();
    assert_eq!((report.events, report.misfits.len(), memory.events()), (0, 1, events));
}

#[test]
fn an_unsuitable_ticket_type_is_refused_with_its_cure() {
    let (engine, _) = Memory::engine();
    let caller = acme(&engine);
    let body = serde_json::json!({ "name": "incident", "title": "Incident", "prefix": "INC" });
    let own: escalon_domain::ticket_type::TicketType = serde_json::from_value(body).unwrap();
    block_on(engine.define(&caller, own, &escalon_application::Once::default())).unwrap();
    let error = run(&engine, &caller, log(LOG), false).unwrap_err().to_string();
    assert!(error.contains("the priority critical") && error.contains("revise it"), "{error}");
}
