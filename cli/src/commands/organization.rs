//! `escalon organization`.

use clap::{Args, Subcommand};
use escalon_application::{Caller, Moment};
use escalon_cli::compose::App;
use escalon_domain::{access::Permission, slug::Slug};
use serde::Serialize;
use serde_json::json;

use super::{SOURCE, caught_up, operator, with_app};
use crate::{
    args::Global,
    output::{Answer, table},
    problem::Problem,
};

/// Look after organizations.
#[derive(Debug, Subcommand)]
pub(crate) enum Organization {
    /// Found an organization, with the role `administrator`
    Create(Create),
    /// List the organizations
    List,
    /// Show an organization
    Show(Which),
    /// Stop all work in an organization
    Suspend(Suspend),
    /// Let the work in a suspended organization go on
    Reinstate(Which),
    /// List the permissions that roles may grant
    Permissions,
}

/// Found an organization.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its short name: lower-case letters, digits, “-” and “_”
    name: Slug,
    /// Its name for people; the short name without it
    #[arg(long)]
    title: Option<String>,
}

/// Which organization.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its short name or id
    organization: String,
}

/// Stop all work in an organization.
#[derive(Debug, Args)]
pub(crate) struct Suspend {
    /// Its short name or id
    organization: String,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    title: String,
    suspended: bool,
}

impl Organization {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        if let Self::Permissions = self {
            return permissions();
        }
        with_app(global, async |app| self.over(app).await).await
    }

    async fn over(self, app: &App) -> Result<Answer, Problem> {
        match self {
            Self::Create(Create { name, title }) => {
                let title = title.unwrap_or_else(|| name.to_string());
                let caller = app.engine.found_organization(name, title, SOURCE).await?;
                caught_up(app).await?;
                one(app, &caller).await
            }
            Self::List => list(app).await,
            Self::Show(Which { organization }) => one(app, &operator(app, &organization).await?).await,
            Self::Suspend(Suspend { organization, reason }) => {
                let caller = operator(app, &organization).await?;
                app.engine.suspend_organization(&caller, Some(reason)).await?;
                one(app, &caller).await
            }
            Self::Reinstate(Which { organization }) => {
                let caller = operator(app, &organization).await?;
                app.engine.suspend_organization(&caller, None).await?;
                one(app, &caller).await
            }
            Self::Permissions => permissions(),
        }
    }
}

async fn shown(app: &App, caller: &Caller) -> Result<Shown, Problem> {
    let state = app.engine.organization(caller, Moment::Now).await?.state;
    let name = state.slug.as_ref().map(|slug| slug.to_string()).unwrap_or_default();
    Ok(Shown {
        id: caller.organization.to_string(),
        name,
        title: state.name.clone(),
        suspended: state.suspended,
    })
}

async fn one(app: &App, caller: &Caller) -> Result<Answer, Problem> {
    let shown = shown(app, caller).await?;
    let text = words(std::slice::from_ref(&shown));
    Answer::new(&shown, text)
}

async fn list(app: &App) -> Result<Answer, Problem> {
    let mut all = Vec::new();
    caught_up(app).await?;
    for row in app.reads.organizations().await? {
        all.push(shown(app, &operator(app, &row.id).await?).await?);
    }
    let text = if all.is_empty() {
        "none yet; escalon organization create NAME founds one".to_owned()
    } else {
        words(&all)
    };
    Answer::new(&all, text)
}

fn words(all: &[Shown]) -> String {
    let status = |suspended| if suspended { "suspended" } else { "active" }.to_owned();
    let rows =
        all.iter().map(|one| [one.name.clone(), one.title.clone(), status(one.suspended), one.id.clone()]);
    table(["name", "title", "status", "id"], rows)
}

fn permissions() -> Result<Answer, Problem> {
    let all: Vec<_> =
        Permission::ALL.iter().map(|each| json!({ "name": each.name(), "allows": each.what() })).collect();
    let rows = Permission::ALL.iter().map(|each| [each.name().to_owned(), each.what().to_owned()]);
    Answer::new(&all, table(["permission", "allows to"], rows))
}
