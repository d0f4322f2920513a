//! The body of an answer, and the tasks that send it over HTTP/2.
//!
//! On HTTP/1 a reader that does not read blocks the socket, see [`crate::socket`]. On HTTP/2 it blocks only its own
//! stream by granting no window, while the socket continues. Therefore the body is sent in pieces, and the task of a
//! stream ends when its reader does not take the next piece.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::rt::Executor;

use crate::limits::Pace;
use crate::meter::Meter;
use crate::watch::Busy;

/// The longest piece of an answer on HTTP/2: a stream holds no more than this beyond its window.
const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// The reader of the HTTP/2 stream that the current task serves.
    static READER: Arc<Reader>;
}

/// Measures how fast an HTTP/2 stream is read.
#[derive(Debug)]
struct Reader(Mutex<Meter>);

impl Reader {
    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the streams of an HTTP/2 connection, each within the pace of its reader. Dropping a stream's future resets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams(pub(crate) Pace);

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
{
    fn execute(&self, stream: F) {
        let reader = Arc::new(Reader(Mutex::new(Meter::new(self.0))));
        let served = READER.scope(Arc::clone(&reader), stream);
        tokio::spawn(async move {
            let mut served = pin!(served);
            poll_fn(|cx| match served.as_mut().poll(cx) {
                Poll::Ready(_) => Poll::Ready(()),
                Poll::Pending => reader.meter().poll_too_slow(cx),
            })
            .await;
        });
    }
}

/// The body of an answer; the request is in progress as long as this is not dropped.
#[derive(Debug)]
pub(crate) struct Answer<B> {
    body: B,
    in_pieces: bool,
    /// The bytes that were read from the body and are not sent yet.
    rest: Bytes,
    /// Bytes of the piece that the reader has not taken yet.
    out: usize,
    _busy: Arc<Busy>,
}

impl<B> Answer<B> {
    pub(crate) fn new(body: B, in_pieces: bool, busy: Arc<Busy>) -> Self {
        Self { body, in_pieces, rest: Bytes::new(), out: 0, _busy: busy }
    }

    /// Sends the next piece of the rest.
    fn piece(&mut self) -> Frame<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        self.out = piece.len();
        let _ = READER.try_with(|reader| reader.meter().wait());
        Frame::data(piece)
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Answer<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let answer = self.get_mut();
        if !answer.in_pieces {
            return Pin::new(&mut answer.body).poll_frame(cx);
        }
        // The connection requests the next piece, so the reader has taken the last one.
        let taken = std::mem::take(&mut answer.out);
        let _ = READER.try_with(|reader| reader.meter().moved(taken));
        if !answer.rest.is_empty() {
            return Poll::Ready(Some(Ok(answer.piece())));
        }
        match ready!(Pin::new(&mut answer.body).poll_frame(cx)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) if !data.is_empty() => {
                    answer.rest = data;
                    Poll::Ready(Some(Ok(answer.piece())))
                }
                Ok(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
                Err(other) => Poll::Ready(Some(Ok(other))),
            },
            other => Poll::Ready(other),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (of_body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(of_body.lower() + rest);
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}
