//! `escalon member`.

use std::io::{self, IsTerminal};

use clap::{Args, Subcommand};
use escalon_application::{Caller, Moment, Once, member::InviteMember};
use escalon_cli::compose::App;
use escalon_domain::member::{Email, Member as State, MemberId};
use escalon_projections::{MemberRow, Page, Scope};
use serde_json::json;

use super::{caught_up, privacy, some_operator, with_app};
use crate::{
    args::Global,
    output::{Answer, table},
    problem::Problem,
};

/// Look after the members of an organization.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// Invite somebody; prints the token with which they register
    Invite(Invite),
    /// List the members
    List(List),
    /// Show a member
    Show(Which),
    /// Give a member a role
    Grant(Role),
    /// Take a role from a member
    Revoke(Role),
    /// Stop a member from acting
    Suspend(Suspend),
    /// Let a suspended member act again
    Reinstate(Which),
    /// Forget a member for ever: destroy the key of everything that is kept of them
    Forget(Suspend),
    /// Set a member's password, read from the standard input; an invited member joins by it
    SetPassword(Which),
}

/// In which organization.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

/// Invite somebody.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// Their email address
    email: Email,
    /// Their name
    #[arg(long)]
    name: String,
    /// A role to give them, by short name or id; may be repeated
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    #[command(flatten)]
    list: List,
}

/// Which member.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The member, by email address or id
    member: String,
    #[command(flatten)]
    list: List,
}

/// A member, and why.
#[derive(Debug, Args)]
pub(crate) struct Suspend {
    /// Why; to forget somebody, without telling who it was: the reason stays
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    which: Which,
}

/// A member and a role.
#[derive(Debug, Args)]
pub(crate) struct Role {
    /// The role, by short name or id
    role: String,
    #[command(flatten)]
    which: Which,
}

impl Member {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        with_app(global, async |app| self.over(app).await).await
    }

    async fn over(self, app: &App) -> Result<Answer, Problem> {
        match self {
            Self::Invite(invite) => invite.run(app).await,
            Self::List(List { organization }) => {
                let caller = some_operator(app, organization.as_deref()).await?;
                list(app, &caller).await
            }
            Self::Show(which) => {
                let (caller, member) = which.find(app).await?;
                one(app, &caller, member).await
            }
            Self::Grant(Role { role, which }) => {
                let (caller, member) = which.find(app).await?;
                app.engine.grant_role(&caller, member, &role, &Once::default()).await?;
                one(app, &caller, member).await
            }
            Self::Revoke(Role { role, which }) => {
                let (caller, member) = which.find(app).await?;
                // Whether another administrator is left is read from the read models.
                caught_up(app).await?;
                app.engine.revoke_role(&caller, member, &role, &Once::default()).await?;
                one(app, &caller, member).await
            }
            Self::Suspend(Suspend { reason, which }) => {
                let (caller, member) = which.find(app).await?;
                caught_up(app).await?;
                app.engine.suspend_member(&caller, member, reason, &Once::default()).await?;
                one(app, &caller, member).await
            }
            Self::Reinstate(which) => {
                let (caller, member) = which.find(app).await?;
                app.engine.reinstate_member(&caller, member, &Once::default()).await?;
                one(app, &caller, member).await
            }
            Self::Forget(Suspend { reason, which }) => {
                let organization = which.list.organization.as_deref();
                privacy::forget_member(app, organization, &which.member, reason).await
            }
            Self::SetPassword(which) => {
                let (caller, member) = which.find(app).await?;
                app.engine.set_password(&caller, member, password()?).await?;
                one(app, &caller, member).await
            }
        }
    }
}

impl Invite {
    async fn run(self, app: &App) -> Result<Answer, Problem> {
        let caller = some_operator(app, self.list.organization.as_deref()).await?;
        let input = InviteMember {
            id: None,
            name: self.name,
            email: Some(self.email),
            roles: self.role,
            joins: false,
        };
        let member = app.engine.invite_member(&caller, input, &Once::default()).await?.id;
        let invitation = app.engine.invitation(caller.organization, member)?;
        Answer::new(
            &json!({ "id": member, "invitation": invitation }),
            format!("invited {member}; they register with this token within 7 days:\n{invitation}"),
        )
    }
}

impl Which {
    async fn find(&self, app: &App) -> Result<(Caller, MemberId), Problem> {
        let caller = some_operator(app, self.list.organization.as_deref()).await?;
        let member = find(app, &caller, &self.member).await?;
        Ok((caller, member))
    }
}

/// The member with this address or id.
pub(crate) async fn find(app: &App, caller: &Caller, reference: &str) -> Result<MemberId, Problem> {
    if let Ok(id) = reference.parse() {
        return Ok(id);
    }
    let unknown =
        || Problem::new(format!("there is no member “{reference}”")).cure("escalon member list shows them");
    let email: Email = reference.parse().map_err(|_| unknown())?;
    app.engine.by_email(caller, &email).await?.ok_or_else(unknown)
}

/// Members on a page; the operator may see them all.
const PAGE: u32 = 1_000;

async fn list(app: &App, caller: &Caller) -> Result<Answer, Problem> {
    caught_up(app).await?;
    let scope = Scope::of(caller);
    let (mut rows, mut page) = (Vec::new(), Page::first(PAGE));
    loop {
        let slice = app.reads.members(&scope, None, page).await?;
        let last = slice.items.last().map(|(cursor, _)| cursor.clone());
        rows.extend(slice.items.into_iter().map(|(_, row)| row));
        match last {
            Some(after) if slice.has_next => page = Page { after: Some(after), ..Page::first(PAGE) },
            _ => break,
        }
    }
    let ids: Vec<String> = rows.iter().flat_map(|row| row.roles.clone()).collect();
    let titles = app.reads.names(&scope, &ids).await?;
    let roles =
        |row: &MemberRow| row.roles.iter().filter_map(|id| titles.get(id)).cloned().collect::<Vec<_>>();
    let documents: Vec<_> = rows
        .iter()
        .map(|row| json!({ "id": row.id, "name": row.name, "email": row.email, "status": row.status, "roles": roles(row) }))
        .collect();
    let lines = rows.iter().map(|row| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [text(&row.name), text(&row.email), row.status.clone(), roles(row).join(", "), row.id.clone()]
    });
    Answer::new(&documents, table(["name", "email", "status", "roles", "id"], lines))
}

async fn one(app: &App, caller: &Caller, id: MemberId) -> Result<Answer, Problem> {
    let state = app.engine.member(caller, id, Moment::Now).await?.state;
    let document = document(id, &state);
    Answer::new(&document, format!("{document:#}"))
}

fn document(id: MemberId, state: &State) -> serde_json::Value {
    let name = state.name.as_ref().and_then(|name| name.reveal());
    let email = state.email.as_ref().and_then(|email| email.reveal());
    json!({ "id": id, "name": name, "email": email, "status": state.status, "roles": state.roles })
}

fn password() -> Result<String, Problem> {
    if io::stdin().is_terminal() {
        let message =
            "the password is read from the standard input, so that it stays out of the shell's history";
        return Err(Problem::new(message)
            .cure("give it a file or a pipe: escalon member set-password … < password.txt"));
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
