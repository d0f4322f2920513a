//! Messages for those who look after them.

use domain::id::{MessageAttemptId, PersonId, ProjectId};
use domain::message::{MessageChannel, MessageState};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::message_attempts::{Column, Entity, Model};
use crate::entity::people;
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};

/// Whose messages somebody may list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptScope {
    /// All.
    All,
    /// Those of these projects.
    Projects(Vec<ProjectId>),
}

/// Which messages are wanted: all conditions hold; an empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptFilter {
    /// In one of these states.
    pub states: Vec<MessageState>,
    /// Over one of these channels.
    pub channels: Vec<MessageChannel>,
    /// Of this project.
    pub project_id: Option<ProjectId>,
    /// To this person.
    pub person_id: Option<PersonId>,
}

/// A page of messages, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list(
    conn: &Connection,
    scope: &AttemptScope,
    filter: &AttemptFilter,
    page: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(page, true);
    let rows = Entity::find()
        .filter(wanted(conn, scope, filter))
        .filter(within(page, true, Column::CreatedAt, Column::Id))
        .order_by(Column::CreatedAt, order.clone())
        .order_by(Column::Id, order)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: row.created_at, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(page, rows))
}

/// The newest messages that were sent to people of the demo, the newest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn sent_to_demo(conn: &Connection, most: u64) -> Result<Vec<MessageAttemptId>, Error> {
    let demo = Query::select()
        .column(people::Column::Id)
        .from(people::Entity)
        .and_where(people::Column::Demo.eq(true))
        .to_owned();
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::PersonId.in_subquery(demo))
        .filter(Column::SentAt.is_not_null())
        .order_by_desc(Column::SentAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .into_tuple()
        .all(conn)
        .await
}

fn wanted(conn: &Connection, scope: &AttemptScope, filter: &AttemptFilter) -> Condition {
    let mut wanted = Condition::all();
    if let AttemptScope::Projects(projects) = scope {
        wanted = wanted.add(id_in(conn, Column::ProjectId, projects));
    }
    if !filter.states.is_empty() {
        wanted = wanted.add(Column::State.is_in(filter.states.iter().copied()));
    }
    if !filter.channels.is_empty() {
        wanted = wanted.add(Column::Channel.is_in(filter.channels.iter().copied()));
    }
    wanted
        .add_option(filter.project_id.map(|id| Column::ProjectId.eq(id)))
        .add_option(filter.person_id.map(|id| Column::PersonId.eq(id)))
}
