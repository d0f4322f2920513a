//! Reading the changes of a project as far as the caller is concerned.

use domain::Sight;
use domain::object_kind::ObjectKind as K;
use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iden, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::columns::{self, Columns};
use crate::defects::children::readable_comments;
use crate::entity::changes::{Column, Entity, Model};
use crate::entity::{defect_comments, defect_companies, disputes, events, photos, repair_attempts, units, verdicts};

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Newest {
    /// The project's epoch: another one after a restored backup.
    pub epoch: Uuid,
    /// The newest change number.
    pub seq: i64,
}

/// Which units only; what belongs to no unit comes always. Empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// These units.
    pub units: Vec<Uuid>,
    /// All units of these buildings.
    pub buildings: Vec<Uuid>,
}

impl Narrow {
    /// Whether everything is wanted.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.units.is_empty() && self.buildings.is_empty()
    }

    fn wanted(&self, conn: &impl ConnectionTrait) -> Condition {
        if self.is_all() {
            return Condition::all();
        }
        let of_buildings = Query::select()
            .column(units::Column::Id)
            .from(units::Entity)
            .cond_where(among(conn, units::Column::BuildingId, &self.buildings))
            .to_owned();
        Condition::any()
            .add(Column::UnitId.is_null())
            .add(among(conn, Column::UnitId, &self.units))
            .add(Column::UnitId.in_subquery(of_buildings))
    }
}

/// The newest change number of a project that the caller has a standing in.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &impl ConnectionTrait, sight: &Sight, project_id: Uuid) -> Result<Option<Newest>, Error> {
    if !sight.all_projects().contains(&project_id) {
        return Ok(None);
    }
    let sql = "SELECT p.epoch, c.seq FROM projects p \
               JOIN project_clock c ON c.project_id = p.id WHERE p.id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [project_id.into()]);
    Newest::find_by_statement(statement).one(conn).await
}

/// The newest change number of a project, whoever asks; 0 for none.
///
/// # Errors
/// When the database fails.
pub async fn newest_of(conn: &impl ConnectionTrait, project_id: Uuid) -> Result<i64, Error> {
    use crate::entity::project_clock;
    let clock = project_clock::Entity::find_by_id(project_id).one(conn).await?;
    Ok(clock.map_or(0, |clock| clock.seq))
}

/// The changes numbered above `after` up to `up_to`, oldest first, as far as they may concern the caller; without their
/// project and time. What the caller really sees of each is for the object's own finder to say.
///
/// # Errors
/// When the database fails.
pub async fn between(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    project_id: Uuid,
    (after, up_to): (i64, i64),
    narrow: &Narrow,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let select = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Seq.gt(after))
        .filter(Column::Seq.lte(up_to))
        .filter(concerning(sight, project_id))
        .filter(readable(sight))
        .filter(narrow.wanted(conn))
        .order_by_asc(Column::Seq)
        .limit(limit);
    columns::all(conn, select, Columns::ALL.without([Column::ProjectId, Column::RecordedAt])).await
}

/// What tells the life of a project from another one that began as its copy: the last event up to a number.
///
/// # Errors
/// When the database fails.
pub async fn stamp(conn: &impl ConnectionTrait, project_id: Uuid, seq: i64) -> Result<Uuid, Error> {
    use events::Column as C;
    let last: Option<Uuid> = events::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ProjectId.eq(project_id))
        .filter(C::Seq.lte(seq))
        .order_by_desc(C::Seq)
        .order_by_asc(C::Id)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.unwrap_or_default())
}

/// Those of the objects that were there to be seen at a number already: defects since they were logged, photos since
/// they are ready.
///
/// # Errors
/// When the database fails.
pub async fn seen_before(conn: &impl ConnectionTrait, ids: &[Uuid], seq: i64) -> Result<Vec<Uuid>, Error> {
    use events::Column as C;
    events::Entity::find()
        .select_only()
        .column(C::ObjectId)
        .filter(among(conn, C::ObjectId, ids))
        .filter(C::Seq.lte(seq))
        .filter(C::Name.is_in(["DEFECT_LOGGED", "PHOTO_READY"]))
        .into_tuple()
        .all(conn)
        .await
}

/// But for comments that the caller may not read: not even that there is one.
fn readable(sight: &Sight) -> Condition {
    // Counted row by row, as in `sight::defects`: of a page few rows are comments.
    let comment = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(defect_comments::Entity)
        .and_where(Expr::col((defect_comments::Entity, defect_comments::Column::Id)).equals((Entity, Column::ObjectId)))
        .cond_where(readable_comments(sight))
        .to_owned();
    Condition::any()
        .add(Column::ObjectKind.ne(K::Comment.as_str()))
        .add(Expr::SubQuery(None, Box::new(comment.into())).gt(0))
}

fn concerning(sight: &Sight, project_id: Uuid) -> Condition {
    if sight.projects.contains(&project_id) {
        return Condition::all();
    }
    if sight.contractor_projects.contains(&project_id) {
        return of_contractor(sight);
    }
    // An owner: what all units have in common, and what belongs to the own ones.
    let common = [K::Project, K::Company, K::Building, K::UnitType, K::Checklist, K::Round, K::PendingEdit];
    let of_homes = Condition::all()
        .add(Column::UnitId.is_in(sight.homes.iter().copied()))
        // No owner reads of these: not even that there is one.
        .add(Column::ObjectKind.is_not_in([K::Dispute, K::Waiver].map(K::as_str)));
    Condition::any().add(Column::ObjectKind.is_in(common.map(K::as_str))).add(of_homes)
}

/// The kinds that hang on a defect, with the table and its column that name it. Reviews and waivers concern no
/// contractor.
fn of_contractor(sight: &Sight) -> Condition {
    let theirs = || -> SelectStatement {
        Query::select()
            .column(defect_companies::Column::DefectId)
            .from(defect_companies::Entity)
            .and_where(defect_companies::Column::CompanyId.is_in(sight.contractor_companies.iter().copied()))
            .to_owned()
    };
    let hidden = [K::Defect, K::RepairAttempt, K::Verdict, K::Dispute, K::Comment, K::Photo, K::Review, K::Waiver];
    let kind = |kind: K| Column::ObjectKind.eq(kind.as_str());
    let one = |of: K, ids: SelectStatement| Condition::all().add(kind(of)).add(Column::ObjectId.in_subquery(ids));
    Condition::any()
        .add(Column::ObjectKind.is_not_in(hidden.map(K::as_str)))
        .add(one(K::Defect, theirs()))
        .add(one(K::RepairAttempt, children(repair_attempts::Entity, theirs())))
        .add(one(K::Verdict, children(verdicts::Entity, theirs())))
        .add(one(K::Dispute, children(disputes::Entity, theirs())))
        .add(one(K::Comment, children(defect_comments::Entity, theirs())))
        .add(one(K::Photo, children(photos::Entity, theirs())))
}

/// `SELECT id FROM table WHERE defect_id IN (…)`
fn children(table: impl Iden + 'static, defects: SelectStatement) -> SelectStatement {
    use sea_orm::sea_query::Alias;
    Query::select()
        .column(Alias::new("id"))
        .from(table.into_iden())
        .and_where(Expr::col(Alias::new("defect_id")).in_subquery(defects))
        .to_owned()
}
