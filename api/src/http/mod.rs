//! The GraphQL API over HTTP.
//!
//! A request passes, in this order: content negotiation ([`negotiate`]), the method and media type, the
//! caller's identity ([`Authenticate`]), the body's size and shape ([`request`]), the limits ([`Limits`]) on
//! the text ([`lexical`]) and on the parsed document ([`weigh`]), and only then the executor. The first that
//! objects answers with a [`Refusal`], which has one code, one status and a message that names the cure.
//! Answers follow the GraphQL over HTTP specification; subscriptions are streams of server-sent events.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
//! use escalon_api::http::{Anonymous, Check, GraphqlHttp, Limits, Operations, Readiness, router, serve};
//!
//! struct Query;
//!
//! #[Object]
//! impl Query {
//!     async fn answer(&self) -> i32 {
//!         42
//!     }
//! }
//!
//! struct AlwaysReady;
//!
//! #[async_trait::async_trait]
//! impl Readiness for AlwaysReady {
//!     async fn checks(&self) -> Vec<Check> {
//!         Vec::new()
//!     }
//! }
//!
//! # async fn run() -> std::io::Result<()> {
//! let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
//! let http = GraphqlHttp::new(schema, Arc::new(Anonymous), Limits::default());
//! let operations = Operations { readiness: Arc::new(AlwaysReady), metrics: Arc::new(String::new) };
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! let shutdown = async {
//!     tokio::signal::ctrl_c().await.ok();
//! };
//! serve(listener, router(http, operations), shutdown).await;
//! # Ok(())
//! # }
//! ```
//!
//! # Adding a limit
//!
//! 1. A figure in [`weigh::Weight`], with its rule for fields, fragments and neighbours.
//! 2. A ceiling in [`Limits`], with its default, and a line in `Limits::exceeded_by`.
//! 3. A variant of [`Refusal`] with a message that names the limit and the cure, and a code.
//! 4. A test in `api/tests/http/limits.rs` that exceeds it.

mod auth;
mod body;
mod control;
mod error;
mod graphiql;
mod handler;
mod headers;
mod health;
pub mod lexical;
mod limits;
mod mask;
pub mod negotiate;
mod prepare;
pub mod request;
mod response;
mod router;
mod serve;
mod sse;
mod telemetry;
mod trace;
pub mod weigh;

pub use self::{
    auth::{Anonymous, AuthFailure, Authenticate},
    error::{BAD_USER_INPUT, INTERNAL, PARSE_FAILED, Refusal, VALIDATION_FAILED},
    handler::GraphqlHttp,
    headers::{STALE_HEADER, TRACE_HEADER},
    health::{Check, Operations, Readiness},
    limits::Limits,
    prepare::{MIN_POSITION_HEADER, MinPosition},
    router::{GRAPHQL_PATH, finish, router, routes},
    serve::{Draining, GRACE, serve},
    trace::TraceId,
};
