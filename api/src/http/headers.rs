//! Headers that every response carries.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::trace::TraceId;

/// The header that carries the trace id.
pub const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// The header that says that an answer does not yet show the position that `X-Min-Position` asked for.
pub const STALE_HEADER: HeaderName = HeaderName::from_static("x-stale");

const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Gives the request a [`TraceId`] and the response its headers. A handler's own headers win.
pub(super) async fn standard(mut request: Request, next: Next) -> Response {
    let trace = TraceId::of(request.headers());
    request.extensions_mut().insert(trace);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.insert(TRACE_HEADER, value);
    }
    secure(headers);
    response
}

fn secure(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(CSP);
}
