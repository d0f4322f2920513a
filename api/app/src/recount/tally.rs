//! What the events of a project say, one after the other.

use std::collections::{BTreeMap, HashMap};

use domain::Timestamp;
use domain::defect::{DefectStatus, due::is_overdue};
use domain::event::EventName;
use domain::id::{CompanyId, DefectId, InspectionId, RoundId};
use domain::inspection::InspectionStatus;
use domain::rate::Rate;
use serde_json::Value;
use store::entity::events;

use crate::error::Result;

/// The metrics of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Valid defects whose first attempt passed, of those whose first attempt has been judged.
    pub first_pass: Rate,
    /// Closed defects, of the valid ones.
    pub close_out: Rate,
    /// Defects reported by the due time, of those due or reported.
    pub on_time: Rate,
    /// Failed verdicts, of all verdicts on valid defects.
    pub send_back: Rate,
    /// Readings in tolerance, of all readings.
    pub measured: Rate,
    /// Units inspected, of those in scope, by the round's number.
    pub coverage: BTreeMap<i32, Rate>,
    /// Defects that are late now.
    pub overdue: u64,
}

/// Everything that the metrics need of a project.
#[derive(Debug, Default)]
pub(super) struct Tally {
    defects: HashMap<DefectId, DefectTally>,
    rounds: HashMap<RoundId, RoundTally>,
    inspections: HashMap<InspectionId, (Option<RoundId>, InspectionStatus)>,
    /// Readings and those out of tolerance.
    measurements: HashMap<Measured, (u64, u64)>,
}

/// A measurement's inspection, room, item and company.
type Measured = (InspectionId, String, String, Option<CompanyId>);

/// One defect.
#[derive(Debug, Default)]
struct DefectTally {
    status: Option<DefectStatus>,
    due_at: Option<Timestamp>,
    clock_stopped_at: Option<Timestamp>,
    attempts: u32,
    first_late: Option<bool>,
    first_passed: Option<bool>,
    verdicts: u64,
    failed: u64,
    /// An event moved the clock and did not say where to.
    silent: bool,
}

#[derive(Debug, Default)]
struct RoundTally {
    number: i32,
    units: u64,
    opened: bool,
}

impl Tally {
    /// Takes one event into account.
    pub(super) fn add(&mut self, event: &events::Model) -> Result<()> {
        match event.name {
            EventName::RoundCreated => {
                let round = self.rounds.entry(event.object_id.into()).or_default();
                round.number = event.data["number"].as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or_default();
            }
            EventName::RoundOpened => {
                let round = self.rounds.entry(event.object_id.into()).or_default();
                (round.opened, round.units) = (true, event.data["units"].as_u64().unwrap_or_default());
            }
            EventName::InspectionRecorded => self.count_results(event)?,
            EventName::InspectionStarted
            | EventName::InspectionSubmitted
            | EventName::InspectionSigned
            | EventName::InspectionReopened
            | EventName::InspectionMarkedInaccessible => self.count_inspection(event)?,
            name => {
                if let Some(defect_id) = event.defect_id.filter(|_| event.to_status.is_some() && is_of_defect(event)) {
                    self.defects.entry(defect_id).or_default().add(name, event)?;
                }
            }
        }
        Ok(())
    }

    fn count_inspection(&mut self, event: &events::Model) -> Result<()> {
        let round_id = event.data["roundId"].as_str().and_then(|id| id.parse().ok());
        let known = self.inspections.get(&event.object_id.into()).and_then(|(round_id, _)| *round_id);
        if let Some(status) = &event.to_status {
            self.inspections.insert(event.object_id.into(), (round_id.or(known), status.parse()?));
        }
        Ok(())
    }

    fn count_results(&mut self, event: &events::Model) -> Result<()> {
        self.count_inspection(event)?;
        for change in event.data["measurements"].as_array().into_iter().flatten() {
            let text = |field: &str| change[field].as_str().unwrap_or_default().to_owned();
            let key = (event.object_id.into(), text("roomId"), text("itemId"), event.company_id);
            let readings = change["to"]["readings"].as_array().map_or(0, Vec::len) as u64;
            let out = change["to"]["outOfTolerance"].as_u64().unwrap_or_default();
            self.measurements.insert(key, (readings, out));
        }
        Ok(())
    }

