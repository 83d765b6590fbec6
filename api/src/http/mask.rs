//! What leaves the house: every error has a code and a trace id, and none tells of our insides.

use async_graphql::{Response, ServerError, Value};

use super::{
    error::{BAD_USER_INPUT, INTERNAL, Refusal, VALIDATION_FAILED, label},
    telemetry::Outcome,
    trace::TraceId,
};

/// Most errors in one response; a document can cause one per token.
const MAX_ERRORS: usize = 100;

/// Labels the errors of a response and hides the unexpected ones behind the trace id, after logging them.
pub(super) fn mask(response: &mut Response, trace: TraceId) -> Outcome {
    let refused = is_request_error(response);
    let mut outcome = match (response.errors.is_empty(), refused) {
        (true, _) => Outcome::Ok,
        (false, true) => Outcome::Refused,
        (false, false) => Outcome::Errors,
    };
    shorten(&mut response.errors);
    for error in &mut response.errors {
        if let Some(code) = code_of(error) {
            if code == INTERNAL {
                outcome = Outcome::Internal;
            }
            label(error, &code, trace);
        } else if is_bad_input(error) {
            label(error, BAD_USER_INPUT, trace);
        } else if error.path.is_empty() && error.source.is_none() {
            label(error, VALIDATION_FAILED, trace);
        } else {
            hide(error, trace);
            outcome = Outcome::Internal;
        }
    }
    outcome
}

/// Whether nothing was executed: then the response has no `data` entry at all.
pub(super) fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn code_of(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        Value::Enum(code) => Some(code.to_string()),
        _ => None,
    }
}

/// An argument that a scalar or a validator refused: async-graphql reports it from the resolver's position,
/// without a source, in one of these two sentences.
fn is_bad_input(error: &ServerError) -> bool {
    error.source.is_none()
        && (error.message.starts_with("Failed to parse \"")
            || error.message.starts_with("Expected input type \""))
}

fn hide(error: &mut ServerError, trace: TraceId) {
    tracing::error!(trace_id = %trace, path = ?error.path, error = %error.message, "a resolver failed");
    error.message = Refusal::Internal(trace).to_string();
    error.source = None;
    error.extensions = None;
    label(error, INTERNAL, trace);
}

fn shorten(errors: &mut Vec<ServerError>) {
    let more = errors.len().saturating_sub(MAX_ERRORS);
    if more > 0 {
        errors.truncate(MAX_ERRORS);
        if let Some(last) = errors.last_mut() {
            last.message = format!("{} (and {more} more errors)", last.message);
        }
    }
}
