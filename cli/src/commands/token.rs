//! `escalon token`.

use chrono::Duration;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{member::find, some_operator, with_app};
use crate::{args::Global, output::Answer, problem::Problem};

/// Make access tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token that speaks for a member, without their password
    Issue(Issue),
}

/// Make a token.
#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// The member, by email address or id
    member: String,
    /// Their organization; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// How long it is good, in minutes
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=525_600))]
    minutes: i64,
}

impl Token {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let Self::Issue(Issue { member, organization, minutes }) = self;
        with_app(global, async |app| {
            let caller = some_operator(app, organization.as_deref()).await?;
            let member = find(app, &caller, &member).await?;
            let token = app.engine.token_for(&caller, member, Duration::minutes(minutes)).await?;
            Answer::new(&json!({ "token": token, "member": member, "minutes": minutes }), token)
        })
        .await
    }
}
