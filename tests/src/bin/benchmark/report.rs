//! The figures of one read, both servers and their ratio.

use std::time::Duration;

use crate::Fault;
use crate::load::Outcome;
use crate::reads::Read;
use crate::servers::{Part, Server};

pub(crate) struct Report {
    read: Read,
    program: Vec<Outcome>,
    statement: Vec<Outcome>,
}

/// Figures over all turns.
struct Figures {
    per_second: f64,
    p50: u64,
    p99: u64,
    /// Of the server, for each request.
    processor_micros: u64,
    /// Of PostgreSQL, for each request.
    postgres_micros: Option<u64>,
    bytes: usize,
}

impl Report {
    pub(crate) const fn new(read: Read) -> Self {
        Self { read, program: Vec::new(), statement: Vec::new() }
    }

    pub(crate) fn add(&mut self, part: Part, outcome: Outcome) {
        match part {
            Part::Program => self.program.push(outcome),
            Part::Statement => self.statement.push(outcome),
        }
    }

    pub(crate) fn print(&self, program: &Server, statement: &Server) -> Result<(), Fault> {
        println!("\n{}", self.read.title());
        println!(
            "{:<10} {:>9} {:>8} {:>8} {:>10} {:>10} {:>10} {:>9} {:>9} {:>9}",
            "", "req/s", "p50 ms", "p99 ms", "server µs", "PG µs", "both µs", "KiB/req", "MiB now", "MiB peak"
        );
        let ours = figures(&self.program);
        let theirs = figures(&self.statement);
        for (server, figures) in [(program, &ours), (statement, &theirs)] {
            let (now, peak) = server.memory()?;
            println!(
                "{:<10} {:>9.1} {:>8.1} {:>8.1} {:>10} {:>10} {:>10} {:>9} {:>9} {:>9}",
                server.part.name(),
                figures.per_second,
                milliseconds(figures.p50),
                milliseconds(figures.p99),
                figures.processor_micros,
                or_dash(figures.postgres_micros),
                or_dash(figures.together()),
                figures.bytes / 1024,
                now,
                peak
            );
        }
        let each = self.program.iter().zip(&self.statement).map(|(ours, theirs)| per_second(ours) / per_second(theirs));
        let mut ratios: Vec<f64> = each.collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "ratio of requests per second {:.2} (turns {:.2} to {:.2}), of p99 {:.2}",
            ours.per_second / theirs.per_second,
            ratios.first().copied().unwrap_or_default(),
            ratios.last().copied().unwrap_or_default(),
            milliseconds(ours.p99) / milliseconds(theirs.p99)
        );
        if let (Some(ours), Some(theirs)) = (ours.together(), theirs.together()) {
            println!("ratio of processor time of server and PostgreSQL together {:.2}", ratio(ours, theirs));
        }
        let throttled: usize = self.program.iter().map(|turn| turn.throttled).sum();
        println!("answers 429 of the program: {throttled}; its rate settings are the default ones");
        Ok(())
    }
}

impl Figures {
    /// Processor time of server and PostgreSQL for each request, in microseconds.
    fn together(&self) -> Option<u64> {
        Some(self.processor_micros + self.postgres_micros?)
    }
}

/// A number, or a dash for one that could not be read.
fn or_dash(number: Option<u64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}

fn ratio(one: u64, other: u64) -> f64 {
    Duration::from_micros(one).as_secs_f64() / Duration::from_micros(other.max(1)).as_secs_f64()
}

fn per_second(outcome: &Outcome) -> f64 {
    count(outcome.micros.len()) / outcome.seconds
}

fn figures(turns: &[Outcome]) -> Figures {
    let mut micros: Vec<u64> = turns.iter().flat_map(|turn| turn.micros.iter().copied()).collect();
    micros.sort_unstable();
    let at = |percent: usize| micros.get(micros.len() * percent / 100).copied().unwrap_or_default();
    let requests = micros.len().max(1);
    Figures {
        per_second: count(micros.len()) / turns.iter().map(|turn| turn.seconds).sum::<f64>(),
        p50: at(50),
        p99: at(99),
        processor_micros: turns.iter().map(|turn| turn.processor_ms).sum::<u64>() * 1000 / requests as u64,
        postgres_micros: turns
            .iter()
            .map(|turn| turn.postgres_ms)
            .sum::<Option<u64>>()
            .map(|spent| spent * 1000 / requests as u64),
        bytes: turns.iter().map(|turn| turn.bytes).sum::<usize>() / requests,
    }
}

fn milliseconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1000.0
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
