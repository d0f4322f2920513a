//! Answers as a stream of events: the "distinct connections mode" of the protocol graphql-sse. Each answer is an event
//! `next`, the end is an event `complete`; a stream that breaks off without it may be asked for again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor, Response as Answer};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::header;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tracing::Instrument;

use super::application::Application;
use super::connection_limiter::ConnectionPermit;
use super::endpoint::{Admitted, Endpoint, body};
use super::problem::Problem;
use super::rate::RateLimitKey;
use super::request_origin::RequestOrigin;
use crate::words;

/// Events that wait for a slow reader.
const QUEUE: usize = 8;

/// A single answer as events.
pub(super) fn single_event(answer: &Answer) -> Response {
    let text = [next(&body(answer)), complete()].concat();
    (headers(), text).into_response()
}

/// The answers of a subscription as events, as long as there are any, the token is good, and the server goes on.
pub(super) fn follow<E: Executor, H: Application>(
    endpoint: &Arc<Endpoint<E, H>>,
    origin: RequestOrigin,
    admitted: Admitted<E>,
) -> Result<Response, Problem> {
    origin.page.clone()?;
    let limits = endpoint.settings.live;
    let mut permits = vec![permit(endpoint, origin.address, limits.per_address)?];
    if let Some(person) = admitted.person {
        permits.push(permit(endpoint, RateLimitKey::Person(person), limits.per_person)?);
    }
    let (send, mut receive) = mpsc::channel(QUEUE);
    let outbox = Outbox { send, within: limits.send_timeout };
    let events = events(Arc::clone(endpoint), origin, admitted, outbox);
    let task = async move {
        let _ = events.await;
        drop(permits);
    };
    endpoint.tasks.spawn(task.in_current_span());
    let stream = stream::poll_fn(move |cx| receive.poll_recv(cx)).map(Ok::<_, Infallible>);
    Ok((headers(), Body::from_stream(stream)).into_response())
}

fn permit<E, H>(endpoint: &Endpoint<E, H>, key: RateLimitKey, most: usize) -> Result<ConnectionPermit, Problem> {
    endpoint.connection_limiter.acquire(key, most).ok_or_else(Problem::too_many_connections)
}

/// The channel of events; it ends when its receiver is gone.
struct Outbox {
    send: mpsc::Sender<Bytes>,
    within: Duration,
}

/// The receiver of events is gone.
struct Gone;

impl Outbox {
    async fn put(&self, event: Bytes) -> Result<(), Gone> {
        self.send.send_timeout(event, self.within).await.map_err(|_| Gone)
    }
}

async fn events<E: Executor, H: Application>(
    endpoint: Arc<Endpoint<E, H>>,
    origin: RequestOrigin,
    admitted: Admitted<E>,
    outbox: Outbox,
) -> Result<(), Gone> {
    let outlived = async {
        match &origin.token {
            Some(Ok(token)) => endpoint.application.session_ended(token).await,
            _ => std::future::pending().await,
        }
    };
    let mut outlived = std::pin::pin!(outlived);
    let mut answers = std::pin::pin!(admitted.run.stream(endpoint.settings.limits.errors));
    let mut keep_alive = interval(endpoint.settings.live.keep_alive);
    keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = outbox.send.closed() => return Err(Gone),
            // Without `complete`: the client asks another server, or this one when it is back.
            () = endpoint.stopping.cancelled() => return Ok(()),
            () = &mut outlived => {
                let ended = Problem::unauthenticated(words::TOKEN_ENDED);
                outbox.put(failed(&ended, &origin)).await?;
                return outbox.put(complete()).await;
            }
            answer = answers.next() => match answer {
                Some(Ok(answer)) => outbox.put(next(&body(&answer))).await?,
                Some(Err(problem)) => outbox.put(failed(&problem, &origin)).await?,
                None => return outbox.put(complete()).await,
            },
            // The first tick is at once: the client sees that the stream is open.
            _ = keep_alive.tick() => outbox.put(Bytes::from_static(b":\n\n")).await?,
        }
    }
}

fn headers() -> [(header::HeaderName, &'static str); 2] {
    // Proxies should not wait for more.
    [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ]
}

/// JSON as it is written here has no line breaks.
fn next(json: &[u8]) -> Bytes {
    [b"event: next\ndata: ".as_slice(), json, b"\n\n"].concat().into()
}

fn failed(problem: &Problem, origin: &RequestOrigin) -> Bytes {
    next(json!({ "errors": problem.errors(&origin.id, origin.language) }).to_string().as_bytes())
}

/// An event without data would not be seen by browsers.
fn complete() -> Bytes {
    Bytes::from_static(b"event: complete\ndata: \n\n")
}
