//! The answer to requests under a host name that is not the server's; the rule is [`listener::Hosts`].

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use listener::Hosts;

use super::content_negotiation::Media;
use super::language;
use super::middleware::request_id;
use super::problem::Problem;
use crate::words;

/// The middleware: every route is behind it, the pages too.
pub(super) async fn wrap(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let Err(wrong) = hosts.check(&request) else { return next.run(request).await };
    let message = words::wrong_host(&wrong);
    let problem = Problem::for_people(StatusCode::MISDIRECTED_REQUEST, "WRONG_HOST", message);
    let language = language::preferred(request.headers());
    problem.into_response(Media::Json, &request_id(request.extensions()), language)
}
