//! The effect of an allowed command in the model.

use uuid::Uuid;

use super::commands::{Act, Command, Outcome};
use super::days::Days;
use super::model::{Attempt, Defect, Model, Right, Status};
use super::people::{Company, KINDS, PEOPLE, Party, Role, Severity};

/// The number of failed attempts that escalates a defect.
const ESCALATES_AT: usize = 3;

impl Act {
    /// The required right.
    const fn right(&self) -> Right {
        match self {
            Self::Update { .. } => Right::Update,
            Self::Assign { company: Some(_), .. } => Right::Assign,
            Self::Assign { company: None, .. } => Right::SetAssignee,
            Self::Start => Right::Start,
            Self::ReportFixed => Right::ReportFixed,
            Self::Verify { .. } => Right::Verify,
            Self::Dispute => Right::Dispute,
            Self::Resolve { .. } => Right::ResolveDispute,
            Self::Void { .. } => Right::Void,
            Self::Restore => Right::Restore,
            Self::Reopen => Right::Reopen,
            Self::Hold => Right::Hold,
            Self::Resume => Right::Resume,
            Self::Merge { .. } => Right::Merge,
            Self::Unmerge => Right::Unmerge,
            Self::Withdraw => Right::Withdraw,
        }
    }
}

impl Defect {
    fn stop(&mut self, now: i64) {
        self.stopped = self.stopped.or(Some(now));
    }

    /// The clock runs again with the remaining working time, or with the delay.
    pub(super) fn run(&mut self, now: i64, days: Days) {
        if let (Some(due), Some(stopped)) = (self.due, self.stopped) {
            self.due = Some(if stopped < now { days.plus(now, days.between(stopped, due)) } else { due });
        }
        self.stopped = None;
    }

    /// The clock starts again; without a company there is no due time.
    fn count_anew(&mut self, now: i64, days: Days) {
        self.stopped = None;
        self.escalated = false;
        self.due = self.company.map(|_| days.after(now, self.days()));
        if self.company.is_some() {
            self.assigned_at = Some(now);
        }
    }

    fn hand_to(&mut self, company: Company) {
        self.company = Some(company);
        self.assignee = None;
        self.held = false;
        self.known_to.insert(company);
        self.status = Status::Assigned;
    }

    fn fail(&mut self, now: i64, days: Days) {
        let was_closed = self.status == Status::Closed;
        self.failed += 1;
        self.reopened += usize::from(was_closed);
        self.status = Status::Rework;
        if was_closed {
            self.count_anew(now, days);
        } else {
            self.run(now, days);
        }
        // After a new due time the escalation starts again.
        if self.failed == ESCALATES_AT || (self.failed > ESCALATES_AT && !self.escalated) {
            self.escalated = true;
            self.events.push("DEFECT_ESCALATED");
        }
    }
}

impl Model {
    /// Applies a command if the model allows it; returns whether it was applied. `id` is that of the created object.
    pub(super) fn apply(&mut self, command: &Command, id: Uuid) -> bool {
        match command {
            Command::Wait { .. } => true,
            Command::Log { person, unit, kind, severity, inspection } => {
                self.log(id, *person, (*unit, *kind, *severity), *inspection)
            }
            Command::Defect { person, defect, act } => {
                self.may(*person, *defect, act.right()) && self.act(*person, *defect, act)
            }
            Command::Plan { person, stage, parties, units } => self.plan(id, *person, stage, parties, units),
            Command::Open { person, round } => self.open(*person, *round),
            Command::Close { person, round } => self.close(*person, *round),
            Command::Inspect { person, round, unit, step } => self.inspect(*person, *round, *unit, step),
        }
    }

    fn log(
        &mut self,
        id: Uuid,
        person: usize,
        (unit, kind, severity): (usize, usize, Option<Severity>),
        inspection: Option<usize>,
    ) -> bool {
        let who = &PEOPLE[person];
        let owner = who.role == Role::Owner;
        if owner && who.home != Some(unit) {
            return false;
        }
        // An owner gives neither severity nor inspection.
        let severity = severity.filter(|_| !owner).unwrap_or(KINDS[kind].usual);
        let (round, late_for) = match inspection.filter(|_| !owner) {
            Some(round) if self.takes_findings(round, unit) => (Some(round), None),
            Some(round) => (None, Some((round, unit))),
            None => (None, None),
        };
        let company = KINDS[kind].routed_to;
        let contractor = who.company.filter(|company| company.is_contractor());
        let mut defect = Defect::logged(id, unit, kind, severity, person, self.now);
        (defect.company, defect.round, defect.late_for) = (company, round, late_for);
        defect.known_to = contractor.into_iter().chain(company).collect();
        if company.is_some() {
            (defect.status, defect.shown) = (Status::Assigned, Status::Assigned);
            defect.count_anew(self.now, self.rules.days);
        }
        self.defects.push(defect);
        true
    }

