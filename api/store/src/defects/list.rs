//! Lists of defects by filter and order, each page read from an index.
//!
//! A list by due time over several statuses would, in one scan, first walk over everything closed long ago. So it is
//! read as one short index scan a status, merged: a page costs the same over a thousand defects and over a million.

use domain::VisibilityScope;
use domain::defect::{Category, DefectStatus, Severity};
use domain::id::{BuildingId, CompanyId, InspectionId, PersonId, ProjectId, RoomId, RoundId, UnitId};
use domain::text::folded;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LikeExpr, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::mine::Mine;
use crate::Error;
use crate::boxed;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::entity::defects::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::partial::{NotRead, Partial};
use crate::photos::has_reused_photo;
use crate::query_plan::plan_of;
use crate::visibility;

/// The orders of a list of defects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderBy {
    /// The due time; what has none comes last.
    Due,
    /// The same of the due time that owners read.
    ShownDue,
    /// The severity, the worst first.
    Severity,
    /// The place: building, entrance, floor, unit.
    Place,
    /// The defect's number.
    Number,
}

impl OrderBy {
    /// The order for owners, who read a due time of their own.
    #[must_use]
    pub const fn for_owner(self) -> Self {
        match self {
            Self::Due => Self::ShownDue,
            other => other,
        }
    }

    pub(super) const fn column(self) -> Column {
        match self {
            Self::Due => Column::DueOrder,
            Self::ShownDue => Column::ShownDueOrder,
            Self::Severity => Column::SeverityRank,
            Self::Place => Column::PlaceOrder,
            Self::Number => Column::Number,
        }
    }

    /// The list's name inside cursors.
    #[must_use]
    pub const fn list_name(self) -> &'static str {
        match self {
            Self::Due | Self::ShownDue => "defects:due",
            Self::Severity => "defects:severity",
            Self::Place => "defects:place",
            Self::Number => "defects:number",
        }
    }

    /// The place of a defect in this order.
    ///
    /// # Errors
    /// When the order's column was not read.
    pub fn place(self, defect: &Partial<Model>) -> Result<Cursor, NotRead> {
        let sort = match self {
            Self::Due => defect.due_order()?,
            Self::ShownDue => defect.shown_due_order(),
            Self::Severity => i64::from(defect.severity_rank()?),
            Self::Place => defect.place_order()?,
            Self::Number => defect.number(),
        };
        Ok(Cursor { sort, id: defect.id().uuid() })
    }
}

/// The filter of a list; empty lists mean any, fields are ANDed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Of these projects.
    pub projects: Vec<ProjectId>,
    /// In these statuses, as the caller reads them: `None` means any, an empty list matches nothing.
    pub statuses: Option<Vec<DefectStatus>>,
    /// Of these severities.
    pub severities: Vec<Severity>,
    /// Of these categories.
    pub categories: Vec<Category>,
    /// Of these trades.
    pub trades: Vec<String>,
    /// In these units.
    pub units: Vec<UnitId>,
    /// In these rooms.
    pub rooms: Vec<RoomId>,
    /// In these buildings.
    pub buildings: Vec<BuildingId>,
    /// Found in these rounds.
    pub rounds: Vec<RoundId>,
    /// These companies are responsible.
    pub companies: Vec<CompanyId>,
    /// These people are to fix them.
    pub assignees: Vec<PersonId>,
    /// Raised by this person.
    pub raised_by: Option<PersonId>,
    /// Found by an owner, or not.
    pub owner_finding: Option<bool>,
    /// On hold, or not.
    pub on_hold: Option<bool>,
    /// Overdue at this moment (µs).
    pub overdue_at: Option<i64>,
    /// Not overdue at this moment (µs).
    pub not_overdue_at: Option<i64>,
    /// Statuses and due times are those that owners read, and no clock stands still: owners are told nothing of holds and
    /// disputes.
    pub for_owner: bool,
    /// Due before this moment (µs).
    pub due_before: Option<i64>,
    /// Too late for these unit inspections.
    pub late_for: Vec<InspectionId>,
    /// Too late for a unit inspection, or not.
    pub late: Option<bool>,
    /// Escalated and still alive, or not.
    pub escalated: Option<bool>,
    /// With a photo whose bytes are also another photo's, or without.
    pub reused_photo: Option<bool>,
    /// Words in the description, the number or the codes.
    pub text: Option<String>,
    /// What waits for a person.
    pub mine: Option<Mine>,
}

