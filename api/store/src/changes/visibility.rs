//! Which changes may concern a caller, as a condition on the rows of `changes`.
//!
//! It only saves reading: the object's own finder decides what the caller sees. So it may let pass too much, never too
//! little, and an object that the caller lost must pass, because its removal is reported.
//!
//! The condition is a `CASE` with one branch for each kind of object that can reach the reader, and no branch for any
//! other kind. The database judges a row by the branch of its kind alone. It also cannot look for the rows by their
//! kinds: PostgreSQL would do so for a list of conditions with `OR`, and read all rows of the project instead of those in
//! the range of numbers.
//!
//! Each row is judged by itself, with look-ups by primary keys and indexes. A subquery with `IN` would list everything
//! that a company ever had, for each page again.

use std::borrow::Cow;

use domain::VisibilityScope;
use domain::change::{ChangeAudience, PROJECT_OF_ONE, rows_of_few, shown_rows};
use domain::id::ProjectId;
use domain::object_kind::ObjectKind as K;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait};
use uuid::Uuid;

use crate::db::Connection;
use crate::defects::readable_comments;
use crate::entity::changes::{self, Column};
use crate::entity::{defect_comments, inbox_entries, memberships, pending_edits};
use crate::id_in::{expr_in, text_in};
use crate::inbox;
use crate::visibility::own;

/// The name of the table of changes where it is compared with itself.
const NEWER: &str = "newer";

/// The reader of the changes of a project, and the database that has them.
pub(super) struct ChangeReader<'a> {
    pub(super) conn: &'a Connection,
    pub(super) scope: &'a VisibilityScope,
    project_id: ProjectId,
    audience: ChangeAudience,
}

/// Rows that can reach a reader.
pub(super) struct Branch {
    /// The kinds of the rows.
    rows: Vec<String>,
    /// The condition of a row that reaches the reader; empty if each of them does.
    condition: Condition,
}

impl Branch {
    /// Rows of these kinds that meet the condition.
    pub(super) fn new<R: Into<String>>(rows: impl IntoIterator<Item = R>, condition: Condition) -> Self {
        Self { rows: rows.into_iter().map(Into::into).collect(), condition }
    }
}

/// The row at hand may concern the caller.
pub(super) fn visible_changes(conn: &Connection, scope: &VisibilityScope, project_id: ProjectId) -> Condition {
    let reader = ChangeReader { conn, scope, project_id, audience: ChangeAudience::of(scope, project_id) };
    let (unconditional, conditional): (Vec<Branch>, Vec<Branch>) =
        reader.branches().into_iter().partition(|branch| branch.condition.is_empty());
    let unconditional = Branch::new(unconditional.into_iter().flat_map(|branch| branch.rows), Condition::all());
    let branches = std::iter::once(unconditional).chain(conditional).filter(|branch| !branch.rows.is_empty());
    let case = branches.fold(CaseStatement::new(), |case, Branch { rows, condition }| {
        case.case(text_in(conn, Column::ObjectKind, &rows), condition)
    });
    let reaches: Expr = case.finally(Condition::any()).into();
    // Most rows are of embedded kinds: they need not pass all branches.
    Condition::all().add(Column::ObjectKind.is_not_in(K::EMBEDDED.map(K::as_str))).add(reaches)
}

