//! The rules of one project that commands ask: its policy and its calendar.

use std::collections::{HashMap, HashSet};

use domain::defect::calendar::Calendar;
use domain::defect::due::{TypeTerm, days_to_repair};
use domain::defect::routing::{ResponsibilityRule, route};
use domain::id::{BuildingId, CompanyId, ProjectId};
use domain::unit::UnitKind;
use domain::{Policy, Timestamp};
use jiff::tz::TimeZone;
use store::Connection;
use store::boxed;
use store::entity::{defects, projects, responsibility_rules};

use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// A project's policy and time zone.
#[derive(Debug, Clone)]
pub struct ProjectRules {
    /// The project.
    pub project_id: ProjectId,
    /// Its policy.
    pub policy: Policy,
    /// Its time zone.
    pub zone: TimeZone,
    created_at: Timestamp,
}

/// Entered times may be earlier than the project: by a year, in seconds.
const BEFORE_PROJECT_SECONDS: i64 = 366 * 24 * 60 * 60;

impl ProjectRules {
    /// Loads the rules of a project in which the caller has a role.
    ///
    /// # Errors
    /// When the database fails, or what it holds cannot be read.
    #[boxed]
    pub async fn load(conn: &Connection, project_id: ProjectId) -> Result<Self> {
        let row = store::projects::find(conn, project_id)
            .await?
            .ok_or_else(|| Error::internal("a row refers to a project that is not there"))?;
        Self::of(row)
    }

    /// Loads the rules of several projects.
    ///
    /// # Errors
    /// When the database fails, or what it holds cannot be read.
    pub async fn load_many(
        conn: &Connection,
        project_ids: impl IntoIterator<Item = ProjectId>,
    ) -> Result<HashMap<ProjectId, Self>> {
        let ids: Vec<ProjectId> = project_ids.into_iter().collect::<HashSet<_>>().into_iter().collect();
        let rows = store::projects::find_many(conn, &ids).await?;
        rows.into_iter().map(|row| Ok((row.id, Self::of(row)?))).collect()
    }

    fn of(row: projects::Model) -> Result<Self> {
        let zone = TimeZone::get(&row.time_zone).map_err(Error::internal)?;
        Ok(Self {
            project_id: row.id,
            policy: serde_json::from_value(row.policy)?,
            zone,
            created_at: Timestamp(row.created_at),
        })
    }

    /// No device tells of anything before this time.
    #[must_use]
    pub fn earliest(&self) -> Timestamp {
        self.created_at.plus_seconds(-BEFORE_PROJECT_SECONDS)
    }

    /// The project's days off and time zone.
    #[must_use]
    pub const fn calendar(&self) -> Calendar<'_> {
        Calendar::new(&self.policy, &self.zone)
    }

    /// Days to repair a defect of its type and severity.
    ///
    /// # Errors
    /// When the database fails.
    #[boxed]
    pub async fn days_of(&self, conn: &Connection, defect: &defects::Model) -> Result<u32> {
        let kind = store::projects::defect_type(conn, self.project_id, &defect.type_code).await?;
        let term = kind.map(|kind| TypeTerm { severity: kind.severity, days: u32::try_from(kind.days).unwrap_or(0) });
        Ok(days_to_repair(term, defect.severity, &self.policy))
    }

    /// When a defect that is assigned at `from` is due.
    ///
    /// # Errors
    /// When the database fails.
    #[boxed]
    pub async fn due_of(
        &self,
        conn: &Connection,
        defect: &defects::Model,
        from: Timestamp,
    ) -> Result<Option<Timestamp>> {
        Ok(self.calendar().after_days(from, self.days_of(conn, defect).await?))
    }

    /// The company that the responsibility rules name for a defect.
    ///
    /// # Errors
    /// When the database fails.
    #[boxed]
    pub async fn route(
        &self,
        conn: &Connection,
        trade: &str,
        building_id: BuildingId,
        unit_kind: UnitKind,
    ) -> Result<Option<CompanyId>> {
        let rows = store::projects::responsibility_rules(conn, self.project_id).await?;
        let rules: Vec<ResponsibilityRule> = rows.into_iter().map(rule).collect();
        Ok(route(&rules, trade, building_id, unit_kind))
    }
}

impl UnitOfWork {
    /// The time at which something new was made in a project, by what the device says: not before the project's records
    /// can begin.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn occurred_in_project(&mut self, said: Timestamp, project_id: ProjectId) -> Result<Timestamp> {
        let rules = ProjectRules::load(&self.tx, project_id).await?;
        Ok(self.plausible_time(said, rules.earliest()))
    }
}

fn rule(row: responsibility_rules::Model) -> ResponsibilityRule {
    ResponsibilityRule {
        id: row.id,
        trade: row.trade,
        building_id: row.building_id,
        unit_kind: row.unit_kind,
        company_id: row.company_id,
        priority: row.priority,
    }
}
