//! Serves HTTP/1 and HTTP/2 on a TCP listener within limits of time, number and rate.
//!
//! The API and the embedded object store share this accept loop. It knows neither of them: a handler turns a request
//! into a response. The loop protects the process from clients that hold connections without using them:
//!
//! - connections are counted, in all and per address ([`Limits::connections`], [`Limits::per_address`]);
//! - a new connection, and each head of a request, has [`Limits::head`] to arrive, from the first byte on;
//! - a connection without a request is closed after [`Limits::idle`];
//! - a body that arrives, or an answer that is read, slower than a [`Pace`] ends its connection or its HTTP/2 stream;
//! - the rest of a body that the handler does not read is received and dropped, within [`Drain`], because a client that
//!   is still sending otherwise sees a broken connection instead of the answer (413, 429).
//!
//! WebSockets and streams of events are not idle: a connection with a request in progress, or one that was upgraded,
//! has no limit of its own here but the pace of its reader.

mod answer;
mod bodies;
mod body;
mod client_network;
mod connection;
mod connection_slots;
mod files;
mod hosts;
mod limits;
mod meter;
mod socket;
mod watch;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use connection::Connection;
use connection_slots::ConnectionSlots;

pub use bodies::{Bodies, Held};
pub use body::{Body, BodyError};
pub use client_network::client_network;
pub use files::raise_file_limit;
pub use hosts::{HOSTS_SETTING, Hosts, WrongHost};
pub use limits::{Drain, Limits, Pace};

/// The pause after a failed accept (no file descriptors left), because the next one would fail at once as well.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is cancelled; then accepts no more, and returns when all connections have ended.
///
/// A connection without a request is closed at the stop, every other one after its answer. Dropping the future closes
/// the connections that are left, except upgraded ones.
pub async fn serve<H, F, B, E>(listener: TcpListener, limits: Limits, stop: CancellationToken, handler: H)
where
    H: Fn(Request<Body>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    B: hyper::body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    E: Into<Box<dyn Error + Send + Sync>> + 'static,
{
    let places = ConnectionSlots::new(&limits);
    let limits = Arc::new(limits);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = places.take(peer.ip()) {
                    let connection = Connection::new(stream, peer, place, Arc::clone(&limits));
                    connections.spawn(connection.serve(stop.clone(), handler.clone()));
                }
            }
            // The client has gone before it was accepted.
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                places.report_failed_accept(&error);
                let _ = stop.run_until_cancelled(tokio::time::sleep(ACCEPT_PAUSE)).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Whether an accept failed because of the one connection that it would have returned.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
