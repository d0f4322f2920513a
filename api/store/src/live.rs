//! What is looked at every few seconds for those who wait for news: each in one statement however many they are.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::db::Connection;
use crate::entity::{memberships, project_clock, projects, sessions, unit_owners, units};

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which life of the project: a restored backup is another one.
    pub epoch: Uuid,
    /// The number of the newest change.
    pub seq: i64,
}

/// How far each of these projects has come, for the server itself.
///
/// # Errors
/// When the database fails.
pub async fn reached_by(conn: &Connection, project_ids: &[Uuid]) -> Result<Vec<(Uuid, Reached)>, Error> {
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
        .and_where(among(conn, Project::Id, project_ids))
        .to_owned();
    let rows = conn.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let reached = Reached { epoch: row.try_get_by_index(1)?, seq: row.try_get_by_index(2)? };
            Ok((row.try_get_by_index(0)?, reached))
        })
        .collect()
}

/// What these people hold in these projects: roles with their companies, and own units that are opened. Who holds nothing in
/// a project is not there.
///
/// # Errors
/// When the database fails.
pub async fn standings(
    conn: &Connection,
    people: &[Uuid],
    project_ids: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), BTreeSet<String>>, Error> {
    let staff: Vec<(Uuid, Uuid, Uuid, String)> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::PersonId)
        .column(memberships::Column::ProjectId)
        .column(memberships::Column::CompanyId)
        .column(memberships::Column::Role)
        .filter(among(conn, memberships::Column::PersonId, people))
        .filter(among(conn, memberships::Column::ProjectId, project_ids))
        .filter(memberships::Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    let opened = units::Entity::find()
        .select_only()
        .column(units::Column::Id)
        .filter(among(conn, units::Column::ProjectId, project_ids))
        .filter(units::Column::OpenedAt.is_not_null())
        .into_query();
    let owners: Vec<(Uuid, Uuid, Uuid)> = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::PersonId)
        .column(unit_owners::Column::ProjectId)
        .column(unit_owners::Column::UnitId)
        .filter(among(conn, unit_owners::Column::PersonId, people))
        .filter(unit_owners::Column::Active.eq(true))
        .filter(unit_owners::Column::UnitId.in_subquery(opened))
        .into_tuple()
        .all(conn)
        .await?;
    let mut held: HashMap<(Uuid, Uuid), BTreeSet<String>> = HashMap::new();
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
pub async fn good_tokens(conn: &Connection, access_hashes: &[Vec<u8>], now: i64) -> Result<HashSet<Vec<u8>>, Error> {
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
