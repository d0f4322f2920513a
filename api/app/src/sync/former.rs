//! Work that was done for another company than the person's today: it waits, for it must not count for the new one.

use store::entity::memberships;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::operation::{Operation, OriginalActor};

/// The roles that a person had and has no more.
pub(super) struct Former(Vec<memberships::Model>);

impl Former {
    /// Those of the caller.
    pub(super) async fn of(ctx: Context<'_>) -> Result<Self> {
        Ok(Self(store::sync::former_memberships(ctx.app.db.read(), ctx.caller.person_id).await?))
    }

    /// As whom the caller did it, if that was for another company than the caller's of now.
    pub(super) async fn author(&self, ctx: Context<'_>, operation: &Operation) -> Result<Option<OriginalActor>> {
        // Most people had one role only, and their pushes ask nothing.
        let (Some(at), false) = (operation.occurred_at, self.0.is_empty()) else { return Ok(None) };
        let place = store::sync::place_of(ctx.app.db.read(), operation.target.subject).await?;
        let Some(place) = place else { return Ok(None) };
        let Some(actor) = ctx.caller.actor_in(place.project_id) else { return Ok(None) };
        let row = self.at(place.project_id, at.0).filter(|row| Some(row.company_id) != actor.company_id());
        Ok(row.map(|row| OriginalActor {
            project_id: place.project_id,
            unit_id: place.unit_id,
            person_id: ctx.caller.person_id,
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
