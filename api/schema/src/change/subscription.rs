//! The word that there is something newer.

use async_graphql::{Context, SimpleObject, Subscription};
use domain::id::ProjectId;
use futures::{Stream, stream};

use crate::context::ContextExt;
use crate::error::ApiError;
use crate::scalars::Uid;

/// Notifications of changes.
#[derive(Default)]
pub struct ChangeSubscription;

/// There is something newer in the viewer's changes of a project, or it has just begun to be followed.
#[derive(SimpleObject)]
pub struct ChangesAvailable {
    /// The project.
    pub project_id: Uid,
    /// How far the viewer's changes have come, to compare with the one before: a different text says that there is
    /// something newer to ask `changes` for. It is not a cursor for `changes` itself.
    pub cursor: String,
}

#[Subscription]
impl ChangeSubscription {
    /// Says that there is something newer in the viewer's changes of a project, without the objects: pull `changes`
    /// then. Changes that the viewer cannot see send no message. The first message comes at once, so a client that
    /// subscribes again can compare and has missed nothing. Many changes in a short time are one message. Ends when the
    /// viewer has no role and no opened unit in the project any more; for a viewer who never had one it is `NOT_FOUND`,
    /// as for a project that does not exist.
    async fn changes_available(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] project_id: Uid<ProjectId>,
    ) -> Result<impl Stream<Item = ChangesAvailable>, ApiError> {
        let following = app::live::follow(ctx.app(), ctx.caller()?, project_id.0).await?;
        let (following, project_id) = (following.ok_or(ApiError::NotFound)?, project_id.0.into());
        Ok(stream::unfold(following, move |mut following| async move {
            let cursor = following.next().await?;
            Some((ChangesAvailable { project_id, cursor }, following))
        }))
    }
}