    /// Applies a permitted command; its input may still be refused.
    fn act(&mut self, person: usize, index: usize, act: &Act) -> bool {
        match act {
            Act::Update { description, kind, severity } => {
                return self.update(person, index, description.as_deref(), *kind, *severity);
            }
            Act::Assign { company, assignee, due_in_hours } => {
                return self.assign(index, *company, *assignee, *due_in_hours);
            }
            Act::Resolve { outcome, company } => return self.resolve(index, *outcome, *company),
            Act::Void { duplicate, of } => return self.void(index, *duplicate, *of),
            Act::Merge { into } => return self.merge(index, *into),
            Act::Verify { passed } => self.verify(person, index, *passed),
            Act::Restore => {
                self.leave(index);
                self.take_back(index, "DEFECT_RESTORED");
            }
            Act::Unmerge => {
                self.leave(index);
                self.take_back(index, "DEFECT_UNMERGED");
            }
            Act::Withdraw => {
                let before =
                    self.defects[index].before_dispute.filter(|_| self.defects[index].status == Status::Disputed);
                self.lay_down(index, false);
                if before.is_some() {
                    // A dispute ends with it: after a restore the finding goes back to its contractor.
                    self.defects[index].before_void = before;
                }
                self.bring_back_duplicates(index);
                self.defects[index].events.push("DEFECT_WITHDRAWN");
            }
            Act::Start | Act::ReportFixed | Act::Dispute | Act::Reopen | Act::Hold | Act::Resume => {
                self.move_on(person, index, act);
            }
        }
        true
    }

    /// The commands without input.
    fn move_on(&mut self, person: usize, index: usize, act: &Act) {
        let (now, days) = (self.now, self.rules.days);
        let defect = &mut self.defects[index];
        let event = match act {
            Act::Start => {
                // A worker who begins a repair without an assignee takes it on.
                let takes_on = Some(person).filter(|person| PEOPLE[*person].role == Role::Worker);
                (defect.status, defect.assignee) = (Status::InProgress, defect.assignee.or(takes_on));
                defect.shown = Status::InProgress;
                "DEFECT_STARTED"
            }
            Act::ReportFixed => {
                let late = defect.due.is_some_and(|due| due < now);
                defect.attempts.push(Attempt { late, passed: None, verdicts: Vec::new() });
                (defect.status, defect.shown) = (Status::Fixed, Status::Fixed);
                defect.stop(now);
                "DEFECT_REPORTED_FIXED"
            }
            Act::Dispute => {
                (defect.before_dispute, defect.status) = (Some(defect.status), Status::Disputed);
                defect.stop(now);
                "DEFECT_DISPUTED"
            }
            Act::Hold => {
                defect.held = true;
                defect.stop(now);
                "DEFECT_HELD"
            }
            Act::Resume => {
                defect.held = false;
                defect.run(now, days);
                "DEFECT_RESUMED"
            }
            _ => {
                reopen(defect, now, days);
                "DEFECT_REOPENED"
            }
        };
        defect.events.push(event);
    }

