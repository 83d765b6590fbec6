//! Escalon's own checks, run as `cargo xtask <check>`.

mod layers;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <check>

checks:
  layers   every crate stands only on the floors below it";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("layers"), None) => layers(),
        _ => {
            say(USAGE);
            ExitCode::FAILURE
        }
    }
}

fn layers() -> ExitCode {
    let graph = match layers::workspace() {
        Ok(graph) => graph,
        Err(error) => {
            say(&format!("layers: the workspace could not be read: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let violations = layers::violations(&graph);
    for violation in &violations {
        say(&violation.to_string());
    }
    if violations.is_empty() {
        say(&format!("layers: {} crates, and every arrow runs downward", graph.len()));
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stdout, reason = "standard output is this tool's only interface")]
fn say(line: &str) {
    println!("{line}");
}
