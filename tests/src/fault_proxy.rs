//! A proxy in front of an object store whose faults a test switches: failures of network and store as they happen in
//! the field.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::StreamExt as _;
use futures::future::ready;
use futures::stream;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, BodyStream, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    None,
    /// Connections are closed at their first use.
    Down,
    /// Requests wait until the fault is over.
    Slow,
    /// The store answers with this status and S3 code.
    Answers(u16, &'static str),
    /// The same, to every second request.
    EverySecond(u16, &'static str),
    /// Bodies of requests that are larger than a kilobyte break off in the middle.
    CutsRequests,
    /// Bodies of answers that are larger than a kilobyte break off in the middle.
    CutsAnswers,
    /// The same, but the connection stays open without further bytes until the fault is over.
    StallsAnswers,
}

/// The proxy. It ends when dropped.
pub struct FaultProxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    met: Arc<AtomicUsize>,
    _stop: DropGuard,
}

struct Path {
    upstream: String,
    fault: watch::Receiver<Fault>,
    /// The number of requests so far.
    seen: AtomicUsize,
    /// The number of requests with a fault.
    met: Arc<AtomicUsize>,
}

impl FaultProxy {
    /// Starts in front of the store at `upstream` (`host:port`), without a fault.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, receiver) = watch::channel(Fault::None);
        let met = Arc::new(AtomicUsize::new(0));
        let path =
            Path { upstream: upstream.to_owned(), fault: receiver, seen: AtomicUsize::new(0), met: Arc::clone(&met) };
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, Arc::new(path), stop.clone())));
        Self { address, fault: sender, met, _stop: stop.drop_guard() }
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Switches to this fault.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// The number of requests with a fault, because a test in which no request had a fault proves nothing.
    #[must_use]
    pub fn met(&self) -> usize {
        self.met.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, path: Arc<Path>, stop: CancellationToken) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let path = Arc::clone(&path);
        let service = hyper::service::service_fn(move |request| {
            let path = Arc::clone(&path);
            async move { path.pass(request).await }
        });
        let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // Broken connections are the purpose of this proxy.
        tokio::spawn(stop.clone().run_until_cancelled_owned(async { drop(serving.await) }));
    }
}

impl Path {
    async fn pass(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        let fault = *self.fault.borrow();
        let meet = || self.met.fetch_add(1, Ordering::Relaxed);
        match fault {
            Fault::None => self.forward(request.map(read_body)).await,
            Fault::Down => {
                meet();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Fault::Slow => {
                meet();
                let mut changes = self.fault.clone();
                changes.wait_for(|fault| *fault != Fault::Slow).await.map_err(io::Error::other)?;
                self.forward(request.map(read_body)).await
            }
            Fault::EverySecond(..) if number % 2 == 1 => self.forward(request.map(read_body)).await,
            Fault::Answers(status, code) | Fault::EverySecond(status, code) => {
                meet();
                respond(request, status, code).await
            }
            Fault::CutsRequests if length(request.headers()) > 1024 => {
                meet();
                let half = length(request.headers()) / 2;
                self.forward(request.map(|body| cut(body, half, ready(())))).await
            }
            Fault::CutsRequests => self.forward(request.map(read_body)).await,
            Fault::CutsAnswers | Fault::StallsAnswers => {
                let response = self.forward(request.map(read_body)).await?;
                let whole = length(response.headers());
                if whole <= 1024 {
                    return Ok(response);
                }
                meet();
                let mut changes = self.fault.clone();
                let over = async move {
                    // The wait also ends with the test.
                    let _ = changes.wait_for(|now| *now != fault || fault == Fault::CutsAnswers).await;
                };
                Ok(response.map(|body| cut(body, whole / 2, over)))
            }
        }
    }

    /// Forwards the request unchanged, because signatures cover path and host.
    async fn forward(&self, request: Request<Body>) -> io::Result<Response<Body>> {
        let stream = TcpStream::connect(&self.upstream).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        tokio::spawn(async { drop(connection.await) });
        let response = sender.send_request(request).await.map_err(io::Error::other)?;
        Ok(response.map(read_body))
    }
}

fn read_body(body: Incoming) -> Body {
    body.map_err(io::Error::other).boxed_unsync()
}

/// At most this many bytes of the body; the rest breaks off after `end`.
fn cut<B>(body: B, most: u64, end: impl Future<Output = ()> + Send + 'static) -> Body
where
    B: hyper::body::Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    let frames = BodyStream::new(body).filter_map(|frame| ready(frame.ok().and_then(|frame| frame.into_data().ok())));
    let pieces = frames.map(move |data| {
        let piece = data.slice(..data.len().min(left));
        left -= piece.len();
        piece
    });
    let pieces = pieces.take_while(|piece| ready(!piece.is_empty())).map(|piece| Ok(Frame::data(piece)));
    let end = stream::once(async {
        end.await;
        Err(io::ErrorKind::ConnectionReset.into())
    });
    StreamBody::new(pieces.chain(end)).boxed_unsync()
}

/// Reads the body, as a store does that checks the request, and answers.
async fn respond(request: Request<Incoming>, status: u16, code: &str) -> io::Result<Response<Body>> {
    request.into_body().collect().await.map_err(io::Error::other)?;
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>a fault</Message></Error>");
    let body = Full::from(text).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
    Ok(response)
}

fn length(headers: &http::HeaderMap) -> u64 {
    headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}