    fn update(
        &mut self,
        person: usize,
        index: usize,
        description: Option<&str>,
        kind: Option<usize>,
        severity: Option<Severity>,
    ) -> bool {
        let own_work =
            PEOPLE[person].party() == Party::Contractor && PEOPLE[person].company == self.defects[index].company;
        if (severity.is_some() && PEOPLE[person].role == Role::Owner)
            || (own_work && (severity.is_some() || kind.is_some()))
        {
            return false;
        }
        let (now, days) = (self.now, self.rules.days);
        let defect = &mut self.defects[index];
        let before = (defect.description.clone(), defect.kind, defect.severity, defect.days());
        defect.description = description.map_or_else(|| before.0.clone(), str::to_owned);
        defect.kind = kind.unwrap_or(defect.kind);
        defect.severity = severity.unwrap_or(defect.severity);
        let changed = (&before.0, before.1, before.2) != (&defect.description, defect.kind, defect.severity);
        if defect.days() != before.3
            && let (Some(assigned_at), Some(_)) = (defect.assigned_at, defect.due)
        {
            let soonest = days.after(defect.stopped.unwrap_or(now), 1);
            let due = Some(days.after(assigned_at, defect.days()).max(soonest));
            defect.escalated &= defect.due == due;
            defect.due = due;
        }
        if changed {
            defect.events.push("DEFECT_UPDATED");
        }
        true
    }

    fn assign(
        &mut self,
        index: usize,
        company: Option<Company>,
        assignee: Option<usize>,
        due_in_hours: Option<i64>,
    ) -> bool {
        let (now, days) = (self.now, self.rules.days);
        let defect = &mut self.defects[index];
        let stranger = |person: usize| PEOPLE[person].company != company.or(defect.company);
        let past = due_in_hours.is_some_and(|hours| hours <= 0);
        if past || company.is_some_and(|company| !company.is_contractor()) || assignee.is_some_and(stranger) {
            return false;
        }
        if let Some(company) = company
            && (defect.company != Some(company) || defect.status == Status::Open)
        {
            defect.hand_to(company);
            defect.shown = Status::Assigned;
            defect.count_anew(now, days);
        }
        if let Some(hours) = due_in_hours {
            defect.due = Some(due_at(now, hours));
            defect.escalated = false;
        }
        defect.assignee = assignee.or(defect.assignee);
        defect.events.push(if company.is_some() { "DEFECT_ASSIGNED" } else { "DEFECT_ASSIGNEE_SET" });
        true
    }

    /// A fail sends the defect back at once. It is closed when all required parties have passed it, or by the owner who
    /// found it.
    fn verify(&mut self, person: usize, index: usize, passed: bool) {
        let (now, rules, party) = (self.now, self.rules, PEOPLE[person].party());
        let defect = &mut self.defects[index];
        let first = defect.attempts.len() == 1;
        let Some(attempt) = defect.attempts.last_mut() else { return };
        attempt.verdicts.push((party, passed));
        let has_passed = |wanted: &Party| attempt.verdicts.contains(&(*wanted, true));
        let enough = party == Party::Customer || !rules.all || rules.verifying().iter().all(has_passed);
        if !passed || enough {
            attempt.passed = attempt.passed.or(Some(passed));
            if first {
                defect.first_passed = Some(passed && defect.first_passed != Some(false));
            }
            if passed {
                defect.status = Status::Closed;
            } else {
                defect.fail(now, rules.days);
            }
        }
        defect.shown = defect.status;
        defect.events.push("DEFECT_VERIFIED");
    }

    fn resolve(&mut self, index: usize, outcome: Outcome, company: Option<Company>) -> bool {
        let (now, days) = (self.now, self.rules.days);
        let defect = &mut self.defects[index];
        let before = defect.before_dispute.unwrap_or(Status::Assigned);
        match (outcome, company) {
            (Outcome::Upheld, _) => {
                defect.status = before;
                defect.run(now, days);
            }
            (Outcome::Reassigned, Some(company)) if defect.company != Some(company) => {
                defect.hand_to(company);
                defect.count_anew(now, days);
            }
            (Outcome::Reassigned, _) => return false,
            (Outcome::Voided, _) => {
                // After a restore it goes back to its contractor, not into the dispute.
                self.lay_down(index, false);
                self.defects[index].before_void = Some(before);
                self.bring_back_duplicates(index);
            }
        }
        self.defects[index].events.push("DEFECT_DISPUTE_RESOLVED");
        true
    }
}

fn reopen(defect: &mut Defect, now: i64, days: Days) {
    defect.status = if defect.company.is_some() { Status::Assigned } else { Status::Open };
    defect.shown = defect.status;
    defect.count_anew(now, days);
    defect.reopened += 1;
    if defect.attempts.len() == 1 {
        defect.first_passed = Some(false);
    }
}

/// A due time that a person sets.
pub(super) const fn due_at(now: i64, hours: i64) -> i64 {
    now + hours * 3_600_000_000
}
