//! Positions as the rule of [`domain::membership`] asks for them.

use std::collections::HashMap;

use domain::membership::{Held, Position};
use domain::{Party, Role, Timestamp};
use jiff::civil::Date;
use store::Connection;
use store::entity::{companies, memberships};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::project::rules::ProjectRules;
use crate::work::Work;

/// A role for a company of the project as a position.
///
/// # Errors
/// `NOT_FOUND` at `companyId`, or a fault of ours.
pub async fn wanted(conn: &impl Connection, project_id: Uuid, company_id: Uuid, role: Role) -> Result<Position> {
    let company = store::projects::company(conn, project_id, company_id).await?;
    let company = company.ok_or_else(|| Error::not_found("companyId"))?;
    let company_is_staffed = is_staffed(conn, &company).await?;
    of_company(&company, company_is_staffed, role)
}

/// Whether the company has an active member, or another company of its party has one: who answers for a party is already
/// there then, and no second company takes its place. Contractors are many, and each is asked for itself.
async fn is_staffed(conn: &impl Connection, company: &companies::Model) -> Result<bool> {
    let ids = if company.kind == domain::Party::Contractor.as_str() {
        vec![company.id]
    } else {
        store::members::companies_of_kind(conn, company.project_id, &company.kind).await?
    };
    Ok(!store::members::staffed(conn, &ids).await?.is_empty())
}

/// The position of a membership, with the number of the project's delivery managers.
///
/// # Errors
/// When the database fails.
pub async fn held(conn: &impl Connection, row: &memberships::Model) -> Result<Held> {
    let position = wanted(conn, row.project_id, row.company_id, row.role.parse()?).await?;
    Ok(Held {
        project_id: row.project_id,
        person_id: row.person_id,
        position,
        managers: managers(conn, row.project_id).await?,
    })
}

/// The parties for which a person holds or held a role in the project, for [`domain::membership::permit_party`].
///
/// # Errors
/// When the database fails.
pub async fn parties_ever(conn: &impl Connection, project_id: Uuid, person_id: Uuid) -> Result<Vec<Party>> {
    let roles = store::members::roles_ever(conn, project_id, person_id).await?;
    roles.iter().map(|code| Ok(code.parse::<Role>()?.party())).collect()
}

/// How many active delivery managers the project has.
///
/// # Errors
/// When the database fails.
pub async fn managers(conn: &impl Connection, project_id: Uuid) -> Result<u64> {
    Ok(store::members::count_of_role(conn, project_id, Role::DeliveryManager.as_str()).await?)
}

/// Every active position of a person in every project, for [`domain::membership::permit_password_reset`].
///
/// # Errors
/// When the database fails.
pub async fn all_of(conn: &impl Connection, person_id: Uuid) -> Result<Vec<(Uuid, Position)>> {
    let rows = store::sessions::memberships_of(conn, person_id).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.company_id).collect();
    let companies: HashMap<Uuid, companies::Model> =
        store::members::companies(conn, &ids).await?.into_iter().map(|company| (company.id, company)).collect();
    let mut positions = Vec::new();
    for row in rows {
        let company =
            companies.get(&row.company_id).ok_or_else(|| Error::internal("a membership without a company"))?;
        positions.push((row.project_id, of_company(company, true, row.role.parse()?)?));
    }
    let owned = store::members::projects_of_owner(conn, person_id).await?;
    positions.extend(owned.into_iter().map(|project_id| (project_id, Position::Owner)));
    Ok(positions)
}

fn of_company(company: &companies::Model, company_is_staffed: bool, role: Role) -> Result<Position> {
    Ok(Position::Member { company_id: company.id, company_kind: company.kind.parse()?, company_is_staffed, role })
}

/// The kind of a company; none of one that does not exist.
///
/// # Errors
/// When the database fails.
pub(crate) async fn kind_of(conn: &impl Connection, company_id: Uuid) -> Result<Option<Party>> {
    let found = store::members::companies(conn, &[company_id]).await?;
    Ok(found.first().map(|company| company.kind.parse()).transpose()?)
}

impl Work {
    /// Locks the project, so that two changes of its people come one after the other: each sees what the other left, and
    /// two delivery managers never end each other.
    pub(crate) async fn lock_people(&self, project_id: Uuid) -> Result<()> {
        let project = store::projects::find_for_change(&self.tx, project_id).await?;
        project.map(drop).ok_or_else(|| Error::not_found("projectId"))
    }

    /// Today in the project's time zone.
    pub(crate) async fn today_in(&self, project_id: Uuid) -> Result<Date> {
        let rules = ProjectRules::load(&self.tx, project_id).await?;
        let now: Timestamp = self.now;
        let now = now.in_zone(&rules.zone).ok_or_else(|| Error::internal("a time outside the calendar"))?;
        Ok(now.date())
    }
}
