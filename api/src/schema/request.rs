//! What is done once for each request: the caller gets a loader of their own, and who wants to read what they wrote waits
//! until the read models have it.

use std::{
    any::{Any, TypeId},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Data, ErrorExtensionValues, Request, Response, ServerError, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextRequest},
};
use async_trait::async_trait;
use escalon_application::Caller;
use http::HeaderValue;

use super::context::{AppState, Call};
use crate::http::{BAD_USER_INPUT, MinPosition, STALE_HEADER};

/// How long a query waits for the position it names. After that it is answered with `extensions.stale: true` and the
/// header `X-Stale: true`.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prepares requests.
pub(super) struct Requests;

impl ExtensionFactory for Requests {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Prepare { stale: AtomicBool::new(false) })
    }
}

/// What is known of one request.
struct Prepare {
    /// Whether the read models do not yet have what the caller wants to read.
    stale: AtomicBool,
}

#[async_trait]
impl Extension for Prepare {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        if self.stale.load(Ordering::Relaxed) {
            let mut response = response.extension("stale", Value::Boolean(true));
            response.http_headers.insert(STALE_HEADER, HeaderValue::from_static("true"));
            response
        } else {
            response
        }
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let Some(state) = ctx.data_opt::<AppState>() else { return next.run(ctx, request).await };
        let known = find::<Caller>(&request.data).is_some();
        if let Some(MinPosition(position)) = find(&request.data).filter(|_| known) {
            let position = position.parse().map_err(|_| malformed())?;
            let reached = state.reads.wait_for(position, PATIENCE).await;
            self.stale.store(!reached, Ordering::Relaxed);
        }
        if let Some(caller) = find::<Caller>(&request.data).cloned() {
            request.data.insert(Call::new(state, caller).loader());
        }
        next.run(ctx, request).await
    }
}

fn find<T: Any>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>())?.downcast_ref()
}

fn malformed() -> ServerError {
    let message = "X-Min-Position must be a position as a payload's position field returned it";
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", BAD_USER_INPUT);
    let mut error = ServerError::new(message, None);
    error.extensions = Some(extensions);
    error
}
