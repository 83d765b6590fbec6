//! `escalon doctor`.

use clap::Args;
use escalon_cli::{compose::App, config::Config};
use escalon_infrastructure::embedded::Mode;
use serde::Serialize;

use crate::{
    args::Global,
    output::{Answer, grouped},
    problem::Problem,
};

/// Say what is missing, and how to mend it.
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// What was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    found: String,
}

impl Doctor {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let config = global.config(Mode::Tool);
        let mut findings = vec![key(&config)];
        match App::open(&config).await {
            Ok(app) => {
                findings.push(good("database", place(&config)));
                findings.extend(inside(&app).await);
                app.close().await;
            }
            // The error names the cure: the package to install, the directory to open up, the server to start.
            Err(error) => findings.push(bad("database", &Problem::from(error).message)),
        }
        let failed = findings.iter().any(|finding| !finding.ok);
        let line = |finding: &Finding| {
            format!("{} {}: {}", if finding.ok { "✔" } else { "✘" }, finding.what, finding.found)
        };
        let mut lines: Vec<_> = findings.iter().map(line).collect();
        lines.push(if failed { "Mend what is marked ✘." } else { "Everything is in order." }.to_owned());
        Ok(Answer::new(&findings, lines.join("\n"))?.failed(failed))
    }
}

fn good(what: &'static str, found: String) -> Finding {
    Finding { what, ok: true, found }
}

fn bad(what: &'static str, error: &dyn std::fmt::Display) -> Finding {
    Finding { what, ok: false, found: error.to_string() }
}

fn place(config: &Config) -> String {
    match config.database_url {
        Some(_) => "the given one answers and its schema is up to date".to_owned(),
        None => format!("a private one in {}", config.data_dir.join("postgres").display()),
    }
}

fn key(config: &Config) -> Finding {
    match config.token_key() {
        Ok(_) => good("token key", "can be read".to_owned()),
        Err(error) => bad(
            "token key",
            &format!("{error}; correct its owner and mode, or name another with --token-key-file"),
        ),
    }
}

async fn inside(app: &App) -> Vec<Finding> {
    let status = match app.reads.status().await {
        Ok(status) => status,
        Err(error) => return vec![bad("read models", &error)],
    };
    let mut findings = Vec::new();
    for one in &status {
        if let Some(error) = &one.error {
            let message = format!(
                "{} stands still: {error}; escalon projections rebuild {} builds it anew",
                one.name, one.name
            );
            findings.push(bad("read models", &message));
        }
    }
    let parked: i64 = status.iter().map(|one| one.parked).sum();
    if parked > 0 {
        let message =
            format!("{parked} sequences are parked; escalon subscriptions parked says which, and what to do");
        findings.push(bad("read models", &message));
    }
    let behind = status.iter().map(|one| one.behind).max().unwrap_or(0);
    let behind = grouped(u64::try_from(behind).unwrap_or(0));
    if findings.is_empty() {
        findings
            .push(good("read models", format!("{} of them, at most {behind} events behind", status.len())));
    }
    findings.extend(notary(app).await);
    match app.reads.organizations().await {
        Ok(all) if all.is_empty() => {
            findings.push(good(
                "organizations",
                "none yet; escalon organization create NAME founds one".to_owned(),
            ));
        }
        Ok(all) => findings.push(good("organizations", all.len().to_string())),
        Err(error) => findings.push(bad("organizations", &error)),
    }
    findings
}

async fn notary(app: &App) -> Vec<Finding> {
    let status = match app.notary.ledger().status().await {
        Ok(status) => status,
        Err(error) => return vec![bad("notary", &error)],
    };
    if status.halted.is_empty() {
        let (trees, pending) = (grouped(status.trees.unsigned_abs()), grouped(status.pending.unsigned_abs()));
        return vec![good(
            "notary",
            format!("signs {trees} histories; {pending} checkpoints wait to be anchored"),
        )];
    }
    let said = |(organization, reason): &(String, String)| {
        bad("notary", &format!("does not sign the history of {organization}: {reason}; see docs/proof.md"))
    };
    status.halted.iter().map(said).collect()
}
