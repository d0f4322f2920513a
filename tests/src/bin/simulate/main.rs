//! Many tablets at once against a server, over a faulty network, with a verdict at the end.
//!
//! `cargo run --release -p tests --bin simulate -- --demo --tablets 30 --operations 200 --loss 5% --delay 200ms
//! --disconnect 10%`
//!
//! Each tablet is the reference client (`tests::tablet`) with a separate database, and belongs to one of the demo's
//! people; a person may have several. Each works, and synchronises from time to time. At the end a separate full load
//! over a faultless network and the server's list of operations must agree with the tablets.

mod actions;
mod arguments;
mod holders;

mod server;
mod verdict;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser as _;
use indicatif::{ProgressBar, ProgressStyle};
use tests::dice::Dice;
use tests::faulty_network::{FaultyNetwork, NetworkFaults};
use tests::tablet::http::Http;

use arguments::Arguments;
use holders::{Holder, Site, TIME_OUT};
use server::Server;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    if server::is_this_process() {
        return api::program::main();
    }
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match runtime.block_on(run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("simulate: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the simulation; returns whether it succeeded.
async fn run(arguments: &Arguments) -> Result<bool, Fault> {
    let mut dice = Dice::new(arguments.seed);
    let demo = if arguments.demo { Some(Server::start(&arguments.password).await?) } else { None };
    let address = match (&demo, &arguments.server) {
        (Some(demo), _) => demo.address.clone(),
        (None, Some(server)) => server.trim_start_matches("http://").trim_end_matches('/').to_owned(),
        (None, None) => return Err("name a --server, or take the --demo".into()),
    };
    println!("{arguments}, against {address}");
    let faults = NetworkFaults { loss: arguments.loss.0, delay: arguments.delay.0, disconnect: arguments.disconnect.0 };
    let network = FaultyNetwork::before(&address, faults, dice.other()).await;
    let good = Http::to(&format!("http://{address}"), TIME_OUT);
    let site = Arc::new(Site::load(&good, &arguments.password).await?);

    let begun = Instant::now();
    let holders = work(arguments, &site, &network, &mut dice).await?;
    println!(
        "all tablets are at rest after {:.1} s; {} requests broke off",
        begun.elapsed().as_secs_f64(),
        network.broken()
    );
    if let Some(demo) = &demo {
        println!("the server took {} MiB at most", demo.memory()?);
    }
    verdict::print_verdict(&good, &site, &holders).await
}

async fn work(
    arguments: &Arguments,
    site: &Arc<Site>,
    network: &FaultyNetwork,
    dice: &mut Dice,
) -> Result<Vec<Holder>, Fault> {
    let total = arguments.tablets * arguments.operations;
    let bar = ProgressBar::new(total as u64);
    bar.set_style(ProgressStyle::with_template("{elapsed_precise} {bar:40} {pos}/{len} operations answered {msg}")?);
    let server = format!("http://{}", network.address());
    let tablets = (0..arguments.tablets).map(|number| {
        let (site, server, bar, dice) = (Arc::clone(site), server.clone(), bar.clone(), dice.other());
        let operations = arguments.operations;
        tokio::spawn(async move { Holder::work(number, &site, &server, operations, dice, bar).await })
    });
    let tablets: Vec<_> = tablets.collect();
    let mut holders = Vec::new();
    for tablet in tablets {
        holders.push(tablet.await??);
    }
    bar.finish();
    Ok(holders)
}
