//! Tablets that push and pull, on PostgreSQL, with the program as a process of its own:
//!
//! `TEST_POSTGRES_URL=… cargo run --release -p tests --bin benchmark sync [load|storm|delta]`
//!
//! In a project of 3,000 units and 60,000 defects: the full load by pages of 500 in turns with the same rows from one SQL
//! statement behind the same axum, the bytes of 10,000 defects as the client accepts them, the statements of a page, and
//! the storm, in which 30 clients each push 200 operations and load everything. Then a delta of 100 changes among 6,000
//! and among 600,000 defects.

mod client;
mod delta;
pub(crate) mod dump;
mod figures;
mod load;
mod packed;
mod statements;
mod storm;

use client::Client;

use crate::Fault;
use crate::servers::{Part, Server};
use crate::stock::{ENGINEERS, Size, Stock};

/// All of it, or only the part of that name.
pub(crate) async fn run(part: Option<&str>) -> Result<(), Fault> {
    let wanted = |name: &str| part.is_none_or(|part| part == name);
    if wanted("load") || wanted("storm") {
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
        let client = Client::sign_in(&program, stock, 0).await?;
        load::measure(stock, &program, &client).await?;
        packed::measure(&client).await?;
        statements::measure(stock, &client).await?;
    }
    if wanted("storm") {
        // Another process: what the loads left behind is not the storm's.
        let program = Server::start(Part::Program, stock).await?;
        let mut clients = Vec::new();
        for number in 0..ENGINEERS {
            clients.push(Client::sign_in(&program, stock, number).await?);
        }
        storm::measure(stock, &program, clients).await?;
    }
    Ok(())
}
