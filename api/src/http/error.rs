//! Everything this handler refuses by itself: one message with its cure, one code, one status each.

use async_graphql::{ErrorExtensionValues, Pos, ServerError};
use http::StatusCode;
use thiserror::Error;

use super::{negotiate::Json, trace::TraceId, weigh::MAX_FRAGMENT_CHAIN};

/// Code of an error whose cause is only in the log.
pub const INTERNAL: &str = "INTERNAL";
/// Code of a document that is not GraphQL.
pub const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// Code of a document that does not fit the schema.
pub const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// Code of an argument whose value does not fit its type.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";

/// A request that is answered without being executed, or not to its end.
#[derive(Debug, Clone, Error)]
pub enum Refusal {
    /// The `Accept` header allows none of our types.
    #[error(
        "this endpoint answers application/graphql-response+json, application/json and, for subscriptions, text/event-stream; name one of them in the Accept header"
    )]
    NotAcceptable,
    /// The body has another media type; says what came.
    #[error("{0} is not accepted; send the body as Content-Type: application/json in UTF-8")]
    UnsupportedMediaType(String),
    /// Neither GET nor POST.
    #[error("{0} is not supported here; POST the request as JSON, or GET it for queries and subscriptions")]
    MethodNotAllowed(String),
    /// A mutation arrived by GET.
    #[error("a mutation cannot be sent by GET; send it by POST with Content-Type: application/json")]
    MutationByGet,
    /// A subscription without `Accept: text/event-stream`.
    #[error("a subscription is a stream; send the same request with Accept: text/event-stream")]
    SubscriptionNeedsStream,
    /// The request is malformed; says how and what would be right.
    #[error("{0}")]
    BadRequest(String),
    /// The body is a JSON array.
    #[error(
        "batches are not supported; send one request per operation, or one operation with several fields"
    )]
    Batch,
    /// A persisted query without its text. The message is the one that makes clients send the text.
    #[error("PersistedQueryNotSupported")]
    PersistedQuery,
    /// The body is longer than the limit, in bytes.
    #[error("the body is larger than {0} bytes; send less at once")]
    BodyTooLarge(usize),
    /// The caller could not be identified; says why and what to do.
    #[error("{0}")]
    Unauthenticated(String),
    /// Something needed to serve anybody is missing; the cause is in the log.
    #[error("the service cannot check credentials at the moment; try again in a few seconds")]
    Unavailable,
    /// All places for streams are taken.
    #[error(
        "{0} subscriptions are open, which is the most this server serves; close some or try again later"
    )]
    TooManySubscriptions(usize),
    /// The time limit passed, in seconds.
    #[error(
        "the request took longer than {0} seconds and was stopped; ask for less, and repeat a mutation only with the same idempotencyKey, as it may have been applied"
    )]
    Timeout(f64),
    /// A bug or an outage; the cause is in the log under the trace id.
    #[error("Something went wrong on our side. Quote trace id {0} when you report it.")]
    Internal(TraceId),
    /// The document does not parse.
    #[error("{message}")]
    Syntax {
        /// What the parser says.
        message: String,
        /// Where, counted from line 1 and column 1.
        positions: Vec<Pos>,
    },
    /// No operation has the requested name, or a name is needed to choose one.
    #[error("{0}")]
    OperationNotFound(String),
    /// A variable that must have a value has none.
    #[error("variable ${name} of type {expected} is required; give it a value in variables")]
    MissingVariable {
        /// Its name, without the dollar sign.
        name: String,
        /// Its type as the operation declares it.
        expected: String,
    },
    /// More tokens than the limit.
    #[error(
        "the document has {found} tokens and the limit is {limit}; move values into variables or split the document"
    )]
    TooManyTokens {
        /// What the document has.
        found: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Expanded, the document has more selections than the limit.
    #[error(
        "with its fragments expanded the document has {found} selections and the limit is {limit}; select fewer fields or split the query"
    )]
    QueryTooLarge {
        /// What the document has, saturating.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// Fields are nested deeper than the limit.
    #[error(
        "the query is {found} levels deep and the limit is {limit}; fetch the deeper objects by id in a second query"
    )]
    QueryTooDeep {
        /// What the query has.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// Braces, brackets and parentheses are nested deeper than the limit.
    #[error(
        "the document nests {found} brackets and the limit is {limit}; move nested values into variables"
    )]
    NestedTooDeep {
        /// What the document has.
        found: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Introspection lists are nested deeper than the limit.
    #[error(
        "introspection nests {found} lists of fields and the limit is {limit}; use the standard introspection query"
    )]
    IntrospectionTooDeep {
        /// What the query has.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// More aliases than the limit.
    #[error(
        "the operation has {found} aliases and the limit is {limit}; use list arguments or several requests"
    )]
    TooManyAliases {
        /// What the operation has, saturating.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// More fields on the first level than the limit.
    #[error("the operation has {found} root fields and the limit is {limit}; send several requests")]
    TooManyRootFields {
        /// What the operation has, saturating.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// More directives than the limit.
    #[error(
        "the operation has {found} directives and the limit is {limit}; put @include or @skip on a fragment instead of on each field"
    )]
    TooManyDirectives {
        /// What the operation has, saturating.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A fragment spreads itself.
    #[error("fragment \"{0}\" spreads itself; remove one of the spreads on the way")]
    FragmentCycle(String),
    /// Fragments spread each other too far.
    #[error("fragments spread each other more than {MAX_FRAGMENT_CHAIN} deep; merge some of them")]
    FragmentChain,
}

