//! Serves a listener until it is told to stop, and then finishes what was accepted.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Transport;

/// For answers to leave and connections to close, once nothing is being worked on any more. Browsers keep idle
/// connections open that would otherwise hold up the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is cancelled. Then accepts no more, and returns when every request and every mutation that
/// goes on without its client has ended and live connections are closed, or after the transport's shutdown time-out.
pub async fn serve(listener: TcpListener, transport: Transport, shutdown: CancellationToken) -> io::Result<()> {
    let Transport { router, tasks, stopping, shutdown_timeout } = transport;
    // An answer's last segment must not wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let quiet = async {
        shutdown.cancelled().await;
        stopping.cancel();
        tasks.close();
        if tokio::time::timeout(shutdown_timeout, tasks.wait()).await.is_err() {
            tracing::warn!(unfinished = tasks.len(), "stopped before everything accepted had ended");
        }
    };
    let mut server = std::pin::pin!(server.into_future());
    let mut quiet = std::pin::pin!(quiet);
    tokio::select! {
        // All connections have closed; a mutation without a client may still be at work.
        ended = &mut server => {
            ended?;
            quiet.await;
        }
        () = &mut quiet => {
            // Whoever has not closed by then was only idle.
            let _ = tokio::time::timeout(FAREWELL, server).await;
        }
    }
    Ok(())
}
