//! Which changes may concern a caller, as a condition on the rows of `changes`.
//!
//! It only saves reading: the object's own finder decides what the caller sees. So it may let pass too much, never too
//! little, and an object that the caller lost must pass, because its removal is reported.
//!
//! Each row is judged by itself, with look-ups by primary keys and indexes. A subquery with `IN` would list everything
//! that a company ever had, for each page again.

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::VisibilityScope;
use domain::change::{
    ChangeAudience, DIVIDED, MOVED_PHOTO, PROJECT_OF_ONE, WITH_FEW_READERS, hidden_rows, patterns_of_few, rows_of_few,
    shown_rows,
};
use domain::id::ProjectId;
use domain::object_kind::ObjectKind as K;
use domain::photo::PhotoStage;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait};
use uuid::Uuid;

use crate::defects::readable_comments;
use crate::entity::changes::{self, Column};
use crate::entity::{
    defect_comments, defect_companies, defects, disputes, inbox_entries, memberships, pending_edits, photos,
    repair_attempts, unit_inspections, unit_reviews, units, verdicts,
};
use crate::inbox;
use crate::visibility::{not_signed_elsewhere, own, shown_to_owner};

/// The kinds that hang on a unit and are never an owner's.
const OF_STAFF: [K; 2] = [K::Dispute, K::Waiver];
/// The kinds that an owner gets whatever the unit. Companies are none of an owner's business.
const COMMON: [K; 3] = [K::Project, K::PendingEdit, K::InboxEntry];
/// The kinds that a contractor sees with the defect that they hang on, and those that concern no contractor.
const OF_DEFECTS: [K; 6] = [K::Defect, K::RepairAttempt, K::Verdict, K::Dispute, K::Comment, K::Photo];
const NOT_OF_CONTRACTORS: [K; 1] = [K::Review];

/// The name of the table of changes where it is compared with itself.
const NEWER: &str = "newer";

pub(super) fn visible_changes(scope: &VisibilityScope, project_id: ProjectId, backend: DbBackend) -> Condition {
    let reader = ChangeAudience::of(scope, project_id);
    let seen = match reader {
        ChangeAudience::OwnerData | ChangeAudience::WholeProject => {
            Condition::all().add(unless(K::Comment, comments(scope))).add(Column::ObjectKind.ne(MOVED_PHOTO))
        }
        ChangeAudience::Staff => of_contractor(scope),
        ChangeAudience::Everybody => of_owner(scope),
    };
    Condition::all()
        .add(Column::ObjectKind.is_not_in(K::EMBEDDED.map(K::as_str).into_iter().chain(hidden_rows(reader))))
        .add(seen)
        .add(
            Condition::any()
                .add(Column::ObjectKind.ne(PROJECT_OF_ONE))
                .add(Column::ObjectId.is_in(as_one(scope, reader))),
        )
        .add(of_few(scope, reader))
        .add(newest_of_object(scope, reader, project_id, backend))
        .add(unless(K::Person, people(scope, project_id)))
        .add(unless(K::PendingEdit, pending_edits(scope, project_id)))
        .add(unless(K::InboxEntry, inbox_entries(scope)))
}

/// A contractor: the places, and defects that the company is or was responsible for, or raised, with what hangs on
/// them.
fn of_contractor(scope: &VisibilityScope) -> Condition {
    let rows = |kind: K| rows_of(kind, scope, ChangeAudience::Staff);
    let of_kind = |kind: K| Condition::all().add(Column::ObjectKind.is_in(rows(kind)));
    let hidden = OF_DEFECTS.into_iter().chain(NOT_OF_CONTRACTORS).flat_map(rows).chain([Cow::Borrowed(MOVED_PHOTO)]);
    let defect = Query::select()
        .from(defect_companies::Entity)
        .and_where(
            Expr::col((defect_companies::Entity, defect_companies::Column::DefectId))
                .equals((changes::Entity, Column::ObjectId)),
        )
        .and_where(of_company(scope))
        .to_owned();
    Condition::any()
        .add(Column::ObjectKind.is_not_in(hidden))
        .add(of_kind(K::Defect).add(exists(defect)))
        .add(of_kind(K::RepairAttempt).add(of_company_defect::<repair_attempts::Entity>("repair_attempts", scope)))
        .add(of_kind(K::Verdict).add(of_company_defect::<verdicts::Entity>("verdicts", scope)))
        .add(of_kind(K::Dispute).add(of_company_defect::<disputes::Entity>("disputes", scope)))
        .add(
            of_kind(K::Comment)
                .add(of_company_defect::<defect_comments::Entity>("defect_comments", scope))
                .add(comments(scope)),
        )
        .add(of_kind(K::Photo).add(of_company_defect::<photos::Entity>("photos", scope)))
        .add(super::lost::photo_of_contractor(scope))
}

