//! Positions as the rule of [`domain::membership`] asks for them.

use std::collections::HashMap;

use domain::id::{CompanyId, PersonId, ProjectId};
use domain::membership::{Held, Position, is_placeholder, placeholder_login};
use domain::{Party, Role, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Connection;
use store::boxed;
use store::entity::{companies, memberships, people};

use crate::error::{Error, Result};
use crate::project::rules::ProjectRules;
use crate::unit_of_work::UnitOfWork;

/// A role for a company of the project, as a person's position. `own` are the rows of people that are this person and
/// do not block it: [`own_rows`] for a person, [`placeholder_of`] for a login, [`of_placeholder`] for a position that
/// is held.
///
/// # Errors
/// `NOT_FOUND` at `companyId`, or an internal error.
#[boxed]
pub async fn requested_position(
    conn: &Connection,
    project_id: ProjectId,
    (company_id, role): (CompanyId, Role),
    own: &[PersonId],
) -> Result<Position> {
    let company = store::projects::company(conn, project_id, company_id).await?;
    let company = company.ok_or_else(|| Error::not_found("companyId"))?;
    let company_is_staffed = is_staffed(conn, &company, own).await?;
    Ok(of_company(&company, company_is_staffed, role))
}

/// Whether another person holds the place of the first one in a company. A delivery manager fills that place in another
/// company, once: the party then has its representative, and no second person or company takes the place. There are
/// many contractors, and each company counts for itself; of another party one company with a person is enough. The
/// place is held by
///
/// - a person who can sign in;
/// - a person without a password, named by an administrator: the link of an invitation goes to the inviter, who would
///   get that person's role;
/// - a placeholder, against all but the person with its login. It has no rights, so it neither keeps that person out
///   nor prevents its delivery manager from ending it to name another person. It does keep out a second person beside
///   it.
///
/// Open invitations hold no place. The acceptance checks again under the project's lock ([`UnitOfWork::lock_people`]),
/// so one of them is accepted, and the others are invalid from then on.
async fn is_staffed(conn: &Connection, company: &companies::Model, own: &[PersonId]) -> Result<bool> {
    let ids = if company.kind == domain::Party::Contractor {
        vec![company.id]
    } else {
        store::members::companies_of_kind(conn, company.project_id, company.kind).await?
    };
    Ok(!store::members::staffed(conn, &ids, own).await?.is_empty())
}

/// The project's placeholder of a login, if there is one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn placeholder_of(conn: &Connection, project_id: ProjectId, login: &str) -> Result<Option<people::Model>> {
    Ok(store::sessions::person_by_login(conn, &placeholder_login(login, project_id)).await?)
}

/// A person who comes in, and the project's placeholder of that person's login.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn own_rows(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<Vec<PersonId>> {
    let mut own = vec![person_id];
    if let Some(person) = store::sessions::person(conn, person_id).await? {
        own.extend(placeholder_of(conn, project_id, &person.login).await?.map(|placeholder| placeholder.id));
    }
    Ok(own)
}

/// A person who holds a position, if it is a placeholder.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_placeholder(conn: &Connection, person_id: PersonId) -> Result<Vec<PersonId>> {
    let person = store::sessions::person(conn, person_id).await?;
    Ok(person.filter(|person| is_placeholder(&person.login)).map(|person| person.id).into_iter().collect())
}

/// The position of a membership, with the number of the project's other delivery managers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn held_position(conn: &Connection, row: &memberships::Model) -> Result<Held> {
    let own = of_placeholder(conn, row.person_id).await?;
    let position = requested_position(conn, row.project_id, (row.company_id, row.role), &own).await?;
    Ok(Held {
        project_id: row.project_id,
        person_id: row.person_id,
        position,
        other_managers: other_managers(conn, row.project_id, row.person_id).await?,
    })
}

/// The parties for which a person holds or held a role in the project, for [`domain::membership::permit_party`].
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn parties_ever(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<Vec<Party>> {
    let roles = store::members::roles_ever(conn, project_id, person_id).await?;
    Ok(roles.into_iter().map(Role::party).collect())
}

/// How many delivery managers the project keeps without a person, for [`Held::other_managers`].
async fn other_managers(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<u64> {
    let managers = store::members::holders_of(conn, project_id, Role::DeliveryManager).await?;
    let (own, others): (Vec<_>, Vec<_>) = managers.into_iter().partition(|person| person.id == person_id);
    let must_sign_in = own.iter().any(store::members::can_sign_in);
    Ok(others.iter().filter(|person| !must_sign_in || store::members::can_sign_in(person)).count() as u64)
}

/// Every active position of a person in every project, for [`domain::membership::permit_password_reset`].
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn positions_of(conn: &Connection, person: &people::Model) -> Result<Vec<(ProjectId, Position)>> {
    let rows = store::sessions::memberships_of(conn, person.id).await?;
    let ids: Vec<CompanyId> = rows.iter().map(|row| row.company_id).collect();
    let companies: HashMap<CompanyId, companies::Model> =
        store::members::companies(conn, &ids).await?.into_iter().map(|company| (company.id, company)).collect();
    let mut positions = Vec::new();
    for row in rows {
        let company =
            companies.get(&row.company_id).ok_or_else(|| Error::internal("a membership without a company"))?;
        // A placeholder does not hold its place against its own person.
        let company_is_staffed = !is_placeholder(&person.login) || is_staffed(conn, company, &[person.id]).await?;
        positions.push((row.project_id, of_company(company, company_is_staffed, row.role)));
    }
    let owned = store::members::projects_of_owner(conn, person.id).await?;
    positions.extend(owned.into_iter().map(|project_id| (project_id, Position::Owner)));
    Ok(positions)
}

fn of_company(company: &companies::Model, company_is_staffed: bool, role: Role) -> Position {
    Position::Member { company_id: company.id, company_kind: company.kind, company_is_staffed, role }
}

/// The kind of a company; none of one that does not exist.
///
/// # Errors
/// When the database fails.
pub(crate) async fn kind_of(conn: &Connection, company_id: CompanyId) -> Result<Option<Party>> {
    let found = store::members::companies(conn, &[company_id]).await?;
    Ok(found.first().map(|company| company.kind))
}

impl UnitOfWork {
    /// Locks the project, so that two changes of its people come one after the other: each sees what the other left,
    /// and two delivery managers never end each other.
    pub(crate) async fn lock_people(&self, project_id: ProjectId) -> Result<()> {
        let project = store::projects::find_for_update(&self.tx, project_id).await?;
        project.map(drop).ok_or_else(|| Error::not_found("projectId"))
    }

    /// Today in the project's time zone.
    pub(crate) async fn today_in(&self, project_id: ProjectId) -> Result<Date> {
        Ok(self.today_and_zone_in(project_id).await?.0)
    }

    /// Today in the project's time zone, and that zone.
    pub(crate) async fn today_and_zone_in(&self, project_id: ProjectId) -> Result<(Date, TimeZone)> {
        let rules = ProjectRules::load(&self.tx, project_id).await?;
        let now: Timestamp = self.now;
        let now = now.in_zone(&rules.zone).ok_or_else(|| Error::internal("a time outside the calendar"))?;
        Ok((now.date(), rules.zone))
    }
}
