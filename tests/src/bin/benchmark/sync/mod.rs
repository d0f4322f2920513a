//! Tablets that push and pull, on PostgreSQL, with the program as a separate process:
//!
//! `TEST_POSTGRES_URL=… cargo run --release -p tests --bin benchmark sync [load|site|storm|delta]`
//!
//! In a project of 3,000 units and 60,000 defects it measures the full load by pages of 500, in turns with the same
//! rows from one SQL statement behind the same axum; the bytes of 10,000 defects in the encodings that clients accept;
//! the statements of a page; six tablets of one address that load everything at once; and the storm, in which 30
//! clients each push 200 operations and load everything. It also loads the demo on embedded defaults. Then it measures
//! a delta of 100 changes among 6,000 and among 600,000 defects. The program runs with the default rate settings;
//! answers 429 are counted and waited for.

mod client;
mod delta;
pub(crate) mod dump;
mod figures;
mod load;
mod packed;
mod site;
mod statements;
mod storm;

use client::Client;

use crate::Fault;
use crate::servers::{Part, Server};
use crate::stock::{ENGINEERS, Size, Stock};

/// Runs all parts, or only the named one.
pub(crate) async fn run(part: Option<&str>) -> Result<(), Fault> {
    let wanted = |name: &str| part.is_none_or(|part| part == name);
    if wanted("site") {
        site::demo().await?;
    }
    if wanted("load") || wanted("site") || wanted("storm") {
        let stock = Stock::fill(Size { defects: 60_000, photos_each: 0, numbered: true }).await?;
        let outcome = one_project(&stock, wanted).await;
        stock.remove().await?;
        outcome?;
    }
    if wanted("delta") {
        delta::measure(6_000, 600_000).await?;
    }
    Ok(())
}

async fn one_project(stock: &Stock, wanted: impl Fn(&str) -> bool) -> Result<(), Fault> {
    if wanted("load") {
        let program = Server::start(Part::Program, stock).await?;
        load::measure(stock, &program).await?;
        packed::measure(&Client::sign_in(&program, stock, load::PEOPLE).await?).await?;
        statements::measure(stock, load::PEOPLE + 1).await?;
    }
    if wanted("site") {
        let program = Server::start(Part::Program, stock).await?;
        site::measure(stock, &program).await?;
    }
    if wanted("storm") {
        // A new process, so that the memory of the loads does not count for the storm.
        let program = Server::start(Part::Program, stock).await?;
        let mut clients = Vec::new();
        for number in 0..ENGINEERS {
            clients.push(Client::sign_in(&program, stock, number).await?);
        }
        storm::measure(stock, &program, clients).await?;
    }
    Ok(())
}