impl Refusal {
    /// The value of `extensions.code`, which clients may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::UnsupportedMediaType(_) => "UNSUPPORTED_MEDIA_TYPE",
            Self::MethodNotAllowed(_) | Self::MutationByGet => "METHOD_NOT_ALLOWED",
            Self::SubscriptionNeedsStream => "SUBSCRIPTION_NEEDS_EVENT_STREAM",
            Self::BadRequest(_) => "BAD_REQUEST",
            Self::Batch => "BATCH_NOT_SUPPORTED",
            Self::PersistedQuery => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::BodyTooLarge(_) => "BODY_TOO_LARGE",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Unavailable => "UNAVAILABLE",
            Self::TooManySubscriptions(_) => "TOO_MANY_SUBSCRIPTIONS",
            Self::Timeout(_) => "TIMEOUT",
            Self::Internal(_) => INTERNAL,
            Self::Syntax { .. } => PARSE_FAILED,
            Self::OperationNotFound(_) => "OPERATION_NOT_FOUND",
            Self::MissingVariable { .. } => BAD_USER_INPUT,
            Self::TooManyTokens { .. } | Self::QueryTooLarge { .. } => "QUERY_TOO_LARGE",
            Self::QueryTooDeep { .. } | Self::NestedTooDeep { .. } | Self::FragmentChain => "QUERY_TOO_DEEP",
            Self::IntrospectionTooDeep { .. } => "INTROSPECTION_TOO_DEEP",
            Self::TooManyAliases { .. } => "TOO_MANY_ALIASES",
            Self::TooManyRootFields { .. } => "TOO_MANY_ROOT_FIELDS",
            Self::TooManyDirectives { .. } => "TOO_MANY_DIRECTIVES",
            Self::FragmentCycle(_) => "FRAGMENT_CYCLE",
        }
    }

    /// Whether the document is at fault rather than the HTTP request. Such a refusal is an ordinary GraphQL
    /// answer: 200 for clients that take plain JSON only, a `next` event for a stream.
    #[must_use]
    pub const fn is_about_the_document(&self) -> bool {
        matches!(
            self,
            Self::Syntax { .. }
                | Self::OperationNotFound(_)
                | Self::MissingVariable { .. }
                | Self::TooManyTokens { .. }
                | Self::QueryTooLarge { .. }
                | Self::QueryTooDeep { .. }
                | Self::NestedTooDeep { .. }
                | Self::IntrospectionTooDeep { .. }
                | Self::TooManyAliases { .. }
                | Self::TooManyRootFields { .. }
                | Self::TooManyDirectives { .. }
                | Self::FragmentCycle(_)
                | Self::FragmentChain
        )
    }

    /// The status for an answer in `json`.
    #[must_use]
    pub fn status(&self, json: Json) -> StatusCode {
        match self {
            Self::NotAcceptable | Self::SubscriptionNeedsStream => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed(_) | Self::MutationByGet => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Unavailable | Self::TooManySubscriptions(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            // The convention that its clients know.
            Self::PersistedQuery => StatusCode::OK,
            _ if self.is_about_the_document() && json == Json::Plain => StatusCode::OK,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The refusal as a GraphQL error, with its code and the trace id.
    #[must_use]
    pub fn to_error(&self, trace: TraceId) -> ServerError {
        let mut error = ServerError::new(self.to_string(), None);
        if let Self::Syntax { positions, .. } = self {
            error.locations.clone_from(positions);
        }
        label(&mut error, self.code(), trace);
        error
    }
}

/// Writes the code and the trace id into an error's extensions.
pub(super) fn label(error: &mut ServerError, code: &str, trace: TraceId) {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code);
    extensions.set("traceId", trace.to_string());
}
