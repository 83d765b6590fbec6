//! From parameters to a request the executor can run: parsed once, held against the limits, allowed by its
//! method.

use async_graphql::{
    Data, Request, Value, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use http::{HeaderMap, Method};

use super::{error::Refusal, limits::Limits, negotiate::Accepted, request::Parameters, trace::TraceId};

/// The header by which a client reads its own writes.
pub const MIN_POSITION_HEADER: &str = "x-min-position";

/// The position that a query must have reached before it is answered, as the client wrote it in
/// `X-Min-Position`; resolvers find it in the request data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinPosition(pub String);

impl MinPosition {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// Refuses a value that is empty or no visible ASCII.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let Some(value) = headers.get(MIN_POSITION_HEADER) else { return Ok(None) };
        match value.to_str().map(str::trim) {
            Ok(text) if !text.is_empty() => Ok(Some(Self(text.to_owned()))),
            _ => Err(Refusal::BadRequest(
                "X-Min-Position must be a position as a payload's position field returned it".to_owned(),
            )),
        }
    }
}

/// Parses the document within the limits and finds the operation that is meant.
///
/// # Errors
///
/// Refuses what exceeds a limit, does not parse or names no operation.
pub(super) fn parse(
    parameters: &Parameters,
    limits: &Limits,
) -> Result<(ExecutableDocument, OperationType), Refusal> {
    let document = limits.parse(&parameters.query)?;
    let operation = operation(&document.operations, parameters.operation_name.as_deref())?;
    require_variables(operation, &parameters.variables)?;
    let operation_type = operation.ty;
    Ok((document, operation_type))
}

fn operation<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    let found = match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => named.values().next(),
        (DocumentOperations::Multiple(named), None) => {
            let many = named.len();
            let message =
                format!("the document has {many} operations; say in operationName which one to run");
            return Err(Refusal::OperationNotFound(message));
        }
    };
    found.map(|operation| &operation.node).ok_or_else(|| {
        let name = name.unwrap_or_default();
        Refusal::OperationNotFound(format!("the document has no operation named \"{name}\""))
    })
}

/// async-graphql would notice a missing value only in the resolver that uses it.
fn require_variables(
    operation: &OperationDefinition,
    values: &serde_json::Map<String, serde_json::Value>,
) -> Result<(), Refusal> {
    for definition in operation.variable_definitions.iter().map(|definition| &definition.node) {
        let name = definition.name.node.as_str();
        let missing = match values.get(name) {
            None => definition.default_value().is_none(),
            Some(value) => value.is_null() && !definition.var_type.node.nullable,
        };
        if missing {
            let expected = definition.var_type.node.to_string();
            return Err(Refusal::MissingVariable { name: name.to_owned(), expected });
        }
    }
    Ok(())
}

/// Holds the operation against what the method and the accepted types allow: links and images send GETs
/// with the user's standing, so those must not change anything.
///
/// # Errors
///
/// Refuses a mutation by GET, and a subscription to a client that takes no stream.
pub(super) fn allow(operation: OperationType, method: &Method, accepted: Accepted) -> Result<(), Refusal> {
    match operation {
        OperationType::Mutation if *method != Method::POST => Err(Refusal::MutationByGet),
        OperationType::Subscription if !accepted.event_stream => Err(Refusal::SubscriptionNeedsStream),
        _ => Ok(()),
    }
}

/// Puts the executor's request together.
pub(super) fn assemble(
    parameters: Parameters,
    document: ExecutableDocument,
    mut data: Data,
    trace: TraceId,
    position: Option<MinPosition>,
) -> Request {
    data.insert(trace);
    if let Some(position) = position {
        data.insert(position);
    }
    let mut request = Request::new(parameters.query)
        .variables(Variables::from_json(serde_json::Value::Object(parameters.variables)));
    request.operation_name = parameters.operation_name;
    request.extensions.0 = parameters
        .extensions
        .into_iter()
        .filter_map(|(name, value)| Some((name, Value::from_json(value).ok()?)))
        .collect();
    request.data = data;
    request.set_parsed_query(document);
    request
}