impl Filter {
    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        all = any_of(all, Column::ProjectId, &self.projects);
        all = any_of(all, Column::UnitId, &self.units);
        all = any_of(all, Column::RoomId, &self.rooms);
        all = any_of(all, Column::BuildingId, &self.buildings);
        all = any_of(all, Column::RoundId, &self.rounds);
        all = any_of(all, Column::ResponsibleCompanyId, &self.companies);
        all = any_of(all, Column::AssigneeId, &self.assignees);
        all = any_of(all, Column::LateForId, &self.late_for);
        all = any_of(all, Column::Severity, &self.severities);
        all = any_of(all, Column::Category, &self.categories);
        all = any_of(all, Column::Trade, &self.trades);
        if let Some(person) = self.raised_by {
            all = all.add(Column::RaisedBy.eq(person));
        }
        if let Some(owner_finding) = self.owner_finding {
            all = all.add(Column::OwnerFinding.eq(owner_finding));
        }
        if let Some(on_hold) = self.on_hold {
            all = all.add(if on_hold { Column::HeldSince.is_not_null() } else { Column::HeldSince.is_null() });
        }
        if let Some(late) = self.late {
            all = all.add(if late { Column::LateForId.is_not_null() } else { Column::LateForId.is_null() });
        }
        if let Some(escalated) = self.escalated {
            let alive = DefectStatus::ALIVE.iter().copied();
            let is = Condition::all().add(Column::EscalatedAt.is_not_null()).add(Column::Status.is_in(alive));
            all = all.add(if escalated { is } else { is.not() });
        }
        if let Some(reused) = self.reused_photo {
            let has = has_reused_photo();
            all = all.add(if reused { has } else { has.not() });
        }
        if let Some(now) = self.overdue_at {
            all = all.add(self.due().lt(now)).add(self.counts_as_late());
        }
        if let Some(now) = self.not_overdue_at {
            let late = DefectStatus::MAY_BE_OVERDUE.iter().copied();
            all = all.add(
                Condition::any()
                    .add(self.due().gte(now))
                    .add(self.counts_as_late().not())
                    .add(self.status().is_not_in(late)),
            );
        }
        if let Some(moment) = self.due_before {
            all = all.add(self.due().lt(moment));
        }
        if let Some(mine) = &self.mine {
            all = all.add(mine.condition());
        }
        if let Some(text) = &self.text {
            for word in text.split_whitespace().take(8) {
                all = all.add(contains(word));
            }
        }
        all
    }

    /// The column of the status.
    const fn status(&self) -> Column {
        if self.for_owner { Column::ShownStatus } else { Column::Status }
    }

    /// The column of the due time.
    const fn due(&self) -> Column {
        if self.for_owner { Column::ShownDueOrder } else { Column::DueOrder }
    }

    /// Whether a passed due time counts: it had passed before the clock stopped, or the clock runs.
    fn counts_as_late(&self) -> Condition {
        if self.for_owner {
            return Condition::any().add(Expr::cust("1 = 1"));
        }
        let stopped_later = Expr::col((Entity, Column::DueOrder)).lt(Expr::col((Entity, Column::ClockStoppedAt)));
        Condition::any().add(Column::ClockStoppedAt.is_null()).add(stopped_later)
    }

    /// The statuses to read, each by a scan of its own; `None` when any will do.
    fn scanned_statuses(&self) -> Option<Vec<DefectStatus>> {
        let mut scanned = self.statuses.clone();
        // Only some states can be overdue, and only some wait for a person.
        let narrower =
            [self.overdue_at.map(|_| DefectStatus::MAY_BE_OVERDUE.to_vec()), self.mine.as_ref().map(Mine::statuses)];
        for statuses in narrower.into_iter().flatten() {
            scanned = Some(match scanned {
                Some(chosen) => statuses.into_iter().filter(|status| chosen.contains(status)).collect(),
                None => statuses,
            });
        }
        scanned
    }
}

fn any_of<V: Clone + Into<sea_orm::Value>>(all: Condition, column: Column, wanted: &[V]) -> Condition {
    match wanted {
        [] => all,
        // One value as an equality: the index behind it stays in order.
        [one] => all.add(column.eq(one.clone())),
        many => all.add(column.is_in(many.iter().cloned())),
    }
}

