//! The place of an object and its former people, without a visibility scope: only to decide whether refused work is
//! parked. Nothing of it is shown.

use domain::event::EventName;
use domain::id::{CompanyId, DefectId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind as K;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{defect_companies, defects, events, memberships, photos, unit_inspections, unit_owners, units};
use crate::query_plan::plan_of;

/// An object that a command is done on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// A defect, a unit, a unit inspection, a photo or a project.
    pub kind: K,
    /// Which one.
    pub id: Uuid,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The project.
    pub project_id: ProjectId,
    /// The unit.
    pub unit_id: Option<UnitId>,
    /// The version of the object, where it has one.
    pub version: Option<i32>,
}

/// Where an object is.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_place(conn: &Connection, subject: Subject) -> Result<Option<Place>, Error> {
    type Found = Option<(ProjectId, Option<UnitId>, Option<i32>)>;
    let id = subject.id;
    let found: Found = match subject.kind {
        K::Defect => {
            use defects::Column as C;
            let columns = [C::ProjectId, C::UnitId, C::Version];
            defects::Entity::find_by_id(id).select_only().columns(columns).into_tuple().one(conn).await?
        }
        K::UnitInspection => {
            use unit_inspections::Column as C;
            let columns = [C::ProjectId, C::UnitId, C::Version];
            unit_inspections::Entity::find_by_id(id).select_only().columns(columns).into_tuple().one(conn).await?
        }
        K::Photo => {
            use photos::Column as C;
            let columns = [C::ProjectId, C::UnitId, C::Version];
            photos::Entity::find_by_id(id).select_only().columns(columns).into_tuple().one(conn).await?
        }
        K::Unit => {
            use units::Column as C;
            let row: Option<(ProjectId, UnitId)> = units::Entity::find_by_id(id)
                .select_only()
                .columns([C::ProjectId, C::Id])
                .into_tuple()
                .one(conn)
                .await?;
            row.map(|(project_id, unit_id)| (project_id, Some(unit_id), None))
        }
        K::Project => Some((id.into(), None, None)),
        _ => None,
    };
    Ok(found.map(|(project_id, unit_id, version)| Place { project_id, unit_id, version }))
}

/// Whether the object is visible in this scope now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_seen(conn: &Connection, scope: &VisibilityScope, subject: Subject) -> Result<bool, Error> {
    let id = subject.id;
    Ok(match subject.kind {
        K::Defect => crate::defects::find(conn, scope, id.into()).await?.is_some(),
        K::UnitInspection => crate::inspections::find(conn, scope, id.into()).await?.is_some(),
        K::Photo => crate::photos::find(conn, scope, id.into()).await?.is_some(),
        K::Unit => crate::units::find(conn, scope, id.into()).await?.is_some(),
        K::Project => scope.all_projects().contains(&id.into()),
        _ => false,
    })
}

/// Every role that the person had in any project and has no more, the one that ended last first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn former_memberships(conn: &Connection, person_id: PersonId) -> Result<Vec<memberships::Model>, Error> {
    use memberships::Column as C;
    let former = memberships::Entity::find().filter(C::PersonId.eq(person_id)).filter(C::Active.eq(false));
    former.order_by_desc(C::EndedAt).order_by_desc(C::Id).all(conn).await
}

/// Whether the person has, or ever had, a role in a project or a unit that was opened to its owner.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn had_project_role(conn: &Connection, person_id: PersonId) -> Result<bool, Error> {
    let role = memberships::Entity::find().filter(memberships::Column::PersonId.eq(person_id)).one(conn).await?;
    if role.is_some() {
        return Ok(true);
    }
    Ok(opened_ownerships(person_id).one(conn).await?.is_some())
}

/// A person's ownerships, of now and of before, of units that are, or ever were, opened to their owners.
fn opened_ownerships(person_id: PersonId) -> Select<unit_owners::Entity> {
    unit_owners::Entity::find().filter(unit_owners::Column::PersonId.eq(person_id)).filter(opened_once())
}

/// The plan by which a person's opened ownerships are found, for a test that holds it to its indexes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn opened_ownerships_plan(conn: &Connection, person_id: PersonId) -> Result<String, Error> {
    plan_of(conn, opened_ownerships(person_id).build(conn.get_database_backend())).await
}

/// The unit of the ownership at hand is, or ever was, opened to its owners.
fn opened_once() -> Condition {
    let unit = || Expr::col((unit_owners::Entity, unit_owners::Column::UnitId));
    let opened = Query::select()
        .expr(Expr::val(1))
        .from(units::Entity)
        .and_where(Expr::col((units::Entity, units::Column::Id)).eq(unit()))
        .and_where(units::Column::OpenedAt.is_not_null())
        .to_owned();
    // A unit that was closed again stays one that was opened. The events are those of the unit itself.
    let opening = [EventName::UnitOpenedToOwner, EventName::UnitClosedToOwner];
    let opened_before = Query::select()
        .expr(Expr::val(1))
        .from(events::Entity)
        .and_where(Expr::col((events::Entity, events::Column::ObjectId)).eq(unit()))
        .and_where(events::Column::Name.is_in(opening.map(EventName::as_str)))
        .to_owned();
    Condition::any().add(Expr::exists(opened)).add(Expr::exists(opened_before))
}

/// Whether the company ever had to do with the defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn had_company(conn: &Connection, defect_id: DefectId, company_id: CompanyId) -> Result<bool, Error> {
    Ok(defect_companies::Entity::find_by_id((defect_id, company_id)).one(conn).await?.is_some())
}

/// Whether the person was an owner in the project at a moment: of the unit, or of any unit if none is named. An
/// ownership of which it is not known when it began counts from the first day.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owned_at(
    conn: &Connection,
    project_id: ProjectId,
    unit_id: Option<UnitId>,
    person_id: PersonId,
    at: Timestamp,
) -> Result<bool, Error> {
    use unit_owners::Column as C;
    let mut owned = unit_owners::Entity::find()
        .filter(C::ProjectId.eq(project_id))
        .filter(C::PersonId.eq(person_id))
        .filter(Condition::any().add(C::AddedAt.is_null()).add(C::AddedAt.lte(at.0)))
        .filter(Condition::any().add(C::Active.eq(true)).add(C::EndedAt.gt(at.0)))
        .filter(Condition::any().add(C::CountsFrom.is_null()).add(C::CountsFrom.lte(at.0)))
        .filter(Condition::any().add(C::CountsUntil.is_null()).add(C::CountsUntil.gt(at.0)));
    if let Some(unit_id) = unit_id {
        owned = owned.filter(C::UnitId.eq(unit_id));
    }
    Ok(owned.one(conn).await?.is_some())
}

/// Whether the person is, or was, an owner of the unit, and the unit was ever opened to its owners.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owned_once(conn: &Connection, unit_id: UnitId, person_id: PersonId) -> Result<bool, Error> {
    use unit_owners::Column as C;
    let owned = unit_owners::Entity::find().filter(C::UnitId.eq(unit_id)).filter(C::PersonId.eq(person_id));
    Ok(owned.filter(opened_once()).one(conn).await?.is_some())
}
