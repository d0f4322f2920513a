//! Clients that hold connections without using them, send slowly, do not read, or open many connections.
//!
//! The limits are those of production with shorter times. Each test waits for the event, such as the closed connection,
//! and has a control: a well-behaved client is still served.

mod bodies;
mod many;
mod object_store;
mod program;
mod readable;
mod readers;
mod silent;

use std::net::SocketAddr;
use std::time::Duration;

use api::application;
use axum::Router;
use futures::FutureExt as _;
use http_body_util::Full;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use listener::{Bodies, Limits, Pace};
use serde_json::json;
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::{Settings, serve};

/// The timeout of a test; a longer wait counts as hung.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A complete request, and the beginning of its answer.
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\n";

/// The limits of production, with times that are short enough for a test.
fn short() -> Limits {
    let pace = Pace { grace: Duration::from_secs(1), bytes_per_second: 8_000 };
    Limits {
        head: Duration::from_secs(1),
        idle: Duration::from_millis(1_500),
        ping: Duration::from_millis(200),
        receiving: pace,
        sending: pace,
        ..Limits::default()
    }
}

/// The real server at a separate address, with other limits than the test's server.
struct Port {
    address: SocketAddr,
    bodies: Bodies,
    anonymous_bodies: Bodies,
    _stop: DropGuard,
}

impl Port {
    async fn open(app: &TestApp, connections: Limits) -> Self {
        Self::with(app, Settings { connections, rate: None, ..Settings::default() }, Router::new()).await
    }

    async fn with(app: &TestApp, settings: Settings, pages: Router) -> Self {
        let transport = application::transport(app.app.clone(), settings, pages).expect("the schema can be read");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let (address, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
        let (bodies, anonymous_bodies) = (transport.bodies.clone(), transport.anonymous_bodies.clone());
        tokio::spawn(serve(listener, transport, stop.clone()));
        Self { address, bodies, anonymous_bodies, _stop: stop.drop_guard() }
    }

    async fn connect(&self) -> Raw {
        Raw::to(self.address).await
    }

    /// Fails if a well-behaved client is not served.
    async fn serves(&self) {
        assert_eq!(self.connect().await.ask(HEALTH).await, OK);
    }
}

/// Waits until this many bytes of bodies have arrived and are held.
async fn hold(bodies: &Bodies, bytes: usize) {
    let wait = async {
        while bodies.bytes() != bytes {
            tokio::task::yield_now().await;
        }
    };
    timeout(TIMEOUT, wait).await.expect("the bytes arrive");
}

/// A TCP client, which sends the bytes that a test gives it.
struct Raw(TcpStream);

impl Raw {
    async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    /// From another address of this machine.
    async fn from(source: [u8; 4], address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((source, 0).into()).expect("an address of this machine");
        Self(socket.connect(address).await.expect("a connection"))
    }

    /// With a small receive window, so that the server blocks soon if it is not read.
    async fn narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small window");
        Self(socket.connect(address).await.expect("a connection"))
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.expect("sent");
    }

    /// Sends a request, and returns the status line of the answer.
    async fn ask(&mut self, request: impl AsRef<[u8]>) -> String {
        self.send(request).await;
        self.status().await
    }

    /// Reads the next line; other received bytes are dropped.
    async fn status(&mut self) -> String {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            line.push(timeout(TIMEOUT, self.0.read_u8()).await.expect("an answer").expect("a whole line"));
        }
        let mut rest = [0; 4_096];
        while self.0.try_read(&mut rest).is_ok_and(|bytes| bytes > 0) {}
        String::from_utf8(line).expect("a status line")
    }

    /// Waits until the server has closed, and returns the number of bytes that it sent before.
    async fn closed(&mut self) -> usize {
        let (mut bytes, mut buffer) = (0, vec![0; 64 * 1024]);
        loop {
            match timeout(TIMEOUT, self.0.read(&mut buffer)).await.expect("the server closes") {
                Ok(0) | Err(_) => return bytes,
                Ok(read) => bytes += read,
            }
        }
    }

    /// Whether the server has not closed; received bytes are dropped.
    fn is_open(&self) -> bool {
        let mut rest = [0; 4_096];
        loop {
            match self.0.try_read(&mut rest) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
            }
        }
    }

    /// Whether the server has sent nothing: no answer, and no end.
    fn is_waiting(&self) -> bool {
        self.0.peek(&mut [0; 1]).now_or_never().is_none()
    }
}

/// A client of HTTP/2 with prior knowledge, whose connection a task drives.
async fn multiplexed(address: SocketAddr, window: u32) -> SendRequest<Full<bytes::Bytes>> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(window).initial_connection_window_size(1024 * 1024);
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    sender
}

/// An access token of a person of the fixture.
async fn token(app: &TestApp, login: &str) -> String {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { accessToken } } }";
    let answer = app.ask(None, document, json!({ "login": login, "password": PASSWORD })).await;
    answer["data"]["sessionCreate"]["session"]["accessToken"].as_str().expect("a token").to_owned()
}

/// The head of a POST to the API.
fn post(bytes: usize, token: Option<&str>, more: &str) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n{token}{more}\r\n"
    )
}
