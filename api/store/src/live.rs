//! Queries polled every few seconds on behalf of all subscribers; one statement per kind, regardless of their number.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::id::{CompanyId, PersonId, ProjectId, UnitId};
use domain::{Role, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{memberships, project_clock, projects, sessions, unit_owners, units};
use crate::id_in::id_in;
use crate::units::counting;

/// The position of a project: how far its changes have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectPosition {
    /// The epoch of the project, which a restored backup changes.
    pub epoch: Uuid,
    /// The number of the newest change.
    pub seq: i64,
}

/// The positions of these projects, for the server itself.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn project_positions(
    conn: &Connection,
    project_ids: &[ProjectId],
) -> Result<Vec<(ProjectId, ProjectPosition)>, Error> {
    use project_clock::Column as Clock;
    use projects::Column as Project;
    let select = Query::select()
        .column((projects::Entity, Project::Id))
        .column((projects::Entity, Project::Epoch))
        .column((project_clock::Entity, Clock::Seq))
        .from(projects::Entity)
        .inner_join(
            project_clock::Entity,
            Expr::col((project_clock::Entity, Clock::ProjectId)).equals((projects::Entity, Project::Id)),
        )
        .and_where(id_in(conn, Project::Id, project_ids))
        .to_owned();
    let rows = conn.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let reached = ProjectPosition { epoch: row.try_get_by_index(1)?, seq: row.try_get_by_index(2)? };
            Ok((row.try_get_by_index(0)?, reached))
        })
        .collect()
}

/// The access of these people to these projects at a moment: roles with their companies, and own opened units. A person
/// without access has no entry.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn access_of_people(
    conn: &Connection,
    people: &[PersonId],
    project_ids: &[ProjectId],
    now: Timestamp,
) -> Result<HashMap<(PersonId, ProjectId), BTreeSet<String>>, Error> {
    let staff: Vec<(PersonId, ProjectId, CompanyId, Role)> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::PersonId)
        .column(memberships::Column::ProjectId)
        .column(memberships::Column::CompanyId)
        .column(memberships::Column::Role)
        .filter(id_in(conn, memberships::Column::PersonId, people))
        .filter(id_in(conn, memberships::Column::ProjectId, project_ids))
        .filter(memberships::Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    let opened = units::Entity::find()
        .select_only()
        .column(units::Column::Id)
        .filter(id_in(conn, units::Column::ProjectId, project_ids))
        .filter(units::Column::OpenedAt.is_not_null())
        .into_query();
    let owners: Vec<(PersonId, ProjectId, UnitId)> = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::PersonId)
        .column(unit_owners::Column::ProjectId)
        .column(unit_owners::Column::UnitId)
        .filter(id_in(conn, unit_owners::Column::PersonId, people))
        .filter(counting(now))
        .filter(unit_owners::Column::UnitId.in_subquery(opened))
        .into_tuple()
        .all(conn)
        .await?;
    let mut held: HashMap<(PersonId, ProjectId), BTreeSet<String>> = HashMap::new();
    for (person_id, project_id, company_id, role) in staff {
        held.entry((person_id, project_id)).or_default().insert(format!("{company_id} {role}"));
    }
    for (person_id, project_id, unit_id) in owners {
        held.entry((person_id, project_id)).or_default().insert(unit_id.to_string());
    }
    Ok(held)
}

/// Which of these access tokens, by their hashes, have neither expired nor been revoked.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn valid_tokens(conn: &Connection, access_hashes: &[Vec<u8>], now: i64) -> Result<HashSet<Vec<u8>>, Error> {
    let good: Vec<Vec<u8>> = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::AccessHash)
        .filter(sessions::Column::AccessHash.is_in(access_hashes.iter().cloned()))
        .filter(sessions::Column::AccessExpiresAt.gt(now))
        .filter(sessions::Column::RevokedAt.is_null())
        .into_tuple()
        .all(conn)
        .await?;
    Ok(good.into_iter().collect())
}
