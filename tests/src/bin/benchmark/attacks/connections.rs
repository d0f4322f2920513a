//! Honest requests during an attack of 500 connections of one address that send one byte a second.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::Fault;
use crate::servers::Server;

/// The number of concurrent slow connections.
const SLOW: usize = 500;
/// The number of honest requests of a turn.
const HONEST: usize = 500;

pub(crate) async fn run() -> Result<(), Fault> {
    let _ = listener::raise_file_limit();
    let server = Server::embedded().await?;
    println!("{HONEST} requests of `{{ __typename }}`, each on a connection of its own:");
    report("alone", &honest(&server).await?);
    for (name, head) in [
        ("beside 500 connections that say nothing", ""),
        ("beside 500 heads of a byte a second", "GET /graphql HTTP/1.1\r\nx-header: "),
        (
            "beside 500 bodies of a byte a second",
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n",
        ),
    ] {
        let mut slow = JoinSet::new();
        for _ in 0..SLOW {
            slow.spawn(drip(server.address.clone(), head));
        }
        // Until the connections are open, and the honest address has points for its requests again.
        tokio::time::sleep(Duration::from_secs(6)).await;
        report(name, &honest(&server).await?);
        slow.shutdown().await;
    }
    let (now, most) = server.memory()?;
    println!("memory of the server: {now} MiB, {most} MiB at most");
    Ok(())
}

/// Sends one byte a second from another address than the honest client's; reconnects after a disconnect.
async fn drip(address: String, head: &'static str) -> Result<(), Fault> {
    loop {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 2], 0).into())?;
        let mut stream: TcpStream = socket.connect(address.parse()?).await?;
        if stream.write_all(head.as_bytes()).await.is_err() {
            continue;
        }
        while head.is_empty() || stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if stream.try_read(&mut [0; 1]).is_ok() {
                break;
            }
        }
    }
}

/// The times of honest requests, sorted.
async fn honest(server: &Server) -> Result<Vec<Duration>, Fault> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build()?;
    let mut times = Vec::new();
    for _ in 0..HONEST {
        let begun = Instant::now();
        let request =
            client.post(format!("http://{}/graphql", server.address)).json(&json!({ "query": "{ __typename }" }));
        request.send().await?.error_for_status()?.bytes().await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

fn report(name: &str, times: &[Duration]) {
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    let longest = times.last().copied().unwrap_or_default();
    println!("  {name}: p50 {:.1?}, p99 {:.1?}, longest {longest:.1?}", at(50), at(99));
}
