//! Reading edits that wait, and the own operations.

use app::sync::read;
use async_graphql::{Context, Object};
use domain::id::{DeviceId, ProjectId};
use domain::sync::{PendingEditState, SyncOutcome};

use super::types::{PendingEdit, SyncOperation};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::scalars::Uid;

/// The lists, for their cursors.
const EDITS: &str = "pendingEdits";
const OPERATIONS: &str = "syncOperations";

/// Reading pushed operations.
#[derive(Default)]
pub struct SyncQuery;

#[Object]
impl SyncQuery {
    /// Edits of a project that wait for a person, or waited, the oldest first: those that the viewer may settle, and
    /// the viewer's own, also after the viewer has left the project.
    #[allow(clippy::too_many_arguments, reason = "a list's arguments")]
    async fn pending_edits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] project_id: Uid<ProjectId>,
        #[graphql(desc = "In any of these states; left out = all.")] states: Option<Vec<PendingEditState>>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<PendingEdit>> {
        let request = Paging { first, after, last, before }.request(EDITS)?;
        let states = states.unwrap_or_default();
        let page = read::pending(ctx.app(), ctx.caller()?, project_id.0, &states, &request).await?;
        Ok(connection(page, EDITS))
    }

    /// The viewer's own operations, the newest first, each with its answer.
    #[allow(clippy::too_many_arguments, reason = "a list's arguments")]
    async fn sync_operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With any of these outcomes; left out = all.")] outcomes: Option<Vec<SyncOutcome>>,
        #[graphql(desc = "Pushed by this device; left out = all.")] device_id: Option<Uid<DeviceId>>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<SyncOperation>> {
        let request = Paging { first, after, last, before }.request(OPERATIONS)?;
        let (outcomes, device_id) = (outcomes.unwrap_or_default(), device_id.map(|id| id.0));
        let page = read::operations(ctx.app(), ctx.caller()?, &outcomes, device_id, &request).await?;
        Ok(connection(page, OPERATIONS))
    }
}