/// The ids under which the caller is a single reader: the own id, and the companies that the caller leads. A reader of
/// the whole project gets these changes by the audience.
fn as_one(scope: &VisibilityScope, reader: ChangeAudience) -> Vec<Uuid> {
    match reader {
        ChangeAudience::OwnerData | ChangeAudience::WholeProject => Vec::new(),
        ChangeAudience::Staff | ChangeAudience::Everybody => {
            scope.led_companies.iter().map(|company| company.uuid()).chain([scope.person_id.uuid()]).collect()
        }
    }
}

/// The row at hand is none for few readers, unless the reader is one of them.
fn of_few(scope: &VisibilityScope, reader: ChangeAudience) -> Condition {
    let patterns = patterns_of_few().into_iter();
    let of_few = patterns.fold(Condition::any(), |any, pattern| any.add(Column::ObjectKind.like(pattern)));
    let own = WITH_FEW_READERS.into_iter().flat_map(|kind| rows_of_few(kind, scope, reader));
    Condition::any().add(of_few.not()).add(Column::ObjectKind.is_in(own))
}

/// The kinds of rows in which an object may be new to the reader.
fn rows_of(kind: K, scope: &VisibilityScope, reader: ChangeAudience) -> Vec<Cow<'static, str>> {
    let few = match kind {
        K::Project => vec![Cow::Borrowed(PROJECT_OF_ONE)],
        // A defect that is gone is new in no other row.
        K::Defect => Vec::new(),
        kind => rows_of_few(kind, scope, reader),
    };
    shown_rows(kind, reader).into_iter().map(Cow::Borrowed).chain(few).collect()
}

