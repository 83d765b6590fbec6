//! The commands, a file each.

mod analytics;
mod audit;
mod dashboard;
mod demo;
mod doctor;
mod export;
mod import;
mod keys;
mod member;
mod migrate;
mod organization;
mod privacy;
mod projections;
mod replay;
mod schema;
mod serve;
mod subscriptions;
mod ticket;
mod token;

use std::time::Duration;

use clap::Subcommand;
use escalon_application::{Caller, Failure};
use escalon_cli::compose::App;
use escalon_infrastructure::embedded::Mode;
use escalon_projections::ReadModels;

use crate::{args::Global, output::Answer, problem::Problem, progress::spinner};

/// The source of everything that these commands record.
pub(crate) const SOURCE: &str = "cli";

/// How long the read models may take without a word.
const PATIENCE: Duration = Duration::from_secs(15);

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the engine
    Serve(serve::Serve),
    /// Run the engine with a small living organization to look at
    Demo(demo::Demo),
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Bring in history from elsewhere
    #[command(subcommand)]
    Import(import::Import),
    /// Show the service dashboard of an organization
    Dashboard(dashboard::Dashboard),
    /// Look at tickets
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// Look after the read models
    #[command(subcommand)]
    Projections(projections::Projections),
    /// See how far the consumers of events are, and what they could not get past
    #[command(subcommand)]
    Subscriptions(subscriptions::Subscriptions),
    /// Read the history of anything, and how it stood at any time
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Look after the analysts of an organization
    #[command(subcommand)]
    Analytics(analytics::Analytics),
    /// Write analytics views to files
    Export(export::Export),
    /// Look after organizations
    #[command(subcommand)]
    Organization(organization::Organization),
    /// Look after the members of an organization
    #[command(subcommand)]
    Member(member::Member),
    /// Look after customers
    #[command(subcommand)]
    Customer(privacy::Customer),
    /// Look after what is kept of people
    #[command(subcommand)]
    Privacy(privacy::Privacy),
    /// Look after the master key, which wraps the keys of persons
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Make access tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Say what is missing, and how to mend it
    Doctor(doctor::Doctor),
    /// Print the GraphQL schema
    Schema(schema::Schema),
}

impl Command {
    /// Whether this runs the engine.
    pub(crate) const fn serves(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Demo(_))
    }

    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        match self {
            Self::Serve(command) => command.run(global).await,
            Self::Demo(command) => command.run(global).await,
            Self::Migrate(command) => command.run(global).await,
            Self::Import(command) => command.run(global).await,
            Self::Dashboard(command) => command.run(global).await,
            Self::Ticket(command) => command.run(global).await,
            Self::Projections(command) => command.run(global).await,
            Self::Subscriptions(command) => command.run(global).await,
            Self::Audit(command) => command.run(global).await,
            Self::Analytics(command) => command.run(global).await,
            Self::Export(command) => command.run(global).await,
            Self::Organization(command) => command.run(global).await,
            Self::Member(command) => command.run(global).await,
            Self::Customer(command) => command.run(global).await,
            Self::Privacy(command) => command.run(global).await,
            Self::Keys(command) => command.run(global).await,
            Self::Token(command) => command.run(global).await,
            Self::Doctor(command) => command.run(global).await,
            Self::Schema(command) => command.run(),
        }
    }
}

/// Opens the engine beside one that may be running, works with it and closes it in good order, also when interrupted.
pub(crate) async fn with_app<T>(
    global: &Global,
    work: impl AsyncFnOnce(&App) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let app = App::open(&global.config(Mode::Tool)).await?;
    let result = tokio::select! {
        result = work(&app) => result,
        () = interrupted() => Err(Problem::new("interrupted; what was done stays done, and running it again goes on")),
    };
    app.close().await;
    result
}

/// Waits for Ctrl-C or the termination signal.
pub(crate) async fn interrupted() {
    use tokio::signal::{
        ctrl_c,
        unix::{SignalKind, signal},
    };
    let mut terminate = signal(SignalKind::terminate()).ok();
    let terminated = async {
        match &mut terminate {
            Some(signal) => _ = signal.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = ctrl_c() => {}
        () = terminated => {}
    }
}

/// Waits until the read models show everything that has been recorded.
pub(crate) async fn caught_up(app: &App) -> Result<(), Problem> {
    let waiting = spinner("the read models catch up");
    let mut behind = i64::MAX;
    while !app.catch_up(PATIENCE).await? {
        let status = app.reads.status().await?;
        if let Some((name, percent)) = status.iter().find_map(|one| Some((one.name, one.building?))) {
            waiting.set_message(format!("the read model {name} is being built, {percent} % done"));
            continue;
        }
        let (stuck, now) =
            (status.iter().find(|one| one.error.is_some()), status.iter().map(|one| one.behind).sum());
        if let Some((name, error)) = stuck.and_then(|one| Some((one.name, one.error.as_ref()?))) {
            return Err(Problem::new(format!("the read model {name} stands still: {error}"))
                .cure(format!("escalon projections rebuild {name} builds it anew")));
        }
        if now >= behind {
            return Err(Problem::new(format!("the read models stay {now} events behind"))
                .cure("escalon doctor says what may be wrong"));
        }
        behind = now;
        waiting.set_message(format!("the read models catch up, {now} events to go"));
    }
    waiting.finish_and_clear();
    Ok(())
}

/// The read models to ask: the live ones, caught up, or those of a replay.
pub(crate) async fn asked(app: &App, replay: Option<i32>) -> Result<ReadModels, Problem> {
    match replay {
        Some(id) => Ok(app.reads.replayed(id).await?),
        None => {
            caught_up(app).await?;
            Ok(app.reads.clone())
        }
    }
}

/// The operator of an organization, by its short name or id.
pub(crate) async fn operator(app: &App, organization: &str) -> Result<Caller, Problem> {
    match app.engine.operate(organization, SOURCE).await {
        Err(Failure::NotFound { .. }) => Err(Problem::new(format!(
            "there is no organization “{organization}”"
        ))
        .cure("escalon organization list shows those that are there; escalon organization create makes one")),
        found => Ok(found?),
    }
}

/// The named organization, or the only one there is.
pub(crate) async fn some_operator(app: &App, organization: Option<&str>) -> Result<Caller, Problem> {
    if let Some(organization) = organization {
        return operator(app, organization).await;
    }
    caught_up(app).await?;
    match &app.reads.organizations().await?[..] {
        [only] => operator(app, &only.id).await,
        [] => {
            Err(Problem::new("there is no organization yet")
                .cure("escalon organization create NAME makes one"))
        }
        _ => Err(Problem::new("there are several organizations").cure("say which with --organization NAME")),
    }
}
