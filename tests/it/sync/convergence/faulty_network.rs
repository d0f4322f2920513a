//! A tablet's connection to the server, with the faults of the history.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tests::tablet::wire::{Answer, Broken, Wire};
use tower::ServiceExt as _;

use super::history::Fault;

/// The running server; after a restart it is another one.
pub(super) type Server = Arc<Mutex<Router>>;

/// A request that was sent and not delivered.
type Held = (Option<String>, Vec<u8>);

/// The connection. Clones share its state.
#[derive(Clone)]
pub(super) struct FaultyNetwork {
    server: Server,
    inner: Arc<Mutex<Inner>>,
    http: reqwest::Client,
}

#[derive(Default)]
struct Inner {
    /// The faults of the next requests.
    faults: VecDeque<Fault>,
    late: Vec<Held>,
    /// The newest answer of the server, delivered or not.
    newest: Value,
    /// The number of requests with a fault.
    met: usize,
}

impl FaultyNetwork {
    pub(super) fn to(server: &Server, http: reqwest::Client) -> Self {
        Self { server: Arc::clone(server), inner: Arc::default(), http }
    }

    /// Applies these faults to consecutive requests, and then none.
    pub(super) fn set_faults(&self, faults: &[Fault]) {
        self.with(|inner| inner.faults = faults.iter().copied().collect());
    }

    pub(super) fn newest(&self) -> Value {
        self.with(|inner| inner.newest.clone())
    }

    pub(super) fn met(&self) -> usize {
        self.with(|inner| inner.met)
    }

    /// Delivers the delayed requests, the last first.
    pub(super) async fn arrive(&self) {
        let late = self.with(|inner| std::mem::take(&mut inner.late));
        for (token, body) in late.into_iter().rev() {
            // Its tablet has given up waiting for it.
            drop(self.deliver(token.as_deref(), body).await);
        }
    }

    fn with<T>(&self, what: impl FnOnce(&mut Inner) -> T) -> T {
        what(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn deliver(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let router = self.server.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut request = Request::post("/graphql")
            .header("host", "handover.example")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .extension(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 1))));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = router.oneshot(request).await.expect("the router never fails");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|error| Broken(error.to_string()))?.to_bytes().to_vec();
        self.with(|inner| inner.newest = serde_json::from_slice(&body).unwrap_or_default());
        Ok(Answer { status, retry_after: None, body })
    }
}

impl Wire for FaultyNetwork {
    async fn post(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let fault = self.with(|inner| {
            let fault = inner.faults.pop_front().unwrap_or(Fault::None);
            inner.met += usize::from(fault != Fault::None);
            fault
        });
        let broken = |why: &str| Err(Broken(why.to_owned()));
        match fault {
            Fault::None => self.deliver(token, body).await,
            Fault::LostRequest => broken("the request was lost"),
            Fault::LostAnswer => {
                self.deliver(token, body).await?;
                broken("the answer was lost")
            }
            Fault::HalfAnswer => {
                let mut answer = self.deliver(token, body).await?;
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
            Fault::HangUp(polls) => {
                hang_up_after(polls, self.deliver(token, body)).await;
                broken("the tablet hung up")
            }
            Fault::Twice => {
                let (_, second) = tokio::join!(self.deliver(token, body.clone()), self.deliver(token, body));
                second
            }
            Fault::Late => {
                self.with(|inner| inner.late.push((token.map(str::to_owned), body)));
                broken("the request is on its way")
            }
        }
    }

    async fn put(&self, link: &Value, bytes: Vec<u8>) -> Result<u16, Broken> {
        tests::tablet::http::put(&self.http, link, &bytes).await
    }
}

/// Polls a future for this many steps, and drops it.
pub(super) async fn hang_up_after<F: Future>(polls: u8, what: F) -> Option<F::Output> {
    let mut what = pin!(what);
    let mut left = polls;
    poll_fn(|context| match (what.as_mut().poll(context), left) {
        (Poll::Ready(output), _) => Poll::Ready(Some(output)),
        (Poll::Pending, 0) => Poll::Ready(None),
        (Poll::Pending, _) => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