/// The row at hand is the newest one of its object that reaches the reader: each object comes once.
fn newest_of_object(
    scope: &VisibilityScope,
    reader: ChangeAudience,
    project_id: ProjectId,
    backend: DbBackend,
) -> Condition {
    let own_id = || Condition::all().add(newer(Column::ObjectId).equals((changes::Entity, Column::ObjectId)));
    // A project has one object of its kind, itself, whatever the id in the row.
    let of_project = || {
        let one = newer(Column::ObjectId).is_in(as_one(scope, reader));
        Condition::any().add(newer(Column::ObjectKind).ne(PROJECT_OF_ONE)).add(one)
    };
    let kinds: BTreeSet<K> = DIVIDED.into_iter().chain(WITH_FEW_READERS).collect();
    let divided: Vec<(Vec<Cow<'static, str>>, Condition)> = kinds
        .into_iter()
        .map(|kind| (rows_of(kind, scope, reader), if kind == K::Project { of_project() } else { own_id() }))
        .filter(|(rows, _)| rows.len() > 1)
        .collect();
    let all: Vec<Cow<'static, str>> = divided.iter().flat_map(|(rows, _)| rows.iter().cloned()).collect();
    let mut any = Condition::any().add(Column::ObjectKind.is_not_in(all));
    for (rows, same) in divided {
        let none_newer = none_newer(&rows, same, project_id, backend);
        any = any.add(Condition::all().add(Column::ObjectKind.is_in(rows)).add(none_newer));
    }
    any
}

/// No row of the same object as the row at hand, of one of these kinds, has a higher number.
fn none_newer(kinds: &[Cow<'static, str>], same: Condition, project_id: ProjectId, backend: DbBackend) -> Expr {
    let rows = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from_as(changes::Entity, Alias::new(NEWER))
        .and_where(newer(Column::ProjectId).eq(project_id))
        .and_where(newer(Column::ObjectKind).is_in(kinds.iter().cloned()))
        .cond_where(same)
        .and_where(newer_number(backend).gt(Expr::col((changes::Entity, Column::Seq))))
        .to_owned();
    Expr::SubQuery(None, Box::new(rows.into())).eq(0)
}

/// The number of the row that may be newer. To SQLite it is an expression, so that the row is found by its object: by the
/// index of numbers a database without statistics would read all newer rows of the project for each row.
fn newer_number(backend: DbBackend) -> Expr {
    let number = newer(Column::Seq);
    if backend == DbBackend::Sqlite { number.add(0_i64) } else { number }
}

/// A column of the row that may be newer than the one at hand.
fn newer(column: Column) -> Expr {
    Expr::col((Alias::new(NEWER), column))
}

/// An owner: what all units have in common, and what belongs to the own ones.
fn of_owner(scope: &VisibilityScope) -> Condition {
    let owned_units = || scope.owned_units.iter().copied();
    let around = |column: units::Column| {
        let own = Expr::col((units::Entity, column)).equals((changes::Entity, Column::ObjectId));
        exists(
            Query::select()
                .from(units::Entity)
                .and_where(units::Column::Id.is_in(owned_units()))
                .and_where(own)
                .to_owned(),
        )
    };
    let inspected = Query::select()
        .from(unit_inspections::Entity)
        .and_where(
            Expr::col((unit_inspections::Entity, unit_inspections::Column::RoundId))
                .equals((changes::Entity, Column::ObjectId)),
        )
        .and_where(unit_inspections::Column::UnitId.is_in(owned_units()))
        .to_owned();
    let own_unit = Condition::all()
        .add(Column::UnitId.is_in(scope.owned_units.iter().copied()))
        .add(Column::ObjectKind.is_not_in(OF_STAFF.map(K::as_str)))
        .add(Column::ObjectKind.is_not_in(rows_of_few(K::Defect, scope, ChangeAudience::Everybody)))
        .add(unless(K::Defect, same_id::<defects::Entity>(defects::Column::Id, shown_to_owner())))
        .add(unless(K::RepairAttempt, of_shown_defect::<repair_attempts::Entity>("repair_attempts")))
        .add(unless(K::Verdict, of_shown_defect::<verdicts::Entity>("verdicts")))
        .add(unless(K::Comment, of_shown_defect::<defect_comments::Entity>("defect_comments").add(comments(scope))))
        .add(unless(K::Photo, of_shown_defect::<photos::Entity>("photos").add(photos_of_owner(scope))))
        .add(unless(K::Review, reviews_of_owner(scope)));
    Condition::any()
        .add(Column::ObjectKind.is_in(COMMON.map(K::as_str).into_iter().chain([PROJECT_OF_ONE])))
        .add(kind(K::Building).add(around(units::Column::BuildingId)))
        .add(kind(K::UnitType).add(around(units::Column::UnitTypeId)))
        .add(kind(K::Round).add(exists(inspected)))
        .add(kind(K::Photo).add(Column::UnitId.is_null()).add(own_signature(scope)))
        .add(own_unit)
        .add(super::lost::moved_defect_of_owner(scope))
        .add(super::lost::void_defect_of_owner(scope))
        .add(super::lost::photo_of_owner(scope))
}

/// The comment at hand is one that the caller reads. Who reads a comment never changes.
fn comments(scope: &VisibilityScope) -> Condition {
    same_id::<defect_comments::Entity>(defect_comments::Column::Id, readable_comments(scope))
}

/// The photo at hand is the owner's own, or was ready once: then it was visible, and its loss is reported.
fn photos_of_owner(scope: &VisibilityScope) -> Condition {
    use photos::Column as C;
    let ready = Condition::all().add(C::ReadyAt.is_not_null());
    let shown = Condition::any().add(ready).add(C::PersonId.eq(scope.person_id));
    same_id::<photos::Entity>(C::Id, shown)
}

/// The photo at hand is the picture of the owner's own signature, which belongs to no unit by itself.
fn own_signature(scope: &VisibilityScope) -> Condition {
    use photos::Column as C;
    let own = Condition::all().add(C::PersonId.eq(scope.person_id)).add(C::Stage.eq(PhotoStage::Signature));
    same_id::<photos::Entity>(C::Id, own.add(not_signed_elsewhere(scope)))
}

fn reviews_of_owner(scope: &VisibilityScope) -> Condition {
    same_id::<unit_reviews::Entity>(unit_reviews::Column::Id, unit_reviews::Column::PersonId.eq(scope.person_id).into())
}

/// The person at hand is a member of the project or the caller, unless the caller sees the owners of units.
fn people(scope: &VisibilityScope, project_id: ProjectId) -> Condition {
    if scope.owner_projects.contains(&project_id) {
        return Condition::all();
    }
    let member = Query::select()
        .from(memberships::Entity)
        .and_where(memberships::Column::ProjectId.eq(project_id))
        .and_where(
            Expr::col((memberships::Entity, memberships::Column::PersonId)).equals((changes::Entity, Column::ObjectId)),
        )
        .to_owned();
    Condition::any().add(Column::ObjectId.eq(scope.person_id)).add(exists(member))
}

/// The edit at hand is the caller's own, unless the caller may resolve edits.
fn pending_edits(scope: &VisibilityScope, project_id: ProjectId) -> Condition {
    if scope.resolve_projects.contains(&project_id) {
        return Condition::all();
    }
    use pending_edits::Column as C;
    same_id::<pending_edits::Entity>(C::Id, own(scope, C::PersonId, C::UnitId))
}

/// The entry at hand is in the caller's inbox.
fn inbox_entries(scope: &VisibilityScope) -> Condition {
    same_id::<inbox_entries::Entity>(inbox_entries::Column::Id, inbox::own(scope))
}

/// The row of a table that has the id of the change at hand meets a condition.
fn same_id<E: EntityTrait>(id: E::Column, condition: Condition) -> Condition {
    let of_change = Expr::col((E::default(), id)).equals((changes::Entity, Column::ObjectId));
    let row = Query::select().from(E::default()).and_where(of_change).cond_where(condition).to_owned();
    Condition::all().add(exists(row))
}

/// The row of a table with the id of the change at hand belongs to a defect that its owner sees: the rows of a void
/// defect come again when it is restored.
fn of_shown_defect<E: EntityTrait>(table: &'static str) -> Condition {
    let row = Query::select()
        .from(E::default())
        .inner_join(defects::Entity, Expr::col((defects::Entity, defects::Column::Id)).equals((table, "defect_id")))
        .and_where(Expr::col((table, "id")).equals((changes::Entity, Column::ObjectId)))
        .cond_where(shown_to_owner())
        .to_owned();
    Condition::all().add(exists(row))
}

/// The row of a table that has the id of the change at hand hangs on a defect of the caller's company.
fn of_company_defect<E: EntityTrait>(table: &'static str, scope: &VisibilityScope) -> Condition {
    let row = Query::select()
        .from(E::default())
        .inner_join(
            defect_companies::Entity,
            Expr::col((defect_companies::Entity, defect_companies::Column::DefectId)).equals((table, "defect_id")),
        )
        .and_where(Expr::col((table, "id")).equals((changes::Entity, Column::ObjectId)))
        .and_where(of_company(scope))
        .to_owned();
    Condition::all().add(exists(row))
}

pub(super) fn of_company(scope: &VisibilityScope) -> Expr {
    defect_companies::Column::CompanyId.is_in(scope.contractor_companies.iter().copied())
}

/// Changes of defects.
pub(super) fn of_defect() -> Condition {
    Condition::all().add(Column::ObjectKind.is_in(shown_rows(K::Defect, ChangeAudience::OwnerData)))
}

/// Changes of one kind.
pub(super) fn kind(kind: K) -> Condition {
    Condition::all().add(Column::ObjectKind.eq(kind))
}

/// Changes of another kind, and those of this one that meet a condition.
fn unless(kind: K, condition: Condition) -> Condition {
    Condition::any().add(Column::ObjectKind.ne(kind)).add(condition)
}

/// Whether a selection has rows. Counted row by row: PostgreSQL would turn `EXISTS` into a hash of the whole table.
pub(crate) fn exists(mut select: SelectStatement) -> Expr {
    let counted = select.expr(Expr::cust("COUNT(*)")).to_owned();
    Expr::SubQuery(None, Box::new(counted.into())).gt(0)
}
