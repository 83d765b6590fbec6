//! The numbers of the first half of the real log, from the steps alone.

use std::{collections::BTreeMap, fs::File, path::Path};

use escalon_application::servicenow::{Advance, Known, Record, Row, Step, advance};

#[derive(Default)]
struct Folded {
    status: &'static str,
    priority: &'static str,
    team: Option<String>,
    assignee: Option<String>,
}

#[derive(Default)]
struct Counts {
    reopenings: u64,
    teams: u64,
    assignees: u64,
}

fn fold(ticket: &mut Folded, counts: &mut Counts, step: Step) {
    match step {
        Step::Open(opening) => {
            let priority = opening.priority.expect("every incident has a priority");
            *ticket = Folded { status: "open", priority, team: opening.team, assignee: opening.assignee };
        }
        Step::InferResolution { .. } | Step::Resolve { .. } => ticket.status = "resolved",
        Step::Reopen => {
            counts.reopenings += 1;
            ticket.status = "reopened";
        }
        Step::Prioritize { priority } => ticket.priority = priority,
        Step::Edit { .. } => {}
        Step::Assign { team, assignee } => {
            counts.teams += u64::from(ticket.team != team);
            counts.assignees += u64::from(ticket.assignee != assignee);
            (ticket.team, ticket.assignee) = (team, assignee);
        }
        Step::Wait { .. } => ticket.status = "waiting",
        Step::Resume => ticket.status = "open",
        Step::Close { .. } => ticket.status = "closed",
    }
}

#[test]
fn the_real_log_comes_out_as_it_was_counted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/servicenow-incidents.csv.gz");
    let Ok(file) = File::open(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(file));
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut tickets: BTreeMap<String, Folded> = BTreeMap::new();
    let (mut counts, mut rows, mut adjusted, mut inferred) = (Counts::default(), 0, 0, 0);
    for (place, record) in reader.deserialize::<Record>().enumerate() {
        let row = Row::read(place as u64 + 2, &record.unwrap(), chrono_tz::UTC).unwrap();
        let Advance { known: after, steps, misfits, adjusted: late, inferred: guessed } =
            advance(known.remove(&row.number), &row);
        assert_eq!(misfits, [""; 0], "line {}", row.line);
        known.insert(row.number.clone(), after);
        (rows, adjusted, inferred) = (rows + 1, adjusted + u64::from(late), inferred + u64::from(guessed));
        let ticket = tickets.entry(row.number).or_default();
        for planned in steps {
            fold(ticket, &mut counts, planned.step);
        }
    }
    assert_eq!((rows, tickets.len()), (70_986, 12_438));
    assert_eq!((counts.reopenings, counts.teams, counts.assignees), (188, 11_909, 7_120));
    assert!(tickets.values().all(|ticket| ticket.status == "closed"));
    let with = |priority| tickets.values().filter(|ticket| ticket.priority == priority).count();
    assert_eq!([with("critical"), with("high"), with("moderate"), with("low")], [143, 219, 11_693, 383]);
    assert_eq!((adjusted, inferred), (0, 0));
}
