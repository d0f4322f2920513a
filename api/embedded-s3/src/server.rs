//! Serves the S3 protocol on the store's port, and shuts down gracefully.

use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use listener::{Hosts, Limits, WrongHost};
use s3s::{Body, HttpError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::pages::Pages;

/// The time for requests in progress to finish after a shutdown was requested.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// The answer to form uploads, in S3's terms.
const NO_FORMS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NotImplemented</Code>\
     <Message>uploads by a form are not supported: send a PUT</Message></Error>";

/// Serves until `stop`; then accepts no new request, and returns when those in progress are answered.
pub(crate) async fn serve(listener: TcpListener, limits: Limits, pages: Pages, stop: CancellationToken) {
    let hosts = limits.hosts.clone();
    let answering = listener::serve(listener, limits, stop.clone(), move |request, _| {
        answer(hosts.clone(), pages.clone(), request)
    });
    let mut answering = std::pin::pin!(answering);
    if stop.run_until_cancelled(&mut answering).await.is_none()
        && tokio::time::timeout(LAST_REQUESTS, answering).await.is_err()
    {
        tracing::warn!("the object store ends with requests unanswered");
    }
}

async fn answer(hosts: Hosts, pages: Pages, request: Request<listener::Body>) -> Result<Response<Body>, HttpError> {
    if let Err(wrong) = hosts.check(&request) {
        return Ok(misdirected(&wrong));
    }
    if is_form(request.method(), request.headers()) {
        return Ok(no_forms());
    }
    pages.answer(request).await
}

/// The answer to a request under a host name that is not the store's.
fn misdirected(wrong: &WrongHost) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{wrong}\n")));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Whether a request is an upload by a form. The S3 library reads a form before it checks its signature, so an unsigned
/// request could occupy memory. No client of this store sends forms.
fn is_form(method: &Method, headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter().map(|value| value.as_bytes().trim_ascii_start());
    method == Method::POST
        && types.any(|value| value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/")))
}

fn no_forms() -> Response<Body> {
    let mut response = Response::new(Body::from(NO_FORMS.to_owned()));
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/xml"));
    response
}
