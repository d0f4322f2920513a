//! Placeholders: people entered by a delivery manager's import under a login that is not of the project
//! ([`domain::membership::placeholder_login`]). Once the login's person joins, the placeholder's positions pass on.

use domain::id::{PersonId, ProjectId};
use domain::membership::{Position, permit_invite, permit_party};
use domain::unit::power::{OwnershipDays, OwnershipMoments};
use domain::{Caller, Timestamp};
use store::boxed;
use store::entity::{memberships, people};

use super::add::{NewMembership, NewOwnership, membership_row, ownership_row};
use super::position;
use crate::error::Result;
use crate::unit_of_work::UnitOfWork;

/// Why a placeholder's positions end.
const REASON: &str = "the person came in under the own login / 本人已以自己的账号加入";

/// The person with a login, who is about to get a position in the project. A placeholder of the project becomes that
/// person if the login is free, with all its positions and records. None if there is neither: then the caller of this
/// function makes the person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person_of_login(
    work: &mut UnitOfWork,
    project_id: ProjectId,
    login: &str,
) -> Result<Option<people::Model>> {
    let known = store::sessions::person_by_login(&work.tx, login).await?;
    if known.is_some() {
        return Ok(known);
    }
    let placeholder = position::placeholder_of(&work.tx, project_id, login).await?;
    let Some(placeholder) = placeholder else { return Ok(None) };
    let person = people::Model { login: login.to_owned(), ..placeholder };
    store::members::save_person(&work.tx, person.clone()).await?;
    Ok(Some(person))
}

impl UnitOfWork {
    /// Passes the positions of the project's placeholder on to the person with its login, who has just joined.
    /// Positions that the person already holds are left out, and so are those that the granter may not give now: an
    /// invitation to one position gives no other.
    pub(crate) async fn take_over_placeholder(
        &mut self,
        granter: &Caller,
        project_id: ProjectId,
        person_id: PersonId,
    ) -> Result<()> {
        let Some(person) = store::sessions::person(&self.tx, person_id).await? else { return Ok(()) };
        let placeholder = position::placeholder_of(&self.tx, project_id, &person.login).await?;
        let Some(placeholder) = placeholder else { return Ok(()) };
        let membership = store::members::membership_for_update(&self.tx, project_id, placeholder.id).await?;
        if let Some(row) = membership
            && self.may_give(granter, &row, person_id).await?
        {
            self.pass_membership_on(granter, row, person_id).await?;
        }
        if permit_invite(granter, project_id, &Position::Owner).is_err() {
            return Ok(());
        }
        for row in store::members::ownerships_in(&self.tx, project_id, placeholder.id).await? {
            let day = |day: Option<&str>| day.and_then(|day| day.parse().ok());
            let days = OwnershipDays { from: day(row.from_day.as_deref()), until: day(row.power_until_day.as_deref()) };
            let moments =
                OwnershipMoments { from: row.counts_from.map(Timestamp), until: row.counts_until.map(Timestamp) };
            let (unit_id, kind) = (row.unit_id, row.kind);
            let new = NewOwnership { id: None, project_id, unit_id, person_id, kind, from: None, until: None };
            self.close_ownership(granter, row, None, domain::membership::OwnershipEndReason::Error, REASON).await?;
            if store::members::ownership_of(&self.tx, new.unit_id, person_id).await?.is_none() {
                let row = ownership_row(self, granter, &new, (days, moments));
                store::members::insert_ownership(&self.tx, row.clone()).await?;
                self.add_ownership_added_event(&row);
            }
        }
        Ok(())
    }

    /// Ends the placeholder's role, and gives it to a person who has none and may have this one.
    async fn pass_membership_on(
        &mut self,
        granter: &Caller,
        row: memberships::Model,
        person_id: PersonId,
    ) -> Result<()> {
        let ended = self.end_membership(granter, row, REASON, true).await?;
        self.add_membership_ended_event(&ended, REASON)?;
        let (project_id, company_id, role) = (ended.project_id, ended.company_id, ended.role);
        let has_role = store::projects::membership(&self.tx, project_id, person_id).await?.is_some();
        let position = position::requested_position(&self.tx, project_id, (company_id, role), &[person_id]).await?;
        let before = position::parties_ever(&self.tx, project_id, person_id).await?;
        if has_role || permit_party(granter, &before, &position).is_err() {
            return Ok(());
        }
        let row = membership_row(self, granter, &NewMembership { project_id, person_id, company_id, role });
        store::members::insert_membership(&self.tx, row.clone()).await?;
        self.add_membership_added_event(&row);
        Ok(())
    }

    /// Whether the granter may give the person the position of this membership, a placeholder's, now.
    async fn may_give(&self, granter: &Caller, row: &memberships::Model, person_id: PersonId) -> Result<bool> {
        let (place, own) = ((row.company_id, row.role), [row.person_id, person_id]);
        let position = position::requested_position(&self.tx, row.project_id, place, &own).await?;
        Ok(permit_invite(granter, row.project_id, &position).is_ok())
    }
}
