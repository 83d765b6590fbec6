//! One GraphQL request from head to answer, in the order in which it can be refused most cheaply.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use async_graphql::{Data, Executor, Request as GraphqlRequest, parser::types::OperationType};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use futures::FutureExt;
use http::{Method, request::Parts};
use tokio::{sync::Semaphore, time::timeout};
use tracing::Instrument;

use super::{
    auth::{AuthFailure, Authenticate},
    body,
    error::Refusal,
    limits::Limits,
    mask::mask,
    negotiate::{Accepted, Json, accepted, require_json},
    prepare::{self, MinPosition},
    request::Parameters,
    response::{executed, refused},
    serve::Draining,
    sse,
    telemetry::{Outcome, record},
    trace::TraceId,
};

/// The GraphQL endpoint: an executor behind authentication and limits.
#[derive(Clone)]
pub struct GraphqlHttp<E> {
    executor: E,
    limits: Arc<Limits>,
    authenticate: Arc<dyn Authenticate>,
    streams: Arc<Semaphore>,
}

impl<E: Executor> GraphqlHttp<E> {
    /// Puts `executor`, most often a schema, behind `authenticate` and `limits`.
    #[must_use]
    pub fn new(executor: E, authenticate: Arc<dyn Authenticate>, limits: Limits) -> Self {
        let places = limits.subscriptions.min(Semaphore::MAX_PERMITS);
        Self { executor, limits: Arc::new(limits), authenticate, streams: Arc::new(Semaphore::new(places)) }
    }

    async fn answer(&self, call: &Call, body: Body, seen: &mut Seen) -> Result<Response, Refusal> {
        let Call { parts, accepted, trace } = call;
        let by_post = match parts.method {
            Method::POST => true,
            Method::GET | Method::HEAD => false,
            ref other => return Err(Refusal::MethodNotAllowed(other.to_string())),
        };
        if by_post {
            require_json(&parts.headers)?;
        }
        let position = MinPosition::of(&parts.headers)?;
        let data = self.identify(parts, *trace).await?;
        let parameters = if by_post {
            Parameters::from_body(&body::read(body, self.limits.body_bytes).await?)?
        } else {
            Parameters::from_uri(&parts.uri)?
        };
        let (document, operation) = prepare::parse(&parameters, &self.limits)?;
        seen.operation = Some(operation);
        prepare::allow(operation, &parts.method, *accepted)?;
        let request = prepare::assemble(parameters, document, data, *trace, position);
        if operation == OperationType::Subscription {
            self.subscribe(call, request)
        } else {
            Ok(self.execute(call, request, seen).await)
        }
    }

    async fn identify(&self, parts: &Parts, trace: TraceId) -> Result<Data, Refusal> {
        let peer = parts.extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| *peer);
        self.authenticate.authenticate(&parts.headers, peer).await.map_err(|failure| match failure {
            AuthFailure::Unauthenticated(message) => Refusal::Unauthenticated(message),
            AuthFailure::Unavailable(why) => {
                tracing::error!(trace_id = %trace, error = %why, "credentials could not be checked");
                Refusal::Unavailable
            }
        })
    }

    async fn execute(&self, call: &Call, request: GraphqlRequest, seen: &mut Seen) -> Response {
        let mut response = self.executor.execute(request).await;
        seen.outcome = mask(&mut response, call.trace);
        match call.accepted.json {
            Some(json) => executed(&response, seen.outcome, json),
            None => sse::single(&response),
        }
    }

    fn subscribe(&self, call: &Call, request: GraphqlRequest) -> Result<Response, Refusal> {
        let permit = Arc::clone(&self.streams)
            .try_acquire_owned()
            .map_err(|_| Refusal::TooManySubscriptions(self.limits.subscriptions))?;
        let draining = call.parts.extensions.get::<Draining>().cloned().unwrap_or_else(Draining::never);
        let context =
            sse::Context { trace: call.trace, keep_alive: self.limits.keep_alive, draining, permit };
        Ok(sse::subscription(self.executor.execute_stream(request, None), context))
    }

    async fn within_time(&self, call: &Call, body: Body, seen: &mut Seen) -> Result<Response, Refusal> {
        let work = AssertUnwindSafe(self.answer(call, body, seen)).catch_unwind();
        match timeout(self.limits.timeout, work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                tracing::error!(trace_id = %call.trace, "a request panicked");
                Err(Refusal::Internal(call.trace))
            }
            Err(_) => Err(Refusal::Timeout(self.limits.timeout.as_secs_f64())),
        }
    }
}

/// What is known from the head of a request.
struct Call {
    parts: Parts,
    accepted: Accepted,
    trace: TraceId,
}

impl Call {
    fn refuse(&self, refusal: &Refusal) -> Response {
        match self.accepted.json {
            None if refusal.is_about_the_document() => {
                let error = refusal.to_error(self.trace);
                sse::single(&async_graphql::Response::from_errors(vec![error]))
            }
            _ => refused(refusal, self.trace, self.accepted.json_or_plain()),
        }
    }
}

/// What becomes known on the way, for the metrics.
struct Seen {
    operation: Option<OperationType>,
    outcome: Outcome,
}

/// Answers GET, HEAD and POST on the GraphQL path.
pub(super) async fn graphql<E: Executor>(State(http): State<GraphqlHttp<E>>, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let trace = parts.extensions.get().copied().unwrap_or_else(|| TraceId::of(&parts.headers));
    let mut seen = Seen { operation: None, outcome: Outcome::Ok };
    let response = match accepted(&parts.headers) {
        Err(refusal) => {
            seen.outcome = Outcome::Refused;
            refused(&refusal, trace, Json::Plain)
        }
        Ok(accepted) => {
            let call = Call { parts, accepted, trace };
            let span = tracing::info_span!("graphql", trace_id = %trace);
            let result = http.within_time(&call, body, &mut seen).instrument(span).await;
            result.unwrap_or_else(|refusal| {
                seen.outcome = Outcome::of(&refusal);
                call.refuse(&refusal)
            })
        }
    };
    record(seen.operation, seen.outcome, started.elapsed());
    response
}
