//! Pages of changes.

use async_graphql::{Context, Object, SimpleObject};
use domain::object_kind::ObjectKind;
use futures::future::try_join_all;

use crate::graphql::ask::Ask;
use crate::graphql::error::{ApiError, ApiResult};
use crate::graphql::node::{Node, load};
use crate::graphql::scalars::Uid;

/// Changes on a page when the client does not say.
const DEFAULT: u64 = 100;

/// Reading changes.
#[derive(Default)]
pub struct ChangeQuery;

/// An object that looks different now, in its newest state.
#[derive(SimpleObject)]
pub struct Change {
    /// The number of its newest change. Numbers of a project are in the order of the commits.
    pub seq: i64,
    /// What it is.
    pub kind: ObjectKind,
    /// Which one.
    pub id: Uid,
    /// It is no more: remove it.
    pub deleted: bool,
    /// The object as the viewer sees it now; null when it is no more.
    pub object: Option<Node>,
}

/// A page of changes.
#[derive(SimpleObject)]
pub struct ChangePage {
    /// The objects that look different, each once, in the order of their numbers. Fewer than asked for, even none, may
    /// be on a page that is not the last: what the viewer may not see is left out.
    pub nodes: Vec<Change>,
    /// Where the next page begins: keep it, and ask with it again later. Null when `resetRequired`.
    pub cursor: Option<String>,
    /// There are more changes already.
    pub has_more: bool,
    /// The cursor is of another life of the project (a restored backup) or of another form: drop the copy and begin
    /// again without a cursor.
    pub reset_required: bool,
}

#[Object]
impl ChangeQuery {
    /// What looks different in a project since a cursor: each object once in its newest state, in the order of commits.
    /// Null for whoever has no role and no opened unit in the project.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] project_id: Uid,
        #[graphql(desc = "The cursor of the page before; left out or null for the full load.")] cursor: Option<String>,
        #[graphql(desc = "At most so many, 1 to 500; 100 if left out.")] first: Option<i32>,
    ) -> ApiResult<Option<ChangePage>> {
        let first = match first.map(u64::try_from) {
            None => DEFAULT,
            Some(Ok(count)) if count >= 1 => count.min(app::change::MOST),
            Some(_) => return Err(ApiError::bad_request("BAD_PAGE", "first is 1 to 500")),
        };
        let page = app::change::page(ctx.app(), ctx.caller()?, project_id.0, cursor.as_deref(), first).await?;
        let Some(page) = page else { return Ok(None) };
        let reset_required = page.cursor.is_none();
        let nodes = try_join_all(page.changes.iter().map(|change| node(ctx, change))).await?;
        let nodes = nodes.into_iter().flatten().collect();
        Ok(Some(ChangePage { nodes, cursor: page.cursor, has_more: page.has_more, reset_required }))
    }
}

/// The change with its object; none when the viewer may not see it.
async fn node(ctx: &Context<'_>, change: &app::change::Change) -> ApiResult<Option<Change>> {
    let app::change::Change { seq, kind, id, deleted } = *change;
    let object = if deleted { None } else { load(ctx, kind, id).await? };
    let there = deleted || object.is_some();
    Ok(there.then_some(Change { seq, kind, id: Uid(id), deleted, object }))
}
