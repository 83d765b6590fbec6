//! The whole API as one router.

use std::sync::Arc;

use axum::Router;

use crate::{
    authenticate::BearerTokens,
    http::{GraphqlHttp, Limits, Operations, router},
    schema::{self, AppState},
};

/// The routes of the API over this state. Not generic, so that the schema is compiled once, in this crate.
pub fn routes(state: AppState, operations: Operations) -> Router {
    let authenticate = Arc::new(BearerTokens::new(state.engine.clone()));
    router(GraphqlHttp::new(schema::build(state), authenticate, Limits::default()), operations)
}
