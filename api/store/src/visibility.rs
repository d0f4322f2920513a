//! Visibility: the conditions that restrict queries to the rows that a caller may see.

use domain::VisibilityScope;
use domain::defect::DefectStatus;
use domain::photo::PhotoState;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::{
    defect_companies, defects, memberships, photos, projects, rounds, signatures, unit_inspections, unit_owners,
    unit_reviews, units,
};

/// Defects: all of a project, or those that the contractor ever was responsible for or raised, or those of the own
/// unit but for the void ones that others entered.
#[must_use]
pub fn defects(scope: &VisibilityScope) -> Condition {
    let mut any = nothing();
    if !scope.projects.is_empty() {
        any = any.add(defects::Column::ProjectId.is_in(scope.projects.iter().copied()));
    }
    if !scope.contractor_companies.is_empty() {
        // Counted row by row: PostgreSQL would turn IN or EXISTS into a hash of all that the company ever had.
        let theirs = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from(defect_companies::Entity)
            .and_where(
                Expr::col((defect_companies::Entity, defect_companies::Column::DefectId))
                    .equals((defects::Entity, defects::Column::Id)),
            )
            .and_where(defect_companies::Column::CompanyId.is_in(scope.contractor_companies.iter().copied()))
            .to_owned();
        any = any.add(Expr::SubQuery(None, Box::new(theirs.into())).gt(0));
    }
    if !scope.owned_units.is_empty() {
        let own = defects::Column::UnitId.is_in(scope.owned_units.iter().copied());
        any = any.add(Condition::all().add(own).add(shown_to_owner()));
    }
    any
}

/// Defects that owners are shown: of the void ones only the own findings, so that those do not vanish without a word.
pub(crate) fn shown_to_owner() -> Condition {
    let alive = defects::Column::Status.ne(DefectStatus::Void);
    Condition::any().add(alive).add(defects::Column::OwnerFinding.eq(true))
}

/// Units: all of a project for its staff, the own opened ones for owners.
#[must_use]
pub fn units(scope: &VisibilityScope) -> Condition {
    places(scope, units::Column::ProjectId, units::Column::Id)
}

/// Rows of a unit, visible to everybody who may see the unit.
#[must_use]
pub fn places<C: ColumnTrait>(scope: &VisibilityScope, project: C, unit: C) -> Condition {
    let mut any = nothing();
    let staff = scope.staff_projects();
    if !staff.is_empty() {
        any = any.add(project.is_in(staff));
    }
    if !scope.owned_units.is_empty() {
        any = any.add(unit.is_in(scope.owned_units.iter().copied()));
    }
    any
}

/// Unit inspections: of all units of a project for its staff, of the own opened ones for owners.
#[must_use]
pub fn inspections(scope: &VisibilityScope) -> Condition {
    places(scope, unit_inspections::Column::ProjectId, unit_inspections::Column::UnitId)
}

/// Rounds: all of a project for its staff, for owners those in which the own unit is inspected.
#[must_use]
pub fn rounds(scope: &VisibilityScope) -> Condition {
    let mut any = Condition::any().add(staff_only(scope, rounds::Column::ProjectId));
    if !scope.owned_units.is_empty() {
        let theirs = Query::select()
            .column(unit_inspections::Column::RoundId)
            .from(unit_inspections::Entity)
            .and_where(unit_inspections::Column::UnitId.is_in(scope.owned_units.iter().copied()))
            .to_owned();
        any = any.add(rounds::Column::Id.in_subquery(theirs));
    }
    any
}

/// What companies recorded in unit inspections that the caller sees: everybody's, but for a contractor only what the
/// own company recorded.
#[must_use]
pub fn company_records<C: ColumnTrait>(scope: &VisibilityScope, project: C, company: C) -> Condition {
    let mut any = nothing();
    let projects: Vec<_> = scope.projects.iter().chain(&scope.owned_unit_projects).copied().collect();
    if !projects.is_empty() {
        any = any.add(project.is_in(projects));
    }
    if !scope.contractor_companies.is_empty() {
        any = any.add(company.is_in(scope.contractor_companies.iter().copied()));
    }
    any
}

/// Rows of a project that all its staff see and owners do not.
#[must_use]
pub fn staff_only<C: ColumnTrait>(scope: &VisibilityScope, project: C) -> Condition {
    let staff = scope.staff_projects();
    if staff.is_empty() { nothing() } else { project.is_in(staff).into() }
}

/// Rows of a project that its staff and owners see.
#[must_use]
pub fn all_members<C: ColumnTrait>(scope: &VisibilityScope, project: C) -> Condition {
    let all = scope.all_projects();
    if all.is_empty() { nothing() } else { project.is_in(all).into() }
}

/// Rows that hang on places of a project: all for its staff; for owners those that their own opened units refer to by
/// `of_owned_unit` (their building, their unit type).
#[must_use]
pub fn around_owned_units<C: ColumnTrait>(
    scope: &VisibilityScope,
    project: C,
    id: C,
    of_owned_unit: units::Column,
) -> Condition {
    let mut any = nothing();
    let staff = scope.staff_projects();
    if !staff.is_empty() {
        any = any.add(project.is_in(staff));
    }
    if !scope.owned_units.is_empty() {
        let theirs = Query::select()
            .column(of_owned_unit)
            .from(units::Entity)
            .and_where(units::Column::Id.is_in(scope.owned_units.iter().copied()))
            .to_owned();
        any = any.add(id.in_subquery(theirs));
    }
    any
}

/// Rows of a project that only those see who may see the owners of units.
#[must_use]
pub fn owners<C: ColumnTrait>(scope: &VisibilityScope, project: C) -> Condition {
    match scope.owner_projects.as_slice() {
        [] => nothing(),
        some => project.is_in(some.iter().copied()).into(),
    }
}

