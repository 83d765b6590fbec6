//! `escalon audit verify`.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use escalon_proof::{
    key::VerifierKey,
    verify::{Finding, Kept, Report, Subject, Verifier, subject, verify_proof},
};
use serde_json::{Value, json};

use crate::{
    output::{Answer, grouped},
    problem::Problem,
};

/// No line that the engine writes is longer, and no file may fill the memory.
const LONGEST: u64 = 256 << 20;

/// Verify an exported history or a proof. Needs neither the engine's database nor its configuration.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The file; - is the standard input
    file: PathBuf,
    /// The key that verifies, as `escalon audit key` prints it; may be given several times when it was replaced
    #[arg(long, value_name = "KEY", required = true)]
    key: Vec<VerifierKey>,
    /// A file with checkpoints that were kept elsewhere, such as a copy of checkpoints.log, to compare with
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
}

impl Verify {
    pub(crate) fn run(&self) -> Result<Answer, Problem> {
        let mut text = String::new();
        for path in &self.checkpoint {
            text.push_str(&fs::read_to_string(path).map_err(|error| unreadable(path, &error))?);
        }
        let kept = Kept::read(&text, &self.key)?;
        if kept.is_empty() && !self.checkpoint.is_empty() {
            return Err(Problem::new("there is no checkpoint in the files that --checkpoint names"));
        }
        let input: Box<dyn Read> = if self.file == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(&self.file).map_err(|error| unreadable(&self.file, &error))?)
        };
        let report =
            read(BufReader::new(input), &self.key, &kept).map_err(|error| unreadable(&self.file, &error))?;
        Ok(Answer::new(&document(&report), words(&report))?.failed(!report.is_good()))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("{} cannot be read: {error}", path.display()))
}

fn read(mut input: impl BufRead, keys: &[VerifierKey], kept: &Kept) -> io::Result<Report> {
    let mut verifier = Verifier::new(keys, kept);
    let mut line = Vec::new();
    let mut first = true;
    loop {
        line.clear();
        if (&mut input).take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(verifier.finish());
        }
        if std::mem::take(&mut first) && subject(&line) != Subject::History {
            input.take(LONGEST).read_to_end(&mut line)?;
            return Ok(verify_proof(&line, keys, kept));
        }
        verifier.line(&line);
    }
}

fn words(report: &Report) -> String {
    let Report { findings, unlisted, .. } = report;
    let mut lines = Vec::new();
    if findings.is_empty() {
        let what = match report.subject {
            Subject::History => "This is the history that was signed",
            Subject::Event => "This event is in the history that was signed",
            Subject::Consistency => "The newer checkpoint goes on from the older one",
        };
        lines.push(format!("✔ {what}: {}", report.origin.as_deref().unwrap_or_default()));
    } else {
        let count = grouped(findings.len() as u64 + unlisted);
        let thing = if report.subject == Subject::History { "history" } else { "proof" };
        lines.push(format!("✘ This is not a {thing} that was signed; what is wrong ({count}):"));
        lines.extend(findings.iter().map(|finding| format!("  {finding}")));
    }
    if *unlisted > 0 {
        lines.push(format!("  … and {} more", grouped(*unlisted)));
    }
    if !findings.is_empty() && report.pinned {
        lines.push("  The leaves in the file are those that were signed: every line not named here is as it was stored.".to_owned());
    }
    if let Some((from, to)) = report.recorded {
        let (events, streams) = (grouped(report.events), grouped(report.streams));
        lines.push(format!("  events: {events} in {streams} streams, stored from {from} to {to}"));
    }
    let signer = report.signer.as_ref().map_or_else(String::new, |signer| format!(", by {signer}"));
    lines.push(format!("  signed checkpoints that agree: {}{signer}", grouped(report.checkpoints)));
    lines.push(format!("  checkpoints kept elsewhere that agree: {}", grouped(report.kept)));
    lines.join("\n")
}

fn document(report: &Report) -> Value {
    let finding = |finding: &Finding| {
        let event = finding.event.as_ref();
        json!({
            "line": finding.line,
            "position": event.map(|event| event.position),
            "stream": event.map(|event| &event.stream),
            "sequence": event.map(|event| event.sequence),
            "what": finding.fault.to_string(),
        })
    };
    json!({
        "good": report.is_good(),
        "origin": report.origin,
        "events": report.events,
        "streams": report.streams,
        "from": report.recorded.map(|(from, _)| from),
        "to": report.recorded.map(|(_, to)| to),
        "checkpoints": report.checkpoints,
        "signer": report.signer,
        "kept": report.kept,
        "restAsSigned": report.pinned,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "unlisted": report.unlisted,
    })
}
