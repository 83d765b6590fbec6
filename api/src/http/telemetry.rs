//! Counters and timings of GraphQL requests, through the `metrics` facade.

use std::time::Duration;

use async_graphql::parser::types::OperationType;

use super::error::Refusal;

/// How a request ended, as the label `outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Executed without errors; for a stream: begun.
    Ok,
    /// Executed, with errors the caller can do something about.
    Errors,
    /// Not executed: a limit, bad input, no valid credentials.
    Refused,
    /// A masked error or a panic.
    Internal,
    /// Stopped by the time limit.
    Timeout,
}

impl Outcome {
    pub(super) const fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Timeout(_) => Self::Timeout,
            Refusal::Internal(_) | Refusal::Unavailable => Self::Internal,
            _ => Self::Refused,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::Refused => "refused",
            Self::Internal => "internal",
            Self::Timeout => "timeout",
        }
    }
}

/// The value of the label `operation`.
pub(super) const fn operation_label(operation: Option<OperationType>) -> &'static str {
    match operation {
        Some(OperationType::Query) => "query",
        Some(OperationType::Mutation) => "mutation",
        Some(OperationType::Subscription) => "subscription",
        None => "unknown",
    }
}

/// Counts a finished request and its time until the response began.
pub(super) fn record(operation: Option<OperationType>, outcome: Outcome, took: Duration) {
    let operation = operation_label(operation);
    metrics::counter!("graphql_requests_total", "operation" => operation, "outcome" => outcome.label())
        .increment(1);
    metrics::histogram!("graphql_request_seconds", "operation" => operation).record(took.as_secs_f64());
}

/// Counts an open stream for as long as it lives.
#[derive(Debug)]
pub(super) struct OpenStream;

impl OpenStream {
    pub(super) fn new() -> Self {
        metrics::gauge!("graphql_subscriptions_open").increment(1.0);
        Self
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics::gauge!("graphql_subscriptions_open").decrement(1.0);
    }
}
