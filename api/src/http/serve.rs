//! Accepting connections, and stopping without cutting anybody off.

use std::{future::Future, net::SocketAddr, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower::ServiceExt;

/// How long running requests may take to finish once the server stops.
pub const GRACE: Duration = Duration::from_secs(10);
/// How long a connection may take to send the head of its next request; also bounds idle connections.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// Pause after a failed accept, most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Tells streams and readiness that the server is stopping. [`serve()`] puts it into every request's
/// extensions.
#[derive(Debug, Clone)]
pub struct Draining(watch::Receiver<bool>);

impl Draining {
    /// For routers that do not run under [`serve()`].
    #[must_use]
    pub fn never() -> Self {
        Self(watch::channel(false).1)
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the server begins to stop.
    pub async fn begun(&self) {
        let mut begun = self.0.clone();
        if begun.wait_for(|begun| *begun).await.is_err() {
            // The sender is gone without a word, so there never will be one.
            std::future::pending::<()>().await;
        }
    }
}

/// Serves `router` over HTTP/1.1 until `shutdown` resolves; then accepts nobody, ends streams with
/// `complete`, lets running requests finish for up to [`GRACE`], and cuts off what is left.
///
/// The peer's address is in the request extensions as [`ConnectInfo<SocketAddr>`], and [`Draining`] beside it.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()> + Send) {
    let (begin, draining) = watch::channel(false);
    let draining = Draining(draining);
    let router = router.layer(Extension(draining.clone()));
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, peer, router.clone(), draining.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    tracing::info!(connections = connections.len(), "stopping; running requests may finish");
    begin.send_replace(true);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut off after {} s", GRACE.as_secs());
        connections.shutdown().await;
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, draining: Draining) {
    // Answers are small and wanted at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let running = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(running);
    let ended = tokio::select! {
        ended = running.as_mut() => ended,
        () = draining.begun() => {
            running.as_mut().graceful_shutdown();
            running.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