    /// The metrics at a moment.
    pub(super) fn metrics(&self, now: Timestamp) -> Metrics {
        let mut metrics = Metrics { coverage: self.coverage(), ..Metrics::default() };
        for defect in self.defects.values().filter(|defect| defect.status != Some(DefectStatus::Void)) {
            defect.count(now, &mut metrics);
        }
        for (readings, out) in self.measurements.values() {
            metrics.measured.denominator += readings;
            metrics.measured.numerator += readings.saturating_sub(*out);
        }
        metrics
    }

    fn coverage(&self) -> BTreeMap<i32, Rate> {
        let opened = self.rounds.iter().filter(|(_, round)| round.opened);
        let rate = |(id, round): (&RoundId, &RoundTally)| {
            let inspected = self.inspections.values().filter(|(of, status)| *of == Some(*id) && status.is_inspected());
            (round.number, Rate::new(inspected.count() as u64, round.units))
        };
        opened.map(rate).collect()
    }

    /// Whether every inspection's events name its round: those of older versions do not.
    pub(super) fn names_rounds(&self) -> bool {
        self.inspections.values().all(|(round_id, _)| round_id.is_some())
    }

    /// How many valid defects have events that do not say when a repair was due or whether it was late.
    pub(super) fn silent_defects(&self) -> u64 {
        let valid = self.defects.values().filter(|defect| defect.status != Some(DefectStatus::Void));
        valid.filter(|defect| defect.silent).count() as u64
    }
}

/// Whether the event is of the defect itself: a photo's event names the defect, too, and has a status of its own.
fn is_of_defect(event: &events::Model) -> bool {
    event.object_kind == domain::object_kind::ObjectKind::Defect
}

impl DefectTally {
    fn add(&mut self, name: EventName, event: &events::Model) -> Result<()> {
        let status: DefectStatus = event.to_status.as_deref().unwrap_or_default().parse()?;
        let data = &event.data;
        self.move_clock(name, data);
        match name {
            EventName::DefectReportedFixed => {
                self.attempts += 1;
                if self.attempts == 1 {
                    self.first_late = data["late"].as_bool();
                    self.silent |= self.first_late.is_none();
                }
            }
            EventName::DefectVerified => self.judge(data, status),
            EventName::DefectReopened if self.attempts == 1 => self.first_passed = Some(false),
            _ => {}
        }
        self.status = Some(status);
        Ok(())
    }

    fn judge(&mut self, data: &Value, to: DefectStatus) {
        let passed = data["passed"].as_bool().unwrap_or_default();
        // A verdict that the policy made enough was counted when it was given.
        if !data["byPolicy"].as_bool().unwrap_or_default() {
            self.verdicts += 1;
            self.failed += u64::from(!passed);
        }
        let decided = !passed || to == DefectStatus::Closed;
        if self.attempts == 1 && decided {
            self.first_passed = Some(passed && self.first_passed != Some(false));
        }
    }

    /// The due clock as the event says it. An older version's events moved it without a word.
    fn move_clock(&mut self, name: EventName, data: &Value) {
        if let Some(due_at) = data.get("dueAt") {
            self.due_at = moment(due_at);
        }
        match data.get("clockStoppedAt") {
            Some(stopped) => self.clock_stopped_at = moment(stopped),
            None => {
                self.silent |= moves_the_clock(name) || (name == EventName::DefectLogged && data.get("dueAt").is_none())
            }
        }
    }

    fn count(&self, now: Timestamp, metrics: &mut Metrics) {
        metrics.close_out.denominator += 1;
        metrics.close_out.numerator += u64::from(self.status == Some(DefectStatus::Closed));
        metrics.first_pass.denominator += u64::from(self.first_passed.is_some());
        metrics.first_pass.numerator += u64::from(self.first_passed == Some(true));
        metrics.send_back.denominator += self.verdicts;
        metrics.send_back.numerator += self.failed;
        let overdue = self.status.is_some_and(|status| is_overdue(status, self.due_at, self.clock_stopped_at, now));
        metrics.overdue += u64::from(overdue);
        metrics.on_time.denominator += u64::from(self.attempts > 0 || overdue);
        metrics.on_time.numerator += u64::from(self.first_late == Some(false));
    }
}

/// Whether a command of this name always moves the due clock.
const fn moves_the_clock(name: EventName) -> bool {
    matches!(
        name,
        EventName::DefectReportedFixed | EventName::DefectHeld | EventName::DefectResumed | EventName::DefectDisputed
    )
}

/// A moment as events tell it: RFC 3339, or microseconds in those of older versions.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => Timestamp::from_rfc3339(text),
        Value::Number(micros) => micros.as_i64().map(Timestamp),
        _ => None,
    }
}
