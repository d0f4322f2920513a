//! Work that was done for another company than the person's today: it waits, for it must not count for the new one.

use domain::Caller;
use store::entity::memberships;
use uuid::Uuid;

use super::operation::Operation;
use super::record::Author;
use crate::App;
use crate::error::Result;

/// The roles that a person had and has no more.
pub(super) struct Former(Vec<memberships::Model>);

impl Former {
    /// Those of the caller.
    pub(super) async fn of(app: &App, caller: &Caller) -> Result<Self> {
        Ok(Self(store::sync::former_memberships(app.db.read(), caller.person_id).await?))
    }

    /// As whom the caller did it, if that was for another company than the caller's of now.
    pub(super) async fn author(&self, app: &App, caller: &Caller, operation: &Operation) -> Result<Option<Author>> {
        // Most people had one role only, and their pushes ask nothing.
        let (Some(at), false) = (operation.occurred_at, self.0.is_empty()) else { return Ok(None) };
        let place = store::sync::place_of(app.db.read(), operation.target.subject).await?;
        let Some(place) = place else { return Ok(None) };
        let Some(actor) = caller.actor_in(place.project_id) else { return Ok(None) };
        let row = self.at(place.project_id, at.0).filter(|row| Some(row.company_id) != actor.company_id());
        Ok(row.map(|row| Author {
            project_id: place.project_id,
            unit_id: place.unit_id,
            person_id: caller.person_id,
            company_id: Some(row.company_id),
            role: row.role.clone(),
        }))
    }

    /// The role in a project at a moment.
    fn at(&self, project_id: Uuid, at: i64) -> Option<&memberships::Model> {
        self.0
            .iter()
            .filter(|row| row.project_id == project_id)
            .find(|row| row.added_at.is_none_or(|added| added <= at) && row.ended_at.is_some_and(|ended| at < ended))
    }
}
