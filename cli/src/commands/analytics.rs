//! `escalon analytics`.

use std::io::Read;

use clap::{Args, Subcommand};
use escalon_application::{Caller, Moment};
use escalon_cli::compose::App;
use escalon_infrastructure::{analysts::Analysts, identity::Verifier};
use escalon_projections::analytics;
use serde_json::json;

use super::{operator, with_app};
use crate::{
    args::Global,
    output::{Answer, table},
    problem::Problem,
};

/// The variable that holds a new role's password.
const PASSWORD: &str = "ESCALON_ANALYST_PASSWORD";

/// Look after the analysts of an organization: database roles that read its figures and nothing else.
#[derive(Debug, Subcommand)]
pub(crate) enum Analytics {
    /// Give an analyst a database role, or change what it sees or its password
    Grant(Grant),
    /// Take a database role from an analyst
    Revoke(Revoke),
    /// List the analysts of an organization
    List(Of),
    /// Print the data dictionary
    Dictionary,
}

/// Of which organization.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The short name or id of the organization
    #[arg(long, value_name = "NAME")]
    organization: String,
}

/// Give a role.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    #[command(flatten)]
    of: Of,
    /// The name of the database role; analyst_ and the organization's short name without it
    #[arg(long, value_name = "NAME")]
    role: Option<String>,
    /// Let it see personal data in clear
    #[arg(long)]
    unmasked: bool,
    /// Read its password, which a new role needs, from the standard input instead of the variable ESCALON_ANALYST_PASSWORD
    #[arg(long)]
    password_stdin: bool,
}

/// Take a role.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    of: Of,
    /// The name of the database role
    #[arg(long, value_name = "NAME")]
    role: String,
}

impl Analytics {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        match self {
            Self::Grant(grant) => {
                let password = grant.verifier()?;
                with_app(global, async |app| grant.over(app, password).await).await
            }
            Self::Revoke(Revoke { of, role }) => {
                with_app(global, async |app| {
                    let caller = operator(app, &of.organization).await?;
                    app.engine.revoke_analyst(&caller, role.clone()).await?;
                    Analysts::new(app.database.clone()).revoke(caller.organization, &role).await?;
                    list(app, &caller).await
                })
                .await
            }
            Self::List(of) => {
                with_app(global, async |app| list(app, &operator(app, &of.organization).await?).await).await
            }
            Self::Dictionary => {
                let text = analytics::dictionary();
                Answer::new(&json!({ "dictionary": text }), text.trim_end())
            }
        }
    }
}

impl Grant {
    /// The password, as the database keeps it. On the command line everybody on the machine could read it.
    fn verifier(&self) -> Result<Option<Verifier>, Problem> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a command of its own variable; clap would want a flag for it"
        )]
        let mut password = std::env::var(PASSWORD).ok();
        if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().take(1_000).read_to_string(&mut line)?;
            password = Some(line.trim_end_matches(['\n', '\r']).to_owned());
        }
        password
            .filter(|password| !password.is_empty())
            .map(|password| Verifier::new(&password))
            .transpose()
            .map_err(|error| {
                Problem::from(error).cure("choose another; `openssl rand -base64 24` makes a good one")
            })
    }

    async fn over(self, app: &App, password: Option<Verifier>) -> Result<Answer, Problem> {
        let caller = operator(app, &self.of.organization).await?;
        let role = match self.role {
            Some(role) => role,
            None => {
                let organization = app.engine.organization(&caller, Moment::Now).await?;
                let slug = organization.state.slug.as_ref().map(ToString::to_string);
                format!("analyst_{}", slug.unwrap_or_default())
            }
        };
        let (analysts, organization) = (Analysts::new(app.database.clone()), caller.organization);
        analysts.check(organization, &role, password.as_ref()).await.map_err(|error| {
            Problem::from(error)
                .cure(format!("a password is given by the variable {PASSWORD} or with --password-stdin"))
        })?;
        // Recorded first: nobody sees anything that the history does not tell of.
        app.engine.grant_analyst(&caller, role.clone(), self.unmasked).await?;
        analysts.grant(organization, &role, self.unmasked, password.as_ref()).await?;
        list(app, &caller).await
    }
}

async fn list(app: &App, caller: &Caller) -> Result<Answer, Problem> {
    let all = Analysts::new(app.database.clone()).list(caller.organization).await?;
    let documents: Vec<_> = all
        .iter()
        .map(|one| {
            json!({ "role": one.role, "unmasked": one.unmasked, "grantedAt": one.granted_at, "exists": one.exists })
        })
        .collect();
    let rows = all.iter().map(|one| {
        let sees = if one.unmasked { "everything" } else { "personal data masked" };
        let role = if one.exists { one.role.clone() } else { format!("{} (not there any more)", one.role) };
        [role, sees.to_owned(), one.granted_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)]
    });
    let text = if all.is_empty() {
        "none; escalon analytics grant makes one".to_owned()
    } else {
        table(["role", "sees", "since"], rows)
    };
    Answer::new(&documents, text)
}
