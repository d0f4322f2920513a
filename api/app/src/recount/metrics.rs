//! Every metric of a project counted from its events alone, beside the metric as the overview tells it.

use domain::id::{EventId, ProjectId};
use std::fmt;
use store::boxed;

use domain::rate::Rate;

pub use super::tally::Metrics;
use super::tally::Tally;
use crate::App;
use crate::error::Result;
use crate::overview::{Overview, rates};

/// Events read in one statement.
const EVENTS: u64 = 2_000;

/// A project's metrics from both sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectMetrics {
    /// The project's code.
    pub project: String,
    /// From events alone.
    pub counted: Metrics,
    /// As the overview tells them.
    pub stored: Metrics,
    /// Defects with events from before the version whose events say when a repair is due and whether it is late. Their
    /// due time is not known from events, so `onTime` and `overdue` may differ by as many.
    pub silent_defects: u64,
    /// Whether the events of every inspection name its round; those of older versions do not, and coverage may differ.
    pub names_rounds: bool,
}

impl ProjectMetrics {
    /// The names of the metrics that differ although the events say everything.
    #[must_use]
    pub fn differences(&self) -> Vec<&'static str> {
        let (counted, stored) = (&self.counted, &self.stored);
        let told = self.silent_defects == 0;
        [
            ("firstPass", counted.first_pass == stored.first_pass),
            ("closeOut", counted.close_out == stored.close_out),
            ("onTime", !told || counted.on_time == stored.on_time),
            ("sendBack", counted.send_back == stored.send_back),
            ("measured", counted.measured == stored.measured),
            ("coverage", !self.names_rounds || counted.coverage == stored.coverage),
            ("overdue", !told || counted.overdue == stored.overdue),
        ]
        .into_iter()
        .filter_map(|(name, same)| (!same).then_some(name))
        .collect()
    }
}

impl From<&Overview> for Metrics {
    fn from(overview: &Overview) -> Self {
        Self {
            first_pass: overview.first_pass,
            close_out: overview.close_out,
            on_time: overview.on_time,
            send_back: overview.send_back,
            measured: overview.measured,
            coverage: overview.coverage.iter().map(|one| (one.round.number, one.inspected)).collect(),
            overdue: overview.overdue,
        }
    }
}

impl fmt::Display for ProjectMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (counted, stored) = (&self.counted, &self.stored);
        writeln!(f, "{}: metrics from events (as stored)", self.project)?;
        for (name, counted, stored) in [
            ("first-pass rate", counted.first_pass, stored.first_pass),
            ("close-out rate", counted.close_out, stored.close_out),
            ("on-time rate", counted.on_time, stored.on_time),
            ("send-back rate", counted.send_back, stored.send_back),
            ("measured pass rate", counted.measured, stored.measured),
        ] {
            writeln!(f, "  {name}: {} ({})", text(counted), text(stored))?;
        }
        for (round, rate) in &counted.coverage {
            let stored = stored.coverage.get(round).copied().unwrap_or_default();
            writeln!(f, "  coverage of round {round}: {} ({})", text(*rate), text(stored))?;
        }
        writeln!(f, "  overdue: {} ({})", counted.overdue, stored.overdue)?;
        if self.silent_defects > 0 {
            writeln!(f, "  the events of {} defects do not say when a repair was due", self.silent_defects)?;
        }
        let differences = self.differences();
        if differences.is_empty() {
            write!(f, "  no difference")
        } else {
            write!(f, "  DIFFERENT: {}", differences.join(", "))
        }
    }
}

fn text(rate: Rate) -> String {
    format!("{}/{}", rate.numerator, rate.denominator)
}

/// Recounts the metrics of every project.
///
/// # Errors
/// When the database fails, or holds an event that no version wrote.
#[boxed]
pub async fn recount(app: &App) -> Result<Vec<ProjectMetrics>> {
    let now = app.clock.now();
    let mut projects = Vec::new();
    for project in store::projects::all(app.db.read()).await? {
        let tally = tally(app, project.id).await?;
        let stored = Metrics::from(&rates(app.db.read(), project.id, now).await?);
        let (counted, silent_defects) = (tally.metrics(now), tally.silent_defects());
        let names_rounds = tally.names_rounds();
        projects.push(ProjectMetrics { project: project.code, counted, stored, silent_defects, names_rounds });
    }
    Ok(projects)
}

async fn tally(app: &App, project_id: ProjectId) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut place = (i64::MIN, EventId::nil());
    loop {
        let events = store::events::after(app.db.read(), project_id, place, EVENTS).await?;
        let Some(last) = events.last() else { return Ok(tally) };
        place = (last.seq, last.id);
        for event in &events {
            tally.add(event)?;
        }
    }
}
