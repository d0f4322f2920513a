//! The storm: thirty tablets get a signal at the same moment. Each pushes a day's work and loads everything.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::ids::v7;
use uuid::Uuid;

use super::client::Client;
use super::delta::described;
use super::figures::{at, middle};
use crate::Fault;
use crate::servers::Server;
use crate::stock::{ENGINEERS, Stock, connect};

/// The number of operations of a push, and of pushes of each client.
const BATCH: usize = 100;
const PUSHES: usize = 2;
/// One of five operations is of this kind; two log a defect.
const OF_A_KIND: usize = BATCH * PUSHES / 5;

/// The figures of one client.
struct Tale {
    pushes: Vec<f64>,
    load: f64,
    bytes: usize,
    throttled: usize,
    outcomes: BTreeMap<String, usize>,
}

/// Prints the figures.
pub(crate) async fn measure(stock: &Stock, program: &Server, clients: Vec<Client>) -> Result<(), Fault> {
    let work = work(stock).await?;
    let before = program.memory()?.0;
    let (begun, processor) = (Instant::now(), program.processor_ms()?);
    let watched = watch(
        program,
        try_join_all(
            clients.into_iter().zip(work).map(|(client, work)| async move { tokio::spawn(go(client, work)).await? }),
        ),
    );
    let (tales, most) = watched.await?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut outcomes = BTreeMap::new();
    for (outcome, count) in tales.iter().flat_map(|tale| &tale.outcomes) {
        *outcomes.entry(outcome.as_str()).or_insert(0) += count;
    }
    let bytes: usize = tales.iter().map(|tale| tale.bytes).sum();
    let mut pushes: Vec<f64> = tales.iter().flat_map(|tale| tale.pushes.iter().copied()).collect();
    let mut loads: Vec<f64> = tales.iter().map(|tale| tale.load).collect();
    let operations: usize = outcomes.values().sum();
    println!("{} clients, {operations} operations and {} full loads in {seconds:.1} s", tales.len(), tales.len());
    println!("  answers {outcomes:?}, errors 0; server's CPU {} ms", program.processor_ms()? - processor);
    println!("  a push of {BATCH}: p50 {:.2} s, p99 {:.2} s", middle(&mut pushes), at(&mut pushes, 99));
    println!(
        "  a full load: p50 {:.1} s, slowest {:.1} s; {:.1} MB/s in all",
        middle(&mut loads),
        at(&mut loads, 100),
        bytes as f64 / 1e6 / seconds
    );
    println!("  answers 429, waited for: {}", tales.iter().map(|tale| tale.throttled).sum::<usize>());
    println!("  memory {before} MiB before, at most {most} MiB seen, {} MiB peak of the process", program.memory()?.1);
    match outcomes.keys().find(|outcome| !matches!(**outcome, "APPLIED" | "MERGED")) {
        Some(other) => Err(format!("an operation was answered {other}").into()),
        None => Ok(()),
    }
}

/// Measures the server's memory until a future has finished.
async fn watch<T>(server: &Server, work: impl Future<Output = Result<T, Fault>>) -> Result<(T, u64), Fault> {
    let mut work = std::pin::pin!(work);
    let mut most = 0;
    loop {
        most = most.max(server.memory()?.0);
        if let Ok(ended) = tokio::time::timeout(Duration::from_millis(50), &mut work).await {
            return Ok((ended?, most));
        }
    }
}

async fn go(client: Client, work: Vec<Value>) -> Result<Tale, Fault> {
    let (device, mut pushes, mut outcomes) = (v7(), Vec::new(), BTreeMap::new());
    for batch in work.chunks(BATCH) {
        let begun = Instant::now();
        for result in client.push(device, batch).await? {
            *outcomes.entry(result["outcome"].as_str().unwrap_or("NONE").to_owned()).or_insert(0) += 1;
            if !result["userErrors"].as_array().is_some_and(Vec::is_empty) {
                return Err(format!("an operation was refused: {result}").into());
            }
        }
        pushes.push(begun.elapsed().as_secs_f64());
    }
    let begun = Instant::now();
    let bytes = client.load(|_| Ok(())).await?.bytes;
    let (load, throttled) = (begun.elapsed().as_secs_f64(), client.throttled.count());
    Ok(Tale { pushes, load, bytes, throttled, outcomes })
}

/// A day's work of each client: defects are logged, photographed and commented on, and the descriptions of old ones
/// changed.
async fn work(stock: &Stock) -> Result<Vec<Vec<Value>>, Fault> {
    let mut connection = connect(&stock.url).await?;
    let select = "SELECT id, version FROM defects WHERE status IN ('OPEN', 'ASSIGNED') ORDER BY number LIMIT $1";
    let query = sqlx::query_as(select).bind(i64::try_from(ENGINEERS * OF_A_KIND)?);
    let old: Vec<(Uuid, i32)> = query.fetch_all(&mut connection).await?;
    let day = |(client, old): (usize, &[(Uuid, i32)])| {
        let units = stock.units.iter().cycle().skip(client * 97);
        old.iter().zip(units).flat_map(|((id, version), unit)| round(*id, *version, *unit)).collect()
    };
    Ok(old.chunks(OF_A_KIND).enumerate().map(day).collect())
}

/// Five operations.
fn round(old: Uuid, version: i32, unit: Uuid) -> [Value; 5] {
    let operation = |command: &str, input: Value| json!({ "operationId": v7(), "command": { command: input } });
    let log = |id: Uuid| json!({ "defectId": id, "unitId": unit, "type": "WALL.CRACK", "description": "Hollow behind the basin" });
    let (first, second) = (v7(), v7());
    let photo = json!({ "photoId": v7(), "sha256": hex::encode(Sha256::digest(first.as_bytes())), "byteSize": 3_000_000,
        "contentType": "image/jpeg", "subject": { "defectId": first }, "stage": "BEFORE" });
    let comment = json!({ "defectId": first, "commentId": v7(), "body": "Tap it", "visibility": "SHARED" });
    [
        operation("defectLog", log(first)),
        operation("photoUploadCreate", photo),
        operation("defectComment", comment),
        described(old, version),
        operation("defectLog", log(second)),
    ]
}
