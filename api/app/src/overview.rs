//! The delivery manager's overview of a project: a handful of statements whatever its size.

use std::collections::{BTreeMap, HashMap};

use domain::access::Action;
use domain::defect::DefectStatus;
use domain::id::{CompanyId, ProjectId, RoundId, UnitId};
use domain::rate::Rate;
use domain::unit::readiness::{BlockerCode, RoundFact, UnitTally};
use domain::{Caller, Timestamp};
use store::Connection;
use store::boxed;
use store::entity::{readiness_waivers, rounds};
use store::overview::{DefectTally, Part, UnitCount};
use store::units::readiness::InspectionRow;
use uuid::Uuid;

use crate::App;
use crate::error::Result;
use crate::project::rules::ProjectRules;
use crate::unit::readiness::round_fact;

/// A project in numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// All units, common parts too.
    pub units_total: usize,
    /// Units with nothing that blocks.
    pub units_ready: usize,
    /// Units that no round before delivery has had in its scope.
    pub units_not_inspected: usize,
    /// Units by kind of blocker; one with several kinds counts in each.
    pub units_by_blocker: BTreeMap<BlockerCode, usize>,
    /// Defects by status.
    pub defects_by_status: BTreeMap<DefectStatus, u64>,
    /// Valid defects by responsible company, the largest number first. Defects without a responsible company have no
    /// company id.
    pub defects_by_company: Vec<CompanyDefects>,
    /// Defects that are late now.
    pub overdue: u64,
    /// Defects that are escalated and still alive.
    pub escalated: u64,
    /// Valid defects whose first attempt was passed by all required judges and has not been failed since, as a share of
    /// those whose first attempt has been judged.
    pub first_pass: Rate,
    /// Closed, of the valid ones.
    pub close_out: Rate,
    /// Valid defects first reported fixed in time, of those reported or due without a report.
    pub on_time: Rate,
    /// Failed verdicts, of all verdicts on valid defects.
    pub send_back: Rate,
    /// Readings in tolerance, of all readings.
    pub measured: Rate,
    /// Units inspected, of those in scope, by round.
    pub coverage: Vec<Coverage>,
}

/// The valid defects of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyDefects {
    /// The company. Absent for defects without a responsible company.
    pub company_id: Option<CompanyId>,
    /// Neither closed nor void.
    pub open: u64,
    /// Late now.
    pub overdue: u64,
    /// Closed.
    pub closed: u64,
    /// All but void.
    pub total: u64,
}

/// How much of a round has been inspected.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The round.
    pub round: rounds::Model,
    /// Units inspected, of those in scope.
    pub inspected: Rate,
}

/// The overview of a project, for the roles that see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn overview(app: &App, caller: &Caller, project_id: ProjectId) -> Result<Option<Overview>> {
    let sees = caller.actor_in(project_id).is_some_and(|actor| Action::SeeOverview.allows(actor.role()));
    if !sees {
        return Ok(None);
    }
    let conn = app.db.read();
    let inspections = store::overview::inspections(conn, project_id).await?;
    let mut overview = Overview::default();
    overview.count_units(conn, project_id, &inspections).await?;
    overview.count_rates(conn, project_id, app.clock.now(), &inspections).await?;
    Ok(Some(overview))
}

/// The stored rates of a project, independent of a caller: for the recount.
///
/// # Errors
/// When the database fails.
pub(crate) async fn rates(conn: &Connection, project_id: ProjectId, now: Timestamp) -> Result<Overview> {
    let inspections = store::overview::inspections(conn, project_id).await?;
    let mut overview = Overview::default();
    overview.count_rates(conn, project_id, now, &inspections).await?;
    Ok(overview)
}

impl Overview {
    async fn count_rates(
        &mut self,
        conn: &Connection,
        project_id: ProjectId,
        now: Timestamp,
        inspections: &[InspectionRow],
    ) -> Result<()> {
        self.count_defects(&store::overview::defects(conn, project_id, now).await?);
        let attempts = store::overview::first_attempts(conn, project_id).await?;
        self.on_time.numerator = count(attempts.part);
        self.on_time.denominator += count(attempts.total);
        self.send_back = rate(store::overview::verdicts(conn, project_id).await?);
        self.measured = rate(store::overview::readings(conn, project_id).await?);
        let rounds = store::overview::rounds(conn, project_id).await?;
        self.coverage = coverage(rounds, inspections);
        Ok(())
    }

