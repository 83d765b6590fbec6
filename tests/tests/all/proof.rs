//! The notary, exports and proofs: whatever is changed in the database or in a file is found, and where.

mod files;
mod notary;
mod objects;
mod recall;
mod tampering;

use std::time::Duration;

use escalon_application::{Caller, Once};
use escalon_domain::ticket::TicketCommand;
use escalon_infrastructure::notary::export::Export;
use escalon_proof::{
    key::VerifierKey,
    verify::{Fault, Kept, Report, Verifier},
};
use escalon_tests::TestApp;
use sqlx::{Connection, PgConnection};

use super::store::{opening, ticket_type};

const PATIENCE: Duration = Duration::from_secs(20);

/// An organization with so many tickets, each opened and tagged.
async fn history(app: &TestApp, name: &str, tickets: usize) -> Caller {
    let operator = app.organization(name).await;
    ticket_type(app, &operator).await;
    for number in 0..tickets {
        let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id;
        let tags = [format!("t{number}").parse().unwrap()].into();
        let tag = TicketCommand::Tag { tags };
        app.engine().change_ticket(&operator, ticket, tag, &Once::default()).await.unwrap();
    }
    operator
}

fn keys(app: &TestApp) -> Vec<VerifierKey> {
    app.app.notary.keys().trusted().to_vec()
}

/// The lines of an organization's exported history.
async fn export(app: &TestApp, caller: &Caller, all: bool) -> Vec<String> {
    let checkpoint = app.app.notary.cover(caller.organization, PATIENCE).await.unwrap();
    let ledger = app.app.notary.ledger();
    let organization = caller.organization.to_string();
    let mut export = Export::new(ledger, organization, checkpoint, all).await.unwrap();
    let mut text = String::new();
    while let Some((more, _)) = export.next().await.unwrap() {
        text.push_str(&more);
    }
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn verify(lines: &[String], keys: &[VerifierKey], kept: &str) -> Report {
    let kept = Kept::read(kept, keys).unwrap();
    let mut verifier = Verifier::new(keys, &kept);
    lines.iter().for_each(|line| verifier.line(line.as_bytes()));
    verifier.finish()
}

fn faults(report: &Report) -> Vec<(u64, &Fault)> {
    report.findings.iter().map(|finding| (finding.line, &finding.fault)).collect()
}

/// Changes the database as somebody may who owns it.
async fn as_owner(app: &TestApp, sql: &str) {
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    let done = sqlx::query(sql).execute(&mut owner).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
}
