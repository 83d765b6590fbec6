//! Streams in the distinct connections mode of
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>: `next` for each result, then
//! `complete`; a comment from time to time keeps silent streams open.

use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use async_graphql::Response as GraphqlResponse;
use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream::BoxStream};
use http::{HeaderValue, header};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, MissedTickBehavior, interval_at},
};
use tracing::Instrument;

use super::{
    error::Refusal, mask::mask, response::to_json, serve::Draining, telemetry::OpenStream, trace::TraceId,
};

/// A comment, which clients skip.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// An event needs a `data` line for browsers to report it.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");

/// What a stream of results needs beside the results.
pub(super) struct Context {
    pub(super) trace: TraceId,
    pub(super) keep_alive: Duration,
    pub(super) draining: Draining,
    pub(super) permit: OwnedSemaphorePermit,
}

/// A subscription: ends when its source ends, when the client leaves and when the server shuts down.
pub(super) fn subscription(responses: BoxStream<'static, GraphqlResponse>, context: Context) -> Response {
    event_stream(events(responses, context))
}

/// One result as a stream, for a client that takes nothing else.
pub(super) fn single(response: &GraphqlResponse) -> Response {
    event_stream(futures::stream::iter([next(response), COMPLETE]))
}

enum Turn {
    Next(Bytes),
    Last(Bytes),
    Silence,
    End,
}

fn events(responses: BoxStream<'static, GraphqlResponse>, context: Context) -> impl Stream<Item = Bytes> {
    let Context { trace, keep_alive, draining, permit } = context;
    async_stream::stream! {
        let _held = (permit, OpenStream::new());
        let span = tracing::info_span!("subscription", trace_id = %trace);
        let mut responses = AssertUnwindSafe(responses).catch_unwind();
        let mut silence = interval_at(Instant::now() + keep_alive, keep_alive);
        silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        yield COMMENT;
        loop {
            let turn = tokio::select! {
                biased;
                () = draining.begun() => Turn::End,
                result = responses.next().instrument(span.clone()) => match result {
                    Some(Ok(mut response)) => {
                        mask(&mut response, trace);
                        Turn::Next(next(&response))
                    }
                    Some(Err(_)) => Turn::Last(panicked(trace)),
                    None => Turn::End,
                },
                _ = silence.tick() => Turn::Silence,
            };
            match turn {
                Turn::Next(event) => {
                    silence.reset();
                    yield event;
                }
                Turn::Last(event) => {
                    yield event;
                    break;
                }
                Turn::Silence => yield COMMENT,
                Turn::End => break,
            }
        }
        yield COMPLETE;
    }
}

fn panicked(trace: TraceId) -> Bytes {
    tracing::error!(trace_id = %trace, "a subscription panicked");
    next(&GraphqlResponse::from_errors(vec![Refusal::Internal(trace).to_error(trace)]))
}

/// JSON has no raw line breaks, so one `data` line holds it.
fn next(response: &GraphqlResponse) -> Bytes {
    let mut event = b"event: next\ndata: ".to_vec();
    event.extend_from_slice(&to_json(response));
    event.extend_from_slice(b"\n\n");
    event.into()
}

fn event_stream(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let mut http = Response::new(Body::from_stream(events.map(Ok::<_, Infallible>)));
    let headers = http.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    // Proxies of the nginx family hold responses back unless told otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    http
}
