//! What the command line says.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;

/// The password in a demo of the simulation's own.
pub(crate) const DEMO_PASSWORD: &str = "the demo of the simulation";

/// Runs many tablets against a server over a bad line, and says at the end whether anything was lost or doubled.
#[derive(Parser, Debug)]
#[command(name = "simulate", version)]
pub(crate) struct Arguments {
    /// The server, as `http://host:port`, with the demo's people in it.
    #[arg(long, conflicts_with = "demo")]
    pub(crate) server: Option<String>,
    /// Starts a server of its own, with the demo in it.
    #[arg(long)]
    pub(crate) demo: bool,
    /// The password of the demo's people, as the server prints it at its start.
    #[arg(long, env = "HANDOVER_DEMO_PASSWORD", hide_env_values = true, default_value = DEMO_PASSWORD)]
    pub(crate) password: String,
    /// How many tablets.
    #[arg(long, default_value_t = 30, value_parser = at_least_one)]
    pub(crate) tablets: usize,
    /// How many operations each.
    #[arg(long, default_value_t = 200)]
    pub(crate) operations: usize,
    /// Packets that are lost and sent again.
    #[arg(long, default_value = "5%")]
    pub(crate) loss: Percent,
    /// How long a packet takes, each way: `200ms`, `1s`.
    #[arg(long, default_value = "200ms")]
    pub(crate) delay: Span,
    /// Requests whose connection breaks off.
    #[arg(long, default_value = "10%")]
    pub(crate) disconnect: Percent,
    /// The same again for the same number.
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

/// So many in a hundred: `5%`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Percent(pub(crate) f64);

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim_end_matches('%').parse::<f64>().map_err(|error| error.to_string())?;
        if (0.0..=90.0).contains(&number) { Ok(Self(number)) } else { Err("between 0% and 90%".to_owned()) }
    }
}

/// A time: `200ms`, `1s`.
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
