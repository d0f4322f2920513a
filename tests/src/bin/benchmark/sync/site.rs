//! Full loads as they happen on a construction site: the demo by one tablet, and a large project by six tablets behind
//! one address.

use std::time::Instant;

use futures::future::try_join_all;

use super::client::Client;
use crate::Fault;
use crate::servers::{DEMO_PASSWORD, Server};
use crate::stock::Stock;

/// The number of tablets that share a hotspot.
const TABLETS: usize = 6;
/// The number of loads of the demo, each by another person.
const PEOPLE: [&str; 3] = ["daniel.hartmann", "sun.qiang", "emma.clark"];

/// Prints the time of loading the demo on embedded defaults.
pub(crate) async fn demo() -> Result<(), Fault> {
    let server = Server::embedded().await?;
    for login in PEOPLE {
        let token = server.sign_in_as(&format!("{login}@riverside.example"), DEMO_PASSWORD).await?;
        let client = Client::of_first_project(&server, token).await?;
        let begun = Instant::now();
        let loaded = client.load(|_| Ok(())).await?;
        println!(
            "the demo, as {login}: {} pages, {:.1} MB in {:.2} s; answers 429: {}",
            loaded.cursors.len(),
            loaded.bytes as f64 / 1e6,
            begun.elapsed().as_secs_f64(),
            client.throttled.count()
        );
    }
    Ok(())
}

/// Prints the time of six tablets that load everything at once.
pub(crate) async fn measure(stock: &Stock, program: &Server) -> Result<(), Fault> {
    let mut clients = Vec::new();
    for number in 0..TABLETS {
        clients.push(Client::sign_in(program, stock, number).await?);
    }
    let begun = Instant::now();
    let loads = clients.iter().map(|client| async move {
        let loaded = client.load(|_| Ok(())).await?;
        Ok::<_, Fault>((begun.elapsed().as_secs_f64(), loaded.cursors.len()))
    });
    let loads = try_join_all(loads).await?;
    let slowest = loads.iter().map(|(seconds, _)| *seconds).fold(0.0, f64::max);
    let pages: usize = loads.iter().map(|(_, pages)| pages).sum();
    let throttled: usize = clients.iter().map(|client| client.throttled.count()).sum();
    println!("{TABLETS} tablets of one address: {pages} pages, the slowest {slowest:.1} s; answers 429: {throttled}");
    Ok(())
}