impl ChangeReader<'_> {
    fn branches(&self) -> Vec<Branch> {
        let kinds = K::ALL.iter().copied().filter(|kind| !K::EMBEDDED.contains(kind));
        kinds.filter_map(|kind| self.branch(kind)).chain(self.removals()).collect()
    }

    /// The rows in which an object of a kind may be new to the reader; none for a kind that the reader never has. Each
    /// object comes once, in its newest row that reaches the reader.
    fn branch(&self, kind: K) -> Option<Branch> {
        let seen = match self.audience {
            ChangeAudience::OwnerData | ChangeAudience::WholeProject => self.seen_in_whole_project(kind),
            ChangeAudience::Staff => self.seen_by_contractor(kind)?,
            ChangeAudience::Everybody => self.seen_by_owner(kind)?,
        };
        let rows = self.rows(kind);
        let seen = (!seen.is_empty()).then_some(seen);
        let newest = (rows.len() > 1).then(|| self.none_newer(&rows));
        Some(Branch::new(rows, Condition::all().add_option(seen).add_option(newest)))
    }

    /// The rows of objects that the reader has in the own copy and may not see any more.
    fn removals(&self) -> Vec<Branch> {
        match self.audience {
            ChangeAudience::OwnerData | ChangeAudience::WholeProject => Vec::new(),
            ChangeAudience::Staff => vec![self.photo_lost_by_contractor()],
            ChangeAudience::Everybody => {
                vec![self.moved_defect_of_owner(), self.void_defect_of_owner(), self.photo_lost_by_owner()]
            }
        }
    }

    /// The kinds of rows in which an object of a kind may be new to the reader.
    fn rows(&self, kind: K) -> Vec<String> {
        let few = match (kind, self.audience) {
            (K::Project, ChangeAudience::Staff | ChangeAudience::Everybody) => vec![Cow::Borrowed(PROJECT_OF_ONE)],
            // These are rows of removals.
            (K::Defect, _) => Vec::new(),
            (kind, audience) => rows_of_few(kind, self.scope, audience),
        };
        let shown = shown_rows(kind, self.audience).into_iter().map(str::to_owned);
        shown.chain(few.into_iter().map(Cow::into_owned)).collect()
    }

    /// Staff of every party but the contractors: everything, but for comments inside of other companies, people who are
    /// not in the project, edits of others, and inboxes of others.
    fn seen_in_whole_project(&self, kind: K) -> Condition {
        match kind {
            K::Comment => {
                same_id::<defect_comments::Entity>(defect_comments::Column::Id, readable_comments(self.scope))
            }
            K::Person => self.people(),
            K::PendingEdit => self.pending_edits(),
            K::InboxEntry => self.inbox_entries(),
            _ => Condition::all(),
        }
    }

    /// The person at hand is a member of the project or the caller, unless the caller sees the owners of units.
    pub(super) fn people(&self) -> Condition {
        if self.scope.owner_projects.contains(&self.project_id) {
            return Condition::all();
        }
        let member = Query::select()
            .from(memberships::Entity)
            .and_where(memberships::Column::ProjectId.eq(self.project_id))
            .and_where(
                Expr::col((memberships::Entity, memberships::Column::PersonId))
                    .equals((changes::Entity, Column::ObjectId)),
            )
            .to_owned();
        Condition::any().add(Column::ObjectId.eq(self.scope.person_id)).add(exists(member))
    }

    /// The edit at hand is the caller's own, unless the caller may resolve edits.
    pub(super) fn pending_edits(&self) -> Condition {
        if self.scope.resolve_projects.contains(&self.project_id) {
            return Condition::all();
        }
        use pending_edits::Column as C;
        same_id::<pending_edits::Entity>(C::Id, own(self.scope, C::PersonId, C::UnitId))
    }

    /// The entry at hand is in the caller's inbox.
    pub(super) fn inbox_entries(&self) -> Condition {
        same_id::<inbox_entries::Entity>(inbox_entries::Column::Id, inbox::own(self.scope))
    }

    /// The row of the project at hand is for an audience, or for the caller alone.
    pub(super) fn project(&self) -> Condition {
        self.audience_or_caller(|column| Expr::col((changes::Entity, column)))
    }

    /// The row of a project is for an audience, or for one reader who is the caller: by the own id, or by that of a
    /// company that the caller leads.
    fn audience_or_caller(&self, column: impl Fn(Column) -> Expr) -> Condition {
        let led_companies = self.scope.led_companies.iter().map(|company| company.uuid());
        let own_ids: Vec<Uuid> = led_companies.chain([self.scope.person_id.uuid()]).collect();
        let for_caller = expr_in(self.conn, column(Column::ObjectId), own_ids);
        Condition::any().add(column(Column::ObjectKind).ne(PROJECT_OF_ONE)).add(for_caller)
    }

    /// No row of the same object as the row at hand, of one of these kinds, has a higher number.
    fn none_newer(&self, kinds: &[String]) -> Expr {
        // A project has one object of its kind, itself, whatever the id in the row.
        let same = if kinds.iter().any(|kind| kind == PROJECT_OF_ONE) {
            self.audience_or_caller(newer)
        } else {
            newer(Column::ObjectId).equals((changes::Entity, Column::ObjectId)).into()
        };
        let rows = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from_as(changes::Entity, Alias::new(NEWER))
            .and_where(newer(Column::ProjectId).eq(self.project_id))
            .and_where(expr_in(self.conn, newer(Column::ObjectKind), kinds.to_vec()))
            .cond_where(same)
            .and_where(self.newer_number().gt(Expr::col((changes::Entity, Column::Seq))))
            .to_owned();
        Expr::SubQuery(None, Box::new(rows.into())).eq(0)
    }

    /// The number of the row that may be newer. To SQLite it is an expression, so that the row is found by its object: by
    /// the index of numbers a database without statistics would read all newer rows of the project for each row.
    fn newer_number(&self) -> Expr {
        let number = newer(Column::Seq);
        if self.conn.get_database_backend() == DbBackend::Sqlite { number.add(0_i64) } else { number }
    }
}

/// A column of the row that may be newer than the one at hand.
fn newer(column: Column) -> Expr {
    Expr::col((Alias::new(NEWER), column))
}

/// The row of a table that has the id of the change at hand meets a condition.
pub(super) fn same_id<E: EntityTrait>(id: E::Column, condition: Condition) -> Condition {
    let of_change = Expr::col((E::default(), id)).equals((changes::Entity, Column::ObjectId));
    let row = Query::select().from(E::default()).and_where(of_change).cond_where(condition).to_owned();
    Condition::all().add(exists(row))
}

/// Whether a selection has rows. Counted row by row: PostgreSQL would turn `EXISTS` into a hash of the whole table.
pub(crate) fn exists(mut select: SelectStatement) -> Expr {
    let counted = select.expr(Expr::cust("COUNT(*)")).to_owned();
    Expr::SubQuery(None, Box::new(counted.into())).gt(0)
}
