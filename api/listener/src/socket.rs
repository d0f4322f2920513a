//! The TCP connection below HTTP: it reports activity, ends readers that do not read, and closes without a reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::connection_slots::ConnectionSlot;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::watch::Watch;

/// How long a closed connection is still read. Closing one with unread bytes resets it, and a reset destroys the answer
/// that is on its way.
const LINGER: Duration = Duration::from_secs(2);

/// One accepted connection, with its place among the others until it is closed.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    watch: Arc<Watch>,
    reader: Meter,
    /// Bytes that are still read after the close.
    linger_bytes: u64,
    /// The end of the linger; there is one as soon as nothing more is sent.
    lingering: Option<Pin<Box<Sleep>>>,
    _place: ConnectionSlot,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, watch: Arc<Watch>, place: ConnectionSlot, limits: &Limits) -> Self {
        let reader = Meter::new(limits.sending);
        Self { stream, watch, reader, linger_bytes: limits.drain.bytes, lingering: None, _place: place }
    }

    fn written(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) => {
                self.reader.moved(*bytes);
                self.watch.sent();
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.reader.wait();
                if self.reader.poll_too_slow(cx).is_ready() {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer is not read")));
                }
            }
        }
        written
    }

    /// Reads and drops bytes until the peer closes its side, or is given up.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let end = self.lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut scratch = [0; 8 * 1024];
        while self.linger_bytes > 0 {
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.linger_bytes = self.linger_bytes.saturating_sub(buffer.filled().len() as u64);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let socket = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut socket.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            socket.watch.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let socket = self.get_mut();
        let written = Pin::new(&mut socket.stream).poll_write(cx, bytes);
        socket.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let socket = self.get_mut();
        let written = Pin::new(&mut socket.stream).poll_write_vectored(cx, bytes);
        socket.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = self.get_mut();
        if socket.lingering.is_none() {
            ready!(Pin::new(&mut socket.stream).poll_shutdown(cx))?;
            socket.lingering = Some(Box::pin(sleep(LINGER)));
        }
        if socket.watch.is_stopping() {
            return Poll::Ready(Ok(()));
        }
        socket.poll_linger(cx).map(Ok)
    }
}
