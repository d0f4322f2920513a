//! The command line.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;

/// The password of the demo in the simulation's own server.
pub(crate) const DEMO_PASSWORD: &str = "the demo of the simulation";

/// Runs many tablets against a server over a faulty network, and checks at the end that no operation was lost or
/// doubled.
#[derive(Parser, Debug)]
#[command(name = "simulate", version)]
pub(crate) struct Arguments {
    /// The server, as `http://host:port`, with the demo's people in it.
    #[arg(long, conflicts_with = "demo")]
    pub(crate) server: Option<String>,
    /// Starts a separate server with the demo.
    #[arg(long)]
    pub(crate) demo: bool,
    /// The password of the demo's people, as the server prints it at the start.
    #[arg(long, env = "HANDOVER_DEMO_PASSWORD", hide_env_values = true, default_value = DEMO_PASSWORD)]
    pub(crate) password: String,
    /// The number of tablets.
    #[arg(long, default_value_t = 30, value_parser = at_least_one)]
    pub(crate) tablets: usize,
    /// The number of operations of each tablet.
    #[arg(long, default_value_t = 200)]
    pub(crate) operations: usize,
    /// The share of packets that are lost and sent again.
    #[arg(long, default_value = "5%")]
    pub(crate) loss: Percent,
    /// The latency of a packet, each way: `200ms`, `1s`.
    #[arg(long, default_value = "200ms")]
    pub(crate) delay: Span,
    /// The share of requests whose connection breaks off.
    #[arg(long, default_value = "10%")]
    pub(crate) disconnect: Percent,
    /// The seed; the same number gives the same run.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tablets, operations, loss, delay, disconnect, seed, .. } = self;
        write!(
            f,
            "{tablets} tablets with {operations} operations each, {}% of packets lost, {} ms each way, \
            {}% of requests broken off, seed {seed}",
            loss.0,
            delay.0.as_millis(),
            disconnect.0
        )
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().map_err(|error| error.to_string())?;
    if number > 0 { Ok(number) } else { Err("one at least".to_owned()) }
}

/// Parses a percentage: `5%`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Percent(pub(crate) f64);

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim_end_matches('%').parse::<f64>().map_err(|error| error.to_string())?;
        if (0.0..=90.0).contains(&number) { Ok(Self(number)) } else { Err("between 0% and 90%".to_owned()) }
    }
}

/// Parses a duration: `200ms`, `1s`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = match text.strip_suffix("ms") {
            Some(number) => (number, 1),
            None => (text.strip_suffix('s').ok_or("a number with ms or s")?, 1_000),
        };
        let number = number.parse::<u64>().map_err(|error| error.to_string())?;
        Ok(Self(Duration::from_millis(number * unit)))
    }
}
