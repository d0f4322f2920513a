//! Serves a listener until the stop, and then finishes the accepted requests.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Transport;

/// For answers to leave and connections to close, once nothing is being worked on any more. Browsers keep idle
/// connections open that would otherwise hold up the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is cancelled. Then accepts no more, and returns when every request and every mutation that
/// goes on without its client has ended and live connections are closed, or after the transport's shutdown time-out.
pub async fn serve(listener: TcpListener, transport: Transport, shutdown: CancellationToken) -> io::Result<()> {
    let Transport { router, tasks, stopping, shutdown_timeout, connections, .. } = transport;
    // Puts the routes together now instead of at each request.
    let router: Router = router.with_state(());
    let answer = move |request: Request<listener::Body>, peer: SocketAddr| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    };
    let server = listener::serve(listener, connections, shutdown.clone(), answer);
    let quiet = async {
        shutdown.cancelled().await;
        stopping.cancel();
        tasks.close();
        if tokio::time::timeout(shutdown_timeout, tasks.wait()).await.is_err() {
            tracing::warn!(unfinished = tasks.len(), "stopped before everything accepted had ended");
        }
    };
    let mut server = std::pin::pin!(server);
    let mut quiet = std::pin::pin!(quiet);
    tokio::select! {
        // All connections have closed; a mutation without a client may still be at work.
        () = &mut server => quiet.await,
        () = &mut quiet => {
            // A connection that is still open then was only idle.
            let _ = tokio::time::timeout(FAREWELL, server).await;
        }
    }
    Ok(())
}