/// Projects.
#[must_use]
pub fn projects(scope: &VisibilityScope) -> Condition {
    all_members(scope, projects::Column::Id)
}

/// A signature's photo: seen by its signer, the signer's company, and who sees all of the project; the one of an owner,
/// which is a name in handwriting, by who may see the owners of units.
#[must_use]
pub fn signature(scope: &VisibilityScope, photo: &photos::Model) -> bool {
    photo.person_id == scope.person_id
        || match photo.company_id {
            Some(company) => scope.projects.contains(&photo.project_id) || scope.own_companies.contains(&company),
            None => scope.owner_projects.contains(&photo.project_id),
        }
}

/// The photos of signatures that [`signature`] shows.
#[must_use]
pub fn signatures(scope: &VisibilityScope) -> Condition {
    use photos::Column;
    let of_staff = Condition::any()
        .add(Column::ProjectId.is_in(scope.projects.iter().copied()))
        .add(Column::CompanyId.is_in(scope.own_companies.iter().copied()));
    let own = Condition::all().add(Column::PersonId.eq(scope.person_id)).add(not_signed_elsewhere(scope));
    Condition::any()
        .add(own)
        .add(Condition::all().add(Column::CompanyId.is_not_null()).add(of_staff))
        .add(Condition::all().add(Column::CompanyId.is_null()).add(owners(scope, Column::ProjectId)))
}

/// People by the column that names them: the caller, who holds or held a role in a project that the caller is staff of,
/// and who owns or owned a unit where the caller may see owners.
#[must_use]
pub fn people<C: ColumnTrait>(scope: &VisibilityScope, person: C) -> Condition {
    people_of(scope, person, false)
}

/// Those of them who hold a position now, and the caller.
#[must_use]
pub fn current_people<C: ColumnTrait>(scope: &VisibilityScope, person: C) -> Condition {
    people_of(scope, person, true)
}

/// Counted row by row: PostgreSQL would turn IN or EXISTS into a hash of all people of the projects.
fn people_of<C: ColumnTrait>(scope: &VisibilityScope, person: C, only_active: bool) -> Condition {
    let roles = Condition::all()
        .add(Expr::col((memberships::Entity, memberships::Column::PersonId)).equals(person.as_column_ref()))
        .add(staff_only(scope, memberships::Column::ProjectId))
        .add_option(only_active.then(|| memberships::Column::Active.eq(true)));
    let homes = Condition::all()
        .add(Expr::col((unit_owners::Entity, unit_owners::Column::PersonId)).equals(person.as_column_ref()))
        .add(owners(scope, unit_owners::Column::ProjectId))
        .add_option(only_active.then(|| unit_owners::Column::Active.eq(true)));
    let roles = Query::select().expr(Expr::cust("COUNT(*)")).from(memberships::Entity).cond_where(roles).to_owned();
    let homes = Query::select().expr(Expr::cust("COUNT(*)")).from(unit_owners::Entity).cond_where(homes).to_owned();
    let any = |rows: SelectStatement| Expr::SubQuery(None, Box::new(rows.into())).gt(0);
    Condition::any().add(person.eq(scope.person_id)).add(any(roles)).add(any(homes))
}

/// The caller's own rows, by the columns of their person and unit. In a session of one unit only those of that unit: the
/// person's other units and roles are not seen in it.
#[must_use]
pub fn own<C: ColumnTrait>(scope: &VisibilityScope, person: C, unit: C) -> Condition {
    let own = Condition::all().add(person.eq(scope.person_id));
    match scope.only_unit {
        Some(unit_id) => own.add(unit.eq(unit_id)),
        None => own,
    }
}

/// Photos that sign nothing of another unit than the session's. Pictures of signatures belong to their person and to no
/// unit, so in a session of one unit [`signature`] alone would show those of the other units.
pub(crate) fn not_signed_elsewhere(scope: &VisibilityScope) -> Condition {
    let Some(unit_id) = scope.only_unit else { return Condition::all() };
    let inspections = Query::select()
        .column(unit_inspections::Column::Id)
        .from(unit_inspections::Entity)
        .and_where(unit_inspections::Column::UnitId.eq(unit_id))
        .to_owned();
    let reviews = Query::select()
        .column(unit_reviews::Column::Id)
        .from(unit_reviews::Entity)
        .and_where(unit_reviews::Column::UnitId.eq(unit_id))
        .to_owned();
    let elsewhere = Query::select()
        .expr(Expr::val(1))
        .from(signatures::Entity)
        .and_where(
            Expr::col((signatures::Entity, signatures::Column::PhotoId)).equals((photos::Entity, photos::Column::Id)),
        )
        .and_where(signatures::Column::PersonId.eq(scope.person_id))
        .and_where(signatures::Column::SubjectId.not_in_subquery(inspections))
        .and_where(signatures::Column::SubjectId.not_in_subquery(reviews))
        .to_owned();
    Condition::all().add(Expr::exists(elsewhere).not())
}

/// Photos of a defect that the caller sees: all of them for staff; for owners those that are ready, and the own.
#[must_use]
pub fn photos_of_seen(scope: &VisibilityScope) -> Condition {
    use photos::Column;
    let mut any = Condition::any();
    let staff = scope.staff_projects();
    if !staff.is_empty() {
        any = any.add(Column::ProjectId.is_in(staff));
    }
    let shown = Condition::any().add(Column::State.eq(PhotoState::Ready)).add(Column::PersonId.eq(scope.person_id));
    any.add(Condition::all().add(Column::VisibleToOwner.eq(true)).add(shown))
}

/// The empty "any of": nothing is seen.
fn nothing() -> Condition {
    Condition::any().add(Expr::cust("1 = 0"))
}
