//! `escalon serve`.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use clap::Args;
use escalon_cli::{compose::App, http};
use escalon_infrastructure::embedded::Mode;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tokio::net::TcpListener;

use super::interrupted;
use crate::{
    args::Global,
    output::{self, Answer},
    problem::Problem,
};

/// How often the figures are tidied up.
const UPKEEP: Duration = Duration::from_secs(5);

/// Run the engine until it is told to stop.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) listen: Listen,
}

/// Where to be reached.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, env = "ESCALON_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

impl Serve {
    pub(crate) async fn run(self, global: &Global) -> Result<Answer, Problem> {
        let json = global.json;
        run(global, &self.listen, async |_, url| {
            let text = format!("escalon is ready at {url}/graphql, with an editor at {url}/graphiql");
            output::answer(&Answer::new(&json!({ "url": url, "pid": std::process::id() }), text)?, json);
            Ok(std::future::pending())
        })
        .await
    }
}

/// Serves until interrupted. When everything is up, `ready` gets the engine and its URL, and gives what to do meanwhile.
pub(crate) async fn run<F: Future<Output = ()>>(
    global: &Global,
    listen: &Listen,
    ready: impl AsyncFnOnce(&App, &str) -> Result<F, Problem>,
) -> Result<Answer, Problem> {
    let figures = PrometheusBuilder::new().install_recorder()?;
    // Bound first: that the port is taken should not cost starting a database.
    let listener = listen.bind().await?;
    let url = format!("http://{}", listener.local_addr()?);
    let config = global.config(Mode::Engine);
    let app = tokio::select! {
        app = App::open(&config) => app?,
        () = interrupted() => return Ok(Answer::none()),
    };
    let result = serve(&app, listener, &url, figures, ready).await;
    app.close().await;
    result.map(|()| Answer::none())
}

async fn serve<F: Future<Output = ()>>(
    app: &App,
    listener: TcpListener,
    url: &str,
    figures: PrometheusHandle,
    ready: impl AsyncFnOnce(&App, &str) -> Result<F, Problem>,
) -> Result<(), Problem> {
    let rendered = figures.clone();
    let router = http::routes(app, Arc::new(move || rendered.render()));
    let meanwhile = ready(app, url).await?;
    let upkeep = async {
        loop {
            tokio::time::sleep(UPKEEP).await;
            figures.run_upkeep();
        }
    };
    tokio::select! {
        () = escalon_api::http::serve(listener, router, interrupted()) => {}
        () = meanwhile => {}
        () = upkeep => {}
    }
    Ok(())
}

impl Listen {
    async fn bind(&self) -> Result<TcpListener, Problem> {
        TcpListener::bind(self.listen).await.map_err(|error| {
            Problem::new(format!("cannot listen on {}: {error}", self.listen))
                .cure("choose another address with --listen, for example --listen 127.0.0.1:8081")
        })
    }

    /// Whether only this machine reaches it.
    pub(crate) fn is_private(&self) -> bool {
        self.listen.ip().is_loopback()
    }
}
