//! A project in numbers, each rate with its denominator.

use async_graphql::{Enum, Object, SimpleObject};
use domain::defect::DefectStatus;
use domain::unit::readiness::BlockerCode;

use crate::plan::ToOne;
use crate::project::types::Company;
use crate::round::types::Round;

/// A project in numbers, as they are now. Delivery manager, site engineer, customer relations, supervisor and property
/// manager.
#[derive(async_graphql::Description)]
pub struct Overview(pub app::overview::Overview);

/// How far a unit is on its way to delivery.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum UnitReadiness {
    /// Nothing blocks its delivery.
    Ready,
    /// It was inspected, and something blocks its delivery.
    Blocked,
    /// No round before delivery has had it in its scope.
    NotInspected,
}

/// Units of one readiness.
#[derive(SimpleObject)]
pub struct UnitReadinessCount {
    /// The readiness.
    pub readiness: UnitReadiness,
    /// How many units.
    pub count: i32,
}

/// Units with one kind of blocker.
#[derive(SimpleObject)]
pub struct BlockerCount {
    /// The kind of blocker, none of them waived.
    pub code: BlockerCode,
    /// How many units have it. A unit with several kinds counts in each.
    pub units: i32,
}

/// Defects of one status.
#[derive(SimpleObject)]
pub struct DefectStatusCount {
    /// The status.
    pub status: DefectStatus,
    /// How many defects.
    pub count: i32,
}

/// A rate, with its denominator.
#[derive(SimpleObject)]
pub struct Rate {
    /// How many have it.
    pub numerator: i32,
    /// Of how many.
    pub denominator: i32,
    /// The quotient as a decimal between 0 and 1 with four places, like `0.9250`; null when the denominator is 0.
    pub value: Option<String>,
}

impl From<domain::rate::Rate> for Rate {
    fn from(rate: domain::rate::Rate) -> Self {
        Self { numerator: int(rate.numerator), denominator: int(rate.denominator), value: rate.decimal() }
    }
}

fn int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}

/// The valid defects of one responsible company.
#[derive(async_graphql::Description)]
pub struct CompanyDefects(app::overview::CompanyDefects);

#[Object(use_type_description)]
impl CompanyDefects {
    /// The responsible company; null for defects without one.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// Neither closed nor void.
    fn open(&self) -> i32 {
        int(self.0.open)
    }

    /// Late now: the due time has passed, or had passed when the clock stopped.
    fn overdue(&self) -> i32 {
        int(self.0.overdue)
    }

    /// Closed.
    fn closed(&self) -> i32 {
        int(self.0.closed)
    }

    /// All but the void ones.
    fn total(&self) -> i32 {
        int(self.0.total)
    }
}

/// How much of a round has been inspected.
#[derive(async_graphql::Description)]
pub struct InspectionCoverage(app::overview::Coverage);

#[Object(use_type_description)]
impl InspectionCoverage {
    /// The round.
    fn round(&self) -> Round {
        self.0.round.clone().into()
    }

    /// Units inspected (submitted or signed), of the units in the round's scope.
    fn inspected(&self) -> Rate {
        self.0.inspected.into()
    }
}

#[Object(use_type_description)]
impl Overview {
    /// All units, common parts too.
    fn units_total(&self) -> i32 {
        int(self.0.units_total)
    }

    /// Units by readiness; together they are all units.
    fn units_by_readiness(&self) -> Vec<UnitReadinessCount> {
        let count = |readiness, count: usize| UnitReadinessCount { readiness, count: int(count) };
        vec![
            count(UnitReadiness::Ready, self.0.units_ready),
            count(UnitReadiness::Blocked, self.0.units_blocked()),
            count(UnitReadiness::NotInspected, self.0.units_not_inspected),
        ]
    }

    /// Units by what blocks them.
    fn units_by_blocker(&self) -> Vec<BlockerCount> {
        let units = |code| self.0.units_by_blocker.get(code).copied().unwrap_or_default();
        BlockerCode::ALL.iter().map(|code| BlockerCount { code: *code, units: int(units(code)) }).collect()
    }

    /// Defects by status, every status once.
    fn defects_by_status(&self) -> Vec<DefectStatusCount> {
        let count = |status| self.0.defects_by_status.get(status).copied().unwrap_or_default();
        DefectStatus::ALL
            .iter()
            .map(|status| DefectStatusCount { status: *status, count: int(count(status)) })
            .collect()
    }

    /// Valid defects by responsible company, the one with most open defects first.
    fn defects_by_company(&self) -> Vec<CompanyDefects> {
        self.0.defects_by_company.iter().cloned().map(CompanyDefects).collect()
    }

    /// Defects that are late now.
    fn overdue(&self) -> i32 {
        int(self.0.overdue)
    }

    /// Defects that are escalated, by time or by failed attempts, and still alive.
    fn escalated(&self) -> i32 {
        int(self.0.escalated)
    }

    /// 一次通过率: valid defects whose first attempt was passed by all required judges and has not been failed since
    /// (opening the defect again counts as a fail), of those whose first attempt has been judged.
    fn first_pass_rate(&self) -> Rate {
        self.0.first_pass.into()
    }

    /// 销项率: closed defects, of all but the void ones.
    fn close_out_rate(&self) -> Rate {
        self.0.close_out.into()
    }

    /// 整改及时率: valid defects whose first repair was reported by the due time, of those reported, or late without a
    /// report, also while they are disputed or on hold.
    fn on_time_rate(&self) -> Rate {
        self.0.on_time.into()
    }

    /// 返工率: verdicts that failed, of all verdicts on valid defects.
    fn send_back_rate(&self) -> Rate {
        self.0.send_back.into()
    }

    /// 实测合格率: readings in tolerance, of all readings; of each company the newest measurement of an item in a room.
    fn measured_pass_rate(&self) -> Rate {
        self.0.measured.into()
    }

    /// 验房覆盖率: by round that is open or closed, in the order of their numbers.
    fn inspection_coverage(&self) -> Vec<InspectionCoverage> {
        self.0.coverage.iter().cloned().map(InspectionCoverage).collect()
    }
}
