//! `escalon demo`.

use chrono::Duration;
use clap::Args;
use escalon_cli::{
    compose::App,
    demo::{self, Cast, ORGANIZATION, PASSWORD},
};
use serde_json::json;

use super::{
    caught_up,
    serve::{self, Listen},
};
use crate::{
    args::Global,
    output::{self, Answer, table},
    problem::Problem,
};

/// How long the printed tokens are good.
const TOKENS: Duration = Duration::hours(12);

/// Run the engine with a small living organization to look at.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    listen: Listen,
    /// Let nothing happen by itself
    #[arg(long)]
    still: bool,
}

impl Demo {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        if !self.listen.is_private() {
            let message = "the demo's passwords are known to everybody, so it is for this machine only";
            return Err(
                Problem::new(message).cure("leave out --listen and ESCALON_LISTEN, or use escalon serve")
            );
        }
        let json = global.json;
        serve::run(global, &self.listen, async |app, url| {
            let cast = demo::cast(&app.engine).await?;
            demo::past(&app.engine, &cast, app.engine.now()).await?;
            caught_up(app).await?;
            output::answer(&welcome(app, &cast, url).await?, json);
            let (engine, still) = (app.engine.clone(), self.still);
            Ok(async move {
                if still {
                    std::future::pending::<()>().await;
                } else {
                    demo::live(engine, cast).await;
                }
            })
        })
        .await
    }
}

async fn welcome(app: &App, cast: &Cast, url: &str) -> Result<Answer, Problem> {
    let (mut people, mut rows) = (Vec::new(), Vec::new());
    for person in &cast.people {
        // Somebody may have been suspended in the demo; the others can still be signed in as.
        let Ok(token) = app.engine.token_for(&cast.operator, person.id, TOKENS).await else { continue };
        people.push(json!({
            "role": person.role, "email": person.email, "password": PASSWORD, "member": person.id, "token": token,
        }));
        rows.push([person.role.to_owned(), person.email.to_owned(), person.may.to_owned()]);
    }
    let token = people.first().and_then(|first| first["token"].as_str()).unwrap_or_default();
    let text = format!(
        "\nEscalon is ready, with the organization “{ORGANIZATION}”.\n\n  GraphQL   {url}/graphql\n  GraphiQL  {url}/graphiql\n\n\
         Sign in with memberLogIn (organization: \"{ORGANIZATION}\", password: \"{PASSWORD}\") as:\n{}\n\n\
         Or use the administrator's token, good for 12 hours:\n\n  Authorization: Bearer {token}\n\n\
         Ctrl-C stops it; everything is kept.",
        table(["role", "email", "may"], rows)
    );
    let document = json!({
        "url": url, "graphql": format!("{url}/graphql"), "graphiql": format!("{url}/graphiql"),
        "organization": ORGANIZATION, "signIns": people,
    });
    Answer::new(&document, text)
}
