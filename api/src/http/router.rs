//! Which path is answered by whom.

use async_graphql::Executor;
use axum::{
    Json, Router,
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::any,
};
use http::StatusCode;
use serde_json::json;

use super::{
    graphiql,
    handler::{GraphqlHttp, graphql},
    headers,
    health::{self, Operations},
};

/// The path of the GraphQL endpoint.
pub const GRAPHQL_PATH: &str = "/graphql";

/// The whole application: [`routes`] with [`finish`].
pub fn router<E: Executor>(http: GraphqlHttp<E>, operations: Operations) -> Router {
    finish(routes(http, operations))
}

/// `/graphql`, `/graphiql`, `/health/live`, `/health/ready` and `/metrics`, for merging with other routes
/// before [`finish`].
pub fn routes<E: Executor>(http: GraphqlHttp<E>, operations: Operations) -> Router {
    Router::new()
        .route(GRAPHQL_PATH, any(graphql::<E>))
        .with_state(http)
        .merge(graphiql::routes())
        .merge(health::routes(operations))
}

/// Gives every route a trace id and the security headers, and unknown paths an answer.
pub fn finish(router: Router) -> Router {
    router.fallback(not_found).layer(from_fn(headers::standard))
}

async fn not_found() -> Response {
    let error = json!({
        "message": "there is nothing at this path; the API is at /graphql and its editor at /graphiql",
        "extensions": { "code": "NOT_FOUND" },
    });
    (StatusCode::NOT_FOUND, Json(json!({ "errors": [error] }))).into_response()
}
