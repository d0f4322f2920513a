//! Withdraw an owner's link: nobody signs in by it any more, and the sessions that began by it end.

use domain::Caller;
use domain::event::EventName;
use domain::id::{OwnershipId, PersonId, UnitLinkId};
use domain::membership::{Position, permit_invite};
use domain::session::SessionEndReason;
use store::boxed;
use store::entity::unit_owners;
use store::messages::Withdrawn;

use crate::App;
use crate::context::Context;
use crate::credentials::invitation::person_of;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// Withdraws a link, and ends the sessions that began by it. Withdrawing it again is no error.
///
/// # Errors
/// `NOT_FOUND`, also for a link that the caller may not withdraw, or an internal error.
#[boxed]
pub async fn revoke(app: &App, caller: &Caller, invite_id: UnitLinkId) -> Result<UnitLinkId> {
    let missing = || Error::not_found("inviteId");
    let mut work = Context::new(app, caller).begin().await?;
    let row = store::unit_links::by_id(&work.tx, invite_id).await?.ok_or_else(missing)?;
    // The answer for a link without the right is that for a link that does not exist.
    permit_invite(caller, row.project_id, &Position::Owner).map_err(|_| missing())?;
    work.act_in_project_if_member(caller, row.project_id);
    work.lock_people(row.project_id).await?;
    // As a sign-in does, so that none by this link begins meanwhile.
    store::passwords::person_for_update(&work.tx, row.person_id).await?;
    work.revoke_links(person_of(caller), &[row.id]).await?;
    let ended = work.end_sessions_of(&[row.id], SessionEndReason::LinkRevoked).await?;
    work.commit().await?;
    app.caller_cache.forget();
    tracing::info!(project = %row.project_id, unit = %row.unit_id, person = %row.person_id, by = %caller.person_id,
        link = %row.id, sessions_ended = ended, "owner's link withdrawn");
    Ok(row.id)
}

impl UnitOfWork {
    /// Revokes those of the links that are open, each with its event. A message with such a link that was not sent yet
    /// is not sent any more.
    pub(super) async fn revoke_links(&mut self, by: Option<PersonId>, ids: &[UnitLinkId]) -> Result<()> {
        for row in store::unit_links::revoke(&self.tx, ids, by, self.now).await? {
            store::messages::withdraw(&self.tx, Withdrawn::Message(row.id.uuid()), self.now).await?;
            self.add_link_event(EventName::UnitInviteRevoked, &row);
        }
        Ok(())
    }

    /// Revokes the open links of ownerships that get new ones. The sessions that began by them go on.
    pub(super) async fn replace_links(&mut self, by: Option<PersonId>, ownership_ids: &[OwnershipId]) -> Result<()> {
        let earlier = store::unit_links::open_of_ownerships(&self.tx, ownership_ids, self.now).await?;
        let earlier: Vec<UnitLinkId> = earlier.iter().map(|row| row.id).collect();
        self.revoke_links(by, &earlier).await
    }

    /// Ends the sessions that began by one of the links; answers how many.
    async fn end_sessions_of(&self, ids: &[UnitLinkId], reason: SessionEndReason) -> Result<u64> {
        Ok(store::session_ends::end_of_links(&self.tx, ids, reason, self.now.0).await?)
    }

    /// Revokes the open links of an ownership that has ended, and ends the sessions that began by any of its links.
    pub(crate) async fn end_links_of(&mut self, by: Option<PersonId>, ownership: &unit_owners::Model) -> Result<()> {
        let ids = store::unit_links::ids_of_ownership(&self.tx, ownership.id).await?;
        if ids.is_empty() {
            return Ok(());
        }
        self.revoke_links(by, &ids).await?;
        self.end_sessions_of(&ids, SessionEndReason::AccessEnded).await.map(drop)
    }
}
