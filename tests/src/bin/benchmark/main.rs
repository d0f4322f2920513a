//! The benchmark: two reads of the real program, compared with one hand-written SQL statement each for the same data
//! behind the same axum, in alternate turns of one run.
//!
//! `TEST_POSTGRES_URL=… cargo run --release -p tests --bin benchmark [seconds a turn] [turns]`
//!
//! It fills a separate database (3,000 units, 200,000 defects, 400,000 photos), checks that both servers give the same
//! answers, loads them at 32 connections, and prints requests per second, p50, p99 and memory. The two servers are
//! separate processes of this binary: [`servers::PART`] selects the server. The program runs with the default rate
//! settings, so the requests come from enough people, each with a separate address.
//!
//! `benchmark photos [count]` measures a queue of photos, see [`queue`]; `benchmark sync` tablets that push and pull,
//! see [`sync`]; `benchmark attacks` honest requests during attacks, see [`attacks`].

mod attacks;
mod load;
mod numbers;
mod people;
mod queue;
mod reads;
mod report;
mod servers;
mod statement;
mod stock;
mod sync;

use std::process::ExitCode;
use std::time::Duration;

use load::Load;
use reads::Read;
use report::Report;
use servers::{Part, Server};
use stock::{Size, Stock};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 32;

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match Part::of_this_process() {
        Some(Part::Program) => api::program::main(),
        Some(Part::Statement) => ended(statement::serve()),
        None => ended(tokio::runtime::Runtime::new().map_err(Fault::from).and_then(|runtime| runtime.block_on(run()))),
    }
}

fn ended(outcome: Result<(), Fault>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("benchmark: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq("photos").is_some() {
        return queue::run(arguments.next().map_or(Ok(1_000), |text| text.parse())?).await;
    }
    if arguments.next_if_eq("sync").is_some() {
        return sync::run(arguments.next().as_deref()).await;
    }
    if arguments.next_if_eq("attacks").is_some() {
        return attacks::run().await;
    }
    let seconds = arguments.next().map_or(Ok(4), |text| text.parse())?;
    let turns = arguments.next().map_or(Ok(6), |text| text.parse())?;
    let stock = Stock::fill(Size { defects: 200_000, photos_each: 2, numbered: false }).await?;
    let outcome = measure(&stock, Duration::from_secs(seconds), turns).await;
    stock.remove().await?;
    outcome
}

async fn measure(stock: &Stock, turn: Duration, turns: usize) -> Result<(), Fault> {
    let program = Server::start(Part::Program, stock).await?;
    let statement = Server::start(Part::Statement, stock).await?;
    let (people, strangers) = (people::crowd(&program).await?, people::strangers()?);
    for read in Read::ALL {
        let ways = [read.of_program(stock, &program, &people), read.of_statement(stock, &statement, &strangers)];
        reads::check_equal(&ways).await?;
        let mut report = Report::new(read);
        for server in [&program, &statement] {
            Load { way: &ways[usize::from(server.part == Part::Statement)], server }.run(CONNECTIONS, turn / 2).await?;
        }
        for number in 0..turns {
            // The first side alternates, so that its effects on caches are shared.
            for first in [number % 2, 1 - number % 2] {
                let server = [&program, &statement][first];
                report.add(server.part, Load { way: &ways[first], server }.run(CONNECTIONS, turn).await?);
            }
        }
        report.print(&program, &statement)?;
    }
    Ok(())
}
