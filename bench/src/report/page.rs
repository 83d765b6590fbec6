//! What the page says.

use std::fmt::Write;

use clap::ValueEnum;

use super::{
    chart::{Bar, Chart, Group, Kind},
    number::number,
    table::{Table, by_callers, names, plain},
};
use crate::{
    results::{Figure, Results},
    targets::{self, Bound},
    works::{CALLERS, Work, append, callers, rebuild},
};

/// The whole page.
pub(super) fn page(results: &Results) -> String {
    let mut page = String::from("# Benchmarks\n\n");
    page += "Written by `make bench`; every number on this page is from that one run. `make bench QUICK=1` takes a short look.\n\n";
    if results.quick {
        page += "**This was a short look: its figures mean nothing.**\n\n";
    }
    let _ = write!(page, "## What was to be reached\n\n{}\n", reached(results));
    for work in Work::value_variants().iter().filter(|work| results.of(**work).next().is_some()) {
        let _ = write!(page, "## {}\n\n{}\n", work.title(), section(results, *work));
    }
    let _ = write!(page, "## How it was measured\n\n{}", how(results));
    page
}

fn reached(results: &Results) -> String {
    let mut table = Table::new(&["work", "figure", "to reach", "reached", ""]);
    for target in targets::all(results) {
        let Some(reached) = target.reached else { continue };
        let (bound, value) = match target.bound {
            Bound::Times(bound) => (format!("≥ {bound} ×"), format!("{} ×", number(reached))),
            Bound::AtMostTimes(bound) => (format!("≤ {bound} ×"), format!("{} ×", number(reached))),
            Bound::Milliseconds(bound) => (format!("≤ {bound} ms"), format!("{} ms", number(reached))),
        };
        let share = 100.0 * target.bound.share(reached);
        let verdict =
            if target.bound.holds(reached) { "✔".to_owned() } else { format!("✘ {share:.0} % of it") };
        table.row(vec![target.work.title().to_owned(), target.what, bound, value, verdict]);
    }
    table.markdown()
}

fn section(results: &Results, work: Work) -> String {
    let chart = |name: &str, what: &str| format!("![{what}](benchmarks/{name})\n\n");
    match work {
        Work::Append => {
            let intro = "Events a second, each appended to a fresh stream. Ours are whole commands: authorised, idempotent and with \
                their claims checked. The write side stands alone, as the peers do, except in the last of ours, where the \
                sequencer and every projection follow. pgbench only inserts the same bytes: it is the limit.\n\n";
            let latencies = "\nThe latency that 99 of 100 calls did not exceed, in milliseconds:\n\n";
            [
                intro,
                &chart("append.svg", "Events a second"),
                &by_callers(results, ""),
                latencies,
                &by_callers(results, ", p99"),
            ]
            .concat()
        }
        Work::Rebuild => chart("rebuild.svg", "Events a second in a rebuild") + &plain(results, work),
        _ => plain(results, work),
    }
}

fn how(results: &Results) -> String {
    let machine = &results.machine;
    let mut table = Table::new(&["", ""]);
    let mut row = |name: &str, value: String| table.row(vec![name.to_owned(), value]);
    row("day, commit", format!("{}, {}", machine.day, machine.commit));
    row("processor", format!("{} cores of {}", machine.cores, machine.processor));
    row("memory", format!("{} GiB", number(machine.memory_gib)));
    row("kernel", machine.kernel.clone());
    row("disk, to keep 8 KiB for good", format!("{} µs", number(machine.sync_micros)));
    row("database", machine.postgres.clone());
    row(
        "its settings",
        machine
            .settings
            .iter()
            .map(|(name, value)| format!("`{name}={value}`"))
            .collect::<Vec<_>>()
            .join(" "),
    );
    row("compiler", machine.rust.clone());
    row("Node.js, for emmett", machine.node.clone());
    let mut text = table.markdown();
    let _ = write!(
        text,
        "\nOne fresh cluster, a database for each who is measured, and a checkpoint before each measurement. The rounds are \
         interleaved, so that a drifting disk hits all alike. A measurement takes {} s after a fifth of that to warm up.\n",
        results.seconds
    );
    for remark in &results.remarks {
        let _ = write!(text, "\n- {remark}");
    }
    text + "\n"
}

/// The charts, by the name of their file.
pub(super) fn charts(results: &Results) -> Vec<(&'static str, String)> {
    let mut charts = Vec::new();
    if results.of(Work::Append).next().is_some() {
        let groups = CALLERS.iter().map(|count| group(results, Work::Append, &callers(*count))).collect();
        let chart = Chart { title: "Commands and appends on fresh streams", unit: "events a second", groups };
        charts.push(("append.svg", chart.svg()));
    }
    if results.of(Work::Rebuild).next().is_some() {
        let sizes = crate::works::cases(results, rebuild::REBUILD);
        let groups = sizes.iter().map(|size| group(results, Work::Rebuild, size)).collect();
        let chart = Chart { title: "Rebuilding the inbox", unit: "events a second", groups };
        charts.push(("rebuild.svg", chart.svg()));
    }
    charts
}

fn group(results: &Results, work: Work, case: &str) -> Group {
    let bar = |who: &String| {
        let figure = results.of(work).find(|figure| figure.key.who == *who && figure.key.case == case)?;
        Some(bar(figure))
    };
    Group { name: case.to_owned(), bars: names(results, work).iter().filter_map(bar).collect() }
}

fn bar(figure: &Figure) -> Bar {
    let name = figure.key.who.clone();
    let kind = match name.as_str() {
        rebuild::SELECT => Kind::Limit,
        pgbench if pgbench.starts_with("pgbench") => Kind::Limit,
        rebuild::REPLAY => Kind::Peer,
        peer if append::PEERS.contains(&peer) => Kind::Peer,
        _ => Kind::Ours,
    };
    let (lowest, highest) = figure.spread();
    Bar { name, value: figure.median(), lowest, highest, kind }
}
