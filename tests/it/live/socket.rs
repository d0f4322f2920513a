//! A client of graphql-transport-ws that sends exactly the messages of a test, valid or not.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// The timeout of a test; a longer wait counts as hung.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");
pub(super) const FOLLOW: &str = "subscription($id: ID!) { changesAvailable(projectId: $id) { projectId cursor } }";

/// An open connection.
pub(super) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects with the subprotocol and these headers; otherwise the status of the refusal.
    pub(super) async fn open(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, u16> {
        Self::open_with(address, &[&[PROTOCOL], headers].concat()).await
    }

    /// Connects with these headers only.
    pub(super) async fn open_with(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.map_err(|_| 0_u16)?;
        Self::over(stream, address, headers).await
    }

    /// Connects with a small receive window, so that the server blocks soon if it is not read.
    pub(super) async fn open_narrow(address: SocketAddr) -> Result<Self, u16> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small window");
        let stream = socket.connect(address).await.expect("a connection");
        Self::over(stream, address, &[PROTOCOL]).await
    }

    async fn over(stream: TcpStream, address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/graphql").into_client_request().expect("a request");
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        match timeout(TIMEOUT, client_async(request, stream)).await.expect("an answer") {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(_) => Err(0),
        }
    }

    /// Connects and is acknowledged.
    pub(super) async fn signed_in(address: SocketAddr, token: &str) -> Self {
        let mut socket = Self::open(address, &[]).await.expect("a connection");
        socket.send(init(token)).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
    }

    pub(super) async fn send(&mut self, message: Value) {
        self.put(Message::text(message.to_string())).await;
    }

    /// Whether it was sent: a server that has closed accepts nothing more.
    pub(super) async fn put(&mut self, message: Message) -> bool {
        self.0.send(message).await.is_ok()
    }

    pub(super) async fn follow(&mut self, id: &str, project_id: uuid::Uuid) {
        self.send(subscribe(id, FOLLOW, json!({ "id": project_id }))).await;
    }

    /// The next message.
    pub(super) async fn message(&mut self) -> Value {
        match self.next().await {
            Ok(message) => message,
            Err(code) => panic!("closed with {code} where a message was due"),
        }
    }

    /// The close code of the connection, after any messages; 0 if it breaks off.
    pub(super) async fn close_code(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    pub(super) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match timeout(TIMEOUT, self.0.next()).await.expect("a message or an end") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(text.as_str()).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The next message, without a timeout; `None` when the connection has ended.
    pub(super) async fn quiet_next(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(text.as_str()).ok(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The cursor of the next message of a subscription.
    pub(super) async fn cursor(&mut self, id: &str) -> String {
        let message = self.message().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
        let told = &message["payload"]["data"]["changesAvailable"];
        told["cursor"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned()
    }
}

pub(super) fn init(token: &str) -> Value {
    json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } })
}

pub(super) fn subscribe(id: &str, query: &str, variables: Value) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query, "variables": variables } })
}
