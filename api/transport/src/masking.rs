//! The parts of an error that a client may see: our own errors and those of the caller's document as they are, and of
//! all other errors only the request id.

use async_graphql::{ErrorExtensionValues, Response, ServerError, parser};

use super::application::RequestId;
use super::fault::Fault;
use super::limits::Violation;
use crate::words;

/// Longer messages are cut: a syntax error quotes the line, and a line may be the whole document.
const MESSAGE_CHARS: usize = 1_000;

/// How async-graphql begins the message of an argument that does not fit its type, when it finds out while running.
const ARGUMENT_FAULTS: [&str; 2] = ["Failed to parse \"", "Expected input type \""];

/// Gives every error its code and the request id, masks internal errors, logs the faults of the server, and keeps the
/// first errors only.
pub fn mask(response: &mut Response, id: &RequestId, most: usize) {
    response.errors.truncate(most);
    for error in &mut response.errors {
        mask_error(error, id);
    }
}

/// Whether nothing ran: the document or its variables were refused before.
pub(super) fn is_refused(response: &Response) -> bool {
    response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether there is nothing but errors.
pub(super) fn is_without_data(response: &Response) -> bool {
    response.data == async_graphql::Value::Null && !response.errors.is_empty()
}

/// The answer to a document that is over limits.
pub(super) fn violations(violations: Vec<Violation>) -> Vec<ServerError> {
    violations.into_iter().map(|Violation { code, message }| refusal(code, message)).collect()
}

/// The answer to a document that cannot be parsed, or names two of its parts alike.
pub(super) fn unparsable(error: parser::Error) -> Vec<ServerError> {
    let code = match error {
        parser::Error::MultipleOperations { .. }
        | parser::Error::OperationDuplicated { .. }
        | parser::Error::FragmentDuplicated { .. } => "GRAPHQL_VALIDATION_FAILED",
        _ => "GRAPHQL_PARSE_FAILED",
    };
    let ServerError { message, locations, .. } = error.into();
    vec![ServerError { locations, ..refusal(code, message) }]
}

/// A fault of the document, found before it ran.
pub(super) fn refusal(code: &'static str, message: String) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    ServerError { extensions: Some(extensions), ..ServerError::new(message, None) }
}

fn mask_error(error: &mut ServerError, id: &RequestId) {
    let path = || format!("{:?}", error.path);
    let own = error.source::<Fault>().map(|own| (own.code, own.chain.clone()));
    let code = match own {
        Some((code, None)) => code.to_owned(),
        Some((code, Some(chain))) => {
            tracing::error!(error = %chain, path = path(), "a resolver failed");
            code.to_owned()
        }
        None if error.source.is_none() && error.path.is_empty() => code_of(error),
        None if error.source.is_none() && is_argument_fault(&error.message) => "BAD_USER_INPUT".to_owned(),
        None => {
            tracing::error!(error = %error.message, path = path(), "a resolver failed with a foreign error");
            error.message = words::INTERNAL.0.to_owned();
            "INTERNAL".to_owned()
        }
    };
    if error.message.chars().nth(MESSAGE_CHARS).is_some() {
        error.message = error.message.chars().take(MESSAGE_CHARS).chain(['…']).collect();
    }
    error.source = None;
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    extensions.set("requestId", id.as_str());
    error.extensions = Some(extensions);
}

/// The code of an error that async-graphql, or the transport before it, found in the document.
fn code_of(error: &ServerError) -> String {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(async_graphql::Value::String(code)) => code.clone(),
        _ => "GRAPHQL_VALIDATION_FAILED".to_owned(),
    }
}

fn is_argument_fault(message: &str) -> bool {
    ARGUMENT_FAULTS.iter().any(|start| message.starts_with(start))
}
