//! The body of a request: its pace is measured, and its unread rest is dropped in an orderly way.

use std::error::Error;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

use crate::limits::{Drain, Limits};
use crate::meter::Meter;
use crate::watch::Busy;

/// Why a body did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Its sender is slower than [`Limits::receiving`].
    #[error("the body arrives too slowly")]
    TooSlow,
    /// The connection broke.
    #[error("the body broke off")]
    Broken(#[source] hyper::Error),
}

impl BodyError {
    /// The error of this kind in the chain of sources of an error, if there is one.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }
}

/// The body of a request. When it is dropped before its end, the rest is received and thrown away within the limits of
/// [`Drain`], because a client that is still sending would otherwise not read the answer.
#[derive(Debug)]
pub struct Body {
    rest: Rest,
    meter: Meter,
    drain: Drain,
    busy: Arc<Busy>,
}

/// What has not been read of a body.
#[derive(Debug)]
enum Rest {
    /// Nothing of it was read, and its sender waits for "100 Continue" before it sends anything.
    Unasked(Incoming),
    Coming(Incoming),
    Over,
}

impl Body {
    pub(crate) fn new(incoming: Incoming, headers: &HeaderMap, limits: &Limits, busy: Arc<Busy>) -> Self {
        let expects = headers.get(header::EXPECT).is_some();
        let rest = if expects { Rest::Unasked(incoming) } else { Rest::Coming(incoming) };
        Self { rest, meter: Meter::new(limits.receiving), drain: limits.drain, busy }
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let incoming = match &mut self.rest {
            Rest::Unasked(_) => {
                self.rest = match mem::replace(&mut self.rest, Rest::Over) {
                    Rest::Unasked(incoming) => Rest::Coming(incoming),
                    other => other,
                };
                return self.poll_rest(cx);
            }
            Rest::Coming(incoming) => incoming,
            Rest::Over => return Poll::Ready(None),
        };
        let Poll::Ready(frame) = Pin::new(incoming).poll_frame(cx) else {
            self.meter.wait();
            return self.meter.poll_too_slow(cx).map(|()| Some(Err(BodyError::TooSlow)));
        };
        let frame = frame.transpose().map_err(BodyError::Broken);
        let bytes = frame.as_ref().ok().and_then(|frame| frame.as_ref()?.data_ref()).map_or(0, Bytes::len);
        self.meter.moved(bytes);
        Poll::Ready(frame.transpose())
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let body = self.get_mut();
        let frame = ready!(body.poll_rest(cx));
        if matches!(frame, None | Some(Err(_))) {
            body.rest = Rest::Over;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.rest {
            Rest::Unasked(incoming) | Rest::Coming(incoming) => incoming.is_end_stream(),
            Rest::Over => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.rest {
            Rest::Unasked(incoming) | Rest::Coming(incoming) => incoming.size_hint(),
            Rest::Over => SizeHint::with_exact(0),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let Rest::Coming(incoming) = mem::replace(&mut self.rest, Rest::Over) else {
            return;
        };
        if incoming.is_end_stream() || incoming.size_hint().lower() > self.drain.bytes {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(drain(incoming, self.drain, Arc::clone(&self.busy)));
        }
    }
}

/// Receives a body to its end, or as far as the limits go.
async fn drain(mut incoming: Incoming, limits: Drain, _busy: Arc<Busy>) {
    let received = async {
        let mut left = limits.bytes;
        while let Some(Ok(frame)) = incoming.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
            let Some(less) = left.checked_sub(bytes) else {
                break;
            };
            left = less;
        }
    };
    let _ = tokio::time::timeout(limits.time, received).await;
}
