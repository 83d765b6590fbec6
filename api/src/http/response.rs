//! From a GraphQL response or a refusal to an HTTP response.

use std::collections::BTreeMap;

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{error::Refusal, mask::is_request_error, negotiate::Json, telemetry::Outcome, trace::TraceId};

/// The entries of the GraphQL specification: no `data` entry when nothing was executed.
#[derive(Serialize)]
struct Entries<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// The JSON text of a masked response.
pub(super) fn to_json(response: &GraphqlResponse) -> Vec<u8> {
    let entries = Entries {
        errors: &response.errors,
        data: (!is_request_error(response)).then_some(&response.data),
        extensions: &response.extensions,
    };
    serde_json::to_vec(&entries).unwrap_or_else(|error| {
        tracing::error!(%error, "a response could not be written as JSON");
        br#"{"errors":[{"message":"the response could not be written","extensions":{"code":"INTERNAL"}}]}"#
            .to_vec()
    })
}

/// The HTTP response for a masked GraphQL response, with the headers that resolvers added.
pub(super) fn executed(response: &GraphqlResponse, outcome: Outcome, json: Json) -> Response {
    let status = match (is_request_error(response), outcome, json) {
        (true, Outcome::Internal, _) => StatusCode::INTERNAL_SERVER_ERROR,
        (true, _, Json::GraphQl) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let mut http = with_json(to_json(response), status, json);
    for (name, value) in &response.http_headers {
        http.headers_mut().append(name, value.clone());
    }
    http
}

/// The HTTP response for a refusal, with the headers its status asks for.
pub(super) fn refused(refusal: &Refusal, trace: TraceId, json: Json) -> Response {
    let response = GraphqlResponse::from_errors(vec![refusal.to_error(trace)]);
    let mut http = with_json(to_json(&response), refusal.status(json), json);
    let (name, value) = match refusal {
        Refusal::MethodNotAllowed(_) => (header::ALLOW, "GET, HEAD, POST"),
        Refusal::MutationByGet => (header::ALLOW, "POST"),
        Refusal::UnsupportedMediaType(_) => {
            (header::HeaderName::from_static("accept-post"), "application/json")
        }
        Refusal::Unauthenticated(_) => (header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#),
        Refusal::Unavailable | Refusal::TooManySubscriptions(_) => (header::RETRY_AFTER, "5"),
        _ => return http,
    };
    http.headers_mut().insert(name, HeaderValue::from_static(value));
    http
}

fn with_json(body: Vec<u8>, status: StatusCode, json: Json) -> Response {
    let mut http = Response::new(Body::from(body));
    *http.status_mut() = status;
    http.headers_mut().insert(header::CONTENT_TYPE, json.content_type());
    http
}
