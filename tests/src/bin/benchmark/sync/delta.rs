//! A delta of 100 changes in a small and in a large project, in turns.

use std::time::Instant;

use serde_json::{Value, json};
use tests::ids::v7;
use uuid::Uuid;

use super::client::Client;
use super::figures::{at, middle, spread};
use crate::Fault;
use crate::servers::{Part, Server};
use crate::stock::{Size, Stock, connect};

const CHANGES: usize = 100;
const ROUNDS: usize = 5;
const TURNS: usize = 40;

struct Side {
    stock: Stock,
    client: Client,
    cursor: String,
    _server: Server,
}

impl Side {
    async fn with(defects: usize) -> Result<Self, Fault> {
        let stock = Stock::fill(Size { defects, photos_each: 0, numbered: true }).await?;
        let server = Server::start(Part::Program, &stock).await?;
        let client = Client::sign_in(&server, &stock, 0).await?;
        let begun = Instant::now();
        let loaded = client.load(|_| Ok(())).await?;
        println!(
            "{defects} defects loaded by {} pages in {:.1} s",
            loaded.cursors.len(),
            begun.elapsed().as_secs_f64()
        );
        let cursor = loaded.cursors.last().cloned().unwrap_or_default();
        Ok(Self { stock, client, cursor, _server: server })
    }

    /// Changes the descriptions of a hundred defects that are far from one another.
    async fn change(&self) -> Result<(), Fault> {
        let mut connection = connect(&self.stock.url).await?;
        let select =
            "SELECT id, version FROM defects WHERE status IN ('OPEN', 'ASSIGNED') ORDER BY md5(id::text) LIMIT $1";
        let query = sqlx::query_as(select).bind(i64::try_from(CHANGES)?);
        let defects: Vec<(Uuid, i32)> = query.fetch_all(&mut connection).await?;
        let operations: Vec<Value> = defects.iter().map(|(id, version)| described(*id, *version)).collect();
        let results = self.client.push(v7(), &operations).await?;
        match results.iter().find(|result| result["outcome"] != "APPLIED") {
            Some(refused) => Err(format!("an operation was answered {refused}").into()),
            None => Ok(()),
        }
    }

    async fn pull(&self) -> Result<f64, Fault> {
        let begun = Instant::now();
        let page = self.client.page(Some(&self.cursor), 500, None).await?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1_000.0;
        let answer: Value = serde_json::from_slice(&page.bytes)?;
        let count = answer["data"]["changes"]["nodes"].as_array().map(Vec::len);
        if count == Some(CHANGES) { Ok(milliseconds) } else { Err(format!("{count:?} changes").into()) }
    }
}

/// An operation that changes the description of a defect.
pub(crate) fn described(defect: Uuid, version: i32) -> Value {
    let text = format!("Wider than it was, as seen by {}", v7());
    json!({ "operationId": v7(), "baseVersion": version,
        "command": { "defectUpdate": { "defectId": defect, "description": text } } })
}

/// Fills both projects, and prints the time of the same delta in each.
pub(crate) async fn measure(small: usize, large: usize) -> Result<(), Fault> {
    let sides = [Side::with(small).await?, Side::with(large).await?];
    for side in &sides {
        side.change().await?;
    }
    let (mut times, mut ratios) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..ROUNDS {
        let mut round = [Vec::new(), Vec::new()];
        for number in 0..TURNS {
            for side in [number % 2, 1 - number % 2] {
                round[side].push(sides[side].pull().await?);
            }
        }
        let [mut few, mut many] = round;
        ratios.push(middle(&mut many) / middle(&mut few));
        times[0].extend(few);
        times[1].extend(many);
    }
    for (defects, times) in [small, large].into_iter().zip(&mut times) {
        println!("{CHANGES} changes among {defects} defects: p50 {:.1} ms, p99 {:.1} ms", middle(times), at(times, 99));
    }
    println!("ratio {:.2} (rounds {})", middle(&mut ratios), spread(&mut ratios));
    for side in sides {
        drop((side.client, side._server));
        side.stock.remove().await?;
    }
    Ok(())
}