fn contains(word: &str) -> Expr {
    let escaped = folded(word).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Expr::col((Entity, Column::Search)).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// A page of the defects that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: &Filter,
    order: OrderBy,
    descending: bool,
    request: &PageRequest,
    columns: Columns,
) -> Result<Page<Partial<Model>>, Error> {
    let columns = columns | Columns::from(order.column());
    let statement = page_statement(scope, filter, order, descending, request, columns);
    let rows = columns::some_rows(conn, conn.get_database_backend().build(&statement), columns).await?;
    let rows: Result<Vec<_>, NotRead> = rows.into_iter().map(|row| Ok((order.place(&row)?, row))).collect();
    Ok(Page::of(request, rows?))
}

/// The statement of [`page`], merged from one index scan a status.
fn page_statement(
    scope: &VisibilityScope,
    filter: &Filter,
    order: OrderBy,
    descending: bool,
    request: &PageRequest,
    columns: Columns,
) -> SelectStatement {
    let scan = |status: Option<DefectStatus>| {
        let mut select = columns::select_columns(Entity::find(), columns)
            .filter(visibility::defects(scope))
            .filter(filter.condition())
            .filter(within(request, descending, order.column(), Column::Id));
        if let Some(status) = status {
            select = select.filter(filter.status().eq(status));
        }
        ordered(select, order, descending, request).into_query()
    };
    let scans: Vec<SelectStatement> = match filter.scanned_statuses() {
        None => return scan(None),
        Some(statuses) => statuses.into_iter().map(|status| scan(Some(status))).collect(),
    };
    merge(scans, order, descending, request, columns)
}

fn ordered(select: Select<Entity>, order: OrderBy, descending: bool, request: &PageRequest) -> Select<Entity> {
    let direction = reading_order(request, descending);
    select.order_by(order.column(), direction.clone()).order_by(Column::Id, direction).limit(request.limit + 1)
}

/// `SELECT * FROM (SELECT * FROM (scan) UNION ALL …) ORDER BY … LIMIT …`
fn merge(
    scans: Vec<SelectStatement>,
    order: OrderBy,
    descending: bool,
    request: &PageRequest,
    columns: Columns,
) -> SelectStatement {
    let direction = reading_order(request, descending);
    let mut wrapped = scans.into_iter().enumerate().map(|(n, scan)| {
        Query::select().expr(Expr::cust("*")).from_subquery(scan, Alias::new(format!("scan_{n}"))).to_owned()
    });
    let Some(mut all) = wrapped.next() else {
        // No status can match: an empty answer of the right shape.
        return columns::select_columns(Entity::find(), columns).filter(Expr::cust("1 = 0")).into_query();
    };
    for scan in wrapped {
        all.union(UnionType::All, scan);
    }
    Query::select()
        .expr(Expr::cust("*"))
        .from_subquery(all, Alias::new("merged"))
        .order_by(Alias::new(sea_orm::IdenStatic::as_str(&order.column())), direction.clone())
        .order_by(Alias::new("id"), direction)
        .limit(request.limit + 1)
        .to_owned()
}

/// How many defects match.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count(conn: &Connection, scope: &VisibilityScope, filter: &Filter) -> Result<u64, Error> {
    matching(scope, filter).count(conn).await
}

/// How many defects match in each of the units; units without any are left out.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_by_unit(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: &Filter,
    unit_ids: &[UnitId],
) -> Result<Vec<(UnitId, i64)>, Error> {
    matching(scope, filter)
        .filter(id_in(conn, Column::UnitId, unit_ids))
        .select_only()
        .column(Column::UnitId)
        .column_as(Column::Id.count(), "defects")
        .group_by(Column::UnitId)
        .into_tuple()
        .all(conn)
        .await
}

pub(super) fn matching(scope: &VisibilityScope, filter: &Filter) -> Select<Entity> {
    let select = Entity::find().filter(visibility::defects(scope)).filter(filter.condition());
    match filter.scanned_statuses() {
        Some(statuses) => select.filter(filter.status().is_in(statuses)),
        None => select,
    }
}

/// The database's own plan for a page, for tests that hold it to its indexes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn query_plan(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: &Filter,
    order: OrderBy,
    request: &PageRequest,
) -> Result<String, Error> {
    let statement = page_statement(scope, filter, order, false, request, Columns::ALL);
    plan_of(conn, conn.get_database_backend().build(&statement)).await
}
