//! One connection, from its accept to its close.

use std::error::Error;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, Streams};
use crate::body::Body;
use crate::connection_slots::ConnectionSlot;
use crate::limits::Limits;
use crate::socket::Socket;
use crate::watch::{Busy, Watch};

/// The longest head of an HTTP/1 request: the library's longest URL and 32 KiB of headers. On HTTP/2 it is 16 KiB, the
/// library's default.
const HEAD_BYTES: usize = 96 * 1024;
/// The most requests at a time on an HTTP/2 connection.
const STREAMS: u32 = 100;
/// The time for an idle HTTP/2 connection to shut down gracefully.
const FAREWELL: Duration = Duration::from_secs(1);

/// An accepted connection.
pub(crate) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: ConnectionSlot,
    limits: Arc<Limits>,
    watch: Arc<Watch>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, peer: SocketAddr, place: ConnectionSlot, limits: Arc<Limits>) -> Self {
        Self { stream, peer, place, limits, watch: Arc::new(Watch::new()) }
    }

    /// Serves it until the client or a limit ends it; after `stop` until its requests are answered.
    pub(crate) async fn serve<H, F, B, E>(self, stop: CancellationToken, handler: H)
    where
        H: Fn(Request<Body>, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response<B>, E>> + Send + 'static,
        B: hyper::body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        let Self { stream, peer, place, limits, watch } = self;
        // An answer's last segment must not wait for the acknowledgement of the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let socket = Socket::new(stream, Arc::clone(&watch), place, &limits);
        let service = service_fn(|request: Request<Incoming>| {
            let in_pieces = request.version() == Version::HTTP_2;
            let busy = Arc::new(Busy::new(&watch, request.version()));
            let (parts, incoming) = request.into_parts();
            let body = Body::new(incoming, &parts.headers, &limits, Arc::clone(&busy));
            let answer = handler(Request::from_parts(parts, body), peer);
            async move { Ok::<_, E>(answer.await?.map(|body| Answer::new(body, in_pieces, busy))) }
        });
        let builder = builder(&limits);
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(socket), service));
        let mut alarm = pin!(sleep_until(Instant::now() + limits.head));
        let mut stopping = false;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(error, "a connection broke");
                    }
                    return;
                }
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    watch.stop();
                    connection.as_mut().graceful_shutdown();
                }
                () = overdue(&watch, &limits, alarm.as_mut()) => {
                    tracing::debug!("a connection without a request was closed");
                    if watch.is_multiplexed() {
                        connection.as_mut().graceful_shutdown();
                        let _ = tokio::time::timeout(FAREWELL, connection).await;
                    }
                    return;
                }
            }
        }
    }
}

/// Ends when the connection had no request for too long. It is polled after the connection, in the same task, so that
/// it sees the connection's latest state.
async fn overdue(watch: &Watch, limits: &Limits, mut alarm: Pin<&mut Sleep>) {
    poll_fn(|cx| {
        loop {
            // Without a due time the alarm only checks again later: the activity of a request wakes the task.
            let due = watch.due(limits).unwrap_or_else(|| Instant::now() + limits.idle);
            if due < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(due);
            }
            ready!(alarm.as_mut().poll(cx));
            if watch.due(limits).is_some_and(|due| due <= Instant::now()) {
                return Poll::Ready(());
            }
        }
    })
    .await;
}

/// HTTP/1 and HTTP/2. The head and idle time-outs are our own: those of the library begin only after the first bytes
/// have shown the version, and make no difference between a head and the pause before it.
fn builder(limits: &Limits) -> Builder<Streams> {
    let mut builder = Builder::new(Streams(limits.sending));
    builder.http1().max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.ping)
        .keep_alive_timeout(limits.ping)
        .max_concurrent_streams(STREAMS);
    builder
}
