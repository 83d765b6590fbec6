//! A small schema behind the real handler, on a real port.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_graphql::{Context, Data, ErrorExtensions, Object, Schema, Subscription};
use async_trait::async_trait;
use escalon_api::http::{
    AuthFailure, Authenticate, Check, GraphqlHttp, Limits, MinPosition, Operations, Readiness, router, serve,
};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, header};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub(crate) struct Viewer(String);

pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.as_deref().unwrap_or("world"))
    }

    async fn node(&self) -> Node {
        Node
    }

    async fn viewer<'a>(&self, ctx: &'a Context<'_>) -> Option<&'a str> {
        ctx.data_opt::<Viewer>().map(|viewer| viewer.0.as_str())
    }

    async fn min_position<'a>(&self, ctx: &'a Context<'_>) -> Option<&'a str> {
        ctx.data_opt::<MinPosition>().map(|position| position.0.as_str())
    }

    async fn year(&self, at: chrono::DateTime<chrono::Utc>) -> String {
        at.format("%Y").to_string()
    }

    async fn unexpected(&self) -> async_graphql::Result<i32> {
        Err(std::io::Error::other("password of the database is swordfish").into())
    }

    async fn expected(&self) -> async_graphql::Result<i32> {
        Err(async_graphql::Error::new("not yours").extend_with(|_, e| e.set("code", "FORBIDDEN")))
    }

    async fn panicking(&self) -> i32 {
        assert!(std::hint::black_box(false), "a bug");
        0
    }

    async fn slow(&self, millis: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        millis
    }
}

pub(crate) struct Node;

#[Object]
impl Node {
    async fn id(&self) -> i32 {
        1
    }

    async fn node(&self) -> Self {
        Self
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self) -> i32 {
        1
    }
}

pub(crate) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    async fn endless(&self) -> impl Stream<Item = i32> {
        stream::once(async { 1 }).chain(stream::pending())
    }

    async fn broken(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        stream::iter([Ok(1), Err(std::io::Error::other("swordfish").into())])
    }

    async fn refused(&self) -> async_graphql::Result<stream::Empty<i32>> {
        Err(std::io::Error::other("swordfish").into())
    }

    async fn panicking(&self) -> impl Stream<Item = i32> {
        stream::iter(1..3).inspect(|n| assert!(*n < 2, "a bug"))
    }
}

pub(crate) struct Bearer;

#[async_trait]
impl Authenticate for Bearer {
    async fn authenticate(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> Result<Data, AuthFailure> {
        assert!(peer.is_some(), "serve() tells the peer");
        let mut data = Data::default();
        match headers.get(header::AUTHORIZATION).map(|value| value.as_bytes()) {
            None => {}
            Some(b"Bearer alice") => data.insert(Viewer("alice".to_owned())),
            Some(b"Bearer outage") => return Err(AuthFailure::Unavailable("swordfish".to_owned())),
            Some(_) => {
                return Err(AuthFailure::Unauthenticated("the token expired; sign in again".to_owned()));
            }
        }
        Ok(data)
    }
}

pub(crate) struct Ready(pub(crate) Vec<Check>);

#[async_trait]
impl Readiness for Ready {
    async fn checks(&self) -> Vec<Check> {
        self.0.clone()
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shutdown: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default(), Vec::new()).await
    }

    pub(crate) async fn with(limits: Limits, checks: Vec<Check>) -> Self {
        Self::on("127.0.0.1:0", limits, checks).await
    }

    pub(crate) async fn on(address: &str, limits: Limits, checks: Vec<Check>) -> Self {
        let schema = Schema::new(Query, Mutation, Subscriptions);
        let http = GraphqlHttp::new(schema, Arc::new(Bearer), limits);
        let operations =
            Operations { readiness: Arc::new(Ready(checks)), metrics: Arc::new(|| "up 1\n".to_owned()) };
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (shutdown, asked) = oneshot::channel::<()>();
        let running = tokio::spawn(serve(listener, router(http, operations), async {
            asked.await.ok();
        }));
        Self { address, shutdown: Some(shutdown), running }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Begins the shutdown; the server goes on until its requests are done.
    pub(crate) fn stop(&mut self) {
        self.shutdown.take().expect("stopped once").send(()).expect("the server runs");
    }

    pub(crate) async fn ended(self) {
        self.running.await.expect("the server ends in order");
    }
}
