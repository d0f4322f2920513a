//! The full load by pages, in alternate turns with the same rows from one statement.

use std::time::Instant;

use serde_json::Value;

use super::client::Client;
use super::dump;
use super::figures::{middle, spread};
use crate::Fault;
use crate::reads::difference;
use crate::servers::{Part, Server};
use crate::stock::Stock;

const TURNS: usize = 7;
/// The number of turns. Each turn is another person's, because a tablet loads everything only once; so is the
/// comparison.
pub(crate) const PEOPLE: usize = TURNS + 1;

/// Checks that both ways return the same changes, and prints their times.
pub(crate) async fn measure(stock: &Stock, program: &Server) -> Result<(), Fault> {
    let statement = Server::start(Part::Statement, stock).await?;
    let http = reqwest::Client::new();
    let mut clients = Vec::new();
    for number in 0..PEOPLE {
        clients.push(Client::sign_in(program, stock, number).await?);
    }
    check_equal(&clients[TURNS], &dumped(&http, &statement, stock).await?).await?;
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for (number, client) in clients.iter().enumerate().take(TURNS) {
        let (mut paged, mut whole) = (0.0, 0.0);
        // The first side alternates, so that its effects on caches are shared.
        for first in [number % 2, 1 - number % 2] {
            let (begun, processor) = (Instant::now(), [program, &statement][first].processor_ms()?);
            let bytes = if first == 0 {
                client.load(|_| Ok(())).await?.bytes
            } else {
                dumped(&http, &statement, stock).await?.len()
            };
            let seconds = begun.elapsed().as_secs_f64();
            *[&mut paged, &mut whole][first] = seconds;
            let spent = [program, &statement][first].processor_ms()? - processor;
            println!(
                "  {:<9} {seconds:.2} s, {:.1} MB, server's CPU {spent} ms",
                ["pages", "statement"][first],
                bytes as f64 / 1e6
            );
        }
        ours.push(paged);
        theirs.push(whole);
        ratios.push(paged / whole);
    }
    println!(
        "full load by pages of 500: {:.2} s; one statement: {:.2} s; ratio {:.2} (turns {})",
        middle(&mut ours),
        middle(&mut theirs),
        middle(&mut ratios),
        spread(&mut ratios)
    );
    println!("answers 429: {}", clients.iter().map(|client| client.throttled.count()).sum::<usize>());
    let (now, peak) = program.memory()?;
    println!(
        "memory of the program {now} MiB, at most {peak}; of the statement's server at most {}",
        statement.memory()?.1
    );
    Ok(())
}

async fn dumped(http: &reqwest::Client, server: &Server, stock: &Stock) -> Result<bytes::Bytes, Fault> {
    let url = format!("http://{}{}", server.address, dump::PATH);
    Ok(http.post(url).body(stock.project.to_string()).send().await?.error_for_status()?.bytes().await?)
}

/// Checks that both return the same changes, because otherwise the comparison would be invalid.
async fn check_equal(client: &Client, dumped: &[u8]) -> Result<(), Fault> {
    let nodes = |bytes: &[u8]| -> Result<Vec<Value>, Fault> {
        let mut answer: Value = serde_json::from_slice(bytes)?;
        match answer["data"]["changes"]["nodes"].take() {
            Value::Array(nodes) if answer["errors"].is_null() => Ok(nodes),
            _ => Err(format!("no changes: {answer:.500}").into()),
        }
    };
    let mut ours = Vec::new();
    client
        .load(|page| {
            ours.extend(nodes(page)?);
            Ok(())
        })
        .await?;
    let mut theirs = nodes(dumped)?;
    theirs.sort_by_key(|change| change["seq"].as_i64());
    if ours.len() != theirs.len() {
        return Err(format!("{} changes by pages, {} by the statement", ours.len(), theirs.len()).into());
    }
    println!("{} changes, the same both ways", ours.len());
    match ours.iter().zip(&theirs).enumerate().find_map(|(n, (one, other))| difference(one, other, &format!("[{n}]"))) {
        Some(place) => Err(format!("the changes differ at {place}").into()),
        None => Ok(()),
    }
}
