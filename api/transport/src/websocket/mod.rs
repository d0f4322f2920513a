//! GraphQL over a WebSocket at `/graphql`, by the protocol graphql-transport-ws, with the same admission, limits and
//! masking as over HTTP.
//!
//! A connection belongs to one access token and ends with it (4403): a client connects again with a new one.

mod connection;
mod operations;
mod protocol;

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::Executor;
use axum::extract::{FromRequestParts, Request as HttpRequest, WebSocketUpgrade};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Version, header};
use tracing::Instrument;

use super::application::Application;
use super::client_ip::client_address;
use super::content_negotiation::Media;
use super::endpoint::Endpoint;
use super::language;
use super::middleware::request_id;
use super::problem::Problem;
use super::rate::RateLimitKey;
use super::request_origin::{bearer, wants_cost};
use super::web_origin;
use connection::Connection;

/// Bytes of a connection's buffers: messages are small, and connections many.
const BUFFER_BYTES: usize = 4 * 1024;

/// Whether a request asks for a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case("websocket"))
}

/// Turns a request into a connection, or says why not.
pub(super) async fn upgrade<E: Executor, H: Application>(
    endpoint: Arc<Endpoint<E, H>>,
    request: HttpRequest,
) -> Response {
    let id = request_id(request.extensions());
    let address = client_address(&request, &endpoint.settings.trusted_proxies);
    let language = language::preferred(request.headers());
    let opened = open(endpoint, request, address).await;
    opened.unwrap_or_else(|problem| problem.into_response(Media::Json, &id, language))
}

/// Over HTTP/1 the handshake has a key of 16 bytes, by which a client knows that it is understood (RFC 6455, 4.2.1).
fn check_key(headers: &HeaderMap, version: Version) -> Result<(), Problem> {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let key = (keys.next(), keys.next());
    let good = match key {
        (Some(only), None) => STANDARD.decode(only).is_ok_and(|key| key.len() == 16),
        (None, _) => version >= Version::HTTP_2,
        (Some(_), Some(_)) => false,
    };
    let why = "no WebSocket: Sec-WebSocket-Key must be 16 bytes in base64";
    if good { Ok(()) } else { Err(Problem::malformed(why)) }
}

async fn open<E: Executor, H: Application>(
    endpoint: Arc<Endpoint<E, H>>,
    request: HttpRequest,
    address: IpAddr,
) -> Result<Response, Problem> {
    let (limits, client, address) = (endpoint.settings.live, address, RateLimitKey::address(address));
    web_origin::check(request.headers(), &endpoint.settings.cors_origins)?;
    check_key(request.headers(), request.version())?;
    endpoint.charge(address, 1)?;
    let permit =
        endpoint.connection_limiter.acquire(address, limits.per_address).ok_or_else(Problem::too_many_connections)?;
    let (token, wants_cost) = (bearer(request.headers()), wants_cost(request.headers()));
    let mut parts = request.into_parts().0;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
        .await
        .map_err(|rejection| Problem::malformed(format!("no WebSocket: {rejection}")))?
        .protocols([protocol::NAME])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        // Messages a little over the limit are read, so that the sender gets an answer with the reason.
        .max_message_size(limits.message_bytes * 2)
        .max_frame_size(limits.message_bytes * 2);
    let spoken = upgrade.selected_protocol().is_some();
    // From here on, so that a shutdown waits for it.
    let tracked = endpoint.tasks.token();
    let connection = Connection::new(endpoint, client, token, wants_cost);
    let served = async move |socket| {
        connection.serve(socket, spoken).await;
        drop((permit, tracked));
    };
    let span = tracing::Span::current();
    Ok(upgrade.on_upgrade(move |socket| served(socket).instrument(span)))
}
