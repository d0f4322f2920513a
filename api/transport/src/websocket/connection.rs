//! One connection, from its first message to its close.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use domain::Language;
use futures::future::BoxFuture;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout, timeout_at};

use super::operations::Operations;
use super::protocol::{self, Close, FromClient};
use crate::application::{AccessToken, Application};
use crate::connection_limiter::ConnectionPermit;
use crate::endpoint::Endpoint;
use crate::middleware::{fresh_id, set_person};
use crate::params::Input;
use crate::problem::Problem;
use crate::rate::RateLimitKey;
use crate::request_origin::RequestOrigin;

/// The span in which messages are counted.
const COUNTED: Duration = Duration::from_secs(10);
/// For the peer's farewell.
const FAREWELL: Duration = Duration::from_secs(1);

/// How a connection ends.
#[derive(Debug)]
enum End {
    /// The peer has closed it.
    Closed,
    /// The peer does not read its messages, or gives no sign of life.
    Lost,
    /// We close it.
    Close(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// A connection whose client has not said yet who it is.
pub(super) struct Connection<E, H> {
    endpoint: Arc<Endpoint<E, H>>,
    client: IpAddr,
    address: RateLimitKey,
    /// The header's; browsers cannot send one.
    token: Option<Result<AccessToken, Problem>>,
    counted: (Instant, u32),
    /// The client wants to know what its operations cost.
    wants_cost: bool,
    /// The person's own, once it is known who that is.
    language: Language,
}

/// What a client has shown.
struct Admission {
    token: AccessToken,
    session_ended: BoxFuture<'static, ()>,
    _permit: ConnectionPermit,
}

impl<E: Executor, H: Application> Connection<E, H> {
    pub(super) fn new(
        endpoint: Arc<Endpoint<E, H>>,
        client: IpAddr,
        token: Option<Result<AccessToken, Problem>>,
        wants_cost: bool,
    ) -> Self {
        let address = RateLimitKey::address(client);
        let (counted, language) = ((Instant::now(), 0), Language::En);
        Self { endpoint, client, address, token, counted, wants_cost, language }
    }

    /// Serves it to its end.
    pub(super) async fn serve(mut self, mut socket: WebSocket, spoken: bool) {
        let (began, stopping) = (Instant::now(), self.endpoint.stopping.clone());
        let end = if spoken {
            let talk = self.talk(&mut socket);
            stopping.run_until_cancelled(talk).await.unwrap_or(End::Close(Close::GOING_AWAY))
        } else {
            End::Close(Close::SUBPROTOCOL)
        };
        let seconds = began.elapsed().as_secs();
        match end {
            End::Closed => {
                tracing::info!(seconds, "the client closed its connection");
                let _ = timeout(FAREWELL, drain(&mut socket)).await;
            }
            End::Lost => tracing::info!(seconds, "a connection was given up"),
            End::Close(close) => {
                tracing::info!(seconds, code = close.code, reason = close.reason, "closed a connection");
                send_close(socket, close).await;
            }
        }
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        let within = Instant::now() + self.endpoint.settings.live.init_timeout;
        let begun = timeout_at(within, self.await_admission(socket)).await.unwrap_or(Err(Close::INIT_TIMEOUT.into()));
        match begun {
            Ok(admission) => self.serve_operations(socket, admission).await,
            Err(end) => end,
        }
    }

    /// Until the client has said who it is.
    async fn await_admission(&mut self, socket: &mut WebSocket) -> Result<Admission, End> {
        loop {
            match self.receive(socket.recv().await)? {
                Some(FromClient::Init(token)) => {
                    let admission = self.admit(token).await?;
                    self.send(socket, protocol::acknowledge()).await?;
                    return Ok(admission);
                }
                Some(FromClient::Ping) => self.send(socket, protocol::pong()).await?,
                Some(FromClient::Subscribe { .. }) => return Err(Close::NOT_ACKNOWLEDGED.into()),
                Some(FromClient::Pong | FromClient::Complete { .. }) | None => {}
            }
        }
    }

    async fn admit(&mut self, shown: Option<Result<AccessToken, Close>>) -> Result<Admission, Close> {
        let header = self.token.take().map(|token| token.map_err(|_| Close::FORBIDDEN));
        let token = shown.or(header).ok_or(Close::FORBIDDEN)??;
        let application = &self.endpoint.application;
        let caller = application.authenticate(&token, self.client).await.map_err(|fault| {
            fault.log("the caller could not be authenticated");
            if fault.wait.is_some() { Close::NOT_NOW } else { Close::INTERNAL }
        })?;
        let caller = caller.as_deref().ok_or(Close::FORBIDDEN)?;
        self.language = application.language(caller);
        let person = application.person(caller);
        set_person(person);
        let person = RateLimitKey::Person(person);
        let permit = self.endpoint.connection_limiter.acquire(person, self.endpoint.settings.live.per_person);
        let _permit = permit.ok_or(Close::TOO_MANY_CONNECTIONS)?;
        Ok(Admission { session_ended: Box::pin(application.session_ended(&token)), token, _permit })
    }

    /// Until one of the two sides ends it.
    async fn serve_operations(&mut self, socket: &mut WebSocket, mut admission: Admission) -> End {
        let keep_alive = self.endpoint.settings.live.keep_alive;
        let mut operations = Operations::new(Arc::clone(&self.endpoint));
        let mut heard = Instant::now();
        let mut signs = interval_at(heard + keep_alive, keep_alive);
        signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = &mut admission.session_ended => Err(Close::FORBIDDEN.into()),
                text = operations.next() => self.send(socket, text).await,
                received = socket.recv() => {
                    heard = Instant::now();
                    match self.receive(received) {
                        Ok(Some(message)) => self.handle_message(socket, message, &admission.token, &mut operations).await,
                        Ok(None) => Ok(()),
                        Err(end) => Err(end),
                    }
                }
                _ = signs.tick() => match heard.elapsed() {
                    silent if silent > keep_alive * 2 => Err(End::Lost),
                    _ => self.put(socket, Message::Ping(Bytes::new())).await,
                },
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn handle_message(
        &self,
        socket: &mut WebSocket,
        message: FromClient,
        token: &AccessToken,
        operations: &mut Operations<E, H>,
    ) -> Result<(), End> {
        match message {
            FromClient::Init(_) => return Err(Close::SECOND_INIT.into()),
            FromClient::Ping => self.send(socket, protocol::pong()).await?,
            FromClient::Pong => {}
            FromClient::Complete { id } => operations.end(&id),
            FromClient::Subscribe { id, request, bytes } => {
                let origin = RequestOrigin {
                    id: fresh_id(),
                    client: self.client,
                    address: self.address,
                    token: Some(Ok(token.clone())),
                    may_write: true,
                    may_follow: true,
                    // It was checked before the connection was opened.
                    page: Ok(()),
                    wants_cost: self.wants_cost,
                    language: self.language,
                };
                let input = Input::Message { request, bytes };
                if let Some(refusal) = operations.begin(id, input, origin)? {
                    self.send(socket, refusal).await?;
                }
            }
        }
        Ok(())
    }

    /// The peer's message, if it is not one of WebSocket itself.
    fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<Option<FromClient>, End> {
        let message = match received {
            None | Some(Ok(Message::Close(_))) => return Err(End::Closed),
            Some(Ok(message)) => message,
            // The library tells its errors apart by text alone, as far as we see it.
            Some(Err(error)) if error.to_string().contains("too long") => return Err(Close::TOO_LARGE.into()),
            Some(Err(error)) if error.to_string().contains("UTF-8") => return Err(Close::NOT_UTF8.into()),
            Some(Err(_)) => return Err(Close::NOT_WEBSOCKET.into()),
        };
        self.count()?;
        match message {
            Message::Text(text) if text.len() > self.endpoint.settings.live.message_bytes => {
                Err(Close::TOO_LARGE.into())
            }
            Message::Text(text) => Ok(Some(FromClient::read(text.as_str())?)),
            Message::Binary(_) => Err(Close::BAD_MESSAGE.into()),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
        }
    }

    fn count(&mut self) -> Result<(), Close> {
        let (since, count) = &mut self.counted;
        if since.elapsed() > COUNTED {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > self.endpoint.settings.live.messages { Err(Close::TOO_MANY_MESSAGES) } else { Ok(()) }
    }

    async fn send(&self, socket: &mut WebSocket, text: String) -> Result<(), End> {
        self.put(socket, Message::Text(text.into())).await
    }

    /// A peer that does not take it in time is dropped.
    async fn put(&self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        let sent = timeout(self.endpoint.settings.live.send_timeout, socket.send(message)).await;
        sent.map_err(|_| End::Lost)?.map_err(|_| End::Lost)
    }
}

/// Says why, and lets the peer say that it has heard: otherwise it might not.
async fn send_close(mut socket: WebSocket, Close { code, reason }: Close) {
    let heard = async {
        let frame = CloseFrame { code, reason: reason.into() };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            drain(&mut socket).await;
        }
    };
    let _ = timeout(FAREWELL, heard).await;
}

/// To the end; what the peer must still be answered, its close above all, goes out meanwhile.
async fn drain(socket: &mut WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
