//! Invitations and password resets: links that work once.

use domain::Timestamp;
use domain::id::{CompanyId, OneTimeLinkId, PersonId, ProjectId};
use domain::one_time_link::LinkKind;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::one_time_links::{Column, Entity, Model};
use crate::entity::{memberships, people};
use crate::page::{Cursor, Page, PageRequest, reading_order, within};

/// Rows that are neither used nor revoked nor expired.
fn open(now: Timestamp) -> Condition {
    Condition::all().add(Column::UsedAt.is_null()).add(Column::RevokedAt.is_null()).add(Column::ExpiresAt.gt(now.0))
}

/// Writes a new link.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(tx: &WriteTx, row: Model) -> Result<(), Error> {
    Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// The open link of a token.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_token(
    conn: &Connection,
    kind: LinkKind,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Model>, Error> {
    let of_token = Column::TokenHash.eq(token_hash.to_vec());
    Entity::find().filter(of_token).filter(Column::Kind.eq(kind)).filter(open(now)).one(conn).await
}

/// A link by id, whatever its state, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(tx: &WriteTx, kind: LinkKind, id: OneTimeLinkId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(Column::Kind.eq(kind)).for_update().one(tx).await
}

/// The link of an id if it is still open, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_for_update(tx: &WriteTx, id: OneTimeLinkId, now: Timestamp) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).filter(open(now)).for_update().one(tx).await
}

/// A link by id, whatever its state.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_id(conn: &Connection, id: OneTimeLinkId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// Marks an open link as used by a person; false when another use or a revocation was faster. The condition is part of
/// the statement, so of two uses at the same moment one alone is the first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn spend(tx: &WriteTx, id: OneTimeLinkId, person_id: PersonId, now: Timestamp) -> Result<bool, Error> {
    let spent = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.0))
        .col_expr(Column::UsedBy, Expr::value(person_id))
        .filter(Column::Id.eq(id))
        .filter(open(now));
    Ok(spent.exec(tx).await?.rows_affected == 1)
}

/// Revokes an open link; one that is not open stays as it is.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke(tx: &WriteTx, id: OneTimeLinkId, by: Option<PersonId>, now: Timestamp) -> Result<bool, Error> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.0))
        .col_expr(Column::RevokedBy, Expr::value(by))
        .filter(Column::Id.eq(id))
        .filter(open(now));
    Ok(revoked.exec(tx).await?.rows_affected == 1)
}

/// Revokes all open password resets of a person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke_resets_of(
    tx: &WriteTx,
    person_id: PersonId,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), Error> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.0))
        .col_expr(Column::RevokedBy, Expr::value(by))
        .filter(Column::PersonId.eq(person_id))
        .filter(open(now));
    revoked.exec(tx).await.map(drop)
}

/// The open invitations of a login to a project, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_to_login(
    tx: &WriteTx,
    project_id: ProjectId,
    login: &str,
    now: Timestamp,
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Login.eq(login))
        .filter(open(now))
        .order_by_asc(Column::Id)
        .for_update()
        .all(tx)
        .await
}

/// How many invitations of a project are open.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_open(conn: &Connection, project_id: ProjectId, now: Timestamp) -> Result<u64, Error> {
    let count = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        .filter(Column::ProjectId.eq(project_id))
        .filter(open(now))
        .into_tuple::<i64>();
    Ok(count.one(conn).await?.unwrap_or_default().unsigned_abs())
}

/// Notes the first time that the acceptance of an invitation without a sign-in was refused because of the login.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_sign_in_first(tx: &WriteTx, id: OneTimeLinkId, now: Timestamp) -> Result<(), Error> {
    let noted = Entity::update_many()
        .col_expr(Column::SignInFirstAt, Expr::value(now.0))
        .filter(Column::Id.eq(id))
        .filter(Column::SignInFirstAt.is_null());
    noted.exec(tx).await.map(drop)
}

/// How many invitations in all projects, by everybody who has or had a role for one of these companies of a project,
/// were refused so since a moment and were not accepted after it. Those of administrators do not count.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_sign_in_first_by_companies(
    conn: &Connection,
    project_id: ProjectId,
    company_ids: &[CompanyId],
    since: Timestamp,
) -> Result<u64, Error> {
    let inviters = Query::select()
        .column(memberships::Column::PersonId)
        .from(memberships::Entity)
        .and_where(memberships::Column::ProjectId.eq(project_id))
        .and_where(memberships::Column::CompanyId.is_in(company_ids.iter().copied()))
        .to_owned();
    count_sign_in_first(conn, Condition::all().add(Column::MadeBy.in_subquery(inviters)), since).await
}

/// The same for all invitations to a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_sign_in_first_in_project(
    conn: &Connection,
    project_id: ProjectId,
    since: Timestamp,
) -> Result<u64, Error> {
    count_sign_in_first(conn, Condition::all().add(Column::ProjectId.eq(project_id)), since).await
}

async fn count_sign_in_first(conn: &Connection, counted: Condition, since: Timestamp) -> Result<u64, Error> {
    let administrators = Query::select()
        .column(people::Column::Id)
        .from(people::Entity)
        .and_where(people::Column::Administrator.eq(true))
        .to_owned();
    let count = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        .filter(counted)
        .filter(Column::SignInFirstAt.gte(since.0))
        .filter(Column::UsedAt.is_null())
        // Nor those of the command line, which have no author.
        .filter(Column::MadeBy.not_in_subquery(administrators))
        .into_tuple::<i64>();
    Ok(count.one(conn).await?.unwrap_or_default().unsigned_abs())
}

/// Which open invitations of a project are wanted: those that one of these holds for.
#[derive(Debug, Clone, Default)]
pub struct InvitationScope {
    /// Those of owners.
    pub owners: bool,
    /// Those of staff of these companies.
    pub companies: Vec<CompanyId>,
    /// Those that this person made.
    pub made_by: PersonId,
}

/// The open invitations of a project, oldest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_invitations(
    conn: &Connection,
    project_id: ProjectId,
    scope: &InvitationScope,
    now: Timestamp,
    page: &PageRequest,
) -> Result<Page<Model>, Error> {
    let mut wanted = Condition::any()
        .add(Column::MadeBy.eq(scope.made_by))
        .add(Column::CompanyId.is_in(scope.companies.iter().copied()));
    if scope.owners {
        wanted = wanted.add(Column::CompanyId.is_null());
    }
    let rows = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(open(now))
        .filter(wanted)
        .filter(within(page, false, Column::CreatedAt, Column::Id))
        .order_by(Column::CreatedAt, reading_order(page, false))
        .order_by(Column::Id, reading_order(page, false))
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: row.created_at, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(page, rows))
}

/// Removes links that were used or revoked, or expired, before a moment: they hold names and phones that nothing needs
/// any more. Returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_ended(tx: &WriteTx, before: Timestamp) -> Result<u64, Error> {
    let ended = Condition::any()
        .add(Column::ExpiresAt.lt(before.0))
        .add(Column::UsedAt.lt(before.0))
        .add(Column::RevokedAt.lt(before.0));
    Ok(Entity::delete_many().filter(ended).exec(tx).await?.rows_affected)
}
