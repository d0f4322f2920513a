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

use super::endpoint::{Admitted, Endpoint, body};
use super::hooks::Hooks;
use super::problem::Problem;
use super::rate::Spender;
use super::seats::Seat;
use super::sender::Sender;
use crate::words;

/// Events that wait for a slow reader.
const QUEUE: usize = 8;

/// A single answer as events.
pub(super) fn one(answer: &Answer) -> Response {
    let text = [next(&body(answer)), complete()].concat();
    (headers(), text).into_response()
}

/// The answers of a subscription as events, as long as there are any, the token is good, and the server goes on.
pub(super) fn follow<E: Executor, H: Hooks>(
    endpoint: &Arc<Endpoint<E, H>>,
    sender: Sender,
    admitted: Admitted<E>,
) -> Result<Response, Problem> {
    let limits = endpoint.settings.live;
    let mut seats = vec![seat(endpoint, sender.address, limits.per_address)?];
    if let Some(person) = admitted.person {
        seats.push(seat(endpoint, Spender::Person(person), limits.per_person)?);
    }
    let (send, mut receive) = mpsc::channel(QUEUE);
    let outbox = Outbox { send, within: limits.send_timeout };
    let events = events(Arc::clone(endpoint), sender, admitted, outbox);
    let task = async move {
        let _ = events.await;
        drop(seats);
    };
    endpoint.tasks.spawn(task.in_current_span());
    let stream = stream::poll_fn(move |cx| receive.poll_recv(cx)).map(Ok::<_, Infallible>);
    Ok((headers(), Body::from_stream(stream)).into_response())
}

fn seat<E, H>(endpoint: &Endpoint<E, H>, whose: Spender, most: usize) -> Result<Seat, Problem> {
    endpoint.seats.take(whose, most).ok_or_else(Problem::too_many_connections)
}

/// Where events go; it ends when nobody takes them.
struct Outbox {
    send: mpsc::Sender<Bytes>,
    within: Duration,
}

/// Nobody takes events any more.
struct Gone;

impl Outbox {
    async fn put(&self, event: Bytes) -> Result<(), Gone> {
        self.send.send_timeout(event, self.within).await.map_err(|_| Gone)
    }
}

async fn events<E: Executor, H: Hooks>(
    endpoint: Arc<Endpoint<E, H>>,
    sender: Sender,
    admitted: Admitted<E>,
    outbox: Outbox,
) -> Result<(), Gone> {
    let outlived = async {
        match &sender.token {
            Some(Ok(token)) => endpoint.hooks.outlive(token).await,
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
                outbox.put(failed(&ended, &sender)).await?;
                return outbox.put(complete()).await;
            }
            answer = answers.next() => match answer {
                Some(Ok(answer)) => outbox.put(next(&body(&answer))).await?,
                Some(Err(problem)) => outbox.put(failed(&problem, &sender)).await?,
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

fn failed(problem: &Problem, sender: &Sender) -> Bytes {
    next(json!({ "errors": problem.errors(&sender.id, sender.language) }).to_string().as_bytes())
}

/// An event without data would not be seen by browsers.
fn complete() -> Bytes {
    Bytes::from_static(b"event: complete\ndata: \n\n")
}
