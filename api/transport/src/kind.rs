//! The kinds of operations, and the transports that each may use.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use http::StatusCode;

use super::problem::Problem;
use super::request_origin::RequestOrigin;

/// The kind of the operation that will run. If none can be chosen, nothing runs, and the schema says why.
pub(super) fn kind(document: &ExecutableDocument, name: Option<&str>) -> OperationType {
    match &document.operations {
        DocumentOperations::Single(operation) => operation.node.ty,
        DocumentOperations::Multiple(operations) => match name {
            Some(name) => operations.get(name),
            None => operations.values().next(),
        }
        .map_or(OperationType::Query, |operation| operation.node.ty),
    }
}

/// Refuses an operation that cannot come by this way.
pub(super) fn check_kind(kind: OperationType, origin: &RequestOrigin) -> Result<(), Problem> {
    match kind {
        OperationType::Query => Ok(()),
        OperationType::Mutation if origin.may_write => Ok(()),
        OperationType::Mutation => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "GET is for queries: send a mutation by POST",
        )),
        OperationType::Subscription if origin.may_follow => Ok(()),
        OperationType::Subscription => Err(Problem::malformed(
            "subscriptions need another transport than this: accept text/event-stream, or use a WebSocket",
        )),
    }
}
