//! `escalon privacy` and `escalon customer`.

use clap::{Args, Subcommand};
use escalon_application::{
    Caller, Once,
    privacy::{Certificate, WhichCustomer},
};
use escalon_cli::compose::App;
use escalon_domain::personal::SubjectId;
use serde_json::{Value, json};

use super::{member, some_operator, with_app};
use crate::{
    args::Global,
    output::{Answer, grouped},
    problem::Problem,
    progress::spinner,
};

/// Look after what is kept of people.
#[derive(Debug, Subcommand)]
pub(crate) enum Privacy {
    /// Show the certificate of somebody who was forgotten
    Certificate(Who),
    /// Take what was forgotten off the disk now, instead of soon
    Scrub,
}

/// Who was forgotten.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Their subject or member id
    subject: String,
    /// Their organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

/// Look after customers.
#[derive(Debug, Subcommand)]
pub(crate) enum Customer {
    /// Forget a customer for ever: destroy the key of everything that is kept of them
    Forget(Forget),
}

/// Forget a customer.
#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// The customer, by the reference they were given with, or by subject (subject_…)
    customer: String,
    /// Why, without telling who it was: the reason stays
    #[arg(long)]
    reason: String,
    /// Their organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

impl Privacy {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| match self {
            Self::Certificate(Who { subject, organization }) => {
                let caller = some_operator(app, organization.as_deref()).await?;
                let subject = match subject.parse::<escalon_domain::member::MemberId>() {
                    Ok(member) => member.cast(),
                    Err(_) => subject.parse::<SubjectId>()?,
                };
                certificate(app, &caller, subject).await
            }
            Self::Scrub => scrub(app).await,
        })
        .await
    }
}

impl Customer {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let Self::Forget(Forget { customer, reason, organization }) = self;
        with_app(global, async |app| {
            let caller = some_operator(app, organization.as_deref()).await?;
            let which = match customer.parse() {
                Ok(subject) => WhichCustomer::Subject(subject),
                Err(_) => WhichCustomer::Reference(customer),
            };
            let done = app.engine.forget_customer(&caller, which, reason, &Once::default()).await?;
            certificate(app, &caller, done.id.cast()).await
        })
        .await
    }
}

/// Forgets a member.
pub(crate) async fn forget_member(
    app: &App,
    organization: Option<&str>,
    reference: &str,
    reason: String,
) -> Result<Answer, Problem> {
    let caller = some_operator(app, organization).await?;
    let id = member::find(app, &caller, reference).await?;
    // Whether another administrator is left is read from the read models.
    super::caught_up(app).await?;
    app.engine.forget_member(&caller, id, reason, &Once::default()).await?;
    certificate(app, &caller, id.cast()).await
}

async fn certificate(app: &App, caller: &Caller, subject: SubjectId) -> Result<Answer, Problem> {
    let document = document(&app.engine.certificate(caller, subject).await?);
    Answer::new(&document, format!("{document:#}"))
}

fn document(certificate: &Certificate) -> Value {
    let Certificate { organization, stream, forgotten, by, at, hash, destroyed, digest } = certificate;
    json!({
        "organization": organization, "subject": forgotten.subject, "stream": stream, "reason": forgotten.reason,
        "forgottenBy": by, "forgottenAt": at, "position": destroyed.position, "eventHash": hash,
        "streams": forgotten.held.streams, "events": forgotten.held.events, "values": forgotten.held.values,
        "countedTo": forgotten.held.position, "key": destroyed.key, "keyDestroyedAt": destroyed.at,
        "scrubbedAt": destroyed.scrubbed_at, "scrub": destroyed.scrub, "digest": digest,
    })
}

async fn scrub(app: &App) -> Result<Answer, Problem> {
    let waiting = spinner("what was forgotten is taken off the disk");
    let scrub = app.projections.scrub().await?;
    waiting.finish_and_clear();
    let people = grouped(u64::try_from(scrub.people).unwrap_or(u64::MAX));
    let mut lines = match (scrub.people, scrub.done) {
        (0, _) => vec!["nothing to scrub: whoever was forgotten is off the disk".to_owned()],
        (_, true) => vec![format!("{people} people are off the disk")],
        (_, false) => vec![format!("{people} people are not off the disk yet; run it again in a moment")],
    };
    lines.extend(scrub.notes.iter().map(|note| format!("- {note}")));
    Ok(Answer::new(&scrub, lines.join("\n"))?.failed(!scrub.done))
}