    async fn count_units(
        &mut self,
        conn: &Connection,
        project_id: ProjectId,
        inspections: &[InspectionRow],
    ) -> Result<()> {
        let policy = ProjectRules::load(conn, project_id).await?.policy;
        let severities = &policy.blocking_severities;
        let defects = by_unit(store::overview::blocking_defects(conn, project_id, severities).await?);
        let photos = by_unit(store::overview::missing_photos(conn, project_id).await?);
        let waived = waived(store::overview::waivers(conn, project_id).await?);
        let mut rounds: HashMap<UnitId, Vec<RoundFact>> = HashMap::new();
        for row in inspections {
            rounds.entry(row.unit_id).or_default().push(round_fact(row));
        }
        for unit in store::overview::units(conn, project_id).await? {
            let of_unit = |counts: &HashMap<UnitId, usize>| counts.get(&unit).copied().unwrap_or_default();
            let rounds = rounds.get(&unit).map(Vec::as_slice).unwrap_or_default();
            let waived = waived.get(&unit).map(Vec::as_slice).unwrap_or_default();
            self.count_unit(&UnitTally::new(rounds, waived, of_unit(&defects), of_unit(&photos)));
        }
        Ok(())
    }

    fn count_unit(&mut self, tally: &UnitTally) {
        self.units_total += 1;
        self.units_ready += usize::from(tally.ready());
        self.units_not_inspected += usize::from(tally.not_inspected);
        for code in tally.codes() {
            *self.units_by_blocker.entry(code).or_default() += 1;
        }
    }

    fn count_defects(&mut self, tallies: &[DefectTally]) {
        let mut companies: BTreeMap<Option<CompanyId>, CompanyDefects> = BTreeMap::new();
        for tally in tallies {
            let status = tally.status;
            *self.defects_by_status.entry(status).or_default() += count(tally.total);
            if status == DefectStatus::Void {
                continue;
            }
            let (total, overdue) = (count(tally.total), count(tally.overdue));
            let closed = if status == DefectStatus::Closed { total } else { 0 };
            self.overdue += overdue;
            self.escalated += count(tally.escalated);
            self.close_out = Rate::new(self.close_out.numerator + closed, self.close_out.denominator + total);
            self.first_pass.numerator += count(tally.passed);
            self.first_pass.denominator += count(tally.judged);
            self.on_time.denominator += count(tally.overdue_unreported);
            let company = companies.entry(tally.company_id).or_default();
            company.company_id = tally.company_id;
            company.open += total - closed;
            company.overdue += overdue;
            company.closed += closed;
            company.total += total;
        }
        self.defects_by_company = companies.into_values().collect();
        self.defects_by_company.sort_by_key(|company| std::cmp::Reverse((company.open, company.total)));
    }

    /// Units that were inspected and are blocked.
    #[must_use]
    pub const fn units_blocked(&self) -> usize {
        self.units_total - self.units_ready - self.units_not_inspected
    }
}

fn by_unit(counts: Vec<UnitCount>) -> HashMap<UnitId, usize> {
    counts.into_iter().map(|row| (row.unit_id, usize::try_from(row.total).unwrap_or_default())).collect()
}

type Waived = Vec<(BlockerCode, Option<Uuid>)>;

fn waived(rows: Vec<readiness_waivers::Model>) -> HashMap<UnitId, Waived> {
    let mut of_units: HashMap<UnitId, Waived> = HashMap::new();
    for row in rows {
        of_units.entry(row.unit_id).or_default().push((row.blocker, row.subject_id));
    }
    of_units
}

fn coverage(rounds: Vec<rounds::Model>, inspections: &[InspectionRow]) -> Vec<Coverage> {
    let mut of_rounds: HashMap<RoundId, Rate> = HashMap::new();
    for row in inspections {
        let inspected = of_rounds.entry(row.round_id).or_default();
        inspected.denominator += 1;
        inspected.numerator += u64::from(row.status.is_inspected());
    }
    let with_rate = |round: rounds::Model| {
        let inspected = of_rounds.get(&round.id).copied().unwrap_or_default();
        Coverage { round, inspected }
    };
    rounds.into_iter().map(with_rate).collect()
}

fn rate(part: Part) -> Rate {
    Rate::new(count(part.part), count(part.total))
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
